# Every header compiles alone: it includes what it uses.
# SPDX-License-Identifier: Apache-2.0
bad=0
cc=${CC:-cc}
flags="-std=c11 -Icommon -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Werror -fsyntax-only \
	$(pkg-config --cflags libpcre2-8 jansson libarchive yaml-0.1 2>/dev/null)"
command -v "${cc%% *}" >/dev/null || { echo "no compiler"; exit 77; }
for h in $(find common -name '*.h' | sort); do
	# shellcheck disable=SC2086
	echo "#include \"${h#common/}\"" | $cc $flags -x c - || bad=1
done
exit $bad
