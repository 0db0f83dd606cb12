# Every target works with `make -j` and `make -s`; `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help environment serve-api start-dev-dbs stop-dev-dbs serve-worker create-admin \
	migrate revision backup restore cli fix lint type-check check test test-unit test-integration \
	test-e2e bench bench-rivals lock update-requirements set-githooks set-githooks-path clean \
	clean-data

PYTHON3 ?= python3
PYTHON := .venv/bin/python
# `exec` in a recipe: the program takes the shell's place, so that signals reach it and its end is
# the end of the target.
DEVELOPMENT := exec $(PYTHON) -m talelio_backend.development --end-with-parent
CLI := $(DEVELOPMENT) exec --
# Three, since many tests wait for a process or a clock. A file stays on one, which makes what its
# tests share once; the slow files, those of e2e, come first.
SPREAD := -n 3 --dist loadfile --no-loadscope-reorder
CODE := $(wildcard talelio_backend migrations scripts tests benchmarks)

export TALELIO_ENV ?= development
# Where a shell forbids it, every process of the tests would compile the project anew.
export PYTHONDONTWRITEBYTECODE :=

help: ## show this list
	@awk -F ':.*## ' '/^[a-z][a-z0-9-]*:.*## / { printf "%-20s %s\n", $$1, $$2 }' Makefile

environment: ## make .venv, if Pipfile.lock, the interpreter or the folder changed
	@$(PYTHON3) scripts/bootstrap_env.py

serve-api: environment ## everything: databases, migrations, worker and the API on PORT
	@$(DEVELOPMENT) serve-api

start-dev-dbs: environment ## PostgreSQL, Redis and S3 alone, in the background, migrated
	@exec $(PYTHON) -m talelio_backend.development start-dbs

stop-dev-dbs: environment ## end what start-dev-dbs started
	@exec $(PYTHON) -m talelio_backend.development stop-dbs

serve-worker: environment ## the worker alone, in the foreground
	@$(CLI) worker

create-admin: environment ## a verified administrator: EMAIL= USERNAME= [PASSWORD=]
	@if [ -n "$$PASSWORD" ]; then \
		printf '%s\n' "$$PASSWORD" | \
			$(CLI) create-admin --email "$$EMAIL" --username "$$USERNAME" --password -; \
	else \
		$(CLI) create-admin --email "$$EMAIL" --username "$$USERNAME"; \
	fi

migrate: environment ## bring the database's schema to head
	@$(CLI) migrate

revision: environment ## autogenerate a migration: MESSAGE=
	@$(CLI) revision "$$MESSAGE"

backup: environment ## back up the database, prove it, remove what is too old
	@$(CLI) backup

restore: environment ## put a backup in the database's place: FROM=<name>|latest [DRY_RUN=1] [YES=1]
	@$(CLI) restore $(if $(filter latest,$(FROM)),--latest,$(FROM)) \
		$(if $(filter 1,$(DRY_RUN)),--dry-run) $(if $(filter 1,$(YES)),--yes)

cli: environment ## any operator command against this data folder: ARGS='accounts --help'
	@$(CLI) $(ARGS)

fix: environment ## yapf and isort, in place
	@$(PYTHON) -m isort --quiet $(CODE)
	@$(PYTHON) -m yapf --in-place --recursive --parallel $(CODE)

lint: environment ## pylint, shellcheck, hadolint, yamllint
	@exec $(PYTHON) scripts/check.py --only pylint shellcheck hadolint yamllint

type-check: environment ## mypy
	@exec $(PYTHON) scripts/check.py --only mypy

check: environment ## all checks; changes no file
	@exec $(PYTHON) scripts/check.py

test: environment ## all tests, with coverage.xml: ARGS= goes to pytest
	@exec $(PYTHON) -m pytest $(SPREAD) --cov --cov-report=xml --cov-report=term:skip-covered tests $(ARGS)

test-unit: environment ## tests without I/O
	@exec $(PYTHON) -m pytest tests/unit $(ARGS)

test-integration: environment ## adapters against real PostgreSQL, Redis and S3
	@exec $(PYTHON) -m pytest $(SPREAD) tests/integration $(ARGS)

test-e2e: environment ## whole flows over HTTP
	@exec $(PYTHON) -m pytest tests/e2e $(ARGS)

bench: environment ## the load harness; prints ratios
	@exec $(PYTHON) -m benchmarks $(ARGS)

bench-rivals: environment ## the same reads by other frameworks, on the same data
	@exec $(PYTHON) -m benchmarks --rivals $(ARGS)

lock: ## resolve the Pipfile anew into Pipfile.lock
	@$(PYTHON3) scripts/bootstrap_env.py --tools-only
	@exec $(PYTHON3) scripts/lock.py lock

update-requirements: environment ## write requirements.txt from Pipfile.lock, with hashes
	@exec $(PYTHON) scripts/lock.py requirements

set-githooks: ## use the hooks of .githooks in this clone
	@git config core.hooksPath .githooks

set-githooks-path: set-githooks

clean: ## remove environments, caches and build outputs; never the data folder
	@rm -rf .venv .venv-tools .venv-deploy .venv-rivals .mypy_cache .pytest_cache .hypothesis \
		.import_linter_cache .coverage .coverage.* coverage.xml build dist
	@find . -name .data -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

clean-data: environment ## remove the data folder; asks, or YES=1
	@exec $(PYTHON) -m talelio_backend.development clean-data $(if $(filter 1,$(YES)),--yes)
