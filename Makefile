# Everything a person types. `make demo` shows the product, `make test` proves it.
SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
NODE := deploy/with-node
PORT ?= 8080

.PHONY: help
help:  ## say what can be made
	@grep -hE '^[a-z-]+:.*##' Makefile | sort | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

# -- environment ------------------------------------------------------------------------------------------------------

$(BIN)/python:
	@sh deploy/make-venv $(VENV)

$(STAMPS)/runtime: requirements.txt requirements-build.txt pyproject.toml | $(BIN)/python
	@echo "Installing Havruta and its libraries ..."
	@$(PIP) install --require-hashes -r requirements.txt -r requirements-build.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dev: requirements-dev.txt $(STAMPS)/runtime
	@echo "Installing the tools of development ..."
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

# A Node with npm: the machine's own when it is new enough, else one inside the environment.
$(STAMPS)/node: requirements-node.txt | $(BIN)/python
	@$(NODE) --ready || { echo "No recent Node with npm here; installing one into $(VENV) ..."; \
		$(PIP) install --require-hashes -r requirements-node.txt; }
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/vendor: package-lock.json deploy/vendor.py $(STAMPS)/node
	@echo "Fetching the browser libraries ..."
	@if [ -e node_modules/.all ] && [ node_modules/.all -nt package-lock.json ]; then :; \
		else $(NODE) npm ci --ignore-scripts --omit=dev --loglevel=error; fi
	@$(BIN)/python deploy/vendor.py
	@touch $@

# `npm ci` empties node_modules, so this stamp goes with what it stands for.
node_modules/.all: package-lock.json $(STAMPS)/vendor
	@echo "Installing the tools for JavaScript ..."
	@$(NODE) npm ci --ignore-scripts --loglevel=error
	@touch $@

.PHONY: setup dev
setup: $(STAMPS)/runtime $(STAMPS)/vendor  ## install what the server needs
dev: setup $(STAMPS)/dev node_modules/.all  ## install what development needs

# -- run --------------------------------------------------------------------------------------------------------------

.PHONY: demo serve
demo: setup  ## start a server with a sample twinning on http://127.0.0.1:8080
	@$(BIN)/havruta demo --port $(PORT)

serve: setup  ## start a server as in production: nothing seeded
	@$(BIN)/havruta serve

