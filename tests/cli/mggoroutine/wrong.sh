exec 2>&1
mggoroutine --by=name x; echo $?
mggoroutine --diff --follow x; echo $?
mggoroutine --diff --format=tsv x; echo $?
mggoroutine --by=state -o events x; echo $?
mggoroutine --json --format=tsv x; echo $?
mggoroutine --format=csv x; echo $?
mggoroutine -o events --format=text x; echo $?
mggoroutine --min-wait=5parsecs x; echo $?
mggoroutine no-such-file; echo $?
echo text | mggoroutine -; echo $?
