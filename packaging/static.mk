# make static: programs that need no shared library.  Only names and -l differ from the
# usual build.  libarchive is linked with what reading tar, zip, gzip, xz, zstd, bzip2 and
# lz4 needs; see docs/INSTALL.md for what that leaves out.
# SPDX-License-Identifier: Apache-2.0
MG_LDFLAGS := $(filter-out -pie,$(MG_LDFLAGS)) -static
