SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

# The Python that venvs are made with: yours, or the first of these that serves.
PYTHONS := $(if $(PYTHON),"$(PYTHON)",python3.11 python3.12 python3.13)
RESULTS ?= results

# Snakemake calls `python` for its scripts: the venv's has to be the first that it finds.
IN_VENV := PATH="$(CURDIR)/.venv/bin:$$PATH"
IN_ANY_VENV := PATH="$(CURDIR)/.venv/bin:$(CURDIR)/.venv-slurm/bin:$$PATH"
PIP_INSTALL := -m pip --disable-pip-version-check install -qq

GROUPS := clap judging remote windows rooms

.PHONY: help python setup demo $(GROUPS) augment slurm status usage sql preview review test quick fuzz lint format bench docs lock licences audit sbom clean

help:  ## Print these targets (the default)
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

# A name on the PATH may be a shim of nothing, and Debian's Python cannot make a venv without its package python3-venv.
python:  ## Tell which Python the venvs are made with (PYTHON, or the first of 3.11, 3.12, 3.13 that can make one)
	@for python in $(PYTHONS); do \
		serves='import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'; \
		if "$$python" -c "$$serves" > /dev/null 2>&1; then echo "$$python"; exit; fi; \
	done; \
	echo 'No Python from 3.11 to 3.13 that can make a venv; tried $(subst ",,$(PYTHONS)).' \
		'On Debian and Ubuntu: apt install python3-venv. Or name yours: make PYTHON=/path/to/python3.12' >&2; \
	exit 1

setup: .venv/installed  ## Make .venv with exactly what requirements.lock says
demo: setup  ## Run the workflow on the bundled sample, into results/
	@$(IN_VENV) snakemake --cores all

# The plugin stays out of .venv: profiles/slurm/requirements.txt says why. `--profile slurm` finds its folder by the link.
slurm: .venv-slurm/installed $(patsubst .venv/%,.venv-slurm/%,$(wildcard $(GROUPS:%=.venv/%)))  ## Set up for a Slurm cluster: .venv-slurm, and the profile for `snakemake --profile slurm`
	@ln -sfn profiles/slurm slurm

# These two do not set up: they may be asked while a run is at work in .venv.
status:  ## Tell how far the run is that writes to RESULTS (results, unless given)
	@$(IN_ANY_VENV) python -m workflow_scripts.run.status "$(RESULTS)"

usage:  ## Tell what each rule asked for and what it used, in the run that wrote to RESULTS
	@$(IN_ANY_VENV) python -m workflow_scripts.run.usage "$(RESULTS)"

sql:  ## Ask the catalogue in RESULTS in DuckDB's shell, its views and macros listed first
	@$(IN_VENV) duckdb -readonly "$(RESULTS)/catalog.duckdb" \
		-cmd "SELECT view_name AS view, comment FROM duckdb_views() WHERE NOT internal AND database_name = current_database() ORDER BY ALL" \
		-cmd "SELECT function_name AS macro, parameters, comment FROM duckdb_functions() WHERE function_type = 'table_macro' AND NOT internal AND database_name = current_database() ORDER BY ALL"

preview: setup  ## Show what a dataset FILE of the adapter `table` makes of its first rows
	@$(IN_VENV) python -m workflow_scripts.run.preview "$(FILE)"

review: setup  ## Serve the review page of DATASET in RESULTS on this machine; verdicts go to REVIEWS (reviews/<dataset>.csv), PORT is free
	@$(IN_VENV) python -m workflow_scripts.run.serve_review "$(RESULTS)" "$(DATASET)" "$(REVIEWS)" "$(PORT)"

judging: .venv/judging $(if $(wildcard .venv-slurm/installed),.venv-slurm/judging)  ## Set up what weighs several reviewers and what models said: cleanlab, statsmodels, krippendorff

remote: .venv/remote $(if $(wildcard .venv-slurm/installed),.venv-slurm/remote)  ## Set up what knows the addresses hf://, s3:// and gs://, and .7z: huggingface_hub, s3fs, gcsfs, py7zr

windows: .venv/windows $(if $(wildcard .venv-slurm/installed),.venv-slurm/windows)  ## Set up what measures soundscapes, and their change over the years: scikit-maad, astral, statsmodels

clap: .venv/clap $(if $(wildcard .venv-slurm/installed),.venv-slurm/clap)  ## Set up what scores captions against sound, with a CLAP model of yours: transformers

rooms: .venv/rooms $(if $(wildcard .venv-slurm/installed),.venv-slurm/rooms)  ## Set up what events of soundscapes are heard through, rooms and distance: pyroomacoustics

augment: .venv-augment/installed  ## Set up what augments clips, in a venv of its own: audiomentations, which wants an older soxr than the lock has

test: setup $(GROUPS:%=.venv/%) .venv-augment/installed .venv-slurm/installed .venv-consumers/installed  ## Run the tests
	@$(IN_VENV) pytest

quick: setup $(GROUPS:%=.venv/%) .venv-augment/installed  ## Run the tests that need neither Slurm, nor a browser, nor a consumer of exports
	@$(IN_VENV) pytest -m "not slurm and not browser and not consumer"

# Targets and more: `python -m tests.fuzzing --help`.
fuzz: setup  ## Change files of every kind at random and have them read, for SECONDS (300) in all; AGAIN reads one that was found
	@$(IN_VENV) python -m tests.fuzzing $(if $(AGAIN),--again "$(AGAIN)",--seconds "$(or $(SECONDS),300)" $(TARGETS))

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

docs: setup  ## Write anew what pages have of schemas (config/README.md), and of what is told of sound files (docs/formats.md)
	@$(IN_VENV) python -m workflow_scripts.settings.reference
	@$(IN_VENV) python -m benchmarks.containers

# A venv is made whole or again: its stamp comes last, and is a copy of the files it was made from. A touched file with
# the same lines installs nothing; a changed one starts from an empty venv, so that nothing old stays behind.
.venv/installed: requirements.lock
.venv-bench/installed: requirements.lock benchmarks/requirements.txt
.venv-slurm/installed: requirements.lock profiles/slurm/requirements.txt
.venv-consumers/installed: requirements.lock tests/consumers/requirements.txt
.venv-scaper/installed: benchmarks/scaper.txt
.venv-audfprint/installed: benchmarks/audfprint.txt
.venv-augment/installed: envs/augment/requirements.txt
.venv-dependencies/installed: envs/dependencies/requirements.txt
.venv/installed .venv-augment/installed .venv-bench/installed .venv-consumers/installed .venv-dependencies/installed .venv-slurm/installed .venv-scaper/installed .venv-audfprint/installed:
	@if cat $^ | cmp --silent - $@; then touch $@; exit; fi; \
	python=$$($(MAKE) --silent --no-print-directory python); \
	echo "Installing what $^ lists into $(@D), with $$python. This takes a few minutes."; \
	rm -f $@; \
	"$$python" -m venv --clear $(@D); \
	$(@D)/bin/python $(PIP_INSTALL) $(^:%=--requirement %); \
	echo "$(@D) is $$(du -sh $(@D) | cut -f1) on disk and took $$SECONDS s."; \
	cat $^ > $@

# Groups of their own, for those alone who ask for them: judging takes three times what the workflow itself needs on
# disk, remote 140 MB, clap 170 MB, windows 350 MB, rooms 140 MB. What several list has one version. Jobs of a cluster
# run in .venv-slurm.
$(GROUPS:%=.venv/%): .venv/%: .venv/installed envs/%.txt
	$(install-group)
$(GROUPS:%=.venv-slurm/%): .venv-slurm/%: .venv-slurm/installed envs/%.txt
	$(install-group)

define install-group
@$(@D)/bin/python $(PIP_INSTALL) --requirement envs/$(@F).txt
@cp envs/$(@F).txt $@
endef

# On 3.11, the oldest that serves: tests/test_lock.py says whether the newer ones find a wheel of everything.
# Local version parts (+cpu) and the packages of CUDA belong to one build of torch. Left out, the same lock serves every
# machine: pip takes the build that it finds, and what that build asks for.
# For the same reason it has no hashes: `pip --require-hashes` wants one of every package or of none, and torch's differ
# from build to build, so a hash would bind the lock to one machine's.
lock:  ## Write requirements.lock anew from requirements.in
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	$(or $(PYTHON),python3.11) -m venv "$$folder/venv"; \
	python="$$folder/venv/bin/python"; \
	"$$python" $(PIP_INSTALL) --requirement requirements.in; \
	{ \
		echo "# Exact versions of what requirements.in asks for by name (each with its why) and of all that these bring along."; \
		echo "# Made by \`make lock\`. Do not edit."; \
		"$$python" -m pip --disable-pip-version-check freeze --all --exclude pip \
			| sed -E -e 's/\+[^ ]*$$//' -e '/^(nvidia-|cuda-|triton==)/d'; \
	} > "$$folder/lock"; \
	mv "$$folder/lock" requirements.lock

# Of what is installed, since a lock says neither. The tools have a venv of their own, which nothing else needs.
licences: setup .venv-dependencies/installed  ## List the licences of the packages in .venv
	@.venv-dependencies/bin/pip-licenses --python=.venv/bin/python --from=mixed --with-urls --format=plain

sbom: setup .venv-dependencies/installed  ## Write sbom.json: the packages in .venv, their licences and what asks for what, as CycloneDX
	@.venv-dependencies/bin/cyclonedx-py environment --output-reproducible --output-format JSON --output-file sbom.json .venv/bin/python

audit: .venv-dependencies/installed  ## Look up known advisories for the versions of requirements.lock; what cannot be looked up is a failure
	@{ .venv-dependencies/bin/pip-audit --requirement requirements.lock --no-deps --disable-pip --progress-spinner off \
		--format json 2> .venv-dependencies/audit.log || true; } | .venv-dependencies/bin/python envs/dependencies/audit.py

clean:  ## Remove results/ and the sample that the demo made
	rm -rf results data/sample
