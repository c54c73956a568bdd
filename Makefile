# Every lane of the project. `make help` lists them; the script behind each says the rest.

SHELL := /bin/sh
SWIFT ?= swift
# An import of a target that was not declared builds by luck of order; this refuses it.
STRICT := --explicit-target-dependency-import-check error
PYTHON := .venv-interop/bin/python
ROUNDS ?= 50
AGENT_ROUNDS ?= 200
DEVICES ?= 100000
REPORT ?= .build/rehearsal.md
MUTATIONS ?= 100000

.PHONY: help setup setup-build build run test mutations check format interop crash lost-answers rehearsal fuzz bench dist
.PHONY: package-test proof docs agent device-library

help:
	@echo 'make run       build, then bring up an authority with a small demonstration fleet'
	@echo 'make test      system libraries, build, every Swift test'
	@echo 'make mutations damaged messages at the doors of EST, SCEP, CMP and ACME (MUTATIONS=100000)'
	@echo 'make check     format, layering, sizes, links, traps, words, and the tests of these checks'
	@echo 'make format    write every Swift file as `make check` wants it'
	@echo 'make interop   clients that no one here wrote, against the real program; a skip is a failure'
	@echo 'make crash     kill -9 under load, unsynced writes dropped, answers lost, agents killed (ROUNDS=50)'
	@echo 'make agent     the device'"'"'s program in release form, the Swift runtime in it, in .build/agent'
	@echo 'make rehearsal a simulated fleet through an operator'"'"'s worst days (DEVICES=100000)'
	@echo 'make fuzz      build the fuzzers and run each (RUNS=10000000)'
	@echo 'make bench     cost of a certificate as a ratio to openssl speed'
	@echo 'make device-library  the library for microcontrollers, .a and touchmark.h per target, with sizes'
	@echo 'make dist      tarball, Debian package and Containerfile, in .build/dist'
	@echo 'make package-test  the package on a clean Debian (root, debootstrap; PREVIOUS=FILE.deb)'
	@echo 'make proof     everything above at full length'
	@echo 'make docs      check the documents, and run the tour of README.md'

setup:
	@scripts/setup all

setup-build:
	@scripts/setup build

build:
	$(SWIFT) build -c release --product touchmark

# For devices that have no Swift: glibc stays dynamic. The scratch path is the packages', so that what both are made of is
# compiled once.
agent: setup-build
	$(SWIFT) build -c release --product touchmark-agent --static-swift-stdlib --scratch-path .build-dist
	mkdir -p .build/agent
	strip -o .build/agent/touchmark-agent .build-dist/release/touchmark-agent
	@ls -l .build/agent/touchmark-agent

run: setup-build build
	.build/release/touchmark up --demo --data ./touchmark-data

# One test after the other: several hold a server to its time limits, and starve beside seven hundred others.
test: setup
	$(SWIFT) build --build-tests $(STRICT)
	@SWIFT=$(SWIFT) scripts/swift-test $(STRICT)

# `make test` sends fewer. Prints the largest cost seen at each door.
mutations: setup
	$(SWIFT) build --build-tests $(STRICT)
	TOUCHMARK_MUTATIONS=$(MUTATIONS) $(SWIFT) test --skip-build $(STRICT) --no-parallel \
	  --filter '(EST|SCEP|CMP|ACME)MutationTests'

check:
	@scripts/check/run

format:
	$(SWIFT) format format --in-place --recursive --parallel $$(scripts/check/swift-paths)

# The debug build that `make test` left behind serves here, so that the lane costs no second compilation.
# TOUCHMARK=.build/release/touchmark tries the released form.
interop: setup
	@scripts/debug-binary
	$(PYTHON) -m Interop.run

crash: setup
	@scripts/debug-binary
	$(PYTHON) -m Crash.kill --rounds $(ROUNDS)
	$(PYTHON) -m Crash.unsynced
	$(PYTHON) -m Crash.lost_answers --count 1000
	$(PYTHON) -m Crash.agent --rounds $(AGENT_ROUNDS)

lost-answers: setup
	@scripts/debug-binary
	$(PYTHON) -m Crash.lost_answers --count 1000

# Up to 5,000 devices in the debug build that `make test` left behind, more in release form.
rehearsal: setup-build
	@DEVICES=$(DEVICES) REPORT=$(REPORT) scripts/rehearsal

fuzz: setup-build
	Fuzz/run

bench: setup-build
	@scripts/bench

device-library: setup-build
	@scripts/device-library

dist: setup-build
	@Packaging/run

# Root: it unpacks Debians and works inside them, in a mount namespace of its own.
package-test: setup
	@scripts/setup package
	@Packaging/run
	unshare --mount $(PYTHON) -m Packaging.test $(if $(PREVIOUS),--previous $(PREVIOUS))

docs: setup
	@scripts/check/links.py
	@scripts/debug-binary
	$(PYTHON) -m Interop.run readme_tour

proof: setup check test mutations interop crash rehearsal device-library package-test fuzz bench
