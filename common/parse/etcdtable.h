/* etcdtable.h - what etcdctl prints for people: endpoint status, endpoint health, member list,
 * alarm list.
 *
 *   -w table   +---------------------------+------------------+---------+---------+-----------+
 *              |         ENDPOINT          |        ID        | VERSION | DB SIZE | IS LEADER |
 *              +---------------------------+------------------+---------+---------+-----------+
 *              | https://10.0.0.1:2379     | 8e9e05c52164694d |   3.5.9 |  1.2 GB |      true |
 *   -w simple  https://10.0.0.1:2379, 8e9e05c52164694d, 3.5.9, 1.2 GB, true, false, 7, 90, 90,
 *              https://10.0.0.1:2379 is healthy: successfully committed proposal: took = 2ms
 *              8e9e05c52164694d, started, n1, https://10.0.0.1:2380, https://10.0.0.1:2379, false
 *              memberID:10276657743932975437 alarm:NOSPACE
 *   -w fields  "MemberID" : 10276657743932975437   (one a line, a record ends at a blank line)
 *
 * Layer:   parse (base)
 * Memory:  allocates nothing; cells point into the line or into the state
 * Threads: one state belongs to one file
 * Format:  etcdctl/ctlv3/command/printer_{table,simple,fields}.go; the columns of a table are
 *          found by their names, those of a simple line by what they hold, because each version
 *          has others
 */
#ifndef MG_PARSE_ETCDTABLE_H
#define MG_PARSE_ETCDTABLE_H

#include "base/err.h"
#include "base/str.h"

enum mg_etcdtable_cell {
	MG_ETCDT_ENDPOINT, MG_ETCDT_ID, MG_ETCDT_VERSION, MG_ETCDT_DB_SIZE, MG_ETCDT_IN_USE,
	MG_ETCDT_QUOTA, MG_ETCDT_LEADER, MG_ETCDT_LEARNER, MG_ETCDT_TERM, MG_ETCDT_INDEX,
	MG_ETCDT_APPLIED, MG_ETCDT_ERRORS, MG_ETCDT_HEALTH, MG_ETCDT_TOOK, MG_ETCDT_ERROR,
	MG_ETCDT_NAME, MG_ETCDT_PEERS, MG_ETCDT_CLIENTS, MG_ETCDT_ALARM, MG_ETCDT_CELLS
};

#define MG_ETCDT_COLUMNS 24
#define MG_ETCDT_FIELD   256 /* bytes of a value of -w fields; what is longer is cut */

struct mg_etcdtable { /* zeroed: nothing was seen yet */
	unsigned      ncol;
	unsigned char cell[MG_ETCDT_COLUMNS]; /* MG_ETCDT_CELLS: not known */
	uint64_t      line;                   /* where the record that was given last began */
	unsigned      nfields;                /* of the record of -w fields that is open */
	uint64_t      fields_line;
	char          id[20], leader[20];     /* in hexadecimal */
	char          field[MG_ETCDT_CELLS][MG_ETCDT_FIELD];
};

/* MG_OK: a record is complete, cell[] is set, empty where there is no such value; ids are
 * hexadecimal, and LEADER is "true", "false" or an id.  MG_SKIP: a rule, a heading, part of a
 * record, or other text. */
enum mg_status mg_etcdtable_line(struct mg_etcdtable *t, struct mg_str line, uint64_t lineno,
				 struct mg_str cell[MG_ETCDT_CELLS]);
/* After the last line: the record that no blank line ended. */
enum mg_status mg_etcdtable_end(struct mg_etcdtable *t, struct mg_str cell[MG_ETCDT_CELLS]);
/* Is this the heading of such a table, or a line of the other forms? */
bool mg_etcdtable_heading(struct mg_str line);
/* "1.2 GB", "25 kB", "20480": decimal units as etcd prints them (KiB and so on are read). */
bool mg_etcdtable_bytes(struct mg_str s, uint64_t *out);

#endif
