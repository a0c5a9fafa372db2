# SPDX-License-Identifier: Apache-2.0
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# JDK 25: JAVA_HOME when it is one, else the machine's usual places.
JAVA_HOME := $(shell scripts/find-jdk 2>/dev/null)
export JAVA_HOME
MVN := mvn -B -ntp $(MVN_ARGS)

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: jdk
jdk:
	@scripts/find-jdk >/dev/null

.PHONY: check
check: jdk ## format, unit tests, borders between packages; no root, no VM, under 3 minutes
	@$(MVN) -T2 spotless:check test

.PHONY: test
test: jdk ## everything: sets the machine up, then check, compiler on real kernels, VMs, cluster
	@scripts/test

.PHONY: e2e
e2e: jdk ## KernelX installed in the bed: the main job and bad input, end to end (20 minutes and more)
	@scripts/e2e

.PHONY: soak
soak: jdk ## the long tests that `make test` leaves out
	@$(MVN) -pl node-agent/runtime -am test -Dgroups=soak -Dtest.excludedGroups=none

.PHONY: demo
demo: jdk ## sets the machine up, then shows the main job end to end on a real cluster
	@scripts/demo

.PHONY: bench
bench: jdk ## the figures of docs/performance.md, measured on this machine
	@scripts/bench

.PHONY: format
format: jdk ## formats the Java sources
	@$(MVN) -q spotless:apply

.PHONY: clean
clean: ## build output in the tree, and beds left running; the cache outside the tree stays
	@-testbed/bin/testbed down --all 2>/dev/null
	@find . -name target -type d -prune -exec rm -rf {} +
