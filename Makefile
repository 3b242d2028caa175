# The two commands: `make serve` and `make test`. Each creates what it needs in .venv and .venv-submissions.

PYTHON ?= python3
VENV := .venv
SUBMISSIONS := .venv-submissions
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help serve test check unit lock images images-full languages clean

help: ## Show these commands.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

serve: $(VENV)/.serve $(SUBMISSIONS)/.done ## Set up and start the service on 127.0.0.1:8080.
	$(BIN)/rewardbox serve

test: check unit ## Lint, types and every test that this machine can run.

check: $(VENV)/.dev ## Format, lint and types only.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

unit: $(VENV)/.dev $(SUBMISSIONS)/.done ## Tests only; PYTEST_ARGS chooses, e.g. PYTEST_ARGS=tests/app.
	$(BIN)/pytest -n auto --dist loadgroup $(PYTEST_ARGS)

lock: ## Resolve the declared dependencies again; needs uv.
	uv pip compile pyproject.toml --extra otel --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o requirements.lock
	uv pip compile pyproject.toml --extra otel --group dev -c requirements.lock --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o requirements-dev.lock
	uv pip compile --group submissions --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o requirements-submissions.lock

images: ## Build the service's and the runner's container images.
	docker build --target service -t rewardbox-service .
	docker build --target runner -t rewardbox-runner .

images-full: ## Build the runner's image with every language, 9 GB: rewardbox-runner:full.
	docker build --target runner --build-arg LANGUAGES=full -t rewardbox-runner:full .

languages: $(VENV)/.dev ## Write docs/languages.md from the table of languages.
	$(BIN)/python -m sandbox.languages.document docs/languages.md

clean: ## Remove everything that these commands made here.
	rm -rf $(VENV) $(SUBMISSIONS) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Rewardbox needs Python 3.11 or newer; set PYTHON=/path/to/python3.11")'
	@echo "Setting up $(VENV) and $(SUBMISSIONS): a minute, the first time."
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); false; }

# The project is installed in place (its code, not a copy), the build back end from the lock's side.
$(VENV)/.serve: pyproject.toml requirements.lock | $(VENV)/bin/python
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps -e .
	touch $@

$(VENV)/.dev: pyproject.toml requirements-dev.lock | $(VENV)/bin/python
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --no-deps -e .
	touch $@ $(VENV)/.serve

# The Python that submissions run in, apart from the service's own.
$(SUBMISSIONS)/.done: requirements-submissions.lock | $(VENV)/bin/python
	$(PYTHON) -m venv --without-pip $(SUBMISSIONS)
	$(BIN)/pip --python $(SUBMISSIONS)/bin/python install --quiet --require-hashes -r requirements-submissions.lock
	touch $@
