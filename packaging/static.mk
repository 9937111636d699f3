# For `make static`: programs that need no shared library.  pkg-config names libraries that
# libarchive was built with and our programs do not use (XML, ACLs); so the list stands here:
# what reading tar, zip, gzip, xz, zstd, bzip2 and lz4 needs.
# SPDX-License-Identifier: Apache-2.0
MG_LDFLAGS := $(filter-out -pie,$(MG_LDFLAGS)) -static
LIBS := -Wl,--start-group -lpcre2-8 -ljansson -lyaml $(if $(SQLITE),-lsqlite3) -larchive \
        -lz -llzma -lzstd -lbz2 -llz4 -lnettle -lacl -lm -Wl,--end-group
