# Nothing in the project names a directory of the machine it was written on.
# SPDX-License-Identifier: Apache-2.0
bad=0
files=$(git ls-files 2>/dev/null) || files=
[ -n "$files" ] || files=$(find . -type f ! -path './build/*' ! -path './.git/*')
for f in $files; do
	case $f in testdata/* | */corpus/* | tests/lint/paths.sh) continue ;; esac
	[ -f "$f" ] || continue
	! grep -nIE '(^|[^A-Za-z0-9_.:-])/(work|tmp/wt|home/[a-z]+|Users/[a-z]+)/' "$f" /dev/null || bad=1
done
exit $bad
