# One thread or four, twice: the same bytes on standard output and in every file.
for j in 1 4 2; do
	mkdir "j$j"
	(cd "j$j" && mgcorrelate --no-plots -j$j -o r "$TESTDATA/etcd-stall-deletecollection.tar.gz" >summary)
done
diff -r j1 j4 && diff -r j1 j2 && ls -1 j1 j1/r j1/r/series
