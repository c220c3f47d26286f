# Every target installs what it needs; see `.ci/install`. `make` alone prints this list.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test test-long bench lint

# Where cargo builds, and cargo itself where its installer put it.
TARGET := $(or $(CARGO_TARGET_DIR),target)
export PATH := $(PATH):$(HOME)/.cargo/bin

help: ## Prints this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Builds and starts everything with demo data on http://127.0.0.1:8080; Ctrl-C stops it
	@.ci/install run
	cargo build --release --locked --bin senim
	exec "$(TARGET)/release/senim" demo

test: ## Runs the whole test suite, in a real browser and on a real database
	@.ci/install test
	if cargo nextest --version >/dev/null 2>&1; then \
		cargo nextest run --locked $(if $(SENIM_TEST_LONG),--profile long) && cargo test --locked --doc; \
	else \
		cargo test --locked; \
	fi

test-long: export SENIM_TEST_LONG := 1
test-long: test ## The same with the long forms: crash rounds, large files, every journey, soak

bench: ## Measures the intake of reports against the database's own speed
	@.ci/install run
	cargo build --release --locked --bin senim
	exec "$(TARGET)/release/senim" bench intake

lint: ## Checks formatting, lints and documentation; any warning fails
	@.ci/install build
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items
