# Works with GNU make 3.81 (macOS) and a POSIX shell. Needs Python 3.11 or newer; everything else is installed
# into .venv. Another Python:  make PYTHON=python3.12 VENV=.venv312 test

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
# The code of this checkout runs, also if .venv is a copy from another checkout.
RUN := PYTHONPATH="$(CURDIR)/src" $(BIN)/python
# The tests start Python many times, so each file is compiled once, also where the environment forbids it.
COMPILED := PYTHONDONTWRITEBYTECODE=
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

ifneq ($(filter-out 1,$(words $(VENV)) $(words x$(VENV)x)),)
$(error VENV is "$(VENV)", but must be the path of one folder, without a space in it, such as .venv)
endif

# Files are deleted only in a folder that make has marked: .making while it creates the virtual environment, then
# .created. The mark is deleted last, so that the next make continues after an interruption.
MARKED := { test -f $(VENV)/.making || test -f $(VENV)/.created; }
REFUSE := $(MARKED) || test -z "`ls -A $(VENV) 2>/dev/null`" || { \
  echo "$(VENV) was not created by make, so make does not change it. Move it away, or use another folder: make VENV=.venv2 ..." >&2; \
  exit 2; }
EMPTY := touch $(VENV)/.making && rm -f $(VENV)/.created && \
  find $(VENV)/. ! -name . -prune ! -name .making -exec rm -rf {} +

# A virtual environment whose Python was removed or upgraded is created again.
ifneq ($(shell test ! -f $(VENV)/.created || $(BIN)/python -c 'import pip' >/dev/null 2>&1 || echo broken),)
.PHONY: $(VENV)/.created
endif

# Left out by folder, so that pytest does not read the modules of these tests either.
TESTS := --ignore tests/acceptance --ignore tests/consumers -m "not acceptance"

.DEFAULT_GOAL := help
.PHONY: help templates review environments test acceptance check walks consumers dist benchmark rules scenarios completions requirements accepted corpus drill format clean
.DELETE_ON_ERROR:

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{ printf "make %-13s %s\n", $$1, $$2 }'

templates: $(VENV)/.installed ## Build all templates, lint them, write out/ and the tables in docs/
	@$(BIN)/python build.py --pages docs --review

review: $(VENV)/.installed ## Show the effects of deploying this branch on the running system (ARGS="--before v0.2.0")
	@$(RUN) -m csr_templates review $(ARGS)

environments: $(VENV)/.installed ## Show the parameters of all environments side by side
	@$(RUN) -m csr_templates environments

test: $(VENV)/.installed-dev ## Run the tests, on all cores, except those of make acceptance and make consumers
	@$(COMPILED) $(RUN) -m pytest --numprocesses auto $(TESTS) $(ARGS)

acceptance: $(VENV)/.installed-dev ## Run the long tests: commands of the pages, drill, catalogue, generated templates
	@$(COMPILED) $(RUN) -m pytest --numprocesses auto -m acceptance $(ARGS)

check: $(VENV)/.installed-dev ## Check formatting, style, types, spelling, and that out/ and docs/ are current (what CI and pre-commit run)
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m mypy
	@$(BIN)/python -m codespell_lib src tests docs build.py Makefile README.md CONTRIBUTING.md SECURITY.md CHANGELOG.md
	@$(BIN)/python build.py --check --pages docs
	@$(RUN) -m tests.alarms.write_pages --check

walks: $(VENV)/.installed-dev ## Follow the recipes of CONTRIBUTING.md and docs/recipes.md in copies of this checkout (up to 30 minutes)
	@$(RUN) -m tests.walks $(ARGS)

consumers: $(VENV)/.installed-dev ## Test the wheel, and the recipes of docs/consumers.md with the real tools (needs Node.js, AWS CLI 2 and Chromium)
	@test -n "$(ARGS)" || $(RUN) -m pytest --numprocesses auto tests/consumers
	@$(RUN) -m tests.consumers.run $(ARGS)

dist: $(VENV)/.installed-dev ## Put the wheel and a zip of out/ into dist/, the same bytes on every machine
	@$(RUN) release/dist.py

benchmark: $(VENV)/.installed-dev ## Measure the time of a build, as ratios of times from one run, and of csr-operate show-state and csr-templates verify, and what drift detection names
	@$(RUN) benchmarks/run.py $(ARGS)
	@$(RUN) benchmarks/operate.py
	@$(RUN) benchmarks/verify.py
	@$(RUN) benchmarks/drift.py

rules: $(VENV)/.installed-dev ## Write the index of the lint rules, docs/rules.md
	@$(RUN) -m tests.cfn_analysis.rules.write_page

scenarios: $(VENV)/.installed-dev ## Write the pages of the alarms' scenarios, docs/alarm-scenarios.md and .ja.md
	@$(RUN) -m tests.alarms.write_pages

completions: $(VENV)/.installed-dev ## Write the completions of the shells, src/csr_templates/cli/completions
	@$(RUN) -m tests.csr_templates.cli.write_completions

requirements: ## Write requirements.txt, the packages of the starters with their hashes (needs uv and a network)
	@uv pip compile setup.cfg --quiet --extra formats --constraint constraints.txt --generate-hashes --no-annotate \
	  --python-version 3.11 --python-platform linux --custom-compile-command "make requirements" \
	  --output-file requirements.txt

accepted: $(VENV)/.installed-dev ## Write the page and forms of tests/consumers/accepted-findings.json
	@$(RUN) -m tests.consumers.write_accepted

corpus: $(VENV)/.installed-dev ## Run our rules over the good templates of cfn-lint, or over those of folders (ARGS="FOLDER ...")
	@$(RUN) -m tests.acceptance.catalogue.corpus $(ARGS)

drill: $(VENV)/.installed-dev ## Delete and recover each stack in a model of CloudFormation, and print the steps
	@$(RUN) -m tests.acceptance.drill.recovering

format: $(VENV)/.installed-dev ## Format the Python code
	@$(BIN)/python -m ruff format .
	@$(BIN)/python -m ruff check --fix .

clean: ## Remove the virtual environment and all caches
	@$(REFUSE)
	@! $(MARKED) || { echo "Removing the virtual environment $(VENV)" && $(EMPTY) && rm -rf $(VENV); }
	rm -rf .pytest_cache .mypy_cache .ruff_cache build

$(VENV)/.created:
	@$(REFUSE)
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "$(PYTHON) was not found. Install Python 3.11 or newer, or use another one: make PYTHON=python3.12 ..." >&2; \
	  exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is `$(PYTHON) --version 2>&1`, but Python 3.11 or newer is required. Use another one: make PYTHON=python3.12 ..." >&2; \
	  exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) comes without the modules venv and ensurepip. Install them (on Debian and Ubuntu: the package python3-venv) and try again." >&2; \
	  exit 2; }
	@echo "Creating the virtual environment $(VENV)"
	@mkdir -p $(VENV) && $(EMPTY)
	@$(PYTHON) -m venv $(VENV)
	@mv $(VENV)/.making $@

$(VENV)/.installed: $(VENV)/.created setup.cfg pyproject.toml constraints.txt
	@echo "Installing csr-templates into $(VENV)"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.created setup.cfg pyproject.toml constraints.txt
	@echo "Installing csr-templates and its development tools into $(VENV)"
	@$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.installed
