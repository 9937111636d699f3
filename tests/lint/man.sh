# Every tool has a manual page, and the option table, --help, the page and the completions of
# the shells name the same options.
# Options that all tools share are documented in mg(7).
# SPDX-License-Identifier: Apache-2.0
bad=0
bin=build/${V:-release}/bin
say() { echo "$1"; bad=1; }

# "since" for .Fl -since and .Fl -since Ns = ...
documented() { sed -n 's/^\.\(It \)\{0,1\}.*Fl -\([a-z][a-z0-9-]*\).*/\2/p' "$@" | sort -u; }
# every option of a page, also the second one of a line
all_documented() { grep -ohE 'Fl -[a-z][a-z0-9-]*' "$@" | sed 's/Fl -//' | sort -u; }

for src in $(find tools -name 'mg*.c' 2>/dev/null | sort); do
	tool=$(basename "$src" .c)
	page=docs/man/$tool.1
	if [ ! -f "$page" ]; then
		say "$tool: no docs/man/$tool.1"
		continue
	fi
	for section in NAME SYNOPSIS DESCRIPTION 'EXIT STATUS' EXAMPLES; do
		grep -q "^\.Sh $section\$" "$page" || say "$page: no section $section"
	done
	[ -x "$bin/$tool" ] || continue
	helped=$("$bin/$tool" --completion=list | sed -n 's/^--\([a-z0-9-]*\).*/\1/p' | sort -u)
	for form in help completion=bash completion=zsh completion=fish; do
		text=$("$bin/$tool" --$form)
		for o in $helped; do
			case $form in *fish) pattern="-l $o( |\$)" ;; *) pattern="--$o([^a-z-]|\$)" ;; esac
			echo "$text" | grep -qE -- "$pattern" || say "$tool --$form: does not name --$o"
		done
		shell=${form#*=}
		! command -v "$shell" >/dev/null || echo "$text" | "$shell" -n || say "$tool --$form: bad syntax"
	done
	for o in $helped; do
		sed -n '/^\.Sh OPTIONS/,/^\.Sh OUTPUT/p' docs/man/mg.7 | all_documented "$page" - | grep -qx -- "$o" ||
			say "$page: does not name --$o, which '$tool --help' does"
	done
	for o in $(documented "$page"); do
		echo "$helped" | grep -qx -- "$o" ||
			say "$page: names --$o, which '$tool --help' does not"
	done
done
# Commands that the documentation and the help show use options that there are.
for f in docs/man/*.[157] README.md docs/*.md $(find tools -name 'mg*.c' 2>/dev/null); do
	grep -oE '\bmg[a-z]+( [^|;&`"]*)? --?[a-zA-Z][^|;&`"]*' "$f" 2>/dev/null | while read -r tool args; do
		[ -x "$bin/$tool" ] || continue
		known=$("$bin/$tool" --help)
		for o in $(echo " $args" | grep -oE ' --[a-z][a-z-]*' | sort -u); do
			echo "$known" | grep -qE -- "(^|[ ,])$o([]=, []|\$)" || echo "$f: '$tool $o': there is no such option"
		done
	done
done | sort -u | grep . && bad=1
# The closed list of event kinds is documented in mg-events(5), kind for kind.
sed -n 's/^[ \t]*X([A-Z0-9_]*, "\([a-z0-9_.]*\)", .*/\1/p' common/event/event.h | sort >"${TMPDIR:-/tmp}/kinds.$$"
sed -n '/^\.Sh KINDS/,/^\.Sh EX/s/^\.It Cm //p' docs/man/mg-events.5 | sort |
	diff "${TMPDIR:-/tmp}/kinds.$$" - | sed -n 's/^</mg-events.5 lacks the kind/p; s/^>/mg-events.5 has an unknown kind/p' | grep . && bad=1
rm -f "${TMPDIR:-/tmp}/kinds.$$"
if command -v mandoc >/dev/null; then
	mandoc -T lint -W warning docs/man/*.[157] || bad=1
fi
exit $bad
