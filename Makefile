# Needs Python 3.11 or newer and make; everything else is fetched into .venv, pinned and checked by hash.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
WORKERS ?= 2

# Tests start some hundred processes of ours: compiled once, each is there sooner.
unexport PYTHONDONTWRITEBYTECODE

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-real quick check format lock clean

help: ## show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.runtime ## the whole stack on this machine, with sample orders going through it (options: ARGS="--exit --report FILE")
	@$(BIN)/orderloom demo $(ARGS)

test: check ## every check and every test; pytest's summary comes last
	@echo "orderloom: running every test in $(WORKERS) processes (WORKERS=n changes that)"
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

quick: $(VENV)/.tools ## the tests that need no running server
	@$(BIN)/python -m pytest -m "not slow and not real" -n $(WORKERS) --dist worksteal $(ARGS)

test-real: $(VENV)/.tools ## every adapter against the software it is for, which is installed on demand (some 25 minutes from nothing)
	@$(BIN)/python -m pytest -m real -n $(WORKERS) --dist loadscope $(ARGS)

check: $(VENV)/.tools ## format, lint, types and the import contracts
	@echo "orderloom: checking format, lint, types and imports"
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo > $(VENV)/.imports 2>&1 || { cat $(VENV)/.imports; exit 1; }

format: $(VENV)/.tools ## rewrite the source as the formatter has it
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

# One resolution for Python 3.11 and newer on Linux and macOS; development adds to it and changes none of it.
COMPILE = $(BIN)/uv pip compile --no-config --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --quiet --group build
lock: $(VENV)/.tools ## work out requirements.txt and requirements-dev.txt anew (ARGS=--upgrade: to the newest)
	@$(COMPILE) $(ARGS) --output-file requirements.txt pyproject.toml
	@$(COMPILE) $(ARGS) --group dev --constraints requirements.txt --output-file requirements-dev.txt pyproject.toml

clean: ## remove the environment and every cache; orders kept in .orderloom stay
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# What was installed is remembered in two stamps: what running needs, and on top of it what developing needs.
INSTALL = $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes
PROJECT = $(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit(f"orderloom: needs Python 3.11 or newer, and $(PYTHON) is {sys.version.split()[0]}: make PYTHON=/path/to/a/newer/python")'
	@echo "orderloom: making a Python environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { echo "orderloom: $(PYTHON) has no venv module (on Debian: apt install python3-venv)"; exit 1; }
	@touch $@

$(VENV)/.runtime: requirements.txt pyproject.toml | $(VENV)/.made
	@echo "orderloom: installing what it needs to run (once; about 200 MB to fetch)"
	@$(INSTALL) -r requirements.txt
	@$(PROJECT)
	@touch $@

$(VENV)/.tools: requirements-dev.txt requirements.txt pyproject.toml | $(VENV)/.made
	@echo "orderloom: installing what its tests and checks need (once)"
	@$(INSTALL) -r requirements-dev.txt
	@$(PROJECT)
	@touch $(VENV)/.runtime $@
