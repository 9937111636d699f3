/* db_schema.h - the tables, indexes and views of the database (mg.db/1).
 *
 * Layer:   render
 * Format:  docs/formats/db.md.  SQLite keeps these texts with their comments: `.schema` of the
 * shell shows them to who has nothing but the file.
 */
#ifndef MG_RENDER_DB_SCHEMA_H
#define MG_RENDER_DB_SCHEMA_H

static const char *const mg_db_tables[] = {
	"CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID",
	"CREATE TABLE inputs (id INTEGER PRIMARY KEY, operand TEXT NOT NULL, bytes INTEGER)",
	"CREATE TABLE artifacts (id INTEGER PRIMARY KEY, input INTEGER REFERENCES inputs,\n"
	"  path TEXT NOT NULL, kind TEXT NOT NULL, node TEXT, namespace TEXT, pod TEXT,\n"
	"  container TEXT, component TEXT, bytes INTEGER, lines INTEGER, records INTEGER,\n"
	"  bad INTEGER, -- damaged records, left out\n"
	"  first TEXT, last TEXT)",
	"CREATE TABLE faults (path TEXT, line INTEGER, byte INTEGER, message TEXT NOT NULL)",
	"CREATE TABLE events (id INTEGER PRIMARY KEY, -- in order of time\n"
	"  time TEXT, time_ns INTEGER, -- both NULL: no time\n"
	"  duration_ns INTEGER, -- NULL: a point in time\n"
	"  kind TEXT NOT NULL, severity TEXT NOT NULL, component TEXT, node TEXT, pod TEXT,\n"
	"  namespace TEXT, resource TEXT, name TEXT, verb TEXT, user TEXT, code INTEGER,\n"
	"  message TEXT, count INTEGER NOT NULL, audit_id TEXT,\n"
	"  artifact INTEGER REFERENCES artifacts, line INTEGER, time_source TEXT NOT NULL,\n"
	"  attrs TEXT) -- a JSON object: attrs->>'key'",
	"CREATE TABLE findings (id INTEGER PRIMARY KEY, -- the rank: root causes first\n"
	"  rule TEXT NOT NULL, title TEXT, severity TEXT NOT NULL, confidence TEXT NOT NULL,\n"
	"  start TEXT, \"end\" TEXT, start_ns INTEGER, end_ns INTEGER, claim TEXT NOT NULL,\n"
	"  label TEXT, evidence_total INTEGER NOT NULL) -- more than the table evidence keeps",
	"CREATE TABLE causes (cause INTEGER REFERENCES findings, effect INTEGER REFERENCES findings)",
	"CREATE TABLE evidence (finding INTEGER REFERENCES findings, nr INTEGER,\n"
	"  artifact INTEGER REFERENCES artifacts, line INTEGER, -- NULL: the artifact as a whole\n"
	"  time TEXT, time_ns INTEGER, text TEXT, PRIMARY KEY (finding, nr)) WITHOUT ROWID",
	"CREATE TABLE numbers (finding INTEGER REFERENCES findings, name TEXT,\n"
	"  value) -- REAL or TEXT",
	"CREATE TABLE advice (finding INTEGER REFERENCES findings,\n"
	"  kind TEXT NOT NULL, -- 'alternative' or 'next_step'\n"
	"  nr INTEGER, text TEXT NOT NULL)",
	"CREATE TABLE not_assessed (rule TEXT NOT NULL, missing TEXT)",
	"CREATE TABLE blind_spots (text TEXT NOT NULL)",
	"CREATE TABLE series (id INTEGER PRIMARY KEY, subject TEXT NOT NULL, name TEXT,\n"
	"  title TEXT, unit TEXT, step_ns INTEGER NOT NULL)",
	"CREATE TABLE points (series INTEGER REFERENCES series, time_ns INTEGER, -- start of a step\n"
	"  value REAL NOT NULL, -- what is not known has no row\n"
	"  PRIMARY KEY (series, time_ns)) WITHOUT ROWID",
	"CREATE TABLE groups (id INTEGER PRIMARY KEY, -- requests alike, the most frequent first\n"
	"  source TEXT NOT NULL, -- 'audit' or 'http'\n"
	"  user TEXT, verb TEXT, resource TEXT, subresource TEXT, uri_pattern TEXT,\n"
	"  code INTEGER, -- NULL: unknown\n"
	"  user_agent TEXT, source_ip TEXT, -- of the first one\n"
	"  count INTEGER NOT NULL, first TEXT, last TEXT, first_ns INTEGER, last_ns INTEGER,\n"
	"  latency_sum_ns INTEGER, latency_max_ns INTEGER,\n"
	"  slow INTEGER, -- took a second or more\n"
	"  removed_release TEXT, -- of a deprecated API\n"
	"  artifact INTEGER REFERENCES artifacts, line INTEGER)",
};

/* After the rows: an index that is built at once is faster and smaller. */
static const char *const mg_db_views[] = {
	"CREATE INDEX events_time ON events (time_ns)",
	"CREATE INDEX events_kind ON events (kind, time_ns)",
	"CREATE INDEX events_user ON events (user) WHERE user IS NOT NULL",
	"CREATE INDEX events_object ON events (namespace, resource, name)",
	"CREATE INDEX events_audit_id ON events (audit_id) WHERE audit_id IS NOT NULL",
	"CREATE INDEX groups_user ON groups (user)",
	"CREATE INDEX groups_resource ON groups (resource, verb)",
	"CREATE VIEW timeline AS -- what happened (not: how things are), with its place\n"
	"  SELECT e.time, e.duration_ns / 1e9 AS seconds, e.severity, e.kind, e.node, e.component,\n"
	"    e.message, a.path || ':' || coalesce(e.line, '') AS place, e.id AS event\n"
	"  FROM events e LEFT JOIN artifacts a ON a.id = e.artifact\n"
	"  WHERE e.time_ns IS NOT NULL ORDER BY e.id",
	"CREATE VIEW causes_and_effects AS -- the tree of findings, root causes first\n"
	"  WITH RECURSIVE tree(id, depth, path) AS (\n"
	"    SELECT id, 0, printf('%06d', id) FROM findings\n"
	"    WHERE id NOT IN (SELECT effect FROM causes)\n"
	"    UNION SELECT effect, depth + 1, path || printf('/%06d', effect)\n"
	"    FROM tree JOIN causes ON cause = tree.id WHERE depth < 16)\n"
	"  SELECT depth, f.id AS finding, f.rule, f.severity, f.confidence, f.start, f.claim\n"
	"  FROM tree JOIN findings f USING (id) ORDER BY path",
	"CREATE VIEW proof AS -- each claim with the lines that it rests on\n"
	"  SELECT f.id AS finding, f.rule, v.nr, v.time, v.text,\n"
	"    a.path || ':' || coalesce(v.line, '') AS place\n"
	"  FROM evidence v JOIN findings f ON f.id = v.finding\n"
	"    LEFT JOIN artifacts a ON a.id = v.artifact ORDER BY f.id, v.nr",
	"CREATE VIEW samples AS -- the series, a row a value; time for Grafana: time_s\n"
	"  SELECT s.subject, s.name, s.unit, p.time_ns / 1000000000 AS time_s,\n"
	"    strftime('%Y-%m-%dT%H:%M:%SZ', p.time_ns / 1000000000, 'unixepoch') AS time, p.value\n"
	"  FROM points p JOIN series s ON s.id = p.series",
	"CREATE VIEW users AS -- who asked, how often, how it went\n"
	"  SELECT source, user, sum(count) AS requests,\n"
	"    sum(CASE WHEN code >= 500 THEN count ELSE 0 END) AS failed_5xx,\n"
	"    sum(CASE WHEN code BETWEEN 400 AND 499 THEN count ELSE 0 END) AS refused_4xx,\n"
	"    sum(slow) AS slow, max(latency_max_ns) / 1e9 AS longest_seconds,\n"
	"    min(first) AS first, max(last) AS last\n"
	"  FROM groups GROUP BY source, user ORDER BY requests DESC, user",
	"CREATE VIEW coverage AS -- how much was read of each kind of file, how much was damaged\n"
	"  SELECT kind, count(*) AS files, sum(bytes) AS bytes, sum(lines) AS lines,\n"
	"    sum(records) AS records, sum(bad) AS bad, min(first) AS first, max(last) AS last\n"
	"  FROM artifacts GROUP BY kind ORDER BY records DESC, kind",
};

#endif
