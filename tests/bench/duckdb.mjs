// duckdb.mjs QUERY FILE: CPU and wall seconds and peak MiB of one query by DuckDB, one thread,
// inside this process: without the start of node.  QUERY is "user", "groups" or "uri".
// Needs @duckdb/node-api where NODE_PATH or the directory of $DUCKDB says; exits 77 without.
// SPDX-License-Identifier: Apache-2.0
import { createRequire } from "node:module";
import process from "node:process";

const [, , what, file] = process.argv;
const queries = {
	user: "SELECT \"user\".username u, count(*) n FROM t GROUP BY u ORDER BY n DESC LIMIT 10",
	groups: "SELECT \"user\".username u, verb, objectRef.resource r, count(*) n, " +
		"quantile_cont(epoch_us(stageTimestamp) - epoch_us(requestReceivedTimestamp), [0.5, 0.99]) q " +
		"FROM t GROUP BY u, verb, r ORDER BY n DESC LIMIT 10",
	uri: "SELECT verb, split_part(requestURI, '?', 1) p, count(*) n FROM t GROUP BY verb, p ORDER BY n DESC LIMIT 10",
};
let api;
try {
	const require = createRequire((process.env.DUCKDB || process.cwd()) + "/");
	api = require("@duckdb/node-api");
} catch {
	process.exit(77);
}
const columns = "{'verb': 'VARCHAR', 'requestURI': 'VARCHAR', 'user': 'STRUCT(username VARCHAR)', " +
	"'objectRef': 'STRUCT(resource VARCHAR)', 'requestReceivedTimestamp': 'TIMESTAMP', 'stageTimestamp': 'TIMESTAMP'}";
const from = `read_json('${file.replaceAll("'", "''")}', format = 'newline_delimited', columns = ${columns}, maximum_object_size = 67108864)`;
const db = await api.DuckDBInstance.create(":memory:", { threads: "1" });
const connection = await db.connect();
const cpu = process.cpuUsage(), start = process.hrtime.bigint();
await connection.runAndReadAll(queries[what].replace("FROM t", "FROM " + from));
const took = process.cpuUsage(cpu);
console.log(((took.user + took.system) / 1e6).toFixed(3),
	(Number(process.hrtime.bigint() - start) / 1e9).toFixed(3), process.resourceUsage().maxRSS);
process.exit(0);
