# Everything sets itself up: `make serve` and `make test` work on a fresh clone.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
PICTURES := chat-ko-light-390 source-ko-light-390 desk-ko-light desk-en-dark

.PHONY: help setup browser serve test check gate baseline format lock screenshots clean

help:  ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: $(READY)  ## Create .venv with the locked versions

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Batonpass needs Python 3.11 or newer (PYTHON=python3.11 make ...)")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip setuptools
	$(BIN)/python -m pip install --quiet -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $(READY)

browser:  ## Install Chromium and the fonts for the browser tests (needs root)
	@scripts/browser

serve: $(READY)  ## Run the web app with the sample shop (ARGS="--port 8000")
	$(BIN)/batonpass serve $(ARGS)

test: $(READY) browser  ## Run all tests (ARGS="-k desk")
	$(BIN)/python -m pytest $(ARGS)

check: $(READY)  ## Format, lint, types, import direction
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports

gate: $(READY)  ## A quick evaluation of the sample shop against its thresholds and baseline
	mkdir -p build
	$(BIN)/batonpass eval examples/suites/shop-dev --limit 40 --jobs 2 --gate \
		--baseline evals/baselines/shop-dev.json --html build/gate.html

baseline: $(READY)  ## Make today's figures the baseline of `make gate` (say why in the commit)
	$(BIN)/batonpass eval examples/suites/shop-dev --limit 40 --jobs 2 --json evals/baselines/shop-dev.json

format: $(READY)  ## Format and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(READY)  ## Pin the newest allowed versions
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --extra bench --universal --no-emit-index-url --no-header --upgrade -q -o requirements.lock

screenshots: $(READY) browser  ## Make the README's pictures with the program itself
	$(BIN)/python scripts/screenshots.py docs/images $(PICTURES)

clean:  ## Remove .venv and build products (never your data)
	rm -rf .venv build dist *.egg-info .pytest_cache .ruff_cache
