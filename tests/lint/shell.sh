# Shell scripts parse, and start without depending on where they are called from.
# SPDX-License-Identifier: Apache-2.0
bad=0
for f in $(find scripts tests -type f \( -name '*.sh' -o -path 'scripts/*' \) | sort); do
	case $(head -1 "$f") in
	'#!'*python* | '#!'*awk*) continue ;;
	'#!'*bash*) bash -n "$f" || bad=1 ;;
	*) sh -n "$f" || bad=1 ;;
	esac
done
for f in scripts/install-deps scripts/demo scripts/check; do
	[ -x "$f" ] || { echo "$f: not executable"; bad=1; }
done
exit $bad
