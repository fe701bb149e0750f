# make            build the library and the command in build/
# make run        install what is missing, build, carry out the Prisma workflow on the embedded mock
# make test       install what tests need, build, run all tests   (SAN=1: under the sanitizers, CHAOS=1: failing allocations)
# make install    into PREFIX (default /usr/local), below DESTDIR
# make help       the other targets

VERSION   := 0.1.0
SOVERSION := 0
PREFIX    ?= /usr/local
SHARED    ?= ../shared

# ---- What the project needs: pkg-config's name and Debian's package, once ----

LIBRARIES := yaml-0.1:libyaml-dev jansson:libjansson-dev libcurl:libcurl4-openssl-dev libpcre2-8:libpcre2-dev \
             libxml-2.0:libxml2-dev liburiparser:liburiparser-dev libmicrohttpd:libmicrohttpd-dev
TEST_LIBRARIES := cmocka:libcmocka-dev
TEST_TOOLS     := dot:graphviz zsh:zsh fish:fish mandoc:mandoc # a command and its package

name    = $(firstword $(subst :, ,$(1)))
package = $(lastword $(subst :, ,$(1)))
modules      := $(foreach l,$(LIBRARIES),$(call name,$(l)))
test_modules := $(foreach l,$(TEST_LIBRARIES),$(call name,$(l)))
missing       = $(foreach l,$(1),$(shell pkg-config --exists $(call name,$(l)) 2>/dev/null || echo $(call package,$(l))))
missing_test_tools = $(foreach t,$(TEST_TOOLS),$(shell command -v $(call name,$(t)) >/dev/null 2>&1 || echo $(call package,$(t))))
missing_tools = $(shell command -v pkg-config >/dev/null 2>&1 || echo pkg-config)

# ---- How it is built ----

WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
CFLAGS   ?= -O2 -g
BUILD    ?= build$(if $(SAN),/san)$(if $(THREADS),/threads)$(if $(filter clang%,$(CC)),/clang)
MODULE_CFLAGS := $(shell pkg-config --cflags $(modules) 2>/dev/null)
MODULE_LIBS   := $(shell pkg-config --libs $(modules) 2>/dev/null)
ALL_CFLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L -DARAZZO_VERSION='"$(VERSION)"' -I. -fvisibility=hidden $(WARNINGS) $(CFLAGS) $(MODULE_CFLAGS)
ALL_LIBS   = $(MODULE_LIBS) -lm -lpthread $(LDFLAGS)
ifdef THREADS
ALL_CFLAGS += -O1 -fsanitize=thread -fno-omit-frame-pointer
ALL_LIBS   += -fsanitize=thread
endif
ifdef SAN
ALL_CFLAGS += -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
ALL_LIBS   += -fsanitize=address,undefined
endif

SOURCES     := $(wildcard base/*.c jsonpath/*.c runtime-expr/*.c engine/*.c engine/*/*.c http/*.c http/*/*.c)
CLI_SOURCES := $(filter engine/cli/%,$(SOURCES))
LIB_SOURCES := $(filter-out engine/cli/%,$(SOURCES))
LIB_OBJECTS := $(LIB_SOURCES:%.c=$(BUILD)/%.o)
PIC_OBJECTS := $(LIB_SOURCES:%.c=$(BUILD)/pic/%.o)
CLI_OBJECTS := $(CLI_SOURCES:%.c=$(BUILD)/%.o)
CLI_ARCHIVE := $(BUILD)/libcli.a

all: $(BUILD)/arazzo $(BUILD)/libarazzo.a $(BUILD)/libarazzo.so

$(BUILD)/%.o: %.c | check-libraries
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/pic/%.o: %.c | check-libraries
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -fPIC -MMD -MP -c -o $@ $<

$(BUILD)/libarazzo.a: $(LIB_OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/libarazzo.so: $(PIC_OBJECTS)
	$(CC) -shared -Wl,-soname,libarazzo.so.$(SOVERSION) -o $@ $^ $(ALL_LIBS)
	@ln -sf libarazzo.so $@.$(SOVERSION)

# The command without its main(), for tests.
$(CLI_ARCHIVE): $(filter-out %/main.o,$(CLI_OBJECTS))
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/arazzo: $(CLI_OBJECTS) $(BUILD)/libarazzo.a
	$(CC) -o $@ $^ $(ALL_LIBS)

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/include
	install -m 755 $(BUILD)/arazzo $(DESTDIR)$(PREFIX)/bin/
	install -m 644 $(BUILD)/libarazzo.a $(DESTDIR)$(PREFIX)/lib/
	install -m 755 $(BUILD)/libarazzo.so $(DESTDIR)$(PREFIX)/lib/libarazzo.so.$(VERSION)
	ln -sf libarazzo.so.$(VERSION) $(DESTDIR)$(PREFIX)/lib/libarazzo.so.$(SOVERSION)
	ln -sf libarazzo.so.$(SOVERSION) $(DESTDIR)$(PREFIX)/lib/libarazzo.so
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' -e 's|@MODULES@|$(modules)|' engine/arazzo.pc.in \
	    >$(DESTDIR)$(PREFIX)/lib/pkgconfig/arazzo.pc
	install -m 644 engine/arazzo.h $(DESTDIR)$(PREFIX)/include/
	install -d $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man3 \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions \
	    $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	install -m 644 docs/man/arazzo.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m 644 docs/man/arazzo.3 $(DESTDIR)$(PREFIX)/share/man/man3/
	$(BUILD)/arazzo completion bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/arazzo
	$(BUILD)/arazzo completion zsh >$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_arazzo
	$(BUILD)/arazzo completion fish >$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/arazzo.fish

# make generated: writes anew what is made from tables and headers: manual pages, pages of docs/, the report's style sheet
generated: $(BUILD)/arazzo $(BUILD)/tests/cli/manual
	$(BUILD)/tests/cli/manual page >docs/man/arazzo.1
	$(BUILD)/tests/cli/manual markdown >docs/command.md
	sh engine/arazzo.3.sh $(VERSION) >docs/man/arazzo.3
	$(BUILD)/arazzo validate --rules >docs/diagnostics.md
	sh engine/report/html_style.sh >engine/report/html_style.c

# ---- Installing what is missing ----

SUDO = $(if $(filter 0,$(shell id -u)),,sudo)

# make install-libraries: what building needs, from the system's packages; make install-test-libraries: what tests need, too
install-libraries:
	$(call install_packages,$(strip $(missing_tools) $(call missing,$(LIBRARIES))))

install-test-libraries:
	$(call install_packages,$(strip $(missing_tools) $(missing_test_tools) $(call missing,$(LIBRARIES) $(TEST_LIBRARIES))))

# make install-browser: Chromium, in which tests/browser/ looks at the HTML report; without it that test is skipped
install-browser:
	$(call install_packages,$(shell command -v chromium >/dev/null 2>&1 || echo chromium))

define install_packages
$(if $(1),@if command -v apt-get >/dev/null 2>&1; then \
	    echo 'installing: $(1)'; \
	    $(SUDO) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -qq -y --no-install-recommends $(1) >/dev/null; \
	else \
	    echo 'make: these libraries are missing (the names of their Debian packages): $(1)' >&2; \
	    echo 'make: install them under the names that your system gives them and try again' >&2; exit 1; \
	fi,@:)
endef

check-libraries:
	$(if $(strip $(missing_tools) $(call missing,$(LIBRARIES))),@echo 'make: missing: $(strip $(missing_tools) $(call missing,$(LIBRARIES))); "make run" installs them' >&2; exit 1,@:)

# ---- The two commands ----

run: install-libraries
	@$(MAKE) --no-print-directory $(if $(VERBOSE),,-s) $(BUILD)/arazzo
	@$(BUILD)/arazzo run specs/prisma/arazzo/prisma-pulse-named-stream-resume-workflow.yml --mock \
	    -i apiKey=demo-key -i streamName=all-user-events -i model=User

test: install-test-libraries
	@$(MAKE) --no-print-directory $(if $(VERBOSE),,-s) test-programs all
	@sh tests/support/servers.sh $(BUILD)/servers
	@BUILD=$(BUILD) SHARED=$(SHARED) CC='$(CC)' CHAOS='$(CHAOS)' SAN='$(SAN)' sh tests/run.sh

# ---- Tests ----

# make test-threads: two engines in two threads, with the library under ThreadSanitizer
test-threads: install-test-libraries
	@$(MAKE) --no-print-directory $(if $(VERBOSE),,-s) all THREADS=1
	@BUILD=build/threads$(if $(filter clang%,$(CC)),/clang) THREADS=1 CC='$(CC)' sh tests/embedding/run.sh >build/threads/log; cat build/threads/log; ! grep -q '^not ok' build/threads/log

UNIT_SOURCES  := $(wildcard tests/unit/*_test.c)
SUPPORT       := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/support/*.c))
UNIT_PROGRAMS := $(UNIT_SOURCES:%.c=$(BUILD)/%)
TOOL_PROGRAMS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/cli/*.c tests/conformance/*.c tests/corpus/*.c))
CHAOS_PROGRAMS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/chaos/*_chaos.c))
CHAOS_SUPPORT := $(patsubst %.c,$(BUILD)/%.o,$(filter-out %_chaos.c,$(wildcard tests/chaos/*.c)))
CONFORMANCE   := $(BUILD)/tests/conformance/conformance
CONFORMANCE_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/conformance/driver/*.c))
FUZZ_SOURCES  := $(wildcard tests/fuzz/*_fuzz.c)
FUZZ_SUPPORT  := tests/fuzz/flow_document.c
REPLAYS       := $(FUZZ_SOURCES:%.c=$(BUILD)/%_replay)

test-programs: $(UNIT_PROGRAMS) $(TOOL_PROGRAMS) $(CHAOS_PROGRAMS) $(REPLAYS) $(CONFORMANCE)

$(BUILD)/tests/%: tests/%.c $(SUPPORT) $(CLI_ARCHIVE) $(BUILD)/libarazzo.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(shell pkg-config --cflags $(test_modules)) -MMD -MP -o $@ $< $(SUPPORT) $(CLI_ARCHIVE) $(BUILD)/libarazzo.a $(shell pkg-config --libs $(test_modules)) $(ALL_LIBS)

# The driver of the conformance suite
$(CONFORMANCE): $(CONFORMANCE_OBJECTS) $(BUILD)/libarazzo.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -o $@ $^ $(ALL_LIBS)

# With a malloc() that fails: an object of the program, so that the libraries use it, too.
$(CHAOS_PROGRAMS): $(BUILD)/tests/chaos/%: tests/chaos/%.c $(CHAOS_SUPPORT) $(SUPPORT) $(CLI_ARCHIVE) $(BUILD)/libarazzo.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -o $@ $< $(CHAOS_SUPPORT) $(SUPPORT) $(CLI_ARCHIVE) $(BUILD)/libarazzo.a $(shell pkg-config --libs $(test_modules)) $(ALL_LIBS)

# A fuzz target that replays its corpus (tests/fuzz/corpus/NAME/*) instead of searching: part of make test.
$(BUILD)/tests/fuzz/%_replay: tests/fuzz/%.c tests/fuzz/replay.c $(FUZZ_SUPPORT) $(BUILD)/libarazzo.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -o $@ $^ $(ALL_LIBS)

# make fuzz FUZZ=expr FUZZ_SECONDS=600: searches with libFuzzer (clang); without FUZZ, every target in turn.
FUZZ         ?= $(patsubst tests/fuzz/%_fuzz.c,%,$(FUZZ_SOURCES))
FUZZ_SECONDS ?= 60
FUZZ_FLAGS   := -O1 -g -DJSON_LARGEST_BYTES=1048576 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FUZZ_MORE_flow := -len_control=0 -max_len=600
fuzz: $(FUZZ:%=fuzz-%)
fuzz-%: tests/fuzz/%_fuzz.c
	@mkdir -p build/fuzz/$*.corpus
	clang -std=c11 -D_POSIX_C_SOURCE=200809L -DARAZZO_VERSION='"$(VERSION)"' -I. $(FUZZ_FLAGS) $(MODULE_CFLAGS) -o build/fuzz/$* $< $(FUZZ_SUPPORT) $(LIB_SOURCES) $(MODULE_LIBS) -lm -lpthread
	build/fuzz/$* -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=4096 -print_final_stats=1 -artifact_prefix=build/fuzz/$*- $(FUZZ_MORE_$*) build/fuzz/$*.corpus $(wildcard tests/fuzz/corpus/$*)

# make bench-expr: what evaluating a simple condition costs, in instructions beyond its lookups (callgrind)
BENCH_COUNT := 20000
collected = $$(valgrind --tool=callgrind --callgrind-out-file=/dev/null $(BUILD)/tests/bench/expr_condition $(1) $(BENCH_COUNT) 2>&1 | sed -n 's/.*Collected : //p')
bench-expr: $(BUILD)/tests/bench/expr_condition
	@command -v valgrind >/dev/null || { echo 'make: bench-expr needs valgrind' >&2; exit 1; }
	@condition=$(call collected,condition); lookups=$(call collected,lookups); \
	each=$$(( (condition - lookups) / $(BENCH_COUNT) )); \
	echo "$$each instructions for each evaluation, beyond the lookups' $$(( lookups / $(BENCH_COUNT) ))"; \
	[ "$$each" -lt 1000 ]

# make bench-jsonpath: evaluation time against jq, on equal questions over a large document made in build/bench/
bench-jsonpath: $(BUILD)/tests/bench/jsonpath_speed
	@$<

# make conformance: the suite of tests/conformance with this engine (ENGINE=respect: with another, FILTER=TEXT: some cases)
ENGINE ?= arazzo
conformance: $(CONFORMANCE) $(BUILD)/arazzo
	@mkdir -p $(BUILD)/conformance
	@BUILD=$(BUILD) tests/conformance/adapters/$(ENGINE) fetch
	@BUILD=$(BUILD) $(CONFORMANCE) $(if $(FILTER),--filter '$(FILTER)') --score $(BUILD)/conformance/$(ENGINE).json tests/conformance/adapters/$(ENGINE)

# make bench-schema: compiling a schema and holding an order against it, in time and instructions, beside others
bench-schema: $(BUILD)/tests/bench/schema_speed
	@BUILD=$(BUILD) sh tests/bench/schema.sh

# make bench-validate: validating all documents of the corpus, in time and in megabytes of YAML a second
bench-validate: $(BUILD)/arazzo
	@BUILD=$(BUILD) SHARED=$(SHARED) sh tests/bench/validate.sh

# make bench-scale: processor time for n and for 2n of everything that a document or a run may have many of; SCALE: which
bench-scale: $(BUILD)/tests/bench/scale
	@$< $(SCALE)

# make bench-test: 1,000 workflows side by side against a server that answers after 5 ms
bench-test: $(BUILD)/tests/bench/suite_speed $(BUILD)/arazzo
	@BUILD=$(BUILD) $<

# make conformance-jsonpath: the compliance suite of RFC 9535, from SHARED (default ../shared)
conformance-jsonpath: $(BUILD)/tests/conformance/jsonpath_suite
	@SHARED=$(SHARED) $<

# make conformance-oai: the OpenAPI Initiative's own valid and invalid documents, from SHARED (default ../shared)
conformance-oai: $(BUILD)/tests/conformance/oai_suite
	@SHARED=$(SHARED) $<

# make conformance-schema: the test suite of JSON Schema 2020-12, from SHARED (default ../shared)
conformance-schema: $(BUILD)/tests/conformance/schema_suite
	@SHARED=$(SHARED) $<

# make corpus: 180 real documents on the mock, from SHARED (default ../shared), with and without --source-dir
corpus: $(BUILD)/arazzo $(BUILD)/tests/corpus/reason
	@BUILD=$(BUILD) SHARED=$(SHARED) sh tests/corpus/run.sh

help:
	@sed -n 's/^# make/make/p' Makefile

# make format: clang-format over all sources
format:
	clang-format -i $(SOURCES) $(wildcard base/*.h jsonpath/*.h runtime-expr/*.h engine/*.h engine/*/*.h http/*.h tests/*/*.c tests/*/*.h tests/*/*/*.c tests/*/*/*.h)

# make clean: removes build/
clean:
	rm -rf build

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all generated install install-libraries install-test-libraries install-browser check-libraries run test test-threads test-programs fuzz bench-expr bench-jsonpath bench-test bench-scale bench-validate conformance conformance-jsonpath conformance-oai conformance-schema corpus help format clean bench-schema

-include $(shell find $(BUILD) -name '*.d' -type f 2>/dev/null)
