#!/bin/sh
# Install into a scratch directory and use every tool from there, away from the source tree;
# then uninstall and see that nothing stays.
#   run.sh STAGE_DIR COUNTS_FILE
# SPDX-License-Identifier: Apache-2.0
set -u
stage=$1 counts=$2
passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
pass() { passed=$((passed + 1)); }
fail() {
	failed=$((failed + 1))
	echo "install: $1"
	head -20 "$log" | sed 's/^/    /'
}
check() { # check WHAT COMMAND...
	what=$1
	shift
	if "$@" >"$log" 2>&1; then pass; else fail "$what"; fi
}

rm -rf "$stage"
mkdir -p "$stage/elsewhere"
stage=$(cd "$stage" && pwd)
src=$PWD prefix=$stage/root/opt/mg
make_it() { make --no-print-directory -C "$src" "$1" DESTDIR="$stage/root" PREFIX=/opt/mg; }

check "make install" make_it install
input=$(ls "$src"/testdata/*.tar.gz | head -1)
cp "$input" "$stage/elsewhere/incident.tar.gz"
cd "$stage/elsewhere" || exit 1
# shellcheck disable=SC2123 # nothing but what was installed and the system's own
PATH=$prefix/bin:/usr/bin:/bin
export PATH
uses_nothing_of_the_source() { ! grep -lF "$src/common" "$prefix"/bin/* "$prefix"/share/mgtools/*/*; }
check "programs name the source tree" uses_nothing_of_the_source
for tool in "$prefix"/bin/*; do
	tool=$(basename "$tool")
	check "$tool --version" "$tool" --version
	check "$tool --help" "$tool" --help
	check "there is no page of $tool" test -s "$prefix/share/man/man1/$tool.1"
done
for d in rules schemas lnav; do
	check "share/mgtools/$d is empty" test -n "$(ls "$prefix/share/mgtools/$d")"
done
check "mgcorrelate" mgcorrelate --no-plots --rules "$prefix/share/mgtools/rules/node.json" incident.tar.gz
check "no page" test -s incident.report/report.html
check "kubectl-mg_audit" kubectl-mg_audit -o top --by=user incident.tar.gz
check "mgunpack" mgunpack incident.tar.gz
check "mgtimeline | mgdiagnose" sh -c 'mgtimeline --format=jsonl incident.tar.gz | mgdiagnose -'
check "mgplot" mgplot --format=openmetrics incident.report/series/latency.tsv
for tool in mgklog mgetcd mggoroutine mgstate; do check "$tool" "$tool" incident.tar.gz; done
if command -v lnav >/dev/null; then
	mkdir -p lnav/formats home
	cp -r "$prefix/share/mgtools/lnav" lnav/formats/mgtools
	check "lnav refuses the formats" env HOME="$PWD/home" lnav -I lnav -C
	formats() { # formats FILE FORMAT: lnav takes nearly all lines of it for that
		HOME="$PWD/home" lnav -I lnav -n -c ";SELECT count(*) > 20 AS most FROM all_logs WHERE log_format = '$2'" \
			-c ':write-csv-to -' "$1" </dev/null >"$1.out" 2>&1
		grep -qx 1 "$1.out" || { cat "$1.out"; return 1; }
	}
	head -50 incident.report/events.jsonl >events.jsonl
	mgunpack -O -g '*-audit.log' incident.tar.gz | head -50 >audit.log
	mgunpack -O -g '*/kube-apiserver/logs/current.log' incident.tar.gz | head -50 >klog.log
	mgunpack -O --kind=etcd incident.tar.gz | head -50 >member.log
	sed 's/^[^{]*//' member.log >etcd.log
	check "lnav and mg-events" formats events.jsonl mg_events
	check "lnav and audit" formats audit.log k8s_audit
	check "lnav and klog" formats klog.log klog
	check "lnav and etcd" formats etcd.log etcd_zap
	check "lnav and etcd behind a stamp" formats member.log etcd_zap_container
else
	skipped=$((skipped + 1))
	echo "install: skipped: lnav is not here to check its formats"
fi
cd "$src" || exit 1
check "make uninstall" make_it uninstall
nothing_left() { ! find "$prefix" ! -type d | grep .; }
check "uninstall leaves files" nothing_left
[ "$failed" -ne 0 ] || rm -rf "$stage"
echo "install: $passed passed, $failed failed, $skipped skipped"
echo "$passed $failed $skipped" >>"$counts"
[ "$failed" -eq 0 ]
