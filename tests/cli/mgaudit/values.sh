# Absurd values are refused with a reason, before anything is read.
: >audit.log
while read -r args; do
	# shellcheck disable=SC2086
	(set -f; mgaudit $args audit.log >out 2>err); rc=$?
	printf '%s: %s %s\n' "$args" "$rc" "$(head -1 err)"
	[ ! -s out ] || cat out
done <<'END'
-otop=-1 --by=verb
-otop=99999999999999999999 --by=verb
-o top
-o foo
--duration=-5s
--min-duration=abc
--max-duration=1e99h
--code=4xy
--code=99999999999999999999
--code=500-400
--user=~(
--by=foo
--by=user,user,user,user,user,user,user
--by=user --sort=foo
--sort=count
--format=foo
-o json --format=csv
-o top --by=user --sort=count
-o events --format=tsv
--by=user --format=xml
--series=1ns
--series=-1s
--series=1000h
--series=
--series=10s --by=users
--slow=0
--slow=-3
--slow --lists
--history=x
--who-deleted=/
--annotation=
--podsecurityviolations=x
--after=yesterday
--inflight-at=whenever
--rows=-1
END
