# mgtools - build, test, install.  `make help` lists the targets.

# --- what ------------------------------------------------------------------
TOOLS  := $(basename $(notdir $(sort $(wildcard tools/mg*.c))))
LAYERS := base io parse event analysis analysis/rules ingest render cli session
LIBSRC := $(sort $(foreach l,$(LAYERS),$(wildcard common/$(l)/*.c)))
UNITS  := $(basename $(notdir $(sort $(wildcard tests/unit/test_*.c))))
FUZZ   := $(basename $(notdir $(sort $(wildcard tests/fuzz/fuzz_*.c))))
BENCH  := $(basename $(notdir $(sort $(wildcard tests/bench/bench_*.c))))

# --- variants: V=release|debug|asan|tsan|cov; each has its own object tree -----
V ?= release
FLAGS_release := -O2 -g
FLAGS_debug   := -O0 -g
FLAGS_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS_tsan    := -O1 -g -fsanitize=thread
FLAGS_cov     := -O0 -g --coverage
ifeq ($(FLAGS_$(V)),)
$(error unknown V=$(V): release, debug, asan, tsan or cov)
endif
B := build/$(V)

PKG_CONFIG ?= pkg-config
PKGS  := libpcre2-8 jansson libarchive yaml-0.1 libprotobuf-c
have   = $(shell $(PKG_CONFIG) --exists $(1) 2>/dev/null && echo yes)
GZ    := $(if $(call have,libisal),libisal,zlib)
HARDEN := -fstack-protector-strong -fPIE $(if $(filter release,$(V)),-D_FORTIFY_SOURCE=2)
WARN  := -Wall -Wextra -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes \
         -Wwrite-strings -Wformat=2 -Wno-unused-parameter $(if $(CI),-Werror)
MG_CPPFLAGS := -Icommon -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 \
         $(if $(filter libisal,$(GZ)),-DMG_HAVE_ISAL) -DMG_FEATURES='"gzip=$(GZ) pcre2 libarchive libyaml"'
MG_CFLAGS := -std=c11 -pthread $(WARN) $(HARDEN) $(FLAGS_$(V)) \
         $(shell $(PKG_CONFIG) --cflags $(PKGS) $(GZ) 2>/dev/null)
MG_LDFLAGS := -pthread -pie -Wl,-z,relro,-z,now $(FLAGS_$(V))
LIBS  := $(shell $(PKG_CONFIG) --libs $(PKGS) $(GZ) 2>/dev/null) -lm
COMPILE = $(CC) $(MG_CPPFLAGS) $(CPPFLAGS) $(MG_CFLAGS) $(CFLAGS)
LINK    = $(CC) $(MG_LDFLAGS) $(LDFLAGS)

PREFIX  ?= /usr/local
DESTDIR ?=
INSTALL ?= install

# --- rules --------------------------------------------------------------------
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all help demo check check-full check-unit check-cases check-cli check-lint \
        check-replay bench fuzz install dist clean

all: $(TOOLS:%=$(B)/bin/%)   ## build every tool into build/$(V)/bin

$(B)/libmg.a: $(LIBSRC:%.c=$(B)/%.o)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/bin/%: $(B)/tools/%.o $(B)/libmg.a
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(LIBS)

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(COMPILE) -MMD -MP -c -o $@ $<

$(B)/unit/%: $(B)/tests/unit/%.o $(B)/libmg.a
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(LIBS) -lcmocka

$(B)/bench/%: $(B)/tests/bench/%.o $(B)/libmg.a
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(LIBS)

# A fuzz target linked with the replay main runs its corpus as a plain test.
$(B)/replay/%: $(B)/tests/fuzz/%.o $(B)/tests/fuzz/replay_main.o $(B)/libmg.a
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(LIBS)

-include $(shell find $(B) -name '*.d' 2>/dev/null)

clean:  ## remove build/
	rm -rf build
