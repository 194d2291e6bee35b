# Every target does its own set-up: all a machine needs is make and Python 3.11 or newer with venv.
# ARGS goes to the program: make run ARGS="--lang en", make test ARGS="-k queue".

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)
ARGS ?=

# Compiled bytecode starts the console 2.7 times faster; a shell that forbids it would be felt at every start.
unexport PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: run demo test check fuzz audit bench keys pictures format lock clean
.DELETE_ON_ERROR:

run: $(VENV)/installed
	@$(BIN)/deskapp $(ARGS)

demo: $(VENV)/installed
	@$(BIN)/deskapp demo $(ARGS)

test: $(VENV)/installed
	$(BIN)/python -m pytest -n 3 --dist loadgroup $(ARGS)

check: $(VENV)/installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/hostile/test_lock.py tests/hostile/test_lint.py

# Hostile input with many times the examples: make fuzz DESKAPP_FUZZ=100 ARGS="-k mail".
fuzz: export DESKAPP_FUZZ ?= 40
fuzz: $(VENV)/installed
	$(BIN)/python -m pytest -n 2 -m "fuzz or not fuzz" --timeout 3600 tests/hostile $(ARGS)

# Needs the network: asks the Python advisory database about every package of the lock.
audit: $(VENV)/installed
	@test -x $(VENV)/audit/bin/pip-audit || \
		{ "$(PYTHON)" -m venv $(VENV)/audit && $(VENV)/audit/bin/pip install --quiet pip-audit; }
	$(VENV)/audit/bin/pip-audit --require-hashes --disable-pip --requirement requirements.lock $(ARGS)

bench: $(VENV)/installed
	$(BIN)/python -m tests.bench $(ARGS)

keys: $(VENV)/installed
	@$(BIN)/python -m pytest -q -s tests/journeys/test_keystrokes.py $(ARGS)

# The README's pictures, drawn from the program itself.
pictures: $(VENV)/installed
	$(BIN)/python -m tests.pictures

# Half an hour: five hundred deaths, a day at fifty desks, a hundred thousand events.
torture: $(VENV)/installed
	DESKAPP_TORTURE=5 $(BIN)/python -m pytest -s tests/torture $(ARGS)

format: $(VENV)/installed
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# Needs uv on the path. Every release's hashes are taken, so one file serves each Python and platform.
lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --all-extras \
		--group test --group check --group build --generate-hashes --no-emit-index-url \
		--no-annotate --custom-compile-command "make lock" --output-file requirements.lock $(ARGS)

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info

# A new lock makes a new environment, so nothing stays behind that the lock no longer names.
$(VENV)/locked: requirements.lock
	@test -n "$(PYTHON)" || { echo "deskapp needs Python 3.11 or newer: apt-get install python3 python3-venv" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) lacks venv: apt-get install python3-venv" >&2; exit 1; }
	@echo "Setting up $(VENV) (once; about a minute) …"
	@"$(PYTHON)" -m venv --clear $(VENV)
	@$(BIN)/pip install --quiet --require-hashes --requirement requirements.lock
	@touch $@

$(VENV)/installed: $(VENV)/locked pyproject.toml
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q -j 0 deskapp
	@touch $@
