# LSP: the commands. `make` alone lists them.
#
# Everything is installed in this folder: uv in .uv/, Python packages in .venv/, front-end packages in
# node_modules/, data in var/. Removing those four undoes it all.

PORT ?= 8000
PYTHON ?= python3
UV := .uv/bin/uv
VENV := .venv/bin
# What the environment of a developer's shell holds for other projects is not for ours.
unexport VIRTUAL_ENV
# Each process would compile all packages anew, and each run of the tests the tests.
unexport PYTHONDONTWRITEBYTECODE

PACKAGES := .venv/.installed
FRONT_END := node_modules/.installed

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow check fix lock messages bench docs install clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

demo: install ## Run the site with its demonstration world (PORT=8123 for another port)
	@$(PYTHON) lsp_program/local/machine.py demo
	@exec $(VENV)/python -m lsp_program.local.demo --port '$(PORT)'

test: install ## Run the tests on throw-away servers (ONLY=path for a part)
	@$(PYTHON) lsp_program/local/machine.py test
	@exec $(VENV)/python -m lsp_program.local.testing pytest -n 2 --dist worksteal -m 'not slow' $(ONLY)

test-slow: install ## Run the slow tests: races, faults, what is forged, a simulated year, most stories in a browser
	@$(PYTHON) lsp_program/local/machine.py test
	@exec $(VENV)/python -m lsp_program.local.testing pytest -n 2 --dist worksteal -m slow $(ONLY)

check: install ## Check format, lint, types, imports, migrations, catalogues and locks
	@$(PYTHON) lsp_program/local/machine.py demo
	@$(VENV)/python -m lsp_program.local.checks

fix: install ## Format the code and mend what the linter can mend
	$(VENV)/ruff check --fix-only --quiet .
	$(VENV)/ruff format .
	git ls-files -z -- 'templates/*.html' | xargs -0 $(VENV)/djade --target-version 6.0 || true # 1: it changed something

bench: install ## Measure (ONLY=name for one figure)
	@$(PYTHON) lsp_program/local/machine.py test
	@exec $(VENV)/python -m lsp_program.local.testing --durable tests.bench $(ONLY)

docs: install ## Write the generated pages of docs/ anew
	@exec $(VENV)/python -m lsp_program.local.manage write_docs

messages: install ## Collect the sentences to translate into the catalogues
	@exec $(VENV)/python -m lsp_program.local.manage makemessages --all --no-obsolete \
		--ignore .venv --ignore .uv --ignore node_modules --ignore var --ignore tests

lock: $(UV) ## Lock the newest allowed versions of all packages, with hashes
	$(UV) pip compile --quiet --upgrade --universal --generate-hashes pyproject.toml -o requirements.txt
	$(UV) pip compile --quiet --upgrade --universal --generate-hashes pyproject.toml \
		--group local --group test --group check -c requirements.txt -o requirements-dev.txt
	npm update --package-lock-only

clean: ## Remove all that was installed and made here, the demonstration's data too
	@if [ -f var/demo/place ]; then rm -rf "$$(cat var/demo/place)"; fi
	rm -rf .uv .venv node_modules var

# --- Installing, each step again only when its lock changes ---

install: $(PACKAGES) $(FRONT_END)

$(UV):
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || { echo "make needs pip for $(PYTHON) (Debian: apt-get install python3-pip)"; exit 1; }
	@echo 'Installing uv'
	@$(PYTHON) -m pip install -qq --disable-pip-version-check --root-user-action=ignore --target .uv uv

$(PACKAGES): requirements-dev.txt | $(UV)
	@echo 'Installing the Python packages'
	@test -x $(VENV)/python || $(UV) venv --quiet --python '>=3.12,<3.15' .venv 2>.uv/why || { \
		echo 'make needs Python 3.12, 3.13 or 3.14 and could neither find nor fetch one: install it, with its folder on PATH'; exit 1; }
	@$(UV) pip sync --quiet --python $(VENV)/python requirements-dev.txt
	@touch $@

# Node of this machine, else the one that a Python package brings.
$(FRONT_END): package-lock.json .npmrc | $(PACKAGES)
	@echo 'Installing the front-end packages'
	@PATH="$$PATH:$(CURDIR)/$(VENV)" npm ci --silent --ignore-scripts
	@touch $@
