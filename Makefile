# One command from clone to green: `make demo` or `make test` does all the set-up that it needs.
# Works with Python 3.11+, make and git; nothing has to be activated first.
# Packages come from wherever your own pip (npm) configuration says.

# The first that has everything: pyrevm publishes builds for 3.11 and 3.12 only. Otherwise python3, without it.
PYTHON ?= $(shell for p in python3 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null && echo $$p && exit; \
  done; echo python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.poolwright-ready
JOBS ?= 2
ROUNDS ?= 9
ANVIL := @foundry-rs/anvil@1.7.1
# Files in their order, not the longest lists first: the slowest tests are alone in their files and would come last.
PYTEST := $(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile --no-loadscope-reorder

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Absolute, so that a command that changes folder still finds the project's own tools first.
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format verify mutate coverage fuzz bench bench-simulate gas wheel-test peers anvil artifacts standard-json twin constraints clean

help: ## list the commands
	@echo "Poolwright: commands (each does the set-up it needs)"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## create .venv with everything, at the versions of constraints.txt

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else "Poolwright needs Python 3.11 or newer, but $(PYTHON) is %d.%d: try `make PYTHON=python3.12 setup`" % v[:2])'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "could not create $(VENV): on Debian and Ubuntu, 'apt install python3-venv' adds what is missing" >&2; exit 1; }
	@echo "Setting up $(VENV) (a few minutes the first time) ..."
	@$(BIN)/python -m pip install --quiet --upgrade pip --constraint constraints.txt
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[all]' --group dev
	@$(BIN)/python -c 'import sys; sys.version_info < (3, 13) or print("Note: no embedded chain on this Python (pyrevm has builds for 3.11 and 3.12): replays on contracts are left out.")'
	@touch $(STAMP)

demo: setup ## the whole line on a generated market: check, simulate, verify on contracts
	@$(BIN)/poolwright demo

test: setup ## the tests, about ten minutes on two cores
	@$(PYTEST) -m "not verify and not fuzz"

verify: setup mutate ## the long proofs, and that the tests can fail
	@$(PYTEST) -m "verify"

mutate: setup ## break the contracts on purpose, one small way at a time: a test must notice each
	@$(BIN)/python -m tools.mutants --jobs $(JOBS)

coverage: setup ## what the tests reach of the contracts, by statement and branch; writes docs/coverage.md
	@$(BIN)/python -m tools.vyper_coverage --jobs $(JOBS)

fuzz: setup ## a million differential cases for each kind of pool
	@$(PYTEST) -m "fuzz" -s

check: setup ## format, lint, types, layers, sizes, style, freshness of generated files
	@$(BIN)/python tools/check.py

format: setup ## put the code in form and mend what the linter can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup ## speed beside the peers in one run; writes bench/results
	@$(BIN)/python bench/run.py --rounds $(ROUNDS)

bench-simulate: setup ## speed of the simulator on its reference problems; writes bench/results
	@$(BIN)/python bench/simulate.py --rounds $(ROUNDS)

gas: setup anvil ## gas beside the peers', on anvil; WRITE=1 rewrites snapshots/gas.json
	@$(BIN)/python -m bench.gas.run $(if $(WRITE),--write)

wheel-test: setup ## build the wheel, install it elsewhere, run the demo from it
	@$(BIN)/python -m pytest -q tests/house/test_wheel.py

peers: setup ## add the Python peers (curvesim) for the tests beside them; `make bench` does, too
	@cd bench && $(CURDIR)/$(BIN)/python -c "from contender import python_peers; python_peers()"

anvil: ## add anvil (needs node) for the tests on a real node
	@npm install --silent --no-fund --no-audit --no-package-lock --prefix .cache/anvil $(ANVIL)

twin: setup ## regenerate the Python maths from the contracts
	@$(BIN)/python -m poolwright.twin

artifacts: setup ## recompile the contracts' artifacts whose sources have changed
	@$(BIN)/python tools/compile_contracts.py

standard-json: setup ## what a block explorer verifies each contract by; writes out/standard-json
	@$(BIN)/python tools/standard_json.py

constraints: setup ## pin what is installed now
	@$(BIN)/python tools/pin_constraints.py

clean: ## remove everything that the commands made
	rm -rf $(VENV) .cache build dist out poolwright-demo .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache
	find src tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
