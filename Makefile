# `make help` says what there is. Nothing is needed beforehand but Python 3.11 to 3.13 and make.

PYTHON ?= python3
# How much of the code must have been run, with branches, in per cent; nothing is measured where it is empty, which
# takes half the time.
COVERAGE ?=
# More for pytest, such as PYTEST_ARGS='-k subscribe -x'.
PYTEST_ARGS ?= -n 2
COMPILE := .venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --quiet

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test test-fast test-again check bench faults fix words lock clean

help: ## say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup ## run all of Samizdat on this machine, with a demo organisation (PORT=8000)
	@.venv/bin/python -m sandbox.run --tied

setup: ## make .venv with what Samizdat runs on
	@$(PYTHON) -I sandbox/setup.py

setup-dev:
	@$(PYTHON) -I sandbox/setup.py --dev

test: setup-dev ## run every test, on real servers (PYTEST_ARGS=..., COVERAGE=90)
	.venv/bin/pytest $(PYTEST_ARGS) $(if $(COVERAGE),--cov --cov-report=term:skip-covered --cov-fail-under=$(COVERAGE))

test-fast: setup-dev ## run the tests that take no journey
	.venv/bin/pytest $(PYTEST_ARGS) -m "not journey"

test-again: setup-dev ## run the tests that failed last, one after another
	.venv/bin/pytest -n 0 --last-failed --last-failed-no-failures none

check: setup-dev ## lint, format, types, directions of import: what CI asks beside the tests
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy .
	.venv/bin/lint-imports

bench: setup-dev ## measure, one JSON line each (ONLY=subscribe)
	@.venv/bin/python -m bench $(ONLY)

faults: setup-dev ## break what sending needs, and count who is missing (ONLY="F1 F5", FAULTS=long)
	@.venv/bin/python -m tests.faults $(ONLY) $(if $(filter long,$(FAULTS)),--long)

fix: setup-dev ## format, and mend what the linter can mend
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

words: setup-dev ## put what pages and mails say now into the catalogues in words/, for translators
	@mkdir -p var
	@.venv/bin/python -m babel.messages.frontend --quiet extract -F words/babel.cfg -k N_ --no-wrap --sort-by-file \
		--add-location=file --ignore-dirs='.* var tests' --project=Samizdat -o var/words.pot .
	@.venv/bin/python -m babel.messages.frontend --quiet update -D samizdat -i var/words.pot -d words --no-wrap \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

lock: setup-dev ## compile each requirements*.txt from its .in
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-pgp.in -c requirements.txt -o requirements-pgp.txt
	$(COMPILE) requirements-dev.in -c requirements.txt -o requirements-dev.txt
	@! grep -nE '://' requirements*.txt || { echo "A lock file names a host; see the line above."; exit 1; }

clean: ## remove .venv, caches, and var/ with all data of the sandbox
	@if [ -s var/run.lock ] && kill -0 "$$(head -n 1 var/run.lock)" 2>/dev/null; then \
		echo "Samizdat is running here (process $$(head -n 1 var/run.lock)); stop it first."; exit 1; fi
	rm -rf .venv var .coverage .coverage.* .hypothesis .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
