# What a newcomer types. Everything here is one command of CMake or a script that can be run alone.
.DEFAULT_GOAL := help
.PHONY: help deps build demo test e2e bench fuzz format lint check conformance docs clean

JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 20

help:  ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

deps:  ## install what is needed from Debian's packages
	@scripts/install-deps

build: deps  ## the program: build/release/culvert
	@scripts/build release culvert

demo: build  ## watch culvert behind a load balancer, with real ping, dig and curl (needs root)
	@scripts/demo --program build/release/culvert

test: deps check  ## unit and end-to-end tests under ASan and UBSan, and the release program
	@scripts/build dev
	@scripts/build release culvert
	@ctest --preset dev --output-on-failure -j $(JOBS)

check: deps  ## the checks on the tree: layers, headers alone, companions
	@scripts/check-layers
	@scripts/check-headers
	@scripts/check-companions

conformance: build  ## the cases of tests/conformance/passing.txt (UPDATE=1 adds those that pass now)
	@scripts/conformance $(if $(UPDATE),--update)

docs: build  ## write the generated pages of docs/ anew
	@build/release/culvert keywords --docs docs

bench: deps  ## the benchmarks, and the ratios to the yardsticks
	@scripts/build bench
	@scripts/bench --build build/bench

fuzz:  ## each fuzz target for FUZZ_SECONDS (20)
	@scripts/install-deps --fuzz
	@scripts/build fuzz fuzzers
	@scripts/fuzz --build build/fuzz --seconds $(FUZZ_SECONDS)

format:  ## format the sources in place
	@scripts/install-deps --lint
	@git ls-files '*.h' '*.cc' | xargs -r clang-format -i

lint:  ## clang-tidy on the files that differ from main (FILES="..." for others)
	@scripts/install-deps --lint
	@scripts/lint $(FILES)

clean:  ## remove everything that was built
	@rm -rf build
