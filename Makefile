# Two commands do everything on a fresh machine: `make run` and `make test`.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: run test check bench pictures install lock clean help

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

run: $(VENV)/.run-ready ## the bot on a sandbox with a chat page: nothing to configure
	@$(BIN)/nhacviec rehearse $(if $(PORT),--port $(PORT))

test: $(VENV)/.dev-ready ## all tests
	$(BIN)/python -m pytest -n $$(($$(nproc) + 1)) --dist loadfile --no-loadscope-reorder

install: $(VENV)/.run-ready ## install what the bot needs into .venv, start nothing

check: $(VENV)/.dev-ready ## linters, types, and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev-ready ## measure beside what people use instead; writes docs/performance.md
	$(BIN)/python -m bench

pictures: $(VENV)/.dev-ready ## photograph the chat of each command on a phone; writes docs/pictures/ (needs Chromium)
	$(BIN)/python -m tests.browser.pictures

lock: $(VENV)/.run-ready ## renew the lock files from pyproject.toml
	$(PIP) install --quiet 'pip-tools>=7.5'
	$(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --all-build-deps --output-file lock/run.txt pyproject.toml
	$(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --all-build-deps --extra dev --constraint lock/run.txt --output-file lock/dev.txt pyproject.toml

clean: ## remove the environment and caches; the data folder stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info

$(VENV)/.run-ready: lock/run.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what the bot needs into $(VENV) ..."
	@$(PIP) install --quiet --require-hashes -r lock/run.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev-ready: lock/dev.txt $(VENV)/.run-ready
	@echo "Installing what the tests need into $(VENV) ..."
	@$(PIP) install --quiet --require-hashes -r lock/dev.txt
	@touch $@
