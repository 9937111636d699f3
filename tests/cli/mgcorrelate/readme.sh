# What README.md shows is what the tool prints; `make docs` renews it.
readme=$CASE_DIR/../../../README.md
mgcorrelate --no-report "$TESTDATA/etcd-stall-deletecollection.tar.gz" | sed '1d; /^     next/,$d' >is
sed -n '/^<!-- summary: begin -->$/,/^<!-- summary: end -->$/p' "$readme" | sed '1,3d; /^     …$/,$d' >shown
diff shown is && echo "the same"
