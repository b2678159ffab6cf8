# The one file an operator, a contributor and CI all start from. `make` alone lists the targets.

PYTHON ?= python3
FILES ?=
ARGS ?=
MINUTES ?= 10
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Every commit of a ledger is flushed to disk; the tests make so many that they keep theirs in memory.
IN_MEMORY := TMPDIR=$${TMPDIR:-$$(test -w /dev/shm && echo /dev/shm || echo /tmp)}
.DEFAULT_GOAL := help

$(VENV)/.runtime: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or newer is needed; name it with: make PYTHON=/path/to/python3.11 …"; exit 2; }
	@echo "Installing into $(VENV) (the first time only) …"
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "Python's venv module is needed (Debian and Ubuntu: apt install python3-venv)."; exit 2; }
	@$(PIP) install --require-hashes --only-binary :all: -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q pipeline schemas
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@echo "Installing what tests and checks need …"
	@$(PIP) install --require-hashes --only-binary :all: -r requirements-dev.lock
	@touch $@

$(VENV)/.cluster: requirements-cluster.lock $(VENV)/.runtime
	@echo "Installing what several machines, and files elsewhere, need …"
	@$(PIP) install --require-hashes --only-binary :all: -r requirements-cluster.lock
	@touch $@

$(VENV)/.bench: requirements-bench.lock $(VENV)/.runtime
	@echo "Installing what the program is compared with …"
	@$(PIP) install --require-hashes --only-binary :all: -r requirements-bench.lock
	@touch $@

.PHONY: install
install: $(VENV)/.runtime ## Create .venv from the hashed lock (every other target does it when needed)

.PHONY: install-cluster
install-cluster: $(VENV)/.cluster ## Install what --cluster and logs at s3://, gs://, abfs://, sftp:// need

.PHONY: upload
upload: $(VENV)/.runtime ## Register the logs in FILES="…", or everything ready in inbox/
	@$(BIN)/python -m pipeline upload $(ARGS) $(FILES)

.PHONY: check
check: $(VENV)/.runtime ## Say what is wrong with the logs in FILES="…"; no network
	@$(BIN)/python -m pipeline check $(ARGS) $(FILES)

.PHONY: retry
retry: $(VENV)/.runtime ## Send again what the last run could not settle
	@$(BIN)/python -m pipeline retry $(ARGS)

.PHONY: nightly
nightly: $(VENV)/.runtime ## Upload the inbox as cron does: silent unless a person is needed
	@$(BIN)/python -m pipeline nightly $(ARGS)

.PHONY: browser
browser:
	@tests/page/browser.sh

.PHONY: test
test: $(VENV)/.dev browser ## Run the tests
	@$(IN_MEMORY) $(BIN)/python -m pytest $(ARGS)

.PHONY: format
format: $(VENV)/.dev ## Rewrite the code in the house style
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

.PHONY: lint
lint: $(VENV)/.dev ## Formatting, lint rules and the import contract
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports

.PHONY: types
types: $(VENV)/.dev ## mypy, strict
	@$(BIN)/mypy

.PHONY: soak
soak: $(VENV)/.dev ## Run the randomised tests with ever new seeds for MINUTES=10
	@$(IN_MEMORY) $(BIN)/python -m tests.soak $(MINUTES)

.PHONY: bench
bench: $(VENV)/.bench ## Measure, side by side with yardsticks; ARGS=--quick for a first look
	@$(BIN)/python -m bench $(ARGS)

.PHONY: mutants
mutants: $(VENV)/.dev ## Plant bugs in copies of the program; the tests must find each
	@$(IN_MEMORY) $(BIN)/python -m tests.mutants $(ARGS)

.PHONY: template
template: $(VENV)/.dev ## Write sample_data/log-template.xlsx again
	@$(BIN)/python -m tests.template

.PHONY: docs
docs: $(VENV)/.dev ## Build the site into site/; what a page links to must be there
	@$(IN_MEMORY) $(BIN)/python -m tests.messages
	@$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going --fresh-env -c docs -d site/.doctrees . site
	@echo "site/index.html"

.PHONY: pictures
pictures: $(VENV)/.dev ## Take the guide's pictures into docs/pictures/ (needs LibreOffice, poppler and Chromium)
	@$(BIN)/python -m tests.pictures

.PHONY: ci
ci: lint types test docs ## All that a change must pass
	@$(MAKE) --no-print-directory mutants ARGS=--sixth

.PHONY: lock
lock: $(VENV)/.dev ## Write the locks again from pyproject.toml
	@$(BIN)/uv pip compile $(LOCK) --extra build --extra postgresql pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile $(LOCK) --extra build --extra postgresql --extra cluster --extra files --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	@$(BIN)/uv pip compile $(LOCK) --extra build --extra postgresql --extra cluster --extra files -c requirements-dev.lock pyproject.toml -o requirements-cluster.lock
	@$(BIN)/uv pip compile $(LOCK) --extra bench -c requirements-dev.lock pyproject.toml -o requirements-bench.lock
LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header

.PHONY: help
help: ## This list
	@echo "make TARGET [FILES=\"a.xlsx b.csv\"] [ARGS=\"--option …\"]"; echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
