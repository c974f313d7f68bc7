# topology/ - the network as devices see it, against the inventory. May include: lib/ rrd/ topology/.
noinst_LIBRARIES += %D%/libtopology.a
%C%_libtopology_a_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
%C%_libtopology_a_SOURCES = \
	%D%/anchor.c %D%/judge_in.h \
	%D%/bridges.c \
	%D%/findings.c \
	%D%/judge.c \
	%D%/links.c \
	%D%/lldp.c \
	%D%/topology.c %D%/topology.h %D%/topology_in.h \
	%D%/who.c %D%/who.h

check_PROGRAMS += tests/test_topology
tests_test_topology_SOURCES = tests/test_topology.c
tests_test_topology_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_topology_LDADD = topology/libtopology.a $(STORE_LIBS) $(CHECK_LIBS)
