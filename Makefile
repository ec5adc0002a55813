# Earshot. `make run` builds and starts it, `make test` runs everything that
# checks it; `make help` lists the rest.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

LISTEN ?= 127.0.0.1:8080
DATA ?= ./data
ROUNDS ?= 20
DEEDS ?= 100000
CLIENTS ?= 10000
# Real dialogues for the demo, where the folder beside the checkout has them.
DEMO_FILES = $(addprefix --dialogues ,$(wildcard ../shared/data/dialogues.jsonl)) $(addprefix --lines ,$(wildcard ../shared/data/customer-lines.csv))
FUZZTIME ?= 60s

STATICCHECK_VERSION := v0.8.2
STATICCHECK := bin/tools/staticcheck-$(STATICCHECK_VERSION)
# The S3-compatible server that the tests keep files in.
VERSITYGW_VERSION := v1.8.0
VERSITYGW := bin/tools/versitygw-$(VERSITYGW_VERSION)
export EARSHOT_VERSITYGW := $(CURDIR)/$(VERSITYGW)

# Everything the front ends are built from; npm and Vite write elsewhere.
WEB_SOURCES = $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' -not -name '*_test.go' -not -name '*.go' 2>/dev/null)

# Packages with goroutines of their own, tested again under the race detector.
RACE := ./internal/store/... ./internal/bus/... ./internal/stream/... ./internal/jobs/... ./internal/files/... ./internal/desk/... ./internal/api/...

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# ---- run ---------------------------------------------------------------

.PHONY: run
run: build ## build everything and start Earshot on ./data
	@echo "Starting Earshot on http://$(LISTEN) with its data in $(DATA). Ctrl-C stops it."
	exec ./bin/earshot serve --listen $(LISTEN) --data $(DATA)

.PHONY: demo
demo: build ## start a throw-away workspace full of conversations
	exec ./bin/earshot demo --listen $(LISTEN) $(DEMO_FILES)

.PHONY: cluster
cluster: build ## start three nodes, PostgreSQL, NATS and a balancer for trying by hand
	@tools/need.sh cluster
	exec go run ./tools/cluster -listen $(LISTEN)

.PHONY: build
build: bin/.web ## build the front ends and bin/earshot
	@echo "Building bin/earshot."
	@CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w' -o bin/earshot .

.PHONY: web
web: bin/.web

# npm ci runs when the lock file has changed and not otherwise.
web/node_modules/.installed: web/package-lock.json
	@tools/need.sh build
	@echo "Installing the front ends' packages (npm ci)."
	@cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

bin/.web: web/node_modules/.installed $(WEB_SOURCES)
	@mkdir -p bin
	@echo "Building the front ends."
	@cd web && npm run --silent build
	@touch web/dist/.keep $@

# ---- check -------------------------------------------------------------

.PHONY: check
check: check-go check-web check-house ## formatting, vet, staticcheck, types, ladder, golden files, budgets
	@echo "check: nothing to complain about"

.PHONY: check-go
check-go: need-go $(STATICCHECK)
	@echo "gofmt"; unformatted=$$(gofmt -l *.go client e2e internal tools web/*.go); \
	  if [ -n "$$unformatted" ]; then echo "Not formatted; run gofmt -w on:"; echo "$$unformatted"; exit 1; fi
	@echo "go mod tidy -diff"; go mod tidy -diff
	@echo "go vet"; go vet ./...
	@echo "staticcheck"; $(STATICCHECK) ./...
	@echo "golden files"; go run ./tools/gotest -run 'Golden|OpenAPI|Matrix|Schema' ./internal/api/... ./internal/store/...

.PHONY: check-web
check-web: bin/.web
	@echo "npm run check"; cd web && npm run --silent check
	@echo "browser flows"; cd web && npx --no-install prettier --config .prettierrc.json --check ../e2e/browser/*.mjs && npx --no-install biome lint --error-on-warnings ../e2e/browser
	@echo "types of the API"; mkdir -p bin/types; cp web/kit/api.gen.ts bin/types/kept.ts; cd web && \
	  npx --no-install openapi-typescript ../docs/openapi.yaml -o ../bin/types/made.ts >/dev/null && \
	  npx --no-install prettier --config .prettierrc.json --write ../bin/types/*.ts >/dev/null && \
	  diff -q ../bin/types/kept.ts ../bin/types/made.ts || { echo "web/kit/api.gen.ts is stale: run npm run types in web"; exit 1; }

# After the front ends are built: their sizes have budgets.
.PHONY: check-house
check-house: bin/.web
	@echo "architecture and budgets"; go run ./tools/gotest ./internal/archtest

$(STATICCHECK):
	@echo "Building staticcheck $(STATICCHECK_VERSION)."
	@mkdir -p bin/tools/tmp
	@GOBIN=$(CURDIR)/bin/tools/tmp GOFLAGS=-mod=mod go install honnef.co/go/tools/cmd/staticcheck@$(STATICCHECK_VERSION)
	@mv bin/tools/tmp/staticcheck $@

# ---- test --------------------------------------------------------------

# Where it cannot be built, the tests that need it are skipped and say so.
$(VERSITYGW):
	@echo "Building versitygw $(VERSITYGW_VERSION) (a minute or two, once)."
	@mkdir -p bin/tools/tmp
	@if GOBIN=$(CURDIR)/bin/tools/tmp GOFLAGS=-mod=mod go install github.com/versity/versitygw/cmd/versitygw@$(VERSITYGW_VERSION); \
	  then mv bin/tools/tmp/versitygw $@; else echo "SKIP versitygw: it could not be built"; fi

.PHONY: test
test: need-test build $(VERSITYGW) test-go test-race test-fuzz test-web test-flows ## install and run everything that checks Earshot
	@echo "test: everything passed; what was skipped is named above"

.PHONY: test-go
test-go: ## every Go test, the short crash rounds included
	@echo "Go tests"; EARSHOT_BIN=$(CURDIR)/bin/earshot go run ./tools/gotest ./...

.PHONY: test-race
test-race:
	@if command -v gcc >/dev/null; then echo "Go tests under the race detector"; CGO_ENABLED=1 go run ./tools/gotest -race -short $(RACE); \
	  else echo "SKIP race: gcc is missing"; fi

.PHONY: test-fuzz
test-fuzz:
	@$(MAKE) fuzz FUZZTIME=3s

.PHONY: test-web
test-web: bin/.web
	@echo "TypeScript tests"; cd web && npm test --silent

.PHONY: test-flows
test-flows:
	@EARSHOT_FLOWS=short $(MAKE) e2e

.PHONY: e2e
e2e: build ## every browser flow in Debian's Chromium
	@if command -v chromium >/dev/null; then \
	  echo "Browser flows"; cd web && EARSHOT_BIN=$(CURDIR)/bin/earshot node --test --test-reporter=spec --test-concurrency=1 ../e2e/browser/*.test.mjs; \
	  else echo "SKIP browser flows: chromium is missing"; fi

# ---- longer ------------------------------------------------------------

.PHONY: fuzz
fuzz: ## every fuzz test for FUZZTIME (60s)
	@grep -rlE '^func Fuzz' --include='*_test.go' internal client | while read -r file; do \
	  grep -oE '^func Fuzz[A-Za-z0-9_]*' "$$file" | sed 's/^func //' | while read -r name; do \
	    echo "fuzz $$(dirname $$file) $$name ($(FUZZTIME))"; \
	    said=$$(go test "./$$(dirname $$file)" -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) 2>&1) || { echo "$$said"; exit 1; }; \
	    echo "$$said" | tail -1; \
	  done; done

.PHONY: crash
crash: build ## kill -9 the real binary ROUNDS (20) times under 50 clients
	@EARSHOT_BIN=$(CURDIR)/bin/earshot go test ./e2e -run '^TestCrash_' -count=1 -v -timeout 60m -args -rounds $(ROUNDS) | grep -vE '^(=== |--- )'

.PHONY: powercut
powercut: build ## undo everything unsynced, and show that the planted faults lose
	@mkdir -p bin/mutants
	@CGO_ENABLED=0 go build -buildvcs=false -tags mutant_syncoff -o bin/mutants/syncoff .
	@CGO_ENABLED=0 go build -buildvcs=false -tags mutant_ackearly -o bin/mutants/ackearly .
	@EARSHOT_BIN=$(CURDIR)/bin/earshot EARSHOT_MUTANTS=$(CURDIR)/bin/mutants go test ./e2e -run '^TestPowercut_' -count=1 -v -timeout 30m | grep -vE '^(=== |--- )'

.PHONY: faults
faults: ## plant each fault of the router and see its test turn red
	@EARSHOT_FAULTS=all go test ./internal/routing -run '^TestFaults_' -count=1 -v -timeout 60m | grep -vE '^(=== )'

.PHONY: race
race: build ## DEEDS (100000) at once, planted faults, a queue that drains, ghosts
	@mkdir -p bin/mutants
	@CGO_ENABLED=0 go build -buildvcs=false -tags mutant_nocas -o bin/mutants/nocas .
	@CGO_ENABLED=0 go build -buildvcs=false -tags mutant_noroom -o bin/mutants/noroom .
	@CGO_ENABLED=0 go build -buildvcs=false -tags mutant_norings -o bin/mutants/norings .
	@CGO_ENABLED=0 go build -buildvcs=false -tags mutant_nowhole -o bin/mutants/nowhole .
	@CGO_ENABLED=0 go build -buildvcs=false -tags mutant_anyhead -o bin/mutants/anyhead .
	@EARSHOT_BIN=$(CURDIR)/bin/earshot EARSHOT_MUTANTS=$(CURDIR)/bin/mutants go test ./e2e -run '^Test(Races|Drain|Ghosts)_' -count=1 -v -timeout 60m -args -deeds $(DEEDS) -patient | grep -vE '^(=== |--- )'

.PHONY: cluster-test
cluster-test: build ## three nodes: kills, stops, partitions, planted faults, 10,000 clients
	@tools/need.sh cluster
	@mkdir -p bin/mutants
	@CGO_ENABLED=0 go build -buildvcs=false -tags mutant_sequence -o bin/mutants/sequence .
	@CGO_ENABLED=0 go build -buildvcs=false -tags mutant_bell -o bin/mutants/bell .
	@CGO_ENABLED=0 go build -buildvcs=false -tags mutant_unleased -o bin/mutants/unleased .
	@EARSHOT_BIN=$(CURDIR)/bin/earshot EARSHOT_MUTANTS=$(CURDIR)/bin/mutants go test ./e2e -run '^Test(Cluster|Nodes)_' -count=1 -v -timeout 60m -args -fault-seconds 30 -herd 10000 -patient | grep -vE '^(=== |--- )'

.PHONY: herd
herd: build ## CLIENTS (10000) at three nodes of which one dies: all come back
	@tools/need.sh cluster
	@EARSHOT_BIN=$(CURDIR)/bin/earshot go test ./e2e -run '^TestCluster_AHerd' -count=1 -v -timeout 30m -args -herd $(CLIENTS) | grep -vE '^(=== |--- )'

.PHONY: bench
bench: build ## measure, as ratios within one run; docs/benchmarks.md says how to read it
	@go run ./tools/bench -bin bin/earshot

# ---- needs -------------------------------------------------------------

.PHONY: need-go need-test
need-go:
	@tools/need.sh go

need-test:
	@tools/need.sh test

.PHONY: clean
clean: ## remove what was built; ./data stays
	rm -rf bin web/node_modules
	find web/dist -mindepth 1 -not -name .keep -delete 2>/dev/null || true
