# cli/ - May include: lib/ rrd/ collector/ usage/ alerts/ cli/.
noinst_LIBRARIES += %D%/libcli.a
%C%_libcli_a_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS) $(JANSSON_CFLAGS)
%C%_libcli_a_SOURCES = \
	%D%/alert.c \
	%D%/alert_nagios.c %D%/alert_nagios.h \
	%D%/backup.c \
	%D%/check_config.c \
	%D%/city.c %D%/city.h \
	%D%/cli.c %D%/cli.h \
	%D%/commands.c \
	%D%/devices.c \
	%D%/duplicates.c %D%/duplicates.h \
	%D%/events.c \
	%D%/graph.c \
	%D%/import.c \
	%D%/day_clients.c %D%/day_clients.h \
	%D%/farewells.c %D%/farewells.h \
	%D%/interfaces.c %D%/interfaces.h \
	%D%/nameplates.c %D%/nameplates.h \
	%D%/near.c %D%/near.h \
	%D%/out_file.c %D%/out_file.h \
	%D%/person.c %D%/person.h \
	%D%/poll.c \
	%D%/probe_map.c \
	%D%/poll_ask.c %D%/poll_ask.h \
	%D%/polls.c %D%/polls.h \
	%D%/questions.c \
	%D%/replace.c \
	%D%/usage_reconcile.c \
	%D%/sources.c %D%/sources.h \
	%D%/crosscheck.c \
	%D%/show.c \
	%D%/topology.c \
	%D%/usage.c \
	%D%/usage_close.c \
	%D%/usage_export.c \
	%D%/usage_in.h \
	%D%/usage_list.c \
	%D%/usage_monthly.c \
	%D%/usage_open.c \
	%D%/usage_report.c

# What a program that links libcli.a needs beside it.
CLI_LIBS = cli/libcli.a topology/libtopology.a alerts/libalerts.a usage/libusage.a $(COLLECTOR_LIBS) $(XLSX_LIBS)

bin_PROGRAMS += kkachi
kkachi_SOURCES = %D%/main.c
kkachi_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
kkachi_LDADD = $(CLI_LIBS)

# The commands over a small city: golden outputs, and exit codes with good and bad arguments.
check_PROGRAMS += tests/test_near
tests_test_near_SOURCES = tests/test_near.c
tests_test_near_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_near_LDADD = $(CLI_LIBS) $(CHECK_LIBS)

EXTRA_PROGRAMS += tests/json_line tests/cli_fixture
tests_json_line_SOURCES = tests/json_line.c
tests_json_line_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_json_line_LDADD = $(JANSSON_LIBS)
tests_cli_fixture_SOURCES = tests/cli_fixture.c
tests_cli_fixture_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
tests_cli_fixture_LDADD = $(STORE_LIBS)
dist_check_SCRIPTS += tests/cli_golden.sh tests/cli.sh tests/report.sh
check_DATA += tests/json_line$(EXEEXT) tests/cli_fixture$(EXEEXT)
EXTRA_DIST += tests/golden/cli tools/golden
CLEANFILES += tests/json_line$(EXEEXT) tests/cli_fixture$(EXEEXT)
