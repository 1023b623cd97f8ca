PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PLUGINS := $(wildcard plugins/*/pyproject.toml)

.PHONY: help demo test check docs

help:
	@echo "make demo   learn to read the sign in the hallway, then play and grade a few Bounce programs"
	@echo "make test   run every test"
	@echo "make check  run lint, formatting, types and import layers"
	@echo "make docs   build the documentation in docs/_build"

demo: $(VENV)/demo.stamp
	$(BIN)/python docs/demo.py

test: $(VENV)/development.stamp
	$(BIN)/python -m pytest -n 2

check: $(VENV)/development.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

docs: $(VENV)/development.stamp
	$(BIN)/python -m sphinx -W -b html docs docs/_build/html

$(VENV)/made.stamp:
	@$(PYTHON) -c 'import sys; sys.exit("dreamctl needs Python 3.11 or newer; say which with PYTHON=..." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/demo.stamp: $(VENV)/made.stamp pyproject.toml constraints.txt $(PLUGINS)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable . $(PLUGINS:%/pyproject.toml=--editable %)
	touch $@

$(VENV)/development.stamp: $(VENV)/made.stamp pyproject.toml constraints.txt requirements-dev.txt $(PLUGINS)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --requirement requirements-dev.txt
	touch $@
