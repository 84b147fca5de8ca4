# make run        start the program (first it installs what it needs into .venv)
# make training   install PyTorch into .venv as well, for "drumapp train"
# make test       check and test everything
# make bundle     the program for this system, for people without Python; TORCH=no leaves training out
#
# Needs Python 3.11 or later, make and, on Linux, a Debian or Ubuntu for the system libraries to come by themselves.

SHELL := bash
.DEFAULT_GOAL := run
.DELETE_ON_ERROR:
.PHONY: run training test lint format bench kit lock clean packages-run packages-test bundle bundle-test package wheel \
	wheel-test

PYTHON ?= $(shell for python in python3.11 python3 python3.12 python3.13 python3.14 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
ifeq ($(OS),Windows_NT)
SCRIPTS := Scripts
EXE := .exe
else
SCRIPTS := bin
endif
BIN := .venv/$(SCRIPTS)
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

# The program with all it needs, in dist/bundle. Everything about bundles is in packaging/README.md.
TORCH ?= yes
BUNDLE := .venv-bundle/$(SCRIPTS)
BUNDLE_PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BUNDLE)/python -m pip install --quiet --no-deps
TRAINING := ^(torch|sympy|mpmath|networkx|jinja2|markupsafe|filelock|fsspec|typing-extensions)==
export DRUMAPP_BUNDLE_TORCH := $(TORCH)

bundle: packages-run .venv-bundle/ready-$(TORCH)
	$(BUNDLE)/python -m PyInstaller --noconfirm --log-level WARN --distpath dist/bundle --workpath build/bundle \
		packaging/drumapp.spec

bundle-test: packages-test
	$(BUNDLE)/python packaging/smoke_test.py dist/bundle/$(if $(filter Darwin,$(shell uname -s)),Drumapp.app,drumapp)

# What users download: a disk image, an installer or an AppImage.
package:
	packaging/package.sh

wheel: .venv-bundle/ready-no
	rm -f dist/*.whl
	$(BUNDLE)/python -m hatchling build -t wheel -d dist

wheel-test: wheel
	$(BUNDLE)/python packaging/wheel_test.py dist/*.whl

# The built-in kit, made anew by its script.
kit: .venv/ready
	$(BIN)/python assets/soundfonts/build_kit.py

lock:
	PYTHON=$(PYTHON) packaging/lock.sh

clean:
	rm -rf .venv .venv-bundle build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis beat.mid beat.wav
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

packages-run packages-test: packages-%:
	@PYTHON=$(PYTHON) packaging/system_packages.sh $*

$(BIN)/python$(EXE): | packages-run
	@test -n "$(PYTHON)" || { echo "Drumapp needs Python 3.11 or later, and none was found."; exit 1; }
	$(PYTHON) -m venv --clear .venv || { rm -rf .venv; exit 1; }

# --no-deps: the lock names every package, and pip shall take no others (see packaging/lock.sh).
.venv/run-ready: requirements-run.lock pyproject.toml | $(BIN)/python$(EXE)
	$(PIP) --no-deps -r requirements-run.lock
	$(PIP) --no-deps -e .
	@touch $@

# PyTorch's build for CUDA does not load without CUDA's libraries; only where that is the build pip found, they come too.
.venv/ready: requirements.lock .venv/run-ready
	$(PIP) --no-deps -r requirements.lock
	@$(BIN)/python -c "import torch" 2>/dev/null || $(PIP) "$$(grep '^torch==' requirements.lock)"
	@touch $@

# An environment of its own: what is installed there may end up in the bundle.
.venv-bundle/ready-no: requirements-run.lock packaging/requirements-bundle.lock
	$(PYTHON) -m venv .venv-bundle
	$(BUNDLE_PIP) -r requirements-run.lock -r packaging/requirements-bundle.lock
	@touch $@

.venv-bundle/ready-yes: .venv-bundle/ready-no requirements.lock
	$(BUNDLE_PIP) $$(grep -E '$(TRAINING)' requirements.lock)
	@touch $@
