# Files stay under 600 lines, tools under 300, functions under 100 (see docs/lint-allow.txt).
# SPDX-License-Identifier: Apache-2.0
find common tools -name '*.[ch]' 2>/dev/null | sort | xargs awk '
	BEGIN {
		while ((getline line < "docs/lint-allow.txt") > 0) {
			split(line, w, " ")
			if (w[1] == "sizes") allowed[w[2]] = 1
		}
	}
	FNR == 1 { if (file) whole(); file = FILENAME; open = 0 }
	{ lines = FNR }
	/^[a-zA-Z_].*\(/ { name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) }
	/^\{/ { open = FNR }
	/^\}/ {
		if (open && FNR - open - 1 > 100 && !((FILENAME ":" name) in allowed)) {
			print FILENAME ":" open ": " name " has " FNR - open - 1 " lines"
			bad = 1
		}
		open = 0
	}
	function whole(  limit) {
		limit = file ~ /^tools\// ? 300 : 600
		if (lines > limit && !(file in allowed)) {
			print file ": " lines " lines, more than " limit
			bad = 1
		}
	}
	END { if (file) whole(); exit bad }'
