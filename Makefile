# Delegates only: every target is one command of the CLI or of npm. Both spellings work:
#   make vm-create            make sysmonvm-vm-create
# Variables: WORKSPACE=DIR (--workspace), ARGS='…' (words added to the command), UPGRADE=0 (vm-bootstrap --no-upgrade),
# SERVICE=0 (vm-install --skip-service).

SYSMONVM ?= node dist/cli/main.js
WORKSPACE ?=
ARGS ?=

quote = '$(subst ','\'',$(1))'
workspace = $(if $(strip $(WORKSPACE)),--workspace $(call quote,$(WORKSPACE)))

commands = host-setup host-install host-uninstall host-package fetch-image vm-create vm-start vm-start-daemon vm-stop \
	vm-status vm-ssh vm-destroy vm-bootstrap build-checker build-checker-darwin vm-install
.DEFAULT_GOAL := build
.PHONY: build check test quickstart $(commands) $(addprefix sysmonvm-,$(commands))

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

$(commands) $(addprefix sysmonvm-,$(commands)): dist/cli/main.js

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
