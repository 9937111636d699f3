# mgtools - build, test, install.  `make help` lists the targets.

# --- what ------------------------------------------------------------------
TOOLS  := $(basename $(notdir $(sort $(wildcard tools/mg*.c))))
LAYERS := base io parse event analysis analysis/rules ingest render cli session
LIBSRC := $(sort $(foreach l,$(LAYERS),$(wildcard common/$(l)/*.c)))
UNITS  := $(basename $(notdir $(sort $(wildcard tests/unit/test_*.c))))
FUZZ   := $(basename $(notdir $(sort $(wildcard tests/fuzz/fuzz_*.c))))
BENCH  := $(basename $(notdir $(sort $(wildcard tests/bench/bench_*.c))))

# --- variants: V=release|debug|asan|tsan|cov|fuzz; each has its own object tree ---
V ?= release
# gcc sees unset variables in the code that sanitizers add; the release build warns rightly
SANITIZE      := -fno-sanitize-recover=all -fno-omit-frame-pointer \
                 $(if $(findstring clang,$(shell $(CC) --version 2>/dev/null)),,-Wno-maybe-uninitialized)
FLAGS_release := -O2 -g
FLAGS_debug   := -O0 -g
FLAGS_asan    := -O1 -g -fsanitize=address,undefined $(SANITIZE)
FLAGS_tsan    := -O1 -g -fsanitize=thread $(SANITIZE)
FLAGS_cov     := -O0 -g --coverage -DMG_NO_CONFINE
# clang only: `make fuzz` sets CC
FLAGS_fuzz    := -O1 -g -DMG_FUZZING -fsanitize=fuzzer-no-link,address,undefined $(SANITIZE)
ifeq ($(FLAGS_$(V)),)
$(error unknown V=$(V): release, debug, asan, tsan, cov or fuzz)
endif
B := build/$(V)

comma := ,
PKG_CONFIG ?= pkg-config
PKGS  := libpcre2-8 jansson libarchive yaml-0.1
have   = $(shell $(PKG_CONFIG) --exists $(1) 2>/dev/null && echo yes)
# Debian has no static isa-l
GZ    := $(if $(STATIC),zlib,$(if $(call have,libisal),libisal,zlib))
# optional: without it `mgcorrelate --db` says that it was left out
SQLITE := $(if $(call have,sqlite3),sqlite3)
NEEDS_NOTHING := clean help dist deb rpm uninstall cross check-repro check-deps check-lint
ifneq ($(filter-out $(NEEDS_NOTHING),$(or $(MAKECMDGOALS),all)),)
ifeq ($(call have,$(PKGS) $(GZ)),)
$(error missing development files of one of: $(PKGS) $(GZ) (or pkg-config itself); run scripts/install-deps)
endif
endif
OS    := $(shell uname -s)
HARDEN := -fstack-protector-strong -fPIE $(if $(filter release,$(V)),-D_FORTIFY_SOURCE=2)
WARN  := -Wall -Wextra -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes \
         -Wwrite-strings -Wformat=2 -Wno-unused-parameter $(if $(CI),-Werror)
MG_CPPFLAGS := -Icommon -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 \
         $(if $(filter Darwin,$(OS)),-D_DARWIN_C_SOURCE) \
         $(if $(filter libisal,$(GZ)),-DMG_HAVE_ISAL) $(if $(SQLITE),-DMG_HAVE_SQLITE) \
         -DMG_FEATURES='"gzip=$(GZ) pcre2 libarchive libyaml$(if $(SQLITE), sqlite)"'
MG_CFLAGS := -std=c11 -pthread $(WARN) $(HARDEN) $(FLAGS_$(V)) \
         $(shell $(PKG_CONFIG) --cflags $(PKGS) $(GZ) $(SQLITE) 2>/dev/null)
# what is built does not depend on where (make check-repro)
MG_CFLAGS += -ffile-prefix-map=$(CURDIR)=.
# gcc clears structs of some hundred bytes by `rep stos`, which takes longer to start than the
# library's memset takes for all of it: 3 % of reading an audit event
MG_CFLAGS += $(shell $(CC) -Werror -mstringop-strategy=libcall -E -x c /dev/null >/dev/null 2>&1 && \
         echo -mstringop-strategy=libcall)
MG_LDFLAGS := -pthread $(if $(filter Darwin,$(OS)),,-pie -Wl$(comma)-z$(comma)relro$(comma)-z$(comma)now) \
         $(FLAGS_$(V))
LIBS  := $(shell $(PKG_CONFIG) --libs $(PKGS) $(GZ) 2>/dev/null) -lm
# A program depends on the libraries that it uses.
ifneq ($(OS),Darwin)
LIBS  := -Wl,--as-needed $(LIBS)
endif
LIBS  += $(if $(SQLITE),$(shell $(PKG_CONFIG) --libs $(SQLITE) 2>/dev/null))
ifneq ($(STATIC),)
include packaging/static.mk
endif
CMOCKA = $(shell $(PKG_CONFIG) --libs cmocka 2>/dev/null || echo -lcmocka)
# ours first, the user's last: `make CFLAGS=-O3` adds, it does not replace
COMPILE = $(CC) $(MG_CPPFLAGS) $(CPPFLAGS) $(MG_CFLAGS) $(CFLAGS)
LINK    = $(CC) $(MG_LDFLAGS) $(LDFLAGS)

PREFIX  ?= /usr/local
DESTDIR ?=
INSTALL ?= install
VERSION := $(shell sed -n 's/^.define MG_VERSION "\(.*\)"/\1/p' common/cli/opt.h)

# Data of a sibling directory that some tests read; they skip and say so without it.
MG_SHARED ?= $(abspath $(if $(wildcard ../shared/data),../shared))
ifneq ($(MG_SHARED),)
export MG_SHARED
endif
export V
# Seconds a target for `make fuzz`.
T ?= 30
COUNTS := $(B)/check.counts

# --- rules --------------------------------------------------------------------
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all help demo docs check check-full check-threads check-unit check-cli check-faults check-lint check-replay \
        check-deps units replays fuzzers benches bench fuzz faults coverage lint-deep clean

all: $(TOOLS:%=$(B)/bin/%)   ## build every tool into build/$(V)/bin

# One short line a file; VERBOSE=1 shows the commands, `make -s` shows neither.
run = $(if $(VERBOSE),,@$(if $(findstring s,$(firstword -$(MAKEFLAGS))),,echo "  $(1)  $@";))

$(B)/libmg.a: $(LIBSRC:%.c=$(B)/%.o) $(B)/gen/html_assets.o
	@rm -f $@
	$(call run,AR)$(AR) rcs $@ $^

$(B)/bin/%: $(B)/tools/%.o $(B)/libmg.a
	@mkdir -p $(@D)
	$(call run,LD)$(LINK) -o $@ $^ $(LIBS)

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call run,CC)$(COMPILE) -MMD -MP -c -o $@ $<

# The style and script of report.html are part of the program: it works uninstalled.
$(B)/gen/html_assets.c: scripts/embed-page reports/html/page.css reports/html/page.js
	@mkdir -p $(@D)
	$(call run,GEN)sh $^ >$@

$(B)/gen/%.o: $(B)/gen/%.c Makefile
	$(call run,CC)$(COMPILE) -MMD -MP -c -o $@ $<

$(B)/unit/%: $(B)/tests/unit/%.o $(B)/libmg.a
	@mkdir -p $(@D)
	$(call run,LD)$(LINK) -o $@ $^ $(LIBS) $(CMOCKA)

$(B)/bench/%: $(B)/tests/bench/%.o $(B)/libmg.a
	@mkdir -p $(@D)
	$(call run,LD)$(LINK) -o $@ $^ $(LIBS)

# A fuzz target linked with the replay main runs its corpus as a plain test.
$(B)/replay/%: $(B)/tests/fuzz/%.o $(B)/tests/fuzz/replay_main.o $(B)/libmg.a
	@mkdir -p $(@D)
	$(call run,LD)$(LINK) -o $@ $^ $(LIBS)

$(B)/fuzz/%: $(B)/tests/fuzz/%.o $(B)/libmg.a
	@mkdir -p $(@D)
	$(call run,LD)$(LINK) -fsanitize=fuzzer -o $@ $^ $(LIBS)

$(B)/faults/faults: $(B)/tests/faults/faults.o
	@mkdir -p $(@D)
	$(call run,LD)$(LINK) -o $@ $^

# Without sanitizers, which want to be loaded first; where it cannot be built, its tests skip.
$(B)/faults/shim.so: tests/faults/shim.c Makefile
	@mkdir -p $(@D)
	$(call run,CC)$(CC) -std=c11 -O1 $(WARN) -fPIC -shared -o $@ $< -ldl

units: $(UNITS:%=$(B)/unit/%) ; @:
replays: $(FUZZ:%=$(B)/replay/%) ; @:
fuzzers: $(FUZZ:%=$(B)/fuzz/%) ; @:
benches: $(BENCH:%=$(B)/bench/%) ; @:

-include $(shell find $(B) -name '*.d' 2>/dev/null)

# --- checks -------------------------------------------------------------------
# Every part runs, whatever failed before it, and appends "passed failed skipped" to
# $(COUNTS).  The last line is the sum: "N passed, N failed[, N skipped]".
check: ## run all tests (V=asan: under ASan and UBSan); the last line counts them
	@mkdir -p $(B); rm -f $(COUNTS) build/check.last
	@for part in check-unit check-replay check-cli check-faults check-lint check-install; do \
		$(MAKE) --no-print-directory $$part || echo "$$part: failed"; done
	@sh tests/sum.sh $(COUNTS) build/check.last

check-deps:
	@$(PKG_CONFIG) --exists cmocka 2>/dev/null || { mkdir -p $(B); echo "0 1 0" >>$(COUNTS); \
		echo "check-unit: cmocka is missing: install libcmocka-dev (or run scripts/install-deps)" >&2; exit 1; }

# A part whose programs do not all compile still runs those that do; the rest count as failed.
check-unit: check-deps
	@rm -f $(UNITS:%=$(B)/unit/%)
	@$(MAKE) --no-print-directory -k units || true
	@sh tests/unit/run.sh $(B)/unit $(COUNTS) $(UNITS)

check-replay:
	@rm -f $(FUZZ:%=$(B)/replay/%)
	@$(MAKE) --no-print-directory -k replays || true
	@sh tests/fuzz/run.sh $(B)/replay $(COUNTS) $(FUZZ)

check-cli:
	@rm -f $(TOOLS:%=$(B)/bin/%)
	@$(MAKE) --no-print-directory -k all || true
	@sh tests/cli/run.sh --bin $(B)/bin --counts $(COUNTS) $(TOOLS)

check-faults:
	@$(MAKE) --no-print-directory -k all $(B)/faults/faults || true
	@$(MAKE) --no-print-directory $(B)/faults/shim.so 2>/dev/null || rm -f $(B)/faults/shim.so
	@sh tests/faults/run.sh $(B)/bin $(B)/faults $(COUNTS) few

faults: all units $(B)/faults/faults $(B)/faults/shim.so ## torn, damaged, no memory, no disk: 10,000 bit flips and more (half an hour)
	@sh tests/faults/run.sh $(B)/bin $(B)/faults $(B)/faults.counts many

coverage: ## lines that units, corpora and command lines run: of the parsers, and below them
	$(MAKE) check-unit check-replay check-cli V=cov
	@scripts/coverage common/parse; scripts/coverage common/io common/event common/ingest

lint-deep: ## cppcheck over all of it (minutes); what is known is in docs/cppcheck.txt
	cppcheck --quiet --std=c11 -Icommon --enable=warning,portability,performance --error-exitcode=1 \
		--suppress=missingIncludeSystem --suppressions-list=docs/cppcheck.txt common tools tests/faults

check-lint:
	@mkdir -p $(B)
	@CC="$(CC)" sh tests/lint/run.sh $(COUNTS)

# The programs that run more than one thread.
THREADED := $(filter test_pool test_ingest test_incidents test_blocks,$(UNITS))

check-threads:
	@rm -f build/tsan/check.counts
	$(MAKE) check-unit V=tsan UNITS="$(THREADED)"

check-full: ## check, check V=asan, the threaded units under TSan, 5 s of fuzzing a target
	$(MAKE) check
	$(MAKE) check V=asan
	$(MAKE) check-threads
	@rm -f build/fuzz/check.counts
	$(MAKE) fuzz T=5
	@cat build/release/check.counts build/asan/check.counts build/tsan/check.counts \
		build/fuzz/check.counts >build/full.counts
	@sh tests/sum.sh build/full.counts

fuzz: ## fuzz every parser with clang's libFuzzer, T=30 seconds a target
	@mkdir -p build/fuzz; \
	if ! echo 'int LLVMFuzzerTestOneInput(const char *d, long n); int LLVMFuzzerTestOneInput(const char *d, long n) { return 0; }' | \
	     clang -fsanitize=fuzzer,address -x c -o build/fuzz/probe - 2>/dev/null; then \
		echo "fuzz: needs clang and its libFuzzer (scripts/install-deps --dev); \`make check-replay\` runs the corpora without it"; \
		exit 1; \
	fi
	@$(MAKE) --no-print-directory -k V=fuzz CC=clang fuzzers || true
	@sh tests/fuzz/fuzz.sh build/fuzz/fuzz build/fuzz/check.counts $(T) $(FUZZ)

bench: benches all ## measure: every tests/bench/bench_* and the tools end to end
	@sh tests/bench/run.sh $(B) $(BENCH)

# --- use ----------------------------------------------------------------------
DEMO := testdata/etcd-stall-deletecollection.tar.gz

demo: all ## build and explain a recorded incident: report, graphs, findings in build/demo.report
	$(B)/bin/mgcorrelate -f -o build/demo.report $(DEMO)
	@echo; for f in build/demo.report/report.html build/demo.report/report.txt \
		$$(find build/demo.report -name '*.png' | sort); do \
		if [ -f "$$f" ]; then echo "$(CURDIR)/$$f"; fi; done

docs: all ## renew what the documentation shows of a real run: README.md, docs/cookbook.md, docs/timeline.png
	@sh scripts/gen-docs $(B)/bin

include packaging/package.mk

clean: ## remove build/
	rm -rf build

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  V=release|debug|asan|tsan|cov picks the variant, CFLAGS= adds flags, VERBOSE=1 shows commands"
