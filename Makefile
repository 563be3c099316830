# `make` lists the targets. Every target makes the environment first where that is needed.
.DEFAULT_GOAL := help
.PHONY: help setup setup-tests demo test check format lint types layers tests rulebook bench spark lock clean
SHELL := /bin/sh
RUN := .venv/bin/
WORKERS ?= 2
CODE := compliance tests bench
CORE := compliance/model/*,compliance/language/*,compliance/graph/*,compliance/rulebook/*,compliance/engine/*

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F '\t' '{printf "make %-9s %s\n", $$1, $$2}'

setup: ## make .venv from the hash-locked files
	@./.ci/setup

setup-tests: # what only the tests need beside it: PostgreSQL and Chromium, from Debian's packages
	@./.ci/setup tests

demo: setup ## judge a generated small Utrecht and the shipped cases, and say what was found
	@$(RUN)compliance demo
	@echo "Eerst / first:  . .venv/bin/activate"

test: setup-tests ## run all tests
	$(RUN)pytest -n $(WORKERS) -q

check: setup ## everything CI checks: format, lint, types, layers, tests with coverage, generated files, rule book
	@$(MAKE) --no-print-directory --keep-going lint types layers rulebook tests

lint: setup ## format and lint, nothing is changed
	$(RUN)ruff format --check $(CODE)
	$(RUN)ruff check $(CODE)

types: setup ## mypy --strict, tests too
	$(RUN)mypy

layers: setup ## who may import whom
	$(RUN)lint-imports

rulebook: setup ## the rule book: lint, examples and mutants, generated files
	$(RUN)compliance rules lint
	$(RUN)compliance rules lock --check
	$(RUN)compliance rules docs --check
	$(RUN)compliance rules schema --check
	$(RUN)compliance rules test

tests: setup-tests ## all tests in parallel, with branch coverage
	$(RUN)pytest -n $(WORKERS) -q --cov --cov-report=term:skip-covered
	@$(RUN)coverage report --include='$(CORE)' --omit='compliance/engine/spark/*' --skip-covered --fail-under=98 >/dev/null \
	  || { echo "Branch coverage of what judges fell below 98 %."; exit 1; }

format: setup ## rewrite the code in the one format
	$(RUN)ruff format $(CODE)
	$(RUN)ruff check --fix $(CODE)

bench: setup ## ours beside what one might pick instead, up to 30,000,000 deliveries; writes BENCHMARKS.md
	$(RUN)python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	$(RUN)python -m bench --page BENCHMARKS.md

spark: setup ## install Spark, and run everything that Spark and DuckDB must agree on (about 15 minutes)
	@command -v java >/dev/null 2>&1 || { echo "Java 17 or 21 is needed: apt-get install openjdk-17-jre-headless"; exit 1; }
	$(RUN)python -m pip install --quiet --disable-pip-version-check --require-hashes --no-build-isolation -r requirements-spark.txt
	SPARK_SUITE=whole $(RUN)pytest -q tests/engine/spark --durations=10 --cov=compliance/engine/spark --cov-branch

lock: setup ## write the hash-locked requirements again
	$(RUN)python -m pip install --quiet uv
	$(RUN)uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --upgrade \
	  --quiet --extra dev --output-file requirements.txt pyproject.toml
	$(RUN)uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --upgrade \
	  --quiet --extra bench --output-file requirements-bench.txt pyproject.toml
	$(RUN)uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --upgrade \
	  --quiet --output-file requirements-build.txt requirements-build.in
	$(RUN)uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --upgrade \
	  --quiet --constraint requirements.txt --output-file requirements-spark.txt requirements-spark.in

clean: ## remove the environment and everything made
	rm -rf .venv build dist out .coverage .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
