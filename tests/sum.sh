#!/bin/sh
# Add up the counts of all parts of a check; print and keep the closing line.
#   sum.sh COUNTS_FILE [LAST_LINE_FILE]
# Fails when anything failed, or when nothing ran at all.
# SPDX-License-Identifier: Apache-2.0
set -u
[ -f "$1" ] || : >"$1"
line=$(awk '{ p += $1; f += $2; s += $3 }
	END { printf "%d passed, %d failed", p, f; if (s) printf ", %d skipped", s; print "" }' "$1")
[ -z "${2-}" ] || echo "$line" >"$2"
echo "$line"
case $line in
"0 passed, 0 failed"*) exit 1 ;;
*" 0 failed"*) exit 0 ;;
esac
exit 1
