# Everything a person types. `make demo` shows the product, `make test` proves it.
SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
NODE := deploy/with-node
BABEL := $(BIN)/python -m babel.messages.frontend
LOCALE := server/locale
CATALOGS := $(wildcard $(LOCALE)/*/LC_MESSAGES/*.po)
JS_TESTS := $(shell find static/js tests -name '*.test.mjs' 2>/dev/null)
PORT ?= 8080

.PHONY: help
help:  ## say what can be made
	@grep -hE '^[a-z-]+:.*##' Makefile | sort | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

# -- environment ------------------------------------------------------------------------------------------------------

$(BIN)/python:
	@sh deploy/make-venv $(VENV)

$(STAMPS)/runtime: requirements.txt requirements-build.txt pyproject.toml | $(BIN)/python
	@echo "Installing Havruta and its libraries ..."
	@$(PIP) install --require-hashes -r requirements.txt -r requirements-build.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dev: requirements-dev.txt | $(STAMPS)/runtime
	@echo "Installing the tools of development ..."
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

# A Node with npm: the machine's own when it is new enough, else one inside the environment.
$(STAMPS)/node: requirements-node.txt | $(BIN)/python
	@$(NODE) --ready || { echo "No recent Node with npm here; installing one into $(VENV) ..."; \
		$(PIP) install --require-hashes -r requirements-node.txt; }
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/vendor: package-lock.json deploy/vendor.py | $(STAMPS)/node
	@echo "Fetching the browser libraries ..."
	@if [ -e node_modules/.all ] && [ node_modules/.all -nt package-lock.json ]; then :; \
		else $(NODE) npm ci --ignore-scripts --omit=dev --loglevel=error; fi
	@$(BIN)/python deploy/vendor.py
	@touch $@

# A change of pyproject.toml alone installs nothing again further down, hence the order-only prerequisites.
# `npm ci` empties node_modules, so this stamp goes with what it stands for.
node_modules/.all: package-lock.json | $(STAMPS)/vendor
	@echo "Installing the tools for JavaScript ..."
	@$(NODE) npm ci --ignore-scripts --loglevel=error
	@touch $@

# Compiled messages are made, not kept: a merge of two translations must not meet a binary file.
$(STAMPS)/messages: $(CATALOGS) | $(STAMPS)/runtime
	@$(if $(CATALOGS),$(BABEL) --quiet compile --domain messages --directory $(LOCALE) --statistics >/dev/null,:)
	@touch $@

.PHONY: setup dev
setup: $(STAMPS)/runtime $(STAMPS)/vendor $(STAMPS)/messages  ## install what the server needs
dev: setup $(STAMPS)/dev node_modules/.all  ## install what development needs

# -- run --------------------------------------------------------------------------------------------------------------

.PHONY: demo serve
demo: setup  ## start a server with a sample twinning on http://127.0.0.1:8080
	@$(BIN)/havruta demo --port $(PORT)

serve: setup  ## start a server as in production: nothing seeded
	@$(BIN)/havruta serve


# -- prove ------------------------------------------------------------------------------------------------------------

.PHONY: test test-python test-js
test: test-js test-python  ## run every test, those in a browser included
test-python: dev
	@$(BIN)/pytest -q $(PYTEST_ARGS)
test-js: dev
	@if [ -n "$(JS_TESTS)" ]; then $(NODE) node --test --test-reporter=dot $(JS_TESTS); else echo "No JavaScript tests." >&2; exit 1; fi

CHECKS := check-format check-lint check-types check-floors check-templates check-protocols check-messages \
	check-js-types check-js-style check-js-floors
.PHONY: check $(CHECKS)
check: $(CHECKS)  ## look for mistakes without running: style, types, floors, protocols, translations
	@echo "check: all well"
check-format: dev
	@$(BIN)/ruff format --quiet --check . || { echo "Some Python is not formatted. Run: make fmt" >&2; exit 1; }
check-lint: dev
	@$(BIN)/ruff check --quiet .
check-types: dev
	@$(NODE) $(BIN)/pyright --warnings
check-floors: dev
	@$(BIN)/lint-imports >$(VENV)/floors.log 2>&1 || { cat $(VENV)/floors.log; exit 1; }
check-templates: dev
	@$(BIN)/djlint server/templates --lint --quiet
check-protocols: dev
	@$(BIN)/havruta protocols check
check-messages: dev
	@$(BIN)/pytest -q -p no:cacheprovider tests/test_translations.py
check-js-types: dev
	@$(NODE) tsc --project tsconfig.json
check-js-style: dev
	@$(NODE) biome check --error-on-warnings --log-level=warn static tests
check-js-floors: dev
	@$(NODE) depcruise --config .dependency-cruiser.cjs --output-type err static/js

.PHONY: bench
bench: dev  ## measure: one JSON object a line (BENCH=quick for a minute's worth)
	@$(BIN)/python -m tests.bench

.PHONY: bench-media
bench-media: dev  ## measure calls between real browsers, through a real relay, over bad lines (needs root)
	@$(BIN)/python -m tests.bench.media

.PHONY: screenshots
screenshots: dev  ## take the pictures of the documentation anew, in both languages (needs Chromium)
	@$(BIN)/python -m tests.browser.pictures

# -- mend -------------------------------------------------------------------------------------------------------------

# Header lines that change at every collection, or name nobody.
NOBODY_READS := Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By

.PHONY: fmt messages lock clean
fmt: dev  ## format everything
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .
	@$(NODE) biome check --write --log-level=warn static tests

messages: dev  ## collect the interface's sentences into the catalogues of every language
	@mkdir -p $(LOCALE)
	@$(BABEL) --quiet extract --mapping babel.cfg --keyword t --keyword tn:1,2 --sort-output --no-location \
		--omit-header --output $(LOCALE)/messages.pot .
	@$(BABEL) --quiet update --domain messages --input-file $(LOCALE)/messages.pot --output-dir $(LOCALE) \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 120
	@for po in $(CATALOGS); do sed -E '/^"($(NOBODY_READS)): /d' "$$po" >"$$po.new" && mv "$$po.new" "$$po"; done

lock: dev  ## pin every library again (needs uv)
	@$(BIN)/python deploy/lock.py $(LOCK_ARGS)

clean:  ## remove what was installed and made; never ./data
	@rm -rf $(VENV) node_modules static/vendor static/importmap.json dist
