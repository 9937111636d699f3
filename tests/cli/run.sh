#!/bin/sh
# Golden tests of the command lines, and a set of generic ones for every tool.
#
#   run.sh [--bin DIR] [--counts FILE] [--update] [--only PATTERN] [TOOL...]
#
# A case is tests/cli/<tool>/<case>.sh, run by sh in an empty scratch directory with the
# built tools first in PATH and $TESTDATA, $MG_SHARED, $CASE_DIR set.  Beside it stand
#   <case>.out | <case>.out.glob   standard output, exactly | one shell pattern a line
#   <case>.err | <case>.err.glob   standard error
#   <case>.exit                    exit status (0 when there is no such file)
# each optional: what is not there is not compared.  Exit 77 is "skipped", the reason on
# stderr.  --update rewrites .out, .err and .exit of the cases that have them, and makes
# .out for a case that has nothing at all; read the diff before you commit it.
# SPDX-License-Identifier: Apache-2.0
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
bin=$root/build/${V:-release}/bin counts=/dev/null update=no only='*'
while [ $# -gt 0 ]; do
	case $1 in
	--bin) bin=$(cd "$2" 2>/dev/null && pwd || echo "$2"); shift ;;
	--counts) counts=$2; shift ;;
	--only) only=$2; shift ;;
	--update) update=yes ;;
	-*) sed -n '2,16s/^# \{0,1\}//p' "$0"; exit 2 ;;
	*) break ;;
	esac
	shift
done
case $counts in /*) ;; *) counts=$PWD/$counts ;; esac
[ $# -gt 0 ] || [ "$counts" != /dev/null ] || set -- $(ls "$bin" 2>/dev/null)

export TESTDATA="$root/testdata" MG_SHARED="${MG_SHARED-}" LC_ALL=C.UTF-8 TZ=UTC
export PATH="$bin:$PATH"
unset NO_COLOR
# a sanitizer's report must not look like a tool's own exit status
export ASAN_OPTIONS="exitcode=99:${ASAN_OPTIONS-}" UBSAN_OPTIONS="exitcode=99:print_stacktrace=1:${UBSAN_OPTIONS-}"
passed=0 failed=0 skipped=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

pass() { passed=$((passed + 1)); }
fail() { # fail NAME WHY [FILE shown below it]
	failed=$((failed + 1))
	echo "cli $1: $2"
	[ -z "${3-}" ] || head -30 "$3" | sed 's/^/    /'
}
skip() {
	skipped=$((skipped + 1))
	echo "cli $1: skipped: $2"
}

# Does each line of FILE match the pattern on the same line of PATTERNS?
glob_equal() {
	awk 'END { print NR }' "$1" >"$scratch/n1"
	awk 'END { print NR }' "$2" >"$scratch/n2"
	cmp -s "$scratch/n1" "$scratch/n2" || return 1
	while IFS= read -r pattern <&3 && IFS= read -r line <&4; do
		# shellcheck disable=SC2254 # a pattern is what is wanted here
		case $line in
		$pattern) ;;
		*) echo "line '$line' is not like '$pattern'"; return 1 ;;
		esac
	done 3<"$2" 4<"$1"
}

# --- golden cases ---------------------------------------------------------------------
run_case() { # run_case TOOL FILE
	stem=${2%.sh}
	name=$1/$(basename "$stem")
	got=$scratch/got
	rm -rf "$got"
	mkdir -p "$got/dir"
	(cd "$got/dir" && CASE_DIR=$(dirname "$2") sh "$2" >"$got/out" 2>"$got/err" </dev/null)
	rc=$?
	if [ $rc -eq 77 ]; then
		skip "$name" "$(head -1 "$got/err")"
		return
	fi
	if [ $update = yes ]; then
		if [ ! -f "$stem.out.glob" ] && { [ -f "$stem.out" ] || [ ! -f "$stem.err" ]; }; then
			cp "$got/out" "$stem.out"
		fi
		[ ! -f "$stem.err" ] || cp "$got/err" "$stem.err"
		if [ $rc -ne 0 ]; then echo $rc >"$stem.exit"; else rm -f "$stem.exit"; fi
	fi
	want=0
	[ ! -f "$stem.exit" ] || want=$(cat "$stem.exit")
	if [ "$rc" != "$want" ]; then
		fail "$name" "exit status $rc, expected $want" "$got/err"
		return
	fi
	for s in out err; do
		if [ -f "$stem.$s" ] && ! diff -u "$stem.$s" "$got/$s" >"$got/diff"; then
			fail "$name" "std$s differs" "$got/diff"
			return
		fi
		if [ -f "$stem.$s.glob" ] && ! glob_equal "$got/$s" "$stem.$s.glob" >"$got/diff"; then
			[ -s "$got/diff" ] || cp "$got/$s" "$got/diff"
			fail "$name" "std$s does not match $(basename "$stem").$s.glob" "$got/diff"
			return
		fi
	done
	pass
}

# --- what every tool must do ----------------------------------------------------------
# try NAME WANTED_STATUS COMMAND: run in the scratch directory, keep out and err
try() {
	(cd "$scratch" && eval "$3" >out 2>err </dev/null)
	rc=$?
	[ $rc -eq "$2" ] && return
	fail "$1" "exit status $rc, expected $2" "$scratch/err"
	return 1
}
said() { # said NAME PATTERN: is it on stderr?
	grep -qE -- "$2" "$scratch/err" && return
	fail "$1" "nothing like '$2' on stderr" "$scratch/err"
	return 1
}

generic_help() {
	try "$1 --help" 0 "$1 --help" || return
	if [ -s "$scratch/err" ]; then fail "$1 --help" "writes to stderr" "$scratch/err"; return; fi
	wide=$(awk 'length($0) > 100' "$scratch/out" | head -1)
	if [ -n "$wide" ]; then fail "$1 --help" "over 100 columns: $wide"; return; fi
	lines=$(awk 'END { print NR }' "$scratch/out")
	if [ "$lines" -gt 55 ]; then fail "$1 --help" "$lines lines, more than one screen of 55"; return; fi
	grep -q '^Examples:' "$scratch/out" || { fail "$1 --help" "has no examples"; return; }
	pass
}
generic_version() {
	try "$1 --version" 0 "$1 --version" || return
	grep -q "^$1 (mgtools) [0-9]" "$scratch/out" ||
		{ fail "$1 --version" "does not say '$1 (mgtools) N.N'" "$scratch/out"; return; }
	pass
}
generic_bad_option() {
	try "$1 --hlep" 2 "$1 --hlep" && said "$1 --hlep" "did you mean '--help'" &&
		said "$1 --hlep" "Try '$1 --help'" && pass
	try "$1 --zzzqqq" 2 "$1 --zzzqqq x" && said "$1 --zzzqqq" "Try '$1 --help'" && pass
}
generic_missing_file() {
	try "$1 missing-file" 2 "$1 no-such-file.tar.gz" &&
		said "$1 missing-file" "^$1: .*no-such-file.tar.gz" && pass
}
generic_full_disk() {
	if [ ! -c /dev/full ]; then skip "$1 /dev/full" "there is no /dev/full here"; return; fi
	try "$1 --help >/dev/full" 4 "$1 --help >/dev/full" && pass
}

# tests/cli/<tool>/generic.args: arguments with which the tool reads real data and prints.
# shellcheck disable=SC2016
generic_data() {
	args=$(cat "$here/$1/generic.args" 2>/dev/null) || {
		skip "$1 output" "no tests/cli/$1/generic.args"
		return
	}
	input=$(eval "printf '%s\n' $args" | grep "^$TESTDATA" | head -1)
	if [ -n "$input" ] && [ ! -e "$input" ]; then
		skip "$1 output" "no ${input#"$root/"}"
		return
	fi
	try "$1 -j1" 0 "$1 -q -j1 $args" || return
	[ -s "$scratch/out" ] || { fail "$1 -j1" "no output with: $args"; return; }
	mv "$scratch/out" "$scratch/j1"
	pass
	try "$1 -j4" 0 "$1 -q -j4 $args" || return
	if cmp -s "$scratch/j1" "$scratch/out"; then pass; else
		diff "$scratch/j1" "$scratch/out" >"$scratch/diff"
		fail "$1 -j4" "other output than -j1" "$scratch/diff"
	fi
	[ ! -c /dev/full ] || { try "$1 >/dev/full" 4 "$1 -q $args >/dev/full" && said "$1 >/dev/full" "^$1: " && pass; }
	(cd "$scratch" && eval "$1 -q $args" 2>err </dev/null | :)
	if [ -s "$scratch/err" ]; then fail "$1 | true" "a closed pipe is not quiet" "$scratch/err"; else pass; fi
}

for tool; do
	if [ ! -x "$bin/$tool" ]; then
		fail "$tool" "was not built"
		continue
	fi
	case generic in
	$only)
		generic_help "$tool"
		generic_version "$tool"
		generic_bad_option "$tool"
		generic_missing_file "$tool"
		generic_full_disk "$tool"
		generic_data "$tool"
		;;
	esac
	for case in "$here/$tool"/*.sh; do
		[ -f "$case" ] || continue
		# shellcheck disable=SC2254
		case $tool/$(basename "$case" .sh) in
		$only) run_case "$tool" "$case" ;;
		esac
	done
done
echo "cli: $passed passed, $failed failed, $skipped skipped"
echo "$passed $failed $skipped" >>"$counts"
[ "$failed" -eq 0 ]
