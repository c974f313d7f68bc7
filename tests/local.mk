# tests/ - tests of whole programs and the simulator. A module's own test stands in its folder's local.mk.
EXTRA_DIST += tests/harness.h tests/fuzz_replay.c

# The simulator: a tool, installed. It uses lib/ and nothing else of the project.
noinst_LIBRARIES += %D%/sim/libsim.a
%C%_sim_libsim_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
%C%_sim_libsim_a_SOURCES = \
	%D%/sim/agent.c %D%/sim/agent.h \
	%D%/sim/ber.c %D%/sim/ber.h \
	%D%/sim/city.c %D%/sim/city.h \
	%D%/sim/faults.c %D%/sim/faults.h \
	%D%/sim/fleet.c %D%/sim/fleet.h \
	%D%/sim/load.c %D%/sim/load.h \
	%D%/sim/mib.c %D%/sim/mib.h \
	%D%/sim/options.c %D%/sim/options.h \
	%D%/sim/recording.c %D%/sim/recording.h \
	%D%/sim/server.c %D%/sim/server.h \
	%D%/sim/truth.c %D%/sim/truth.h

bin_PROGRAMS += kkachi-sim
kkachi_sim_SOURCES = %D%/sim/main.c
kkachi_sim_LDADD = %D%/sim/libsim.a $(LIB_LIBS) $(JANSSON_LIBS) -lm

.PHONY: bench-run
bench-run:
	@echo "no benchmark yet"; exit 1
