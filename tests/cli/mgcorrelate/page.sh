# The page in a browser, when there is one: its script runs without a word on the console, and
# takes the filter of the events from the address.
browser=$(command -v chromium || command -v chromium-browser) || {
	echo "no chromium here" >&2
	exit 77
}
mgcorrelate --no-plots -o report "$TESTDATA/etcd-stall-deletecollection.tar.gz" >out
open() { # fragment
	"$browser" --headless=new --no-sandbox --disable-gpu --user-data-dir="$PWD/profile" \
		--enable-logging=stderr --virtual-time-budget=5000 \
		--dump-dom "file://$PWD/report/report.html#$1" 2>log >dom || :
	if [ ! -s dom ]; then
		echo "chromium does not start here" >&2
		exit 77
	fi
	echo "console: $(grep -c ':CONSOLE' log)"
}
open 'events&severity=4&text=stuck&off=goroutine'
grep -o '<html[^>]*>' dom
grep -c '<tr data-s=[^>]* hidden=""' dom >/dev/null && echo "rows are hidden"
grep -o '<tr data-s="[^"]*" data-k="[^"]*"[^>]*>' dom | grep -v hidden | grep -c 'data-s="[0-3]"'
echo "-- a folded picture is opened by its link"
sed -n 's/.*<details class="picture" id="p-talkers"\([^>]*\)>.*/before:\1/p' report/report.html
open p-talkers
sed -n 's/.*<details class="picture" id="p-talkers"\([^>]*\)>.*/after:\1/p' dom
