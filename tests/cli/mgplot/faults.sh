# What cannot be read is named and located; the rest is drawn.
run() { "$@" >out; echo "exit $?, $(wc -c <out) bytes"; }
echo 'no table' >none
printf 'time\ta\n1\t2\nyesterday\t3\n2\t5\n' >bad
run mgplot none
run mgplot none missing
run mgplot --size=0x5 none
run mgplot --format=gif none
run mgplot --axis=round none
mgplot --script none bad "$CASE_DIR/sample.tsv" >out
echo "exit $?, $(grep -c '^# panel' out) panels"
mgplot --script -o no/such/dir/x.gp "$CASE_DIR/sample.tsv"
echo "exit $?"
mkdir empty
PATH=$(dirname "$(command -v mgplot)"):empty mgplot -o x.png "$CASE_DIR/sample.tsv"
echo "exit $?"
[ -e x.png ] || echo "no picture"
