# What is odd is read; what is damaged is counted, located, and costs nothing else.
. "$CASE_DIR/events.inc"
try() {
	printf -- '-- %s\n' "$1"
	mgaudit -j2 -o wide "$1" 2>err
	printf 'exit %s\n' $?
	cat err
}
good() { e "$1" 03:00:01 get "/api/v1/pods/$1" u1 200 1; }

{ good 1 | tr '\n' '\r'; echo; good 2 | tr '\n' '\r'; echo; } >crlf.log
{ good 1; good 2 | tr -d '\n'; } >no-newline.log
{ good 1; printf '\0\0\0\n'; good 2; printf '\0\0\0'; good 3; good 4 | sed 's/get/g\x00t/' ; good 5; } >nul.log
{ good 1; good 2 | sed 's/u1/u\xff/'; good 3 | sed 's/u1/\xed\xa0\x80/'; good 4 | sed 's/u1/u\xc3\xa9/'; } >utf8.log
{ good 1 | sed 's/"verb"/"\\u0076erb"/; s/"get"/"g\\u0065t"/'; good 2 | sed 's/"auditID"/"audit\\u0049D"/'; } >escaped.log
{ good 1 | sed 's/"verb":"get"/"verb":"get","verb":"list"/'; good 2 | sed 's/"code":200/"code":200,"code":404/'; } >duplicate.log
{ good 1 | sed 's/"metadata":{}/"metadata":{"n":9007199254740993,"e":1e9999,"big":123456789012345678901234567890}/'
  good 2 | sed 's/:200/:9007199254740993/'; good 3 | sed 's/:200/:-1/'; good 4 | sed 's/:200/:2e2/'; good 5; } >numbers.log
{ good 1; good 2 | cut -c1-100 | tr -d '\n'; good 3; good 4; } >torn.log
{ good 1; echo '{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"x"]}'; echo 'just words'; echo; good 2; } >words.log
for f in crlf no-newline nul utf8 escaped duplicate numbers torn words; do try $f.log; done

# Lines of 10 MB, a good one and a broken one between others.
long() { awk 'BEGIN { s = sprintf("%1024s", ""); gsub(/ /, "x", s); for (i = 0; i < 10240; i++) printf "%s", s }'; }
{ good 1; good 2 | sed 's/pods.*//' | tr -d '\n'; long; good 2 | sed 's/.*pods.2//'
  printf '{"kind":"Event","auditID":"'; long; printf '\t"}\n'; good 3; } >long.log
echo "-- long.log"
mgaudit -o json long.log >long.json 2>err
printf 'exit %s\n' $?
sed 3d long.log | cmp - long.json && echo "all but line 3"
mgaudit -o top --by=verb long.log 2>/dev/null | cut -c1-60
cat err

# A log that was cut while it was packed: all that can be unpacked is read.
i=0
while [ $i -lt 400 ]; do i=$((i + 1)); good "$i-$(echo $i | cksum | cut -c1-8)"; done >many.log
gzip -c many.log >whole.gz
head -c $(($(wc -c <whole.gz) * 2 / 3)) whole.gz >cut.gz
echo "-- cut.gz"
mgaudit -o json cut.gz >cut.json 2>err
printf 'exit %s\n' $?
sed 's/byte [0-9]*/byte N/; s/: [^:]* at line .*/: … at the cut/' err
n=$(wc -l <cut.json)
[ "$n" -gt 100 ] && [ "$n" -lt 400 ] && head -n "$n" many.log | cmp - cut.json && echo "read up to the cut"

# What a scanner sends: no option takes it amiss.
echo "-- scanner"
{ e 1 03:00:01 get '/api/v1/pods?a;b=1;fieldManager=x\u0026%zz=%' u1 404 1 "$(o pods '' '' '')"
  e 2 03:00:01 get '/%/%2e%2e/%zz;/..?fieldManager=%;\u0026' u1 404 1
  e 3 03:00:01 get '' u1 400 1
  e 4 03:00:01 get '?' u1 400 1
  e 5 03:00:01 patch '/api/v1/nodes/n?fieldManager=a%20b+c%' u1 200 1 "$(o nodes '' '' n)"; } >scanner.log
for by in uri uri-pattern field-manager list verb,resource,name; do
	echo "$by"
	mgaudit -o top --by=$by scanner.log | sed 1d
done
mgaudit --by=uri --series=1s --format=jsonl scanner.log | wc -l
mgaudit --field-manager='a b c%' scanner.log
