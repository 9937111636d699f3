/* etcdtable.h - tables of `etcdctl -w table`: endpoint status, endpoint health, member list.
 *
 *   +---------------------------+------------------+---------+---------+-----------+
 *   |         ENDPOINT          |        ID        | VERSION | DB SIZE | IS LEADER |
 *   +---------------------------+------------------+---------+---------+-----------+
 *   | https://10.0.0.1:2379     | 8e9e05c52164694d |   3.5.9 |  1.2 GB |      true |
 *
 * Layer:   parse (base)
 * Memory:  allocates nothing; cells point into the line
 * Threads: one state belongs to one file
 * Format:  etcdctl/ctlv3/command/printer_table.go; columns are found by their names, because
 *          each version has others
 */
#ifndef MG_PARSE_ETCDTABLE_H
#define MG_PARSE_ETCDTABLE_H

#include "base/err.h"
#include "base/str.h"

enum mg_etcdtable_cell {
	MG_ETCDT_ENDPOINT, MG_ETCDT_ID, MG_ETCDT_VERSION, MG_ETCDT_DB_SIZE, MG_ETCDT_IN_USE,
	MG_ETCDT_QUOTA, MG_ETCDT_LEADER, MG_ETCDT_LEARNER, MG_ETCDT_TERM, MG_ETCDT_INDEX,
	MG_ETCDT_APPLIED, MG_ETCDT_ERRORS, MG_ETCDT_HEALTH, MG_ETCDT_TOOK, MG_ETCDT_ERROR,
	MG_ETCDT_NAME, MG_ETCDT_PEERS, MG_ETCDT_CLIENTS, MG_ETCDT_CELLS
};

#define MG_ETCDT_COLUMNS 24

struct mg_etcdtable { /* zeroed: no heading was seen yet */
	unsigned      ncol;
	unsigned char cell[MG_ETCDT_COLUMNS]; /* MG_ETCDT_CELLS: not known */
};

/* MG_OK: a row, cell[] is set, empty where there is no such column.  MG_SKIP: a rule, a
 * heading, or other text. */
enum mg_status mg_etcdtable_line(struct mg_etcdtable *t, struct mg_str line,
				 struct mg_str cell[MG_ETCDT_CELLS]);
/* Is this the heading of such a table? */
bool mg_etcdtable_heading(struct mg_str line);
/* "1.2 GB", "25 kB", "20480": decimal units as etcd prints them (KiB and so on are read). */
bool mg_etcdtable_bytes(struct mg_str s, uint64_t *out);

#endif
