# make install: set up .venv. make serve: answer on http://127.0.0.1:8000. make test, make check, make bench.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet -c constraints.txt
# Stamps, so that a second run is instant. Development's packages include those that serving needs.
SERVE := .venv/.installed
DEV := .venv/.installed-dev

.PHONY: install serve test check bench clean

install: $(DEV)

serve: $(SERVE)
	$(BIN)/esg-qa serve --host 127.0.0.1 --port 8000

test: $(DEV)
	$(BIN)/python -m pytest

check: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@mkdir -p build
	$(BIN)/esg-qa eval --suite all --jobs 2 --gate eval/gate.toml --html build/scorecard.html

bench: $(DEV)
	$(BIN)/python -m eval.bench

clean:
	rm -rf .venv .index build

$(SERVE): pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) -e .
	@touch $@

$(DEV): pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) -e '.[dev,train]'
	@touch $@ $(SERVE)

$(BIN)/python:
	$(PYTHON) -m venv .venv
