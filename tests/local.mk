# tests/ - tests of whole programs and the simulator. A module's own test stands in its folder's local.mk.
EXTRA_DIST += tests/harness.h tests/records.h tests/decoding.h tests/front_check.h tests/fuzz_db.h tests/fuzz_replay.c

# The simulator: a tool, installed. It uses lib/ and nothing else of the project.
noinst_LIBRARIES += %D%/sim/libsim.a
%C%_sim_libsim_a_CPPFLAGS = $(AM_CPPFLAGS) $(CRYPTO_CFLAGS) $(JANSSON_CFLAGS)
%C%_sim_libsim_a_SOURCES = \
	%D%/sim/agent.c %D%/sim/agent.h \
	%D%/sim/ber.c %D%/sim/ber.h \
	%D%/sim/cables.c %D%/sim/cables.h \
	%D%/sim/city.c %D%/sim/city.h \
	%D%/sim/faults.c %D%/sim/faults.h \
	%D%/sim/fleet.c %D%/sim/fleet.h \
	%D%/sim/load.c %D%/sim/load.h \
	%D%/sim/mib.c %D%/sim/mib.h \
	%D%/sim/options.c %D%/sim/options.h \
	%D%/sim/ports.c %D%/sim/ports.h \
	%D%/sim/wlc.c %D%/sim/wlc.h \
	%D%/sim/recording.c %D%/sim/recording.h \
	%D%/sim/server.c %D%/sim/server.h \
	%D%/sim/truth.c %D%/sim/truth.h \
	%D%/sim/usm.c %D%/sim/usm.h

bin_PROGRAMS += kkachi-sim
kkachi_sim_SOURCES = %D%/sim/main.c
kkachi_sim_LDADD = $(SIM_LIBS)
SIM_LIBS = tests/sim/libsim.a $(LIB_LIBS) $(JANSSON_LIBS) $(CRYPTO_LIBS) -lm

# `make bench`: measured against bare yardsticks, in a build without sanitizers. Programs are made when asked for.
EXTRA_PROGRAMS += tests/bench/kk-blast tests/bench/kk-bench
# These two make the traffic of tests/live.sh and tests/away.sh as well.
noinst_PROGRAMS += tests/bench/kk-traffic tests/bench/kk-wire
dist_check_SCRIPTS += %D%/live.sh %D%/away.sh
EXTRA_PROGRAMS += tests/journal_lines
tests_journal_lines_SOURCES = tests/journal_lines.c
tests_journal_lines_LDADD = $(STORE_LIBS)
check_DATA += tests/journal_lines$(EXEEXT)
CLEANFILES += tests/journal_lines$(EXEEXT)
tests_bench_kk_blast_SOURCES = \
	%D%/bench/kk_blast.c \
	%D%/bench/blast.c %D%/bench/blast.h \
	%D%/bench/learn.c %D%/bench/learn.h \
	%D%/bench/packets.c %D%/bench/packets.h
tests_bench_kk_bench_SOURCES = \
	%D%/bench/kk_bench.c \
	%D%/bench/archives.c %D%/bench/archives.h \
	%D%/bench/bare_keep.c %D%/bench/bare_keep.h \
	%D%/bench/crypto.c %D%/bench/crypto.h \
	%D%/bench/keep.c %D%/bench/keep.h \
	%D%/bench/measure.c %D%/bench/measure.h \
	%D%/bench/years.c %D%/bench/years.h
tests_bench_kk_bench_CPPFLAGS = $(AM_CPPFLAGS) $(CRYPTO_CFLAGS) $(SQLITE_CFLAGS) $(RRD_CFLAGS)
tests_bench_kk_bench_LDADD = $(STORE_LIBS) $(CRYPTO_LIBS)
tests_bench_kk_traffic_SOURCES = \
	%D%/bench/kk_traffic.c \
	%D%/bench/traffic.c %D%/bench/traffic.h
tests_bench_kk_traffic_CPPFLAGS = $(AM_CPPFLAGS) $(PCAP_CFLAGS)
tests_bench_kk_traffic_LDADD = $(PCAP_LIBS)
tests_bench_kk_wire_SOURCES = %D%/bench/kk_wire.c
tests_bench_kk_wire_CPPFLAGS = $(AM_CPPFLAGS) $(PCAP_CFLAGS)
tests_bench_kk_wire_LDADD = $(PCAP_LIBS)
EXTRA_DIST += tests/bench/run.sh tests/bench/punctual.sh
CLEANFILES += tests/bench/kk-blast tests/bench/kk-bench

.PHONY: bench-run
bench-run: tests/bench/kk-blast tests/bench/kk-bench tests/bench/kk-traffic tests/bench/kk-wire
	builddir='$(abs_top_builddir)' srcdir='$(abs_top_srcdir)' $(top_srcdir)/tests/bench/run.sh $(BENCH)

.PHONY: punctual
punctual: kkachid kkachi kkachi-sim
	builddir='$(abs_top_builddir)' srcdir='$(abs_top_srcdir)' $(top_srcdir)/tests/bench/punctual.sh

# Tests of the simulator.
check_PROGRAMS += tests/test_sim_load tests/test_sim_agent
tests_test_sim_load_SOURCES = tests/test_sim_load.c
tests_test_sim_load_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_sim_load_LDADD = $(SIM_LIBS) $(CHECK_LIBS)
tests_test_sim_agent_SOURCES = tests/test_sim_agent.c
tests_test_sim_agent_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_sim_agent_LDADD = $(SIM_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/fuzz_sim_agent
tests_fuzz_sim_agent_SOURCES = tests/fuzz_sim_agent.c $(FUZZ_MAIN)
tests_fuzz_sim_agent_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_sim_agent_LDADD = $(SIM_LIBS)
EXTRA_DIST += tests/corpus/sim_agent

check_PROGRAMS += tests/test_sim_recording
tests_test_sim_recording_SOURCES = tests/test_sim_recording.c
tests_test_sim_recording_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_sim_recording_LDADD = $(SIM_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/fuzz_recording
tests_fuzz_recording_SOURCES = tests/fuzz_recording.c $(FUZZ_MAIN)
tests_fuzz_recording_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_recording_LDADD = $(SIM_LIBS)
EXTRA_DIST += tests/corpus/recording
# Bugs that tools/fuzz --planted puts into a copy, and must find.
EXTRA_DIST += tests/planted tests/dict

dist_check_SCRIPTS += tests/sim.sh tests/sweeps.sh tests/recording.sh

# The headers' comments are checked like code.
dist_check_SCRIPTS += %D%/doxygen.sh %D%/symbols.sh
