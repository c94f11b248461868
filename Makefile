# The commands of this project: make help.
PYTHON ?= python3
STUDY ?= dropout
DATA ?= fashion_mnist
TESTS ?= not statistical
EMPTY :=
DIR ?= results/$(subst ?,$(EMPTY) ,$(basename $(notdir $(subst $(EMPTY) ,?,$(STUDY)))))
BIN := .venv/bin
READY := .venv/.ready
TOOLS := .venv/moto/.ready .venv/lm-eval/.ready .venv/inspect/.ready
# Without bytecode each of the hundreds of commands that the tests start would compile what it imports.
export PYTHONDONTWRITEBYTECODE :=
PYTEST := $(BIN)/python -m pytest --numprocesses auto --dist worksteal

.PHONY: help setup data bench report docs perf perf-check race gpu test test-statistical test-mutations test-frameworks tools golden check clean
.DEFAULT_GOAL := help

help:  ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  make bench STUDY=name-or-file.toml   another study (now: $(STUDY))"
	@echo "  make report DIR=results-folder       another folder (now: $(DIR))"

setup: $(READY)  ## Make .venv with everything that bench, analysis and the tests need

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ". Name one: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

data: $(READY)  ## Fetch Fashion-MNIST (DATA=name for another data set) and verify it
	$(BIN)/python -m bench data fetch "$(DATA)"

bench: $(READY)  ## Run the dropout study (STUDY=...) and report on it; run again to resume
	@folder=$$($(BIN)/python -m bench run "$(STUDY)"); status=$$?; \
	[ $$status -le 1 ] || exit $$status; \
	$(BIN)/python -m analysis report "$$folder" || exit $$?; \
	exit $$status

report: $(READY)  ## Make the report of a results folder again (DIR=...)
	$(BIN)/python -m analysis report "$(DIR)"

docs: $(READY)  ## Build the documentation as a site, build/site/index.html, and check its links
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,docs]'
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet --doctree-dir build/doctrees docs build/site
	$(BIN)/python -m tests.dead_links build/site

perf: $(READY)  ## Measure the engine's speed, beside what the matrix products alone take
	$(BIN)/python -m pytest tests/perf

perf-check: $(READY)  ## Compare HEAD's speed and numbers with those of its merge base with BASE=ref (HEAD: an A/A run)
	@[ -n "$(BASE)" ] || { echo "make perf-check BASE=ref: name a branch, tag or commit to compare HEAD with" >&2; exit 2; }
	$(BIN)/python -m bench perf-check --base "$(BASE)" $(OPTIONS)

race: $(READY)  ## Race the engine against nine other ways to train the same networks
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,race]'
	$(BIN)/python -m bench race

gpu:  ## Check and measure everything that needs a GPU, in eight minutes (WHEELS=folder: packages to add)
	bash tests/gpu/everything.sh

test: $(READY)  ## Run the test suite, all but the minutes of simulation below
	$(PYTEST) -m "$(TESTS)"

test-statistical: $(READY)  ## Check every method's error rates by simulation, and a large study's speed (TABLE=file: write the rates)
	$(BIN)/python -m pytest -m statistical tests/statistical/calibration tests/end_to_end tests/unit $(if $(TABLE),--calibration-table $(TABLE))

test-frameworks: $(READY) $(TOOLS)  ## Train with every library that has an adapter, on Ray and to an object store, import logs that their tools write, build the site; all of which this installs
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt -e '.[dev,lightning,transformers,sklearn,jax,ray,s3,imports,docs,bayes]'
	$(PYTEST) tests/end_to_end/test_frameworks.py tests/end_to_end/test_ray.py tests/end_to_end/test_object_store.py \
		tests/end_to_end/test_imports.py tests/end_to_end/test_site.py tests/unit/analysis/importing/test_sklearn.py tests/unit/analysis/importing/test_lm_eval.py \
		tests/unit/analysis/importing/test_inspect_logs.py \
		tests/oracles/test_cross_check.py

tools: $(TOOLS)  ## Install the programs that tests start whose dependencies are not those of this project, each for itself

.venv/moto/.ready: PROGRAM = moto[server]==5.2.5
.venv/lm-eval/.ready: PROGRAM = lm_eval==0.4.13
.venv/inspect/.ready: PROGRAM = inspect-ai==0.3.285
$(TOOLS): Makefile
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile '$(PROGRAM)'
	@touch $@

golden: $(READY)  ## Write the golden numbers of what is new or has a new version (refused where numbers alone moved)
	$(BIN)/python -m tests.golden

test-mutations: $(READY)  ## Commit deliberate faults, one by one, and see that the tests notice each
	$(BIN)/python -m tests.mutation

check: $(READY)  ## Format, lint, types, import layers and the fast tests
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/lint-imports --no-logo
	$(BIN)/pyrefly check --summary=none
	$(PYTEST) -m "not slow" -q

clean:  ## Remove .venv and caches; keep data and results
	rm -rf .venv build .pytest_cache .ruff_cache .benchmarks .hypothesis .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
