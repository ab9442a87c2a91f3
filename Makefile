# Delegates only: every target is one command of the CLI or of npm. Both spellings work:
#   make vm-create            make sysmonvm-vm-create
# Variables: WORKSPACE=DIR (--workspace), ARGS='…' (words added to the command), UPGRADE=0 (vm-bootstrap --no-upgrade),
# SERVICE=0 (vm-install --skip-service). What is measured: ISO=FILE, ARCH=NAME, ITER=COUNT, DISK=FILE, SIZE=SIZE, SCRIPT=FILE
# and VNC=PORT (minix-*); HARVEY_PERF_DIR=DIR, LAST_RELEASE_TAG=TAG and TARGET_ARCH=NAME (perf-test, see its script).

SYSMONVM ?= node dist/cli/main.js
WORKSPACE ?=
ARGS ?=
HARVEY_PERF_DIR ?= $(CURDIR)/test/performance
LAST_RELEASE_TAG ?=

quote = '$(subst ','\'',$(1))'
workspace = $(if $(strip $(WORKSPACE)),--workspace $(call quote,$(WORKSPACE)))

commands = host-setup host-install host-uninstall host-package fetch-image vm-create vm-start vm-start-daemon vm-stop \
	vm-status vm-ssh vm-destroy vm-bootstrap build-checker build-checker-darwin vm-install
measurements = perf-test minix-metrics minix-install
option = $(if $(strip $(2)),$(1) $(call quote,$(2)) )
medium = $(call option,--iso,$(ISO))$(call option,--arch,$(or $(ARCH),i386))
# Without SCRIPT a person installs, who needs a screen.
disk = --disk $(call quote,$(or $(DISK),minix-$(or $(ARCH),i386).qcow2)) --size $(call quote,$(or $(SIZE),2G)) #
screen = $(call option,--vnc-port,$(or $(VNC),$(if $(strip $(SCRIPT)),,5900)))
installation = $(call option,--install-script,$(SCRIPT))$(disk)$(screen)
.DEFAULT_GOAL := build
.PHONY: build check test quickstart $(measurements) $(commands) $(addprefix sysmonvm-,$(commands))

build:
	node scripts/prepare.mjs
check:
	npm run check
test:
	npm test
quickstart:
	npm run quickstart

# A clone without node_modules is prepared by the first target that needs the CLI.
dist/cli/main.js: package-lock.json $(shell find src -name '*.ts' -o -name '*.tsx' 2>/dev/null)
	node scripts/prepare.mjs

$(measurements) $(commands) $(addprefix sysmonvm-,$(commands)): dist/cli/main.js

host-setup sysmonvm-host-setup:
	$(SYSMONVM) host-setup $(workspace) $(ARGS)
host-install sysmonvm-host-install:
	$(SYSMONVM) host-install $(workspace) $(ARGS)
host-uninstall sysmonvm-host-uninstall:
	$(SYSMONVM) host-uninstall $(workspace) $(ARGS)
host-package sysmonvm-host-package:
	$(SYSMONVM) host-package $(workspace) $(ARGS)
fetch-image sysmonvm-fetch-image:
	$(SYSMONVM) fetch-image $(workspace) $(ARGS)
vm-create sysmonvm-vm-create:
	$(SYSMONVM) vm-create $(workspace) $(ARGS)
vm-start sysmonvm-vm-start:
	$(SYSMONVM) vm-start $(workspace) $(ARGS)
vm-start-daemon sysmonvm-vm-start-daemon:
	$(SYSMONVM) vm-start --daemon $(workspace) $(ARGS)
vm-stop sysmonvm-vm-stop:
	$(SYSMONVM) vm-stop $(workspace) $(ARGS)
vm-status sysmonvm-vm-status:
	$(SYSMONVM) vm-status $(workspace) $(ARGS)
vm-ssh sysmonvm-vm-ssh:
	$(SYSMONVM) ssh $(workspace) $(ARGS)
vm-destroy sysmonvm-vm-destroy:
	$(SYSMONVM) vm-destroy $(workspace) $(ARGS)
vm-bootstrap sysmonvm-vm-bootstrap:
	$(SYSMONVM) vm-bootstrap $(if $(filter 0,$(UPGRADE)),--no-upgrade )$(workspace) $(ARGS)
build-checker sysmonvm-build-checker:
	$(SYSMONVM) build-checker $(workspace) $(ARGS)
build-checker-darwin sysmonvm-build-checker-darwin:
	$(SYSMONVM) build-checker --os darwin --arch arm64 $(workspace) $(ARGS)
vm-install sysmonvm-vm-install:
	$(SYSMONVM) vm-install $(if $(filter 0,$(SERVICE)),--skip-service )$(workspace) $(ARGS)

perf-test:
	HARVEY_PERF_DIR=$(call quote,$(HARVEY_PERF_DIR)) LAST_RELEASE_TAG=$(call quote,$(LAST_RELEASE_TAG)) TARGET_ARCH=$(call quote,$(TARGET_ARCH)) bash scripts/perf-test.sh $(SYSMONVM) -- $(workspace) $(ARGS)
minix-metrics:
	$(SYSMONVM) bench boot --guest minix --markers minix $(medium)--iterations $(call quote,$(or $(ITER),1)) $(workspace) $(ARGS)
minix-install:
	$(SYSMONVM) bench boot --guest minix --markers minix $(medium)$(installation)$(workspace) $(ARGS)
