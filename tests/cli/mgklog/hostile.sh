# NUL bytes, UTF-16, a line of 670 KB, colours, CRLF, no bytes at all: every line is accounted for.
# SPDX-License-Identifier: Apache-2.0
line() { printf 'E0607 10:00:%02d.000000       1 a.go:1] cannot do %s%b' "$1" "$2" "$3"; }
mkdir in
{ line 1 this '\n'; printf '\000\000\000\000'; line 2 th '\000at\n'; } >in/nul.log
{ line 1 this '\r\n'; line 2 that '\r\n'; printf 'more of it\r\n'; } >in/crlf.log
{ printf '\033[31m'; line 1 this '\033[0m\n'; line 2 that '\n'; } >in/colour.log
printf 'E0607 10:00:01.000000       1 a.go:1] cannot do this\nE0607 10:00:02.000000       1 a.go:1] cannot do that\n' |
	iconv -f ASCII -t UTF-16LE | { printf '\377\376'; cat; } >in/utf16.log
{ line 1 this '\n'; printf 'E0607 10:00:02.000000       1 a.go:1] cannot do '
	awk 'BEGIN { for (i = 0; i < 67000; i++) printf "abcdefghi "; print "end" }'
	line 3 that '\n'; } >in/long.log
: >in/none.log
touch -d 2024-06-08T00:00:00Z in/*
mgklog --stats in
echo "exit $?"
for f in nul crlf colour utf16 long; do
	mgklog -q -o text in/$f.log | cut -c 1-100
done
echo "-- coverage"
mgcorrelate -q --no-report --format=json in | grep -o '"empty_files": *[1-9][0-9]*' | sort | uniq -c
