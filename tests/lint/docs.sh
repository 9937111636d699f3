# Files that the documentation names are there.  `<name>` stands for many: its directory is
# looked for.
# SPDX-License-Identifier: Apache-2.0
bad=0
for doc in README.md docs/*.md; do
	for f in $(grep -oE '`(common|docs|reports|scripts|testdata|tests|tools)/[^` ]*`' "$doc" | tr -d '`' | sort -u); do
		case $f in
		*thing*) continue ;; # the tool that ADDING-A-TOOL.md makes up
		*'<'*) f=${f%%<*}; f=${f%/*} ;;
		esac
		# shellcheck disable=SC2086 # a pattern is meant
		ls -d $f >/dev/null 2>&1 || { echo "$doc: there is no $f"; bad=1; }
	done
	for f in $(grep -oE '\]\([^):#]*\)' "$doc" | sed 's/](\(.*\))/\1/'); do
		[ -e "$(dirname "$doc")/$f" ] || { echo "$doc: links to $f, which is not there"; bad=1; }
	done
done
exit $bad
