# A thin front to the CMake presets, for a Debian 12 machine with nothing but make and git. Every target
# installs the packages it needs first (tools/install_packages.sh); `make help` lists the targets.

PREFIX ?= /usr/local
DESTDIR ?=
ARGS ?=
FUZZ_SECONDS ?=
BENCH ?=
ARCH ?= amd64
CMAKE_ARGS ?=

program := prometheus-ecs-discovery
# Most of these tests wait for programs they started, so more run at once than there are cores.
pytest := build/venv/bin/python -B -m pytest -n 4

# Where the program may not write, the counts of its lines cannot be written either.
uncounted := (a_limit_on_file_sizes or unwritable_directory or a_directory_without_permission or \
  a_full_disk_is_a_warning)

.DEFAULT_GOAL := build
.PHONY: help build demo run test test-full unit-test bench fuzz coverage lint lint-full install deb image release clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

build: ## build the release binary (build/release/bin)
	@tools/install_packages.sh build
	cmake --preset release -DBUILD_TESTING=OFF -DECSD_SIM=OFF
	cmake --build --preset release --target $(program)

demo: ## show it at work on a made-up AWS account, with a real Prometheus (DEMO_SECONDS=n to stop by itself)
	@tools/install_packages.sh build test
	cmake --preset dev
	cmake --build --preset dev --target $(program) ecs-sim
	/usr/bin/python3 -B tools/demo.py --build build/dev

run: build ## build and run it: make run ARGS='-config.scrape-times 1'
	build/release/bin/$(program) $(ARGS)

unit-test: ## build the dev preset and run the unit tests
	@tools/install_packages.sh build test
	cmake --preset dev $(CMAKE_ARGS)
	cmake --build --preset dev
	ctest --preset dev --label-regex '^unit$$'

test: unit-test ## unit tests, then tests of the built programs
	@tools/make_venv.sh
	ECSD_BUILD=build/dev $(pytest) -m 'not full' tests/tools tests/integration

test-full: unit-test ## like test, with the slow tests too
	@tools/make_venv.sh
	ECSD_BUILD=build/dev $(pytest) -m 'not packages' tests/tools tests/integration
	ECSD_BUILD=build/dev $(pytest) -n 0 -m packages tests/integration

bench: ## micro benchmarks, and a side-by-side run with peers (BENCH='2000 --no-peers': quick; results in bench/RESULTS.md)
	@tools/install_packages.sh build bench
	cmake --preset bench
	cmake --build --preset bench
	build/bench/bin/ecsd_bench --benchmark_min_time=0.2 | tee build/bench/micro.txt
	/usr/bin/python3 -B bench/compare.py --build build/bench --micro build/bench/micro.txt --output bench/RESULTS.md $(BENCH)

fuzz: ## run every fuzzer for a moment (FUZZ_SECONDS=n: for n seconds each)
	@tools/install_packages.sh build fuzz
	cmake --preset fuzz -DECSD_FUZZ_SECONDS='$(FUZZ_SECONDS)'
	cmake --build --preset fuzz
	ctest --preset fuzz --verbose

coverage: ## run the tests with every line counted; fails below the bars (tools/check_coverage.py)
	@tools/install_packages.sh build test coverage
	@tools/make_venv.sh
	cmake --preset coverage
	cmake --build --preset coverage
	find build/coverage -name '*.gcda' -delete
	ctest --preset coverage --label-regex '^unit$$'
	ECSD_BUILD=build/coverage $(pytest) -m 'not full' -k 'not $(uncounted)' tests/integration
	gcovr --root . --filter src/ --gcov-executable gcov-12 --object-directory build/coverage \
	  --exclude-unreachable-branches --json-summary build/coverage/summary.json build/coverage/src
	python3 -B tools/check_coverage.py build/coverage/summary.json

lint: ## format, layers, scripts; clang-tidy and thread-safety analysis of the program
	@tools/install_packages.sh build test lint
	@tools/lint.sh
	cmake --preset tidy
	cmake --build --preset tidy --target $(program)
	@echo "make lint: all checks passed"

lint-full: lint ## like lint, with clang-tidy over simulator and tests too (half an hour on two cores)
	cmake --build --preset tidy

install: build ## install the release binary and its documents (PREFIX, DESTDIR)
	DESTDIR='$(DESTDIR)' cmake --install build/release --prefix '$(PREFIX)' --strip

deb: ## build the Debian package (build/packages); ARCH=arm64: for Graviton
	@tools/install_packages.sh build package
	tools/make_deb.sh '$(ARCH)'

image: ## build the container image, an OCI layout (build/packages); ARCH=arm64: for Graviton
	@tools/install_packages.sh build package crossbuild
	tools/make_image.sh '$(ARCH)'

release: ## packages and images of both architectures, bills of materials, notes, checksums (build/prometheus-ecs-discovery-VERSION)
	@tools/install_packages.sh build package crossbuild
	tools/make_release.sh

clean: ## remove everything that was built
	rm -rf build
