# `make help` lists the targets. Everything runs from a fresh clone: Go fetches
# its own modules, and `setup` installs the one server that the tests start.

FUZZTIME      ?= 10s
FUZZ          ?= Fuzz.*
HOSTILE       ?= 1h
SOAK          ?= 10m
BENCH         ?= .
BENCHTIME     ?= 100ms
ROUNDS        ?= 7
# The suites beside the project; in a clone elsewhere, what `golden` brought.
GOLDEN_LIQUID ?= $(if $(wildcard ../shared),../shared/golden-liquid,.golden/golden-liquid)
GOLDEN_URL    ?= https://github.com/jg-rp/golden-liquid
GOLDEN_COMMIT ?= 389a2987d14b218f2c04b25ac5670ed1fdcad0e8
VECTORS       ?= ../shared/vectors
TOOL          := go tool -modfile=$(CURDIR)/tools/go.mod

# A module of its own is what has dependencies that users of the others must not
# inherit. Every target that checks the code goes through this list.
MODULES := . benchmarks redact/oteltrace redact/redishook redact/zaplog redact/zerologhook redact/otelcollector redact/internal/surfacetest tools
# $(call each,COMMAND) runs COMMAND in every module.
each = @for module in $(MODULES); do echo "== $$module"; (cd $$module && $(1)) || exit 1; done

.PHONY: help run build clients bench-clients neighbour test test-faults soak test262 random-js tenants race setup console lint vet fuzz bench hostile golden conformance vectors nets platforms release vulncheck tidy clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## Build and start the server on its embedded store
	bin/sotto serve

build: ## Build bin/sotto, static
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o bin/sotto ./cmd/sotto

test: setup ## Run the whole test suite
	$(call each,go test ./...)
	@test -e ../shared || test -e .golden/golden-liquid/golden_liquid.json || echo "NOT RUN: the golden-liquid suite is not here; make golden brings it"
	@test -e ../shared || echo "NOT RUN: the vectors are not here; name their folder with make vectors VECTORS=path"
	@test -n "$$TEST262" || echo "NOT RUN: test262, a suite of its own; name a checkout of it with make test262 TEST262=path"

test-faults: setup ## Have three nodes go through every fault of their Redis, and print what clients saw
	SOTTO_FAULTS=all go test ./resolver/store/redis -run '^(TestFleetThrough|TestEditsReachEightNodes)' -count=1 -v -timeout 20m

soak: ## Have a node resolve and rotate 100,000 secrets of 1,000 scopes for SOAK (10m); what it takes stays flat
	SOTTO_SOAK=$(SOAK) go test ./resolver/store/sqlite -run '^TestSoak$$' -count=1 -v -timeout 24h

# The collector brings 400 packages, which would be compiled once more for few lines of ours.
race: MODULES := $(filter-out benchmarks redact/otelcollector,$(MODULES))
# The conformance of the store once more over other connections, which races with nothing else.
race: SKIP := ^Test(TLS|ACLUser|ACLUserOfACluster)Conforms$$
race: setup ## Run the whole test suite under the race detector
	@.ci/setup cc build-essential
	$(call each,go test -race -timeout 18m -skip '$(SKIP)' ./...)

setup: server/console/node_modules ## Install what the tests start beside Go: redis-server, curl, python3, node, chromium and prometheus
	@.ci/setup redis-server redis-server
	@.ci/setup curl curl
	@.ci/setup python3 python3
	@.ci/setup node nodejs
	@.ci/setup chromium chromium
	@.ci/setup promtool prometheus

server/console/node_modules: server/console/package-lock.json
	@.ci/setup npm npm
	npm ci --silent --prefix server/console
	@touch $@

console: server/console/node_modules ## Build the console's pages, which are committed as built
	npm run --silent build --prefix server/console

# Its node_modules are what lints and generates; the package itself needs none.
clients/typescript/node_modules: clients/typescript/package-lock.json
	@.ci/setup npm npm
	npm ci --silent --prefix clients/typescript
	@touch $@

clients: ## Generate clients from openapi.yaml, and have them and our own call a server
	@.ci/setup python3 python3
	@.ci/setup node nodejs
	clients/check

bench-clients: ## Compare a batch of 10,000 webhooks with single calls, from Python
	clients/check python3 clients/python/bench.py

neighbour: ## Time single renders beside another token's batch of 1,000,000 recipients
	benchmarks/neighbour

# errcheck leaves tests out: one that ignores an error fails on what it asserts.
# deadcode counts what tests call as alive, for so are the libraries' exported
# names; it ends with 0 whatever it finds, so what it prints decides.
lint: ## Check format, go.mod, and what staticcheck, errcheck and deadcode find
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "gofmt these:"; echo "$$unformatted"; exit 1; }
	$(call each,go mod tidy -diff && $(TOOL) staticcheck ./... && $(TOOL) errcheck -ignoretests ./... && dead=$$($(TOOL) deadcode -test ./...) && { test -z "$$dead" || { echo "$$dead"; false; }; })

vet: ## Run go vet over all modules
	$(call each,go vet ./...)

fuzz: ## Fuzz every target for FUZZTIME (10s), or those that FUZZ names
	@go test -list '^($(FUZZ))$$' ./... | awk '/^Fuzz/ {t[++n] = $$1} /^ok/ {for (i = 1; i <= n; i++) print $$2, t[i]; n = 0}' | \
	while read -r pkg target; do \
		echo "fuzz $$pkg $$target"; \
		go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s "$$pkg" || exit 1; \
	done

bench: ## Race sotto against its rivals and print the ratios
	@command -v npm >/dev/null || echo "npm is not installed: LiquidJS will not be measured"
	@! command -v npm >/dev/null || npm ci --silent --prefix benchmarks/liquidjs
	cd benchmarks && go run ./ratios -bench '$(BENCH)' -benchtime $(BENCHTIME) -rounds $(ROUNDS)

test262: ## Run test262 on JavaScript expressions: TEST262=a checkout of tc39/test262
	TEST262=$(abspath $(TEST262)) go test ./engine/internal/js -run '^TestSuite$$' -count=1 -v

random-js: ## Compare 100,000 random scripts with node and with other secrets
	JS_RANDOM=100000 go test ./engine/internal/js -run 'TestAgreesWithNode|TestNonInterference'

tenants: ## Show 10,000 random templates and expressions to tenants with other values, and derive as many values from another's lines
	SOTTO_TEST_ROUNDS=10000 go test ./server -count=1 -timeout 30m -run 'TestTenantsWithOtherValues|TestNoTenantChangesTheLines'

hostile: build ## Have hostile tokens attack a server for HOSTILE (1h)
	cd tools && go run ./hostile -sotto ../bin/sotto -for $(HOSTILE)

# One for each system and processor beside linux/amd64. What is built here is thrown
# away, so it is not optimised: that saves a fifth of the time.
PLATFORMS := darwin/arm64 windows/amd64

platforms: ## Vet for 32 bits, and build sotto for the other platforms
	GOOS=linux GOARCH=386 go vet ./...
	@for platform in $(PLATFORMS); do \
		echo "build $$platform"; \
		GOOS=$${platform%/*} GOARCH=$${platform#*/} go build -trimpath -gcflags="all=-N -l" -o "bin/$$platform/" ./cmd/sotto || exit 1; \
	done

# What a release is made for. From a clean clone of one commit each build gives the same bytes.
RELEASES := linux/amd64 linux/arm64 darwin/arm64 windows/amd64

release: ## Build what a release consists of into dist/: the same bytes each time from one commit
	@rm -rf dist && mkdir -p dist
	@for platform in $(RELEASES); do \
		os=$${platform%/*} arch=$${platform#*/} suffix=; [ $$os = windows ] && suffix=.exe; \
		name=sotto-$$os-$$arch$$suffix; echo "build $$name"; \
		CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch go build -trimpath -ldflags '-s -w -buildid=' -o dist/$$name ./cmd/sotto || exit 1; \
		(cd tools && go run ./sbom ../dist/$$name) > dist/$$name.cdx.json || exit 1; \
	done
	@cd dist && sha256sum sotto-* > SHA256SUMS && cat SHA256SUMS

vulncheck: ## Look for known vulnerabilities in what sotto is built of
	@.ci/vulncheck

golden: ## Bring the public golden-liquid suite at its pinned commit
	@git init -q .golden/golden-liquid
	@git -C .golden/golden-liquid fetch -q --depth 1 $(GOLDEN_URL) $(GOLDEN_COMMIT) || \
		{ echo "could not fetch $(GOLDEN_COMMIT) of $(GOLDEN_URL): the golden-liquid suite was not brought"; exit 1; }
	@git -C .golden/golden-liquid checkout -q --detach $(GOLDEN_COMMIT)
	@test -e .golden/golden-liquid/golden_liquid.json || { echo "commit $(GOLDEN_COMMIT) has no golden_liquid.json"; exit 1; }
	@echo "golden-liquid is in .golden/golden-liquid; run it with make conformance"

conformance: ## Run the golden-liquid suite in GOLDEN_LIQUID
	@test -e $(GOLDEN_LIQUID)/golden_liquid.json || { echo "no golden_liquid.json in $(GOLDEN_LIQUID): make golden brings it, or name its folder with GOLDEN_LIQUID=path"; exit 1; }
	GOLDEN_LIQUID=$(abspath $(GOLDEN_LIQUID)) go test -count=1 -v -run Conformance ./engine

# What has to run wherever the suites are, and may be absent in a clone alone.
nets: ## Run conformance and vectors, or say that they did not run
	@if test -e ../shared || test -e .golden/golden-liquid/golden_liquid.json; then $(MAKE) --no-print-directory conformance; \
		else echo "NOT RUN: conformance; make golden brings the golden-liquid suite"; fi
	@if test -e ../shared; then $(MAKE) --no-print-directory vectors; \
		else echo "NOT RUN: vectors; they stand beside the project, name their folder with make vectors VECTORS=path"; fi

vectors: build ## Run the test vectors in VECTORS against bin/sotto
	@.ci/setup python3 python3
	@test -e $(VECTORS)/run.py || { echo "no run.py in $(VECTORS): name the folder of the vectors with VECTORS=path"; exit 1; }
	python3 $(VECTORS)/run.py --binary bin/sotto $(VECTORS)/*.json

tidy: ## Tidy go.mod of all modules, and format
	gofmt -w .
	$(call each,go mod tidy)

clean: ## Remove what was built
	rm -rf bin dist coverage.out
