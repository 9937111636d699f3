# With gnuplot: a PNG of sensible size, and the script draws it again.
command -v gnuplot >/dev/null || { echo "no gnuplot" >&2; exit 77; }
mgcorrelate -o r "$TESTDATA/etcd-stall-deletecollection.tar.gz" | sed -n '/^ Report/,$p'
head -c 8 r/timeline.png | od -An -c | tr -s ' '
[ "$(wc -c <r/timeline.png)" -gt 20000 ] && echo "not empty"
[ "$(wc -c <r/timeline.png)" -lt 300000 ] && echo "not huge"
mv r/timeline.png one.png
(cd r && gnuplot -d timeline.gp) && cmp one.png r/timeline.png && echo "the same again"
