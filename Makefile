# Every target that a person or CI runs. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

JOBS ?= $(shell nproc)
BUILD := cmake --build --parallel $(JOBS) --preset

# The machine's own pytest plugins and compiler settings do not reach the builds and tests of this project.
unexport CFLAGS CXXFLAGS LDFLAGS PYTHONPATH

##@ Use
.PHONY: help
help:  ## Lists every target
	@awk 'BEGIN { FS = ":.*## " } /^##@/ { printf "\n%s\n", substr($$0, 5) } /^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: build  ## Sample data, the whole pipeline, the API and one decision, in data/demo/
	@venv/bin/python tools/demo.py

.PHONY: serve
serve: build  ## Serves what `make demo` made, on port 8000
	@[ -d data/demo/warehouse ] || venv/bin/python tools/demo.py
	build/release/bin/voucher serve --warehouse duckdb:data/demo/warehouse

##@ Build
.PHONY: setup
setup:  ## Installs what is missing: Debian packages, ./venv, npm packages, DuckDB and llhttp
	@tools/setup.sh

.PHONY: install
install: setup  ## The same as setup: the development environment is ./venv, `venv/bin/pytest` runs tests/product

.PHONY: build
build: setup build/release/build.ninja  ## build/release/bin/voucher and voucher_etl
	@$(BUILD) release --target voucher voucher_etl

build/%/build.ninja: CMakePresets.json | setup
	@cmake --preset $* >/dev/null
	@touch $@

.PHONY: clean
clean:  ## Removes what builds and tests made; what setup installed stays
	rm -rf build data .pytest_cache

##@ Check and test
.PHONY: check
check: build  ## Format, clang-tidy, layers, names, sizes, docs, guards
	@tools/check.sh

.PHONY: test
test: setup  ## Every tier of tests; TIERS="unit product" runs some
	@venv/bin/python tools/run_tests.py $(TIERS)

.PHONY: unit
unit: setup  ## Tests beside the sources, golden and property tests among them
	@venv/bin/python tools/run_tests.py unit golden property

.PHONY: product
product: setup  ## Whole-product tests: tests/product drives the real binary
	@venv/bin/python tools/run_tests.py product

.PHONY: sanitizers
sanitizers: setup  ## Unit tests under ASan+UBSan and under TSan, built by clang 19
	@venv/bin/python tools/run_tests.py asan tsan

.PHONY: fuzz
fuzz: setup build/fuzz/build.ninja  ## Each fuzz target for FUZZ_SECONDS (60)
	@$(BUILD) fuzz
	@tools/fuzz.sh build/fuzz/bin $${FUZZ_SECONDS:-60}

.PHONY: bench
bench: build build/bench/build.ninja  ## Measures ETL and API and records the numbers
	@$(BUILD) bench
	@tools/bench.sh

##@ Change
.PHONY: format
format: setup  ## Formats every C++ file
	@git ls-files -co --exclude-standard 'src/*.h' 'src/*.cc' | xargs -r clang-format-19 -i

.PHONY: golden
golden: setup build/release/build.ninja  ## Rewrites tests/golden from what the code makes now; review it as a diff
	@$(BUILD) release
	@VOUCHER_UPDATE_GOLDEN=1 venv/bin/python tools/run_tests.py golden
	@git --no-pager diff --stat -- tests/golden

.PHONY: hooks
hooks:  ## Installs a pre-commit hook that runs the quick checks (under 5 s)
	@ln -sf ../../tools/pre_commit.sh "$$(git rev-parse --git-path hooks)/pre-commit"
	@echo "installed: tools/pre_commit.sh runs before each commit"
