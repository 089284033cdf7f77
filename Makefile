# Everything a person or CI runs. `make help` lists the targets.
.DEFAULT_GOAL := help
PYTHON ?= python3
# Where everything is installed: one folder for each Python that is tried, e.g. VENV=.venv/3.13.
VENV ?= .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
RUN := $(VENV)/installed-run
DEV := $(VENV)/installed-dev
# The code, the stand-in and the scripts are imported from app/.
export PYTHONPATH := $(CURDIR)/app
# Where it is set, as in many containers, each of the hundred processes that the tests start would
# compile all of the code again.
unexport PYTHONDONTWRITEBYTECODE
ENSURE_PYTHON := $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3"; exit 1; }
# Only what is locked, checked against its hash.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
# What is tested, and whether its coverage is measured.
SCOPE = --cov --cov-report=term

.PHONY: help run demo test lint format lock clean

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | sort | expand -t 10

run: $(RUN) ## serve on port 8001 (installs what is needed first)
	cd app && exec ../$(BIN)/python main.py

demo: $(RUN) ## the same against a stand-in of the upstream, for people offline
	$(BIN)/python scripts/demo.py

test: $(DEV) ## run every test, with branch coverage of app/src as a gate
	$(BIN)/python -m pytest --numprocesses=4 --dist=loadfile --no-loadscope-reorder $(SCOPE) $(ARGS)

lint: $(DEV) ## ruff, mypy and the layers
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy --num-workers=auto
	$(BIN)/lint-imports

format: $(DEV) ## let ruff write the code in its format
	$(BIN)/python -m ruff check --fix-only .
	$(BIN)/python -m ruff format .

# As they were typed: neither make nor the shell reads anything in them.
.PHONY: new
unexport DIR NAME
new: export NEW_DIR := $(value DIR)
new: export NEW_NAME := $(value NAME)
new: ## make a project of your own, e.g. DIR=../precos NAME="Preços de carros"
	@$(ENSURE_PYTHON)
	@$(PYTHON) scripts/new_project.py "$$NEW_DIR" "$$NEW_NAME"

.PHONY: bench
bench: $(DEV) ## measure beside simpler programs (20 min)
	$(BIN)/python -m bench $(ARGS)

.PHONY: endurance
endurance: $(DEV) ## kill and replace instances under load (10 min, with nginx and Redis)
	$(BIN)/python -m bench.endurance $(ARGS)

.PHONY: compare
compare: $(DEV) ## show what the fan-out and its limits gain (4 min)
	$(BIN)/python -m compare $(ARGS)

.PHONY: screenshots
screenshots: $(DEV) ## take the pictures of the READMEs (with Chromium)
	$(BIN)/python scripts/screenshots.py $(ARGS)

.PHONY: recording
recording: $(DEV) ## record a collection that goes badly, for /fanout
	$(BIN)/python scripts/make_recording.py

.PHONY: bundle
bundle: $(DEV) ## make the bundled snapshot anew, e.g. ARGS=live
	$(BIN)/python scripts/make_bundled_snapshot.py $(ARGS)

lock: $(DEV) ## pin the newest versions that requirements*.in allow, with hashes
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	cd app && export UV_CUSTOM_COMPILE_COMMAND='make lock' && \
	../$(BIN)/uv pip compile --quiet --upgrade --universal --no-strip-extras --python-version 3.11 \
		--generate-hashes requirements.in -o requirements.txt && \
	../$(BIN)/uv pip compile --quiet --upgrade --universal --no-strip-extras --python-version 3.11 \
		--generate-hashes -c requirements.txt requirements-traces.in -o requirements-traces.txt && \
	../$(BIN)/uv pip compile --quiet --upgrade --universal --no-strip-extras --python-version 3.11 \
		--generate-hashes -c requirements-traces.txt requirements-dev.in -o requirements-dev.txt

clean: ## remove what was installed and made
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage .schemathesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(ENSURE_PYTHON)
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(RUN): $(BIN)/python app/requirements.txt
	$(PIP) -r app/requirements.txt
	@touch $@

$(DEV): $(BIN)/python app/requirements-dev.txt
	$(PIP) -r app/requirements-dev.txt
	@touch $@ $(RUN)
