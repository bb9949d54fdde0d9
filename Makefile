# make demo   sets everything up and does the main job against a pretend VM on this machine
# make test   sets up what the tests need and runs them; make test-slow: the browser and the long ones
# make fuzz   SECONDS=120 of made-up input for everything that reads files, sockets and hosts (Linux)
# make soak   a hundred rounds of connect and stop, then MINUTES=30 of twenty forwards under random faults
# make bench  compares with ssh and others, ten minutes; BENCH=--quick: two
# Everything goes into .venv; repeating is safe and quick.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
SOURCES := nbtui tests benchmarks docs/screenshots.py
# two workers: the tests start real servers, and most of their time is waiting for them
PYTEST := $(BIN)/python -m pytest -q -n 2 --dist loadfile

# seconds of make fuzz
SECONDS ?= 120
# rounds and minutes of make soak
ROUNDS ?= 100
MINUTES ?= 30

.PHONY: demo test test-slow fuzz lint types imports lowest bench soak docs needs clean

demo: .venv/.demo
	@tests/needs demo
	@if [ -t 0 ] && [ -t 1 ]; then $(BIN)/nbtui demo; else $(BIN)/nbtui demo --check; fi

test: .venv/.dev needs lint types imports
	$(PYTEST) -m "not slow"

test-slow: .venv/.dev
	@tests/needs slow
	$(PYTEST) -m slow --timeout 300

fuzz: .venv/.fuzz
	$(BIN)/python tests/fuzz/run.py --seconds $(SECONDS)

lint: .venv/.dev
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)

types: .venv/.dev
	$(BIN)/mypy
	$(BIN)/mypy --platform win32 nbtui # the tests' hosts are POSIX

imports: .venv/.dev
	$(BIN)/lint-imports --no-logo

# with the lowest versions that pyproject.toml allows
lowest: needs
	$(PYTHON) -m venv .venv-lowest
	.venv-lowest/bin/python tests/lowest.py > .venv-lowest/lowest.txt
	.venv-lowest/bin/python -m pip --disable-pip-version-check install --quiet \
	  --constraint .venv-lowest/lowest.txt --editable '.[dev]'
	.venv-lowest/bin/python -m pytest -q -n 2 --dist loadfile -m "not slow"

bench: .venv/.dev needs
	$(BIN)/python benchmarks/run.py $(BENCH)

soak: .venv/.dev needs
	$(BIN)/python benchmarks/cycles.py $(ROUNDS)
	$(BIN)/python benchmarks/soak.py --minutes $(MINUTES)

docs: .venv/.docs
	$(BIN)/python docs/screenshots.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

needs:
	@tests/needs test

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.demo: .venv/bin/python pyproject.toml constraints.txt
	$(PIP) --editable '.[demo]'
	@touch $@

.venv/.dev: .venv/bin/python pyproject.toml constraints.txt
	$(PIP) --editable '.[dev]'
	@touch $@ .venv/.demo

.venv/.fuzz: .venv/.dev
	$(PIP) --editable '.[fuzz]'
	@touch $@

.venv/.docs: .venv/.dev
	$(PIP) --editable '.[docs]'
	@touch $@

clean:
	rm -rf .venv .venv-lowest .fuzz .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache site build dist
