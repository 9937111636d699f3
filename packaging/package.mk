# Install, package, and prove what is built: included by the Makefile.
# SPDX-License-Identifier: Apache-2.0

.PHONY: install uninstall dist deb rpm static check-install check-repro cross

SHARE := $(DESTDIR)$(PREFIX)/share
# What goes into share/mgtools: directory:destination
DATA := reports/rules:rules docs/schemas:schemas share/lnav:lnav

from = $(firstword $(subst :, ,$(1)))
to   = $(lastword $(subst :, ,$(1)))
# install the files $(1) into the directory $(2)
put  = $(if $(1),$(INSTALL) -d $(2) && $(INSTALL) -m 644 $(1) $(2) || exit 1;)

install: all ## install into PREFIX (/usr/local), below DESTDIR
	$(INSTALL) -d $(DESTDIR)$(PREFIX)/bin
	$(INSTALL) -m 755 $(TOOLS:%=$(B)/bin/%) $(DESTDIR)$(PREFIX)/bin
	ln -sf mgaudit $(DESTDIR)$(PREFIX)/bin/kubectl-mg_audit
	$(foreach s,1 5 7,$(call put,$(wildcard docs/man/*.$(s)),$(SHARE)/man/man$(s)))
	ln -sf mgaudit.1 $(SHARE)/man/man1/kubectl-mg_audit.1
	$(foreach d,$(DATA),$(call put,$(wildcard $(call from,$(d))/*),$(SHARE)/mgtools/$(call to,$(d))))
	sh scripts/install-completions $(B)/bin $(SHARE) $(TOOLS)
	$(call put,README.md CHANGELOG.md,$(SHARE)/doc/mgtools)
	$(call put,$(wildcard docs/*.md docs/*.png),$(SHARE)/doc/mgtools/docs)
	$(call put,$(wildcard docs/formats/*.md),$(SHARE)/doc/mgtools/docs/formats)

# Files are removed by name, directories only where they are ours alone.
uninstall: ## remove what `make install` with the same PREFIX and DESTDIR put there
	rm -f $(TOOLS:%=$(DESTDIR)$(PREFIX)/bin/%) $(DESTDIR)$(PREFIX)/bin/kubectl-mg_audit
	rm -f $(foreach s,1 5 7,$(patsubst docs/man/%,$(SHARE)/man/man$(s)/%,$(wildcard docs/man/*.$(s)))) $(SHARE)/man/man1/kubectl-mg_audit.1
	rm -f $(TOOLS:%=$(SHARE)/bash-completion/completions/%) $(TOOLS:%=$(SHARE)/zsh/site-functions/_%) \
		$(TOOLS:%=$(SHARE)/fish/vendor_completions.d/%.fish)
	rm -rf $(SHARE)/mgtools $(SHARE)/doc/mgtools

# A tar file of one commit: git sorts it and takes the commit's time; gzip -n adds none.
TARBALL := mgtools-$(VERSION).tar.gz
dist: ## build/mgtools-VERSION.tar.gz of what is committed, always the same bytes
	@git rev-parse --verify -q HEAD >/dev/null || { echo "dist: needs the git repository" >&2; exit 1; }
	@mkdir -p build
	git -c tar.umask=0022 archive --format=tar --prefix=mgtools-$(VERSION)/ HEAD | gzip -9n >build/$(TARBALL)
	@echo build/$(TARBALL)

deb: dist ## build/deb/*.deb with dpkg-buildpackage (Debian, Ubuntu)
	@command -v dpkg-buildpackage >/dev/null && command -v dh >/dev/null || \
		{ echo "deb: needs dpkg-dev and debhelper" >&2; exit 1; }
	rm -rf build/deb && mkdir -p build/deb
	tar -xzf build/$(TARBALL) -C build/deb
	cd build/deb/mgtools-$(VERSION) && env -u MAKEFLAGS -u MAKELEVEL -u V dpkg-buildpackage -us -uc -b
	@ls build/deb/*.deb

rpm: dist ## build/rpm/RPMS/*/*.rpm with rpmbuild
	@command -v rpmbuild >/dev/null || { echo "rpm: needs rpmbuild" >&2; exit 1; }
	rm -rf build/rpm && mkdir -p build/rpm/SOURCES
	cp build/$(TARBALL) build/rpm/SOURCES
	env -u MAKEFLAGS -u MAKELEVEL -u V rpmbuild -ba --define '_topdir $(CURDIR)/build/rpm' $(RPMFLAGS) packaging/mgtools.spec
	@ls build/rpm/RPMS/*/*.rpm

static: ## build/static/bin: programs that need no shared library (docs/INSTALL.md)
	$(MAKE) --no-print-directory STATIC=1 B=build/static all

# --- proofs ---------------------------------------------------------------------
check-install: all ## install, run every tool from there without the source tree, uninstall
	@sh tests/install/run.sh build/stage $(COUNTS)

check-repro: ## build twice in different directories: the programs must be the same bytes
	@sh scripts/check-repro build/repro

cross: ## CROSS=arm64|s390x|...: build for it and run the unit tests under qemu-user (Debian)
	@sh scripts/cross-check $(or $(CROSS),arm64)
