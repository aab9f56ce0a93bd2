# Clubroom: `make` lists what can be done here. Everything installs itself from the lock files.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PORT ?= 8000
PYTHON ?= $(shell for p in python3 python3.12 python3.11; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null && echo $$p && break; done)
PY := .venv/bin/python
BENCHES := ledger backtest forum surveys live live_commits engine_limits
MANAGE := $(PY) manage.py
# Without it every process would read and compile all its modules anew.
unexport PYTHONDONTWRITEBYTECODE
export DEBUG ?= true
export PORT
export SITE_URL ?= http://127.0.0.1:$(PORT)

.PHONY: help run test faults walks mutants lint bench install install-dev development chromium locale clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/' | expand -t 20

run: install development ## open the club on http://127.0.0.1:$PORT/ (8000), with a demo in it if it is empty
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) seed_demo --if-empty
	@$(MANAGE) demo_accounts
	@exec $(MANAGE) serve --port $(PORT)

test: install-dev chromium ## the whole test suite, on SQLite and on PostgreSQL with Redis where they answer
	@$(PY) tests/lanes.py

faults: install-dev ## every fault schedule of the rooms, a hundred random ones among them, real servers killed and cut off, a thousand survey answers
	@$(PY) tests/fault_lanes.py

walks: install-dev ## the ledger and the API walked at random for ten minutes each (WALK_MINUTES), on both engines
	@$(PY) tests/walk_lanes.py

mutants: install-dev ## bugs sown into the ledger and the loyalty engine one at a time: the tests must catch each
	@$(PY) tests/points/mutants.py

lint: install-dev ## style, types, imports between parts, migrations, templates, translations
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/lint-imports
	@.venv/bin/mypy
	@$(MANAGE) makemigrations --check --dry-run
	@$(MANAGE) check
	@.venv/bin/djlint templates --lint --quiet
	@$(MANAGE) check_locale

bench: install-dev ## the benchmarks of bench/, each against a peer or a limit
	@for each in $(BENCHES); do $(PY) -m bench.$$each || exit 1; done

install: .venv/installed node_modules/.installed locale ## what running needs, from the lock files
install-dev: .venv/installed-dev node_modules/.installed locale ## what developing and testing need

development: # commands typed beside this club work without an environment
	@mkdir -p var && touch var/development

locale: .venv/installed
	@$(MANAGE) compile_locale

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Clubroom needs Python 3.11 or 3.12 as python3." >&2; exit 1; }
	@$(PYTHON) -m venv .venv 2>/dev/null \
	  || { rm -rf .venv; $(PYTHON) -m venv --without-pip .venv && $(PYTHON) -m pip --python .venv/bin/python install -q pip 2>/dev/null; } \
	  || { rm -rf .venv; test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null && $(PYTHON) -m venv .venv; } \
	  || { rm -rf .venv; echo "This Python cannot make a virtual environment; on Debian: apt install python3-venv" >&2; exit 1; }

.venv/installed: requirements.txt | .venv/bin/python
	@echo "Installing Python packages ..."
	@.venv/bin/python -m pip install -q --disable-pip-version-check --no-compile --require-hashes -r requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt | .venv/bin/python
	@echo "Installing Python packages for development ..."
	@.venv/bin/python -m pip install -q --disable-pip-version-check --no-compile --require-hashes -r requirements-dev.txt
	@touch .venv/installed $@

node_modules/.installed: package-lock.json
	@echo "Installing browser packages ..."
	@npm ci --ignore-scripts --silent --no-audit --no-fund
	@touch $@

chromium: # a browser and Chinese fonts for the browser tests, from Debian where they may be installed
	@command -v chromium >/dev/null && fc-list :lang=zh 2>/dev/null | grep -q . \
	  || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk fontconfig >/dev/null; } \
	  || echo "No Chromium here and none may be installed: the browser tests will be left out."

clean: ## forget everything that was installed or made (the data in var/ too)
	rm -rf .venv node_modules var locale/zh_Hans/LC_MESSAGES
