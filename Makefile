SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3.11
RESULTS ?= results

# Snakemake calls `python` for its scripts: the venv's has to be the first that it finds.
IN_VENV := PATH="$(CURDIR)/.venv/bin:$$PATH"
IN_ANY_VENV := PATH="$(CURDIR)/.venv/bin:$(CURDIR)/.venv-slurm/bin:$$PATH"
PIP_INSTALL := -m pip --disable-pip-version-check install -qq

.PHONY: help setup demo slurm status usage test lint format bench docs lock clean

help:  ## Print these targets (the default)
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

setup: .venv/installed  ## Make .venv with exactly what requirements.lock says
demo: setup  ## Run the workflow on the bundled sample, into results/
	@$(IN_VENV) snakemake --cores all

# The plugin stays out of .venv: profiles/slurm/requirements.txt says why. `--profile slurm` finds its folder by the link.
slurm: .venv-slurm/installed  ## Set up for a Slurm cluster: .venv-slurm, and the profile for `snakemake --profile slurm`
	@ln -sfn profiles/slurm slurm

# These two do not set up: they may be asked while a run is at work in .venv.
status:  ## Tell how far the run is that writes to RESULTS (results, unless given)
	@$(IN_ANY_VENV) python -m workflow_scripts.run.status "$(RESULTS)"

usage:  ## Tell what each rule asked for and what it used, in the run that wrote to RESULTS
	@$(IN_ANY_VENV) python -m workflow_scripts.run.usage "$(RESULTS)"

test: setup .venv-slurm/installed  ## Run the tests
	@$(IN_VENV) pytest

lint: setup  ## Check format, style, types and rules; change nothing
	$(IN_VENV) ruff check
	$(IN_VENV) ruff format --check
	$(IN_VENV) snakefmt --check Snakefile rules
	$(IN_VENV) mypy
	$(IN_VENV) snakemake --lint

format: setup  ## Format the Python and the rules, and mend what ruff can mend
	$(IN_VENV) ruff check --fix-only
	$(IN_VENV) ruff format
	$(IN_VENV) snakefmt Snakefile rules

bench: setup .venv-bench/installed .venv-slurm/installed  ## Run the benchmarks, in a venv of their own
	@PATH="$(CURDIR)/.venv-bench/bin:$$PATH" python -m benchmarks

docs: setup  ## Write config/README.md anew from the schemas
	@$(IN_VENV) python -m workflow_scripts.settings.reference > config/README.md.new || { rm config/README.md.new; exit 1; }
	@mv config/README.md.new config/README.md

# A venv is made whole or again: its stamp comes last, and is a copy of the files it was made from. A touched file with
# the same lines installs nothing; a changed one starts from an empty venv, so that nothing old stays behind.
.venv/installed: requirements.lock
.venv-bench/installed: requirements.lock benchmarks/requirements.txt
.venv-slurm/installed: requirements.lock profiles/slurm/requirements.txt
.venv/installed .venv-bench/installed .venv-slurm/installed:
	@if cat $^ | cmp --silent - $@; then touch $@; exit; fi; \
	command -v $(PYTHON) > /dev/null || { echo "No $(PYTHON) here. Name yours: make PYTHON=/path/to/python3.11" >&2; exit 1; }; \
	echo "Installing what $^ lists into $(@D). This takes a few minutes."; \
	rm -f $@; \
	$(PYTHON) -m venv --clear $(@D); \
	$(@D)/bin/python $(PIP_INSTALL) $(^:%=--requirement %); \
	cat $^ > $@

# Local version parts (+cpu) and the packages of CUDA belong to one build of torch. Left out, the same lock serves every
# machine: pip takes the build that it finds, and what that build asks for.
lock:  ## Write requirements.lock anew from requirements.in
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	$(PYTHON) -m venv "$$folder/venv"; \
	python="$$folder/venv/bin/python"; \
	"$$python" $(PIP_INSTALL) --requirement requirements.in; \
	{ \
		echo "# Exact versions of what requirements.in asks for by name (each with its why) and of all that these bring along."; \
		echo "# Made by \`make lock\`. Do not edit."; \
		"$$python" -m pip --disable-pip-version-check freeze --all --exclude pip \
			| sed -E -e 's/\+[^ ]*$$//' -e '/^(nvidia-|cuda-|triton==)/d'; \
	} > "$$folder/lock"; \
	mv "$$folder/lock" requirements.lock

clean:  ## Remove results/ and the sample that the demo made
	rm -rf results data/sample
