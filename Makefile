# Everything that is done with this tree, one line of purpose each. `make` alone lists them.
#
# The first target that needs it sets up .venv: with uv where that is on PATH, else with Python
# (3.11 or newer) and pip, whose own configuration (mirrors, proxies, certificates) is left as it
# is. What is installed stands in the *.lock files, by version and hash. Set-up happens once, and
# again when a lock or pyproject.toml changes or the folder was moved.
#
#   make PYTHON=/path/to/python run     choose the interpreter
#   make UV= run                        leave uv alone
#   make WORKERS=0 test                 run the tests one by one, in this process

KILLS ?= 150
# Processes that run tests: three, for many tests wait and two cores are usual. WORKERS=0: one by one.
WORKERS ?= 3
PYTHON ?=
UV ?= $(shell command -v uv 2>/dev/null)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test check lint demo torture bench fmt lock clean moved

help: ## list these targets
	@echo "Parley watches news feeds and says when the state of affairs changes."
	@echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{printf "%-15s %s\n", $$1, $$2}'

run: .venv/seeded ## watch the feeds of config/ until Ctrl-C
	@.venv/bin/parley run

demo: .venv/seeded ## replay June 2025 offline through the real daemon, to a real mailbox
	@.venv/bin/parley demo

test: .venv/ready-dev .venv/seeded ## run the tests
	.venv/bin/python -m pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: lint test ## all that CI asks for: lint, types, import floors, tests

lint: .venv/ready-dev ## the part of check that runs no tests
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy --strict monitor
	.venv/bin/lint-imports --no-logo

torture: .venv/ready-dev .venv/seeded ## kill the daemon KILLS times (150) and count lost and doubled messages
	.venv/bin/python -m tests.torture --kills $(KILLS)

bench: .venv/ready-dev ## measure the speed of the path
	.venv/bin/python bench/run.py
	.venv/bin/python bench/matching.py
	.venv/bin/python bench/memory.py
	.venv/bin/python bench/cycle.py --feeds 50 --runs 2
	.venv/bin/python bench/endurance.py --polls 2000 --feeds 50

fmt: .venv/ready-dev ## format the code and mend what ruff can mend
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix-only .

# uv solves for every platform at once. UPGRADE=--upgrade takes newer versions, else pins are kept.
COMPILE = "$$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate $(UPGRADE)
BUILD_TOOLS = printf 'hatchling>=1.27,<2\neditables\n'

lock: .venv/ready ## write the lock files anew from pyproject.toml (UPGRADE=--upgrade for newer versions)
	@set -e; uv="$(UV)"; \
	if [ -z "$$uv" ]; then \
		echo "uv is not on PATH: taking it into .venv/lock"; \
		.venv/bin/python -m venv .venv/lock; .venv/lock/bin/python -m pip install --quiet uv; \
		uv=.venv/lock/bin/uv; \
	fi; \
	$(COMPILE) pyproject.toml -o requirements.lock; \
	$(BUILD_TOOLS) | $(COMPILE) -c requirements.lock - -o requirements-build.lock; \
	$(BUILD_TOOLS) | $(COMPILE) --extra dev -c requirements.lock -c requirements-build.lock \
		pyproject.toml - -o requirements-dev.lock; \
	wc -l requirements*.lock

clean: ## remove .venv and what the tools left behind; data/ and config/ stay
	rm -rf .venv monitor/seed .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	find monitor tests bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# --- set-up ----------------------------------------------------------------------------------
# .venv/ready: what runs. .venv/ready-dev: that and the tools. Each holds the folder it was made in,
# because the scripts of a virtual environment name their interpreter by its full path.
# .venv/seeded: monitor/seed holds what a first start would work out, of this vocabulary. Parley
# works without it, only slower in a new data folder, so that nothing stops where it cannot be made.

ifneq ($(CURDIR),$(shell cat .venv/ready 2>/dev/null))
.venv/ready: moved
endif
ifneq ($(CURDIR),$(shell cat .venv/ready-dev 2>/dev/null))
.venv/ready-dev: moved
endif

.venv/ready: requirements.lock requirements-build.lock pyproject.toml
	@$(call set_up,requirements.lock requirements-build.lock)
	@printf '%s' "$(CURDIR)" > $@

.venv/ready-dev: requirements-dev.lock requirements.lock requirements-build.lock pyproject.toml
	@$(call set_up,requirements-dev.lock)
	@printf '%s' "$(CURDIR)" > .venv/ready; printf '%s' "$(CURDIR)" > $@

.venv/seeded: .venv/ready $(wildcard monitor/lexicon/*.yaml monitor/core/*.py monitor/settings/*.py)
	@echo "The words of the vocabulary (some 10 seconds the first time)"
	@.venv/bin/python -m monitor.app.seed || echo "Without it, the first start in a new data folder takes some seconds longer." >&2
	@touch $@

# Give the first interpreter that is new enough; those that the tests were run with come first.
find_python = for name in $(or $(PYTHON),python3.13 python3.12 python3.11 python3.14 python3 python); do \
		"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
		"$$name" -c 'import sys; print(sys.executable)'; break; \
	done

# $(1): lock files. pip prints a line for each package; its success outlives the pipe as a file.
define set_up
set -e; \
say() { printf '%s\n' "$$*"; }; \
python=`$(find_python)`; \
if [ -z "$$python" ] && [ -z "$(UV)" ]; then \
	say "Parley needs Python 3.11 or newer, and none was found on PATH." \
		"Install one (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python)," \
		"or name yours: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; exit 1; \
fi; \
installed=`cat .venv/ready 2>/dev/null || true`; \
if [ "$$installed" != "$(CURDIR)" ] && [ -n "$$installed" ]; then rm -rf .venv; fi; \
there=no; if .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then there=yes; fi; \
if [ -n "$(UV)" ]; then \
	say "[1/3] .venv, by uv"; \
	[ $$there = yes ] || "$(UV)" venv --quiet --clear --python "$${python:-3.13}" .venv; \
	install="$(UV) pip install --python .venv/bin/python"; \
elif [ $$there = yes ] && .venv/bin/python -c 'import pip' 2>/dev/null; then \
	say "[1/3] .venv is there"; \
	install=".venv/bin/python -m pip install"; \
elif "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	say "[1/3] .venv, from $$python"; \
	"$$python" -m venv --clear .venv; \
	install=".venv/bin/python -m pip install"; \
elif "$$python" -c 'import pip, venv' 2>/dev/null; then \
	say "[1/3] .venv, from $$python and its pip"; \
	"$$python" -m venv --clear --without-pip .venv; \
	install="$$python -m pip --python .venv/bin/python install"; \
else \
	say "$$python can make no virtual environment: it has neither ensurepip nor pip." \
		"On Debian and Ubuntu: apt install python3-venv; or put uv on PATH." >&2; exit 1; \
fi; \
locks=; for lock in $(1); do locks="$$locks -r $$lock"; done; \
say "[2/3] `grep -h '==' $(1) | sort -u | wc -l | tr -d ' '` packages from $(1) (some seconds; once)"; \
rm -f .venv/installed; \
{ PIP_DISABLE_PIP_VERSION_CHECK=1 $$install --require-hashes $$locks && touch .venv/installed; } \
	| sed -n -e 's/^Collecting \([^ ]*\).*/      \1/p' \
		-e 's|^Processing .*/\([^/-]*\)-\([^-]*\)-.*|      \1==\2|p'; \
if [ ! -e .venv/installed ]; then \
	say "The packages could not be installed; the reason stands above." >&2; \
	[ -z "$(UV)" ] || say "To do without uv: make UV= $(MAKECMDGOALS)" >&2; exit 1; \
fi; \
say "[3/3] Parley itself"; \
PIP_DISABLE_PIP_VERSION_CHECK=1 $$install --quiet --no-deps --no-build-isolation -e .; \
say "Ready."
endef
