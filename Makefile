# Everything one types to build, try, test and install Letterhead. What a target needs it installs itself (Debian).

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
COMPLETE = .build/release/letterhead --generate-completion-script
# Where the tree lies is no part of what is built: not as a path, not in the linker's hash over the debug information, and not
# in the hashes by which the compiler tells what to compile again.
PATHS = -Xswiftc -file-prefix-map -Xswiftc $(CURDIR)=. -Xcc -ffile-prefix-map=$(CURDIR)=. -Xcxx -ffile-prefix-map=$(CURDIR)=. \
  -Xlinker --build-id=none -Xswiftc -Xfrontend -Xswiftc -disable-incremental-llvm-codegen
# Relocations are packed, 2.5 MB less, where the C library can read them: from glibc 2.36 on.
PACKED = $(shell printf '2.36\n%s\n' "$$(getconf GNU_LIBC_VERSION | cut -d' ' -f2)" | sort -V -C && \
  echo -Xswiftc -use-ld=lld -Xlinker -z -Xlinker pack-relative-relocs)
RELEASE = -c release --static-swift-stdlib $(PATHS) $(PACKED) --product
# What `make install` gives sendmail, mailq and newaliases as names: auto where the host has no sendmail; yes; no.
SENDMAIL ?= auto

SECONDS ?= 60
TARGET ?=

.PHONY: help build release run test sandbox bench torture soak fuzz sanitize install deb image format lint docs certs clean

help:
	@echo 'make build             the release binary, .build/release/letterhead'
	@echo 'make run               a relay on 127.0.0.1:2525 with a sandbox mailbox, to try things'
	@echo 'make test              installs what the tests need, checks imports, names and format, builds, runs all tests'
	@echo 'make sandbox           the system tests with the relay confined as by the service unit; as root'
	@echo 'make bench             Letterhead and Postfix beside each other, about an hour; QUICK=1 in two minutes'
	@echo 'make torture           kills it, breaks its disk, provider and clients, and counts; 20 minutes; QUICK=1 in three'
	@echo 'make soak MINUTES=30   a steady load and a mishap every few seconds'
	@echo 'make fuzz TARGET=…     looks for input that breaks a parser, SECONDS=60 each; all of them without TARGET'
	@echo 'make sanitize          all tests under ThreadSanitizer and under AddressSanitizer'
	@echo 'make install PREFIX=…  binaries, manual pages, completions, examples and service unit (default /usr/local); SENDMAIL=yes or no'
	@echo 'make deb               the Debian packages, into .build/deb'
	@echo 'make image             an OCI image from scratch, into .build/image'
	@echo 'make format            puts the sources into the format make test checks'
	@echo 'make docs              what the program itself can write of docs/, from its tables'
	@echo 'make certs DIR=…       a private authority and localhost certificates (see Certs/README.md)'

build:
	@scripts/need-swift
	@scripts/need-packages build
	$(SWIFT) build $(RELEASE) letterhead
	$(SWIFT) build $(RELEASE) letterhead-sendmail

# One of them, with the same flags.
PRODUCT ?= letterhead
release:
	$(SWIFT) build $(RELEASE) $(PRODUCT)

run: build
	@scripts/need-packages run
	@exec scripts/quickstart

test:
	@scripts/need-swift
	@scripts/need-packages build run test deb
	@scripts/check-imports
	@scripts/check-names
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests
	@scripts/run-tests; tests=$$?; scripts/fuzz 20 && [ $$tests -eq 0 ] || { cat .build/failed 2> /dev/null; exit 1; }

fuzz:
	@scripts/need-swift
	@scripts/need-packages build test
	@scripts/fuzz $(SECONDS) $(TARGET)

sanitize:
	@scripts/need-swift
	@scripts/need-packages build run test
	@scripts/sanitize

sandbox:
	@scripts/need-swift
	@scripts/need-packages build run test sandbox
	$(SWIFT) build --build-tests
	LETTERHEAD=$(CURDIR)/scripts/in-sandbox $(SWIFT) test --skip-build --filter '^SystemTests\.'

# The same flags for both, or each build would undo the other's. The figures go into BENCHMARKS.md, but for QUICK, ONLY and
# BEFORE ones. ONLY=queue (idle, sync, distance …: letterhead-bench run --help) measures nothing else. BEFORE=FILE measures
# the letterhead of an earlier tree in Postfix's place.
bench: build
	@scripts/need-packages bench
	$(SWIFT) build $(RELEASE) letterhead-bench
	@scripts/bench $(if $(QUICK),--quick) $(if $(ONLY),$(patsubst %,--only %,$(ONLY))) $(if $(BEFORE),--before $(abspath $(BEFORE))) \
	  $(if $(QUICK)$(ONLY)$(BEFORE),,--into BENCHMARKS.md)

# Tables go into BENCHMARKS.md, but for QUICK and ONLY ones. SEED= repeats a run; ONLY= one of kills disk upstream clients
# resources.
torture: build
	@scripts/need-packages bench
	$(SWIFT) build $(RELEASE) letterhead-bench
	@scripts/torture release torture $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY)) $(if $(SEED),--seed $(SEED)) \
	  $(if $(QUICK)$(ONLY),,--into BENCHMARKS.md)

MINUTES ?= 30
soak: build
	@scripts/need-packages bench
	$(SWIFT) build $(RELEASE) letterhead-bench
	@scripts/torture release soak --minutes $(MINUTES) $(if $(SEED),--seed $(SEED)) --into BENCHMARKS.md

# Builds only where there is no binary yet: `make build && sudo make install` needs no Swift for root.
install:
	@test -x .build/release/letterhead && test -x .build/release/letterhead-sendmail || $(MAKE) build
	install -D -s -m 0755 .build/release/letterhead $(DESTDIR)$(PREFIX)/bin/letterhead
	install -D -s -m 0755 .build/release/letterhead-sendmail $(DESTDIR)$(PREFIX)/bin/letterhead-sendmail
	install -D -m 0644 docs/letterhead-sendmail.8 $(DESTDIR)$(PREFIX)/share/man/man8/letterhead-sendmail.8
	env -u LETTERHEAD_CONFIG .build/release/letterhead man-pages $(DESTDIR)$(PREFIX)/share/man
	scripts/link-sendmail $(SENDMAIL) $(DESTDIR)$(PREFIX)
	install -D -m 0755 Examples/check_letterhead $(DESTDIR)$(PREFIX)/lib/nagios/plugins/check_letterhead
	install -D -m 0644 Examples/prometheus/letterhead.rules.yml $(DESTDIR)$(PREFIX)/share/letterhead/letterhead.rules.yml
	install -D -m 0644 Examples/grafana/letterhead.json $(DESTDIR)$(PREFIX)/share/letterhead/grafana.json
	install -D -m 0644 Examples/letterhead.toml $(DESTDIR)$(PREFIX)/share/letterhead/letterhead.toml
	install -D -m 0644 Examples/several.toml $(DESTDIR)$(PREFIX)/share/letterhead/several.toml
	install -D -m 0644 Examples/status.schema.json $(DESTDIR)$(PREFIX)/share/letterhead/status.schema.json
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions \
	  $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	$(COMPLETE) bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/letterhead
	$(COMPLETE) zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_letterhead
	$(COMPLETE) fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/letterhead.fish
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed 's|/usr/local/|$(PREFIX)/|' Examples/letterhead.service > $(DESTDIR)$(PREFIX)/lib/systemd/system/letterhead.service
	chmod 0644 $(DESTDIR)$(PREFIX)/lib/systemd/system/letterhead.service
	install -m 0644 Examples/letterhead-smtp.socket $(DESTDIR)$(PREFIX)/lib/systemd/system/letterhead-smtp.socket
	install -d $(DESTDIR)$(PREFIX)/share/letterhead/apps
	install -m 0644 Examples/apps/* $(DESTDIR)$(PREFIX)/share/letterhead/apps

deb: build
	@scripts/need-packages deb
	@scripts/make-deb

image: build
	@scripts/need-packages deb
	@scripts/make-image

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

docs:
	@mkdir -p docs
	$(SWIFT) build --product letterhead
	.build/debug/letterhead check --example > Examples/letterhead.toml.new
	@mv Examples/letterhead.toml.new Examples/letterhead.toml
	.build/debug/letterhead troubleshooting > docs/troubleshooting.md.new
	@mv docs/troubleshooting.md.new docs/troubleshooting.md
	scripts/make-docs .build/debug/letterhead

DIR ?= run/certs
certs:
	Certs/make-certs $(DIR)
	@ls $(DIR)

clean:
	rm -rf .build run
