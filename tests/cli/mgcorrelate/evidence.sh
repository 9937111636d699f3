# No claim without bytes: every file and line that findings.json names is in the archive.
in=$TESTDATA/etcd-stall-deletecollection.tar.gz
mgcorrelate --no-report --format=json "$in" >findings.json
mkdir tree
mgunpack -q -x -C tree "$in"
root=$(sed -n 's/^   "root": "\(.*\)"/\1/p' findings.json)
sed -n 's/^ *"artifact": "\(.*\)",/\1/p; s/^ *"line": \(.*\),/\1/p' findings.json |
	paste - - | sort -u >places
while read -r file line; do
	if [ ! -f "tree/$root$file" ]; then
		echo "no file $file"
	elif [ "$line" != null ] && [ -z "$(sed -n "${line}p;${line}q" "tree/$root$file")" ]; then
		echo "$file has no line $line"
	fi
done <places
[ "$(wc -l <places)" -gt 10 ] && echo "all there"
