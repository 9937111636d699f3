# Includes point down: every #include "..." must be allowed by docs/layers.txt.
# SPDX-License-Identifier: Apache-2.0
find common tools -name '*.[ch]' 2>/dev/null | sort | xargs awk '
	BEGIN {
		while ((getline line < "docs/layers.txt") > 0) {
			if (line ~ /^#/ || line !~ /:/) continue
			layer = line; sub(/:.*/, "", layer)
			sub(/^[^:]*: */, "", line)
			allowed[layer] = " " line " "
		}
	}
	FNR == 1 {
		n = split(FILENAME, part, "/")
		from = part[1] == "common" ? part[2] : part[1]
	}
	/^[ \t]*#[ \t]*include[ \t]*"/ {
		header = $0; sub(/^[^"]*"/, "", header); sub(/".*/, "", header)
		to = header; sub(/\/.*/, "", to)
		list = allowed[from]
		if (header !~ /\//)
			say("include it as \"layer/" header "\"")
		else if (index(list, " * ") == 0 && index(list, " " to " ") == 0 &&
			 index(list, " " header " ") == 0)
			say(from " may not include \"" header "\" (docs/layers.txt)")
	}
	function say(text) { print FILENAME ":" FNR ": " text; bad = 1 }
	END { exit bad }'
