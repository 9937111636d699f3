# A module name is unique and says what the module is about.
# SPDX-License-Identifier: Apache-2.0
bad=0
dup=$(find common -name '*.c' | sed 's|.*/||' | sort | uniq -d)
[ -z "$dup" ] || { echo "more than one module is called:" $dup; bad=1; }
for f in $(find common tools -name '*.[ch]' 2>/dev/null); do
	case $(basename "$f") in
	util*.[ch] | misc*.[ch] | helper*.[ch] | common.[ch] | stuff.[ch])
		echo "$f: the name says nothing; which module is missing?"
		bad=1
		;;
	esac
done
exit $bad
