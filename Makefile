SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Lint sees the sources behind every build constraint of ours.
TAGS := conformance
# Length of one fuzz target's turn.
FUZZTIME ?= 30s
# More flags for go test, e.g. make test TESTFLAGS='-count=1 -shuffle=on'.
TESTFLAGS ?=

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: build ## start a server with a made-up city in it, and print a login for each role
	bin/yitong demo

.PHONY: build
build: web ## build bin/yitong with the browser app in it; Go stamps it with the commit (see yitong version)
	@go build -o bin/yitong ./cmd/yitong

.PHONY: web
web: web/dist/app/index.html ## build the browser app into web/dist (needs Node)

web/dist/app/index.html: $(shell find web/src web/public web/*.json web/*.ts web/index.html -type f)
	@scripts/need web
	npm run build --silent --prefix web

.PHONY: test
test: browser web ## run all tests, on SQLite, a private PostgreSQL and in a browser (installed when missing; needs Node)
	npm run check --silent --prefix web
	go test -timeout 10m $(TESTFLAGS) $$(go list ./... | grep -v /test/journeys)
	go test -timeout 10m -parallel 3 $(TESTFLAGS) ./test/journeys # by themselves: each has a server and windows, which mostly wait for each other

.PHONY: lint
lint: ## gofmt, go vet, staticcheck
	@unformatted=$$(find . -name node_modules -prune -o -name '*.go' -exec gofmt -l {} +); \
	if [[ -n $$unformatted ]]; then printf 'gofmt would change:\n%s\n' "$$unformatted" >&2; exit 1; fi
	go vet -tags $(TAGS) ./...
	go tool staticcheck -tags $(TAGS) ./...

.PHONY: generate
generate: ## rebuild the generated sources from the FHIR definitions (needs Node)
	npm ci --prefix internal/fhir/schema/generate
	npm ci --prefix internal/fhir/ucum/generate
	go generate ./... && go run ./cmd/yitong docs

.PHONY: bench
bench: need build ## measure writes and searches on both databases beside a bare loop, and the index; prints JSON
	@bin/yitong bench all --json

.PHONY: lighthouse
lighthouse: browser build ## what Lighthouse gives the first page of a resident; fails below 95 (on a machine with nothing else to do)
	npm ci --silent --prefix test/lighthouse
	node test/lighthouse/home.mjs bin/yitong

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME (30s)
	@targets=$$(go test -list '^Fuzz' ./... | awk '/^Fuzz/ { name[++n] = $$1 } /^ok/ { while (n) print $$2, name[n--] }'); \
	while read -r package target; do \
		[[ -n $$target ]] || continue; \
		echo "$$package $$target"; \
		go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) "$$package"; \
	done <<< "$$targets"

.PHONY: faults
faults: need ## kill, cut off, fill and flood the server, many times, and look at what is left (make test does it briefly)
	YITONG_FAULTS=long go test -p 1 -count=1 -timeout 30m -run "Fault" ./test/faults/... ./test/durability/...
	YITONG_FAULTS=long go test -count=1 -timeout 20m ./test/histories/...

.PHONY: conformance
conformance: ## the official FHIR R4 examples, a stock client, searches beside Medplum's, FHIRPath beside fhirpath.js (needs Node)
	npm ci --prefix test/conformance
	go test -v -count=1 -timeout 20m -tags conformance ./test/conformance/... | grep -v "^=== "

.PHONY: screenshots
screenshots: browser web ## take pictures of all pages of the browser app, of all roles, into build/screenshots (needs Node)
	rm -rf build/screenshots
	YITONG_APP_SCREENSHOTS=$(CURDIR)/build/screenshots go test -v -count=1 -timeout 60m -run '^TestScreenshots$$' ./test/journeys

.PHONY: clean
clean: ## remove what was built
	rm -rf bin build

.PHONY: need
need:
	@scripts/need

.PHONY: browser
browser:
	@scripts/need browser
