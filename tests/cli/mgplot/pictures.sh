# Each format is what its name says; the suffix chooses; a script draws alone.
command -v gnuplot >/dev/null || { echo "there is no gnuplot" >&2; exit 77; }
magic() { head -c 4 "$1" | tr -dc 'A-Za-z<?'; echo; }
mgplot -o a.png "$CASE_DIR/sample.tsv" && magic a.png
mgplot -o a.svg "$CASE_DIR/sample.tsv" && magic a.svg
mgplot <"$CASE_DIR/sample.tsv" >b && magic b
mgplot --format=svg - <"$CASE_DIR/sample.tsv" >c && magic c
mgplot -o a.txt --title='A title' "$CASE_DIR/sample.tsv" "$CASE_DIR/sample.tsv"
grep -c 'Latency of requests (audit log), s (log)' a.txt
grep -o 'A title' a.txt
mgplot --script "$CASE_DIR/sample.tsv" | gnuplot -d >d && magic d
printf 'time\tit'"'"'s `date` \\\n1\t2\n3\t4\n' | mgplot --script - | grep -o "title '.*"
ls
