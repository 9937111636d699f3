# Tabs indent C, nothing trails, every text ends with a newline, lines stay readable.
# SPDX-License-Identifier: Apache-2.0
bad=0
tab=$(printf '\t')
found() { # found 'what is wrong' < "file:line:text"
	sed "s/^\([^:]*:[0-9]*\):.*/\1: $1/" | grep . && bad=1
}
src=$(find common tools tests -name '*.[ch]' 2>/dev/null | sort)
text=$(find common tools tests scripts docs .ci Makefile ./*.md -type f \
	! -path '*/corpus/*' ! -path 'tests/cases/*' ! -path 'tests/cli/*/*' ! -name '*.png' 2>/dev/null | sort)
# shellcheck disable=SC2086
{
	grep -nE "[ $tab]+\$" $text /dev/null | found "space at the end of the line"
	grep -nE "^ +[^ *]" $src /dev/null | found "indented with spaces"
	grep -n "$(printf '\r')" $text /dev/null | found "carriage return"
	for f in $src; do
		expand "$f" | awk -v f="$f" 'length($0) > 115 { print f ":" NR ": " length($0) " columns"; bad = 1 }
			END { exit bad }' || bad=1
	done
	for f in $text; do
		[ ! -s "$f" ] || [ -z "$(tail -c 1 "$f")" ] || { echo "$f: no newline at the end"; bad=1; }
	done
}
exit $bad
