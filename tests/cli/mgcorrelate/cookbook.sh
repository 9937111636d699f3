# What docs/cookbook.md shows is what its commands print; `make docs` renews it.
sh "$CASE_DIR/../../../scripts/run-cookbook" "$(dirname "$(command -v mgcorrelate)")" >is || {
	cat is >&2
	exit 1
}
tail -1 is | sed 's/ [0-9]* skipped//; s/ [0-9]* the same/ the same/'
