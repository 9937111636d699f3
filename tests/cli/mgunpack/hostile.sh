# Archives made to do harm: nothing outside the directory, every limit said, what can be read
# is read, and exit 3.
command -v python3 >/dev/null || { echo "needs python3 to make the archives" >&2; exit 77; }
python3 - <<'PY'
import io, tarfile, zipfile, gzip, lzma, bz2, struct, zlib

def tar(name, members, mode="w"):
    with tarfile.open(name, mode, format=tarfile.GNU_FORMAT) as t:
        for m in members:
            path, body, kind, link = (m + (None, None, None))[:4]
            i = tarfile.TarInfo(path)
            i.type = kind or tarfile.REGTYPE
            i.linkname = link or ""
            i.size = len(body or b"") if i.type == tarfile.REGTYPE else 0
            t.addfile(i, io.BytesIO(body or b""))

good = ("good.log", b"I1121 03:12:01.000000       1 a.go:1] fine\n")
# names that lead out, types that are no files
tar("names.tar", [("../up.log", b"1\n"), ("/abs.log", b"2\n"), ("C:\\drive.log", b"3\n"), ("C:/x.log", b"4\n"),
    ("a/../../b.log", b"5\n"), ("esc\x1b[31m\n.log", b"6\n"), ("./././", b""), ("x" * 4000, b"8\n"), good])
tar("types.tar", [("out", None, tarfile.SYMTYPE, "/etc"), ("out/passwd", b"written through a link\n"),
    ("hard", None, tarfile.LNKTYPE, "/etc/passwd"), ("dev", None, tarfile.CHRTYPE), ("blk", None, tarfile.BLKTYPE),
    ("fifo", None, tarfile.FIFOTYPE), ("self", None, tarfile.SYMTYPE, "self"), good])
tar("twice.tar", [("same.log", b"first\n"), ("same.log", b"second\n"), ("Same.log", b"other case\n"),
    ("d", b"a file\n"), ("d/below", b"in the way\n"), good])
# bombs
zeros = gzip.compress(b"\0" * (68 << 20), mtime=0)
tar("bomb.tar.gz", [("bomb.gz", gzip.compress(zeros, mtime=0)), good], "w:gz")
with zipfile.ZipFile("bomb.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
    z.writestr("zeros.log", b"\0" * (68 << 20))
    z.writestr(*good)
deep = good[1]
for n in range(12):
    b = io.BytesIO()
    with tarfile.open(fileobj=b, mode="w") as t:
        i = tarfile.TarInfo("level%d.tar" % n if n else "in.log"); i.size = len(deep)
        t.addfile(i, io.BytesIO(deep))
    deep = b.getvalue()
tar("deep.tar", [("deep.tar", deep), good])
g = b"deep\n" * 9
for n in range(9):
    g = gzip.compress(g, 0, mtime=0)  # stored: the same size whatever the time and zlib
tar("gz9.tar", [("gz9", g), good])
tar("many.tar", [("l%d" % n, None, tarfile.SYMTYPE, "x") for n in range(600)] + [good])
# a header that asks for 3 GiB of dictionary
x = bytearray(lzma.compress(b"hello\n" * 1000, check=lzma.CHECK_CRC32))
p = 12; size = (x[p] + 1) * 4; at = bytes(x).index(b"\x21\x01", p) + 2
x[at] = 39; x[p + size - 4:p + size] = struct.pack("<I", zlib.crc32(bytes(x[p:p + size - 4])))
tar("dictionary.tar", [("big.xz", bytes(x)), good])
# a sparse member of one terabyte (GNU format: one block of data behind a hole)
h = bytearray(512); size = 1 << 40
h[0:10] = b"sparse.log"; h[100:108] = b"0000644\0"; h[124:136] = b"00000001000\0"; h[136:148] = b"00000000000\0"; h[156:157] = b"S"
h[257:265] = b"ustar  \0"
base = lambda v: b"\x80\0\0\0" + v.to_bytes(8, "big")
h[386:398] = base(size - 512); h[398:410] = base(512); h[483:495] = base(size)
h[148:156] = b" " * 8; h[148:156] = b"%06o\0 " % sum(h)
tar("tail.tar", [good])
open("sparse.tar", "wb").write(bytes(h) + b"x" * 512 + open("tail.tar", "rb").read())
# lies: sizes and sums
b = io.BytesIO()
with zipfile.ZipFile(b, "w") as z:
    z.writestr("crc.log", b"the sum is not mine\n"); z.writestr(*good)
open("crc.zip", "wb").write(b.getvalue().replace(b"not mine", b"NOT MINE"))
tar("size.tar", [good, ("lying.log", b"short\n")])
t = bytearray(open("size.tar", "rb").read()); o = 1024
t[o + 124:o + 136] = b"77777777777\0"; t[o + 148:o + 156] = b" " * 8
t[o + 148:o + 156] = b"%06o\0 " % sum(t[o:o + 512]); open("size.tar", "wb").write(t)
tar("sum.tar", [good, ("damaged.log", b"x\n"), ("after.log", b"y\n")])
t = bytearray(open("sum.tar", "rb").read()); t[1024 + 5] ^= 1; open("sum.tar", "wb").write(t)
PY
mkdir victim
for a in names.tar types.tar twice.tar bomb.tar.gz bomb.zip deep.tar gz9.tar many.tar dictionary.tar sparse.tar crc.zip size.tar sum.tar; do
	case $a in many.tar) limit=--limit=members=500,depth=4 ;; sparse.tar | bomb.zip) limit=--limit=ratio=50:1 ;; *) limit= ;; esac
	echo "== $a"
	if [ $a = dictionary.tar ]; then # whether there is memory for it is not ours to say
		mgunpack -q "$a" 2>/dev/null | grep -c ' good.log$'
		continue
	fi
	mgunpack -x -C "victim/$a/in/here" $limit "$a" 2>err; echo "extract: exit $?"
	# libarchive's own words differ from release to release
	sed 's/Truncated tar archive[^;]*/Truncated tar archive/; s/\(ZIP bad CRC\).*/\1/' err | cut -c 1-160
	find victim -type f -o -type l | sort | while read -r f; do
		printf '%s %s\n' "$(wc -c <"$f")" "$f"
	done | sed 's|victim/[^/]*/in/here/||' | cut -c 1-110
	rm -rf victim/*
	mgunpack $limit "$a" >list 2>err; echo "list: exit $?"
	grep -c ' good.log$' list
	mgcorrelate -q -f -o report $limit "$a" >/dev/null 2>err; echo "mgcorrelate: exit $?"
done
ls -d up.log b.log ../up.log ../b.log /abs.log 2>/dev/null

echo "== a directory with loops, a FIFO, a sparse giant"
mkdir -p loop/a/b
printf 'I1121 03:12:01.000000       1 a.go:1] fine\n' >loop/good.log
ln -s ../.. loop/a/b/up
ln -s a loop/again
mkfifo loop/fifo
truncate -s 1T loop/giant.log 2>/dev/null || { dd if=/dev/zero of=loop/giant.log bs=1 count=0 seek=1T 2>/dev/null; }
mgunpack --no-headers loop 2>&1; echo "exit $?"

[ "$(id -u)" -ne 0 ] || exit 0 # who may read everything cannot be refused
chmod 0 loop/good.log
mgunpack -q --no-headers loop 2>&1 | grep -q "cannot .*good.log.*Permission denied" || echo "unreadable: not said"
