# Library code never prints and never ends the process (docs/ARCHITECTURE.md, layers).
# SPDX-License-Identifier: Apache-2.0
bad=0
for f in $(find common -name '*.c' ! -path 'common/cli/*' | sort); do
	! grep -q "^no-print $f " docs/lint-allow.txt || continue
	if grep -nE '(^|[^a-zA-Z0-9_.>])(printf|puts|putchar|perror|exit|_exit|abort|vprintf) ?\(|fprintf ?\((stdout|stderr)' \
		"$f" | grep -vE '^[0-9]+:[ 	]*(/?\*|//)' | sed "s|^|$f:|" | grep .; then
		bad=1
	fi
done
exit $bad
