# make run        start the program (first it installs what it needs into .venv)
# make training   install PyTorch into .venv as well, for "drumapp train"
# make test       check and test everything
#
# Needs Python 3.11 or later, make and, on Linux, a Debian or Ubuntu for the system libraries to come by themselves.

SHELL := bash
.DEFAULT_GOAL := run
.DELETE_ON_ERROR:
.PHONY: run training test lint format bench kit lock clean packages-run packages-test

PYTHON ?= $(shell for python in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet
# midi_timing takes four minutes and endless an hour; they are run by hand, on a computer that does nothing else.
# Those that need human drumming run where DATA names a folder of it: make bench DATA=groove. The last takes a while, as
# it trains the network to be compared with.
BENCHMARKS ?= stepper resume insight launch first_note roll undo midi_files audio_timing \
	playing_cost real_clients $(if $(DATA),$(WITH_DATA))
WITH_DATA := drumming nats

run: packages-run .venv/run-ready
	@packaging/run.sh

training: packages-run .venv/ready

test: packages-test lint
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -q -n 2

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Every figure the README quotes comes from one of these.
bench: packages-test .venv/ready
	@for name in $(filter-out $(WITH_DATA),$(BENCHMARKS)); do \
		echo "== $$name"; $(BIN)/python -m benchmarks.$$name || exit; done
	@for name in $(filter $(WITH_DATA),$(BENCHMARKS)); do \
		echo "== $$name"; $(BIN)/python -m benchmarks.$$name --data "$(DATA)" || exit; done

# The built-in kit, made anew by its script.
kit: .venv/ready
	$(BIN)/python assets/soundfonts/build_kit.py

lock:
	PYTHON=$(PYTHON) packaging/lock.sh

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis beat.mid beat.wav
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

packages-run packages-test: packages-%:
	@PYTHON=$(PYTHON) packaging/system_packages.sh $*

.venv/bin/python: | packages-run
	@test -n "$(PYTHON)" || { echo "Drumapp needs Python 3.11 or later, and none was found."; exit 1; }
	$(PYTHON) -m venv --clear .venv || { rm -rf .venv; exit 1; }

# --no-deps: the lock names every package, and pip shall take no others (see packaging/lock.sh).
.venv/run-ready: requirements-run.lock pyproject.toml | .venv/bin/python
	$(PIP) --no-deps -r requirements-run.lock
	$(PIP) --no-deps -e .
	@touch $@

# PyTorch's build for CUDA does not load without CUDA's libraries; only where that is the build pip found, they come too.
.venv/ready: requirements.lock .venv/run-ready
	$(PIP) --no-deps -r requirements.lock
	@$(BIN)/python -c "import torch" 2>/dev/null || $(PIP) "$$(grep '^torch==' requirements.lock)"
	@touch $@
