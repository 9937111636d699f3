# Sources start with their licence and include their own header first; headers have a guard.
# SPDX-License-Identifier: Apache-2.0
bad=0
say() { echo "$1"; bad=1; }
for f in $(find common tools tests -name '*.c' 2>/dev/null | sort); do
	head -1 "$f" | grep -q 'SPDX-License-Identifier: Apache-2.0' ||
		say "$f: the first line is not the SPDX line"
done
for f in $(find common -name '*.c' | sort); do
	h=${f%.c}.h
	[ -f "$h" ] || continue
	first=$(sed -n 's/^#[ \t]*include[ \t]*//p' "$f" | head -1)
	[ "${first%% *}" = "\"${h#common/}\"" ] || say "$f: include \"${h#common/}\" first"
done
for h in $(find common -name '*.h' | sort); do
	guard=MG_$(echo "${h#common/}" | tr 'a-z/.-' 'A-Z___')
	grep -q "^#ifndef $guard\$" "$h" || say "$h: the include guard is not $guard"
	head -1 "$h" | grep -q "^/\* $(basename "$h") - " ||
		say "$h: does not begin with '/* $(basename "$h") - purpose'"
done
exit $bad
