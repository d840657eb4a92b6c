# Everything a person or a machine does with this repository. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run stop operator logs journey examples test beside moto coverage matrices web check bench lateness qualify drill package lock cloud-tests fuzz

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip install -qq --disable-pip-version-check --require-hashes
# How old a library's release must be before we take it.
COOLDOWN := 7 days
ARTIFACTS := test-artifacts
NPM_CLIENT := .venv-web/fhir-client.pure.min.js
# Or `coverage`: the same tests, twice as long; continuous integration says it.
IN_PROCESS ?= moto
# Who has nothing left to do takes tests from who has: some last a hundred times as long as others.
WORKERS := -n auto --dist worksteal
MOTO := $(BIN)/pytest tests -m "not cloud and not browser and not slow" $(WORKERS) \
	--junitxml=$(ARTIFACTS)/junit-moto.xml
COMPILE := $(BIN)/uv pip compile -q --no-header --generate-hashes --universal \
	--python-version 3.11 --exclude-newer "$(COOLDOWN)"

export CARNET_PORT CARNET_STATE
# Without it each function, and each process of the tests, would compile its libraries anew.
unexport PYTHONDONTWRITEBYTECODE

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 13

.venv/runtime: requirements.txt
	@printf '  libraries … '; SECONDS=0; test -x $(BIN)/pip || $(PYTHON) -m venv .venv; \
	$(PIP) -r $<; touch $@; echo "$$SECONDS s"

# Of these most is never imported: Python compiles what is.
.venv/development: requirements-dev.txt .venv/runtime
	@printf '  libraries of the tests … '; SECONDS=0; $(PIP) --no-compile -r $<; touch $@; echo "$$SECONDS s"

run: .venv/runtime ## run the whole product on this machine; CARNET_PORT=9080 chooses its first port
	@exec $(BIN)/python -m infra.local.run

stop: .venv/runtime ## stop it; its data stay
	@$(BIN)/python -m infra.local.stop

operator: .venv/runtime ## an operator's command on the running product; ARGS="--help" lists them
	@exec $(BIN)/python -m infra.local.operate $(ARGS)

logs: .venv/runtime ## what the functions of the running product logged within the hour; ARGS="api WORD"
	@$(BIN)/python -m infra.local.logs $(ARGS)

journey: .venv/runtime ## play the main story against the running product; ARGS="--document FILE" with a CDA of yours
	@$(BIN)/python -m infra.local.journey $(ARGS)

examples: .venv/runtime ## run three sample applications of the catalogue beside the running product
	@exec $(BIN)/python -m infra.local.examples

test: beside $(IN_PROCESS) matrices cloud-tests ## everything: checks, web client, package, suites, deployed product

# Each takes one processor: side by side, what each says told when it ends. The web client begins
# while the libraries of the tests are installed: it needs none.
beside: .venv/runtime
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target check web package

check: .venv/development ## lint, format, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

moto: .venv/development ## the in-process suite but its matrices: no network, no browser, no Java
	@mkdir -p $(ARTIFACTS)
	$(MOTO)

coverage: .venv/development ## the in-process suite, and which branches it takes; twice as long
	@mkdir -p $(ARTIFACTS)
	$(MOTO) --cov --cov-report=term:skip-covered

matrices: .venv/development ## in process: every call of every story broken, every role on every route, long properties
	@mkdir -p $(ARTIFACTS)
	$(BIN)/pytest tests -m slow $(WORKERS) --junitxml=$(ARTIFACTS)/junit-matrices.xml

web: .venv/runtime ## the web client: types, lint, budgets, unit tests
	$(BIN)/python -m infra.local.tools

package: .venv/development ## build, lint and check what production deploys
	$(BIN)/python -m infra.package prod

# The npm client of the tests: its own files, and none of the packages that it would install.
$(NPM_CLIENT): .venv/development tests/clients/npm_client.py
	@$(BIN)/python -m tests.clients.npm_client

cloud-tests: .venv/development $(NPM_CLIENT) ## the suite against the deployed product, browsers included
	@mkdir -p $(ARTIFACTS)
	$(BIN)/pytest tests -m "cloud or browser" -n 3 --dist loadgroup \
		--junitxml=$(ARTIFACTS)/junit-cloud.xml

bench: .venv/development ## count calls and capacity units, measure times, print the table; ARGS="--write --whole"
	@$(BIN)/python -m bench $(ARGS)

fuzz: .venv/development ## spoil the running product's data with drawn requests, then bytes; ARGS="--help"
	@$(BIN)/python -m fuzz $(ARGS)

lateness: .venv/development ## how late a thousand reminders of one minute are, on the running product
	@$(BIN)/python -m bench.lateness

qualify: .venv/runtime ## what a host's DynamoDB, S3 and KMS promise: AWS_ENDPOINT_URL…, else the running product's local cloud
	@$(BIN)/python -m infra.local.qualify

drill: .venv/runtime ## copy a product into a folder, empty it, put it back, read all of it; a minute or two
	@$(BIN)/python -m infra.local.drill

lock: .venv/development ## resolve the libraries again, with hashes
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) infra/container/requirements.in -o infra/container/requirements.txt
	$(COMPILE) requirements-dev.in -o requirements-dev.txt
	$(COMPILE) infra/local/requirements.in -o infra/local/requirements.txt
	$(COMPILE) infra/local/requirements-web.in -o infra/local/requirements-web.txt
