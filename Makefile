# Two commands set everything up on a fresh machine: "make demo" and "make test".
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint bench docs site mutants pictures verification licences lock libreoffice chromium node clean

demo: $(VENV)/installed
	$(BIN)/xlremic build samples/cmsi-2004-8.txt -o cmsi-2004-8.xlsx

test: $(VENV)/installed-test libreoffice chromium node lint
	$(BIN)/python -m pytest -n logical --dist loadfile --no-loadscope-reorder

lint: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/codespell

bench: $(VENV)/installed-test
	$(BIN)/python tests/bench/bench_reading.py
	$(BIN)/python tests/bench/bench_engine.py
	$(BIN)/python tests/bench/bench_functions.py
	$(BIN)/python tests/bench/bench_scaling.py
	$(BIN)/python tests/bench/bench_refusal.py
	PYTHONPATH=. $(BIN)/python tests/bench/bench_batch.py

# The pages and parts of pages that the product itself knows; a test tells when they are not current.
docs: $(VENV)/installed-test
	$(BIN)/python docs/make.py

# Small changes of the code, and the share of them that the tests notice; each survivor is printed with its line.
COUNT ?= 60
SEED ?= 7
mutants: $(VENV)/installed-test
	PYTHONPATH=. nice $(BIN)/python -m tests.attack.mutants --count $(COUNT) --seed $(SEED)

# The tables of docs/verification.md: some minutes, and all real parts.
verification: $(VENV)/installed-test libreoffice
	$(BIN)/python docs/verify.py

# Pins what the tests install, with hashes, in .ci/requirements.lock.
lock: $(VENV)/installed-test
	$(BIN)/python .ci/lock.py

# What is needed at run time, with versions and licences.
licences: $(VENV)/installed-test
	$(BIN)/python docs/licences.py

# The documentation as a site in build/site, which needs no network; a link that leads nowhere is an error.
site: $(VENV)/installed-docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build

# A picture of every sheet, as LibreOffice prints it.
pictures: $(VENV)/installed
	$(BIN)/python docs/pictures.py

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/installed-docs: pyproject.toml $(VENV)/installed
	$(BIN)/python -m pip install --quiet --editable '.[docs]'
	touch $@

$(VENV)/installed-test: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	touch $@ $(VENV)/installed

# The tests compare with LibreOffice, and run our add-in in it, which takes its Python bridge. Both are installed where
# that is possible without asking; else the tests skip and say so.
libreoffice:
	@if [ -x /Applications/LibreOffice.app/Contents/MacOS/soffice ]; then exit 0; fi; \
	wanted=; \
	command -v soffice >/dev/null || command -v libreoffice >/dev/null || wanted=libreoffice-calc-nogui; \
	/usr/bin/python3 -c 'import uno' 2>/dev/null || wanted="$$wanted python3-uno"; \
	if [ -z "$$wanted" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ]; then as=; else as='sudo -n'; fi; \
	if command -v apt-get >/dev/null && $$as true 2>/dev/null; then \
	    $$as apt-get update -qq && $$as apt-get install -y -qq --no-install-recommends $$wanted >/dev/null; \
	else \
	    echo "LibreOffice ($$wanted) is not installed: the tests that need it are skipped"; \
	fi

# The custom functions of Excel for the web are tried in Chromium, by the same rule.
chromium:
	@if command -v chromedriver >/dev/null; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	    apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium chromium-driver >/dev/null; \
	elif command -v apt-get >/dev/null && sudo -n true 2>/dev/null; then \
	    sudo apt-get update -qq && sudo apt-get install -y -qq --no-install-recommends chromium chromium-driver >/dev/null; \
	else \
	    echo "Chromium is not installed: the tests that run our script in a browser are skipped"; \
	fi

# The code that a workbook carries for xlwings Lite is run in the same Python compiled for browsers, here in Node.
NODE := .ci/node
node: $(NODE)/node_modules/installed

$(NODE)/node_modules/installed: $(NODE)/package-lock.json $(NODE)/requirements.txt $(VENV)/installed-test
	@if command -v npm >/dev/null; then \
	    (cd $(NODE) && npm ci --silent --ignore-scripts --no-audit --no-fund) && \
	    $(BIN)/python -m pip download --quiet --no-deps --ignore-requires-python --require-hashes \
	        --requirement $(NODE)/requirements.txt --dest $(NODE)/node_modules/wheels && touch $@; \
	else \
	    echo "Node is not installed: the tests that run a workbook's own functions in it are skipped"; \
	fi

clean:
	rm -rf $(VENV) $(NODE)/node_modules cmsi-2004-8.xlsx
