# alerts/ - May include: lib/ rrd/ alerts/.
noinst_LIBRARIES += %D%/libalerts.a
%C%_libalerts_a_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS) $(JANSSON_CFLAGS)
%C%_libalerts_a_SOURCES = \
	%D%/cause.c %D%/cause.h \
	%D%/decide.c %D%/decide.h \
	%D%/device_json.c %D%/device_json.h \
	%D%/event_json.c %D%/event_json.h \
	%D%/nameplate_json.c %D%/nameplate_json.h \
	%D%/notice.c %D%/notice.h \
	%D%/notify.h %D%/notify_stdout.c \
	%D%/picture.c %D%/picture.h \
	%D%/run.c %D%/run.h \
	%D%/state.c %D%/state.h

# What a program that links libalerts.a needs beside it.
ALERTS_LIBS = alerts/libalerts.a $(STORE_LIBS)

check_PROGRAMS += tests/test_state tests/test_cause
tests_test_state_SOURCES = tests/test_state.c
tests_test_state_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_state_LDADD = $(ALERTS_LIBS) $(CHECK_LIBS)
tests_test_cause_SOURCES = tests/test_cause.c
tests_test_cause_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_cause_LDADD = $(ALERTS_LIBS) $(CHECK_LIBS)

EXTRA_DIST += tests/scenario/alerts.scn
check_PROGRAMS += tests/scenario_alerts
tests_scenario_alerts_SOURCES = tests/scenario_alerts.c
tests_scenario_alerts_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_scenario_alerts_LDADD = $(ALERTS_LIBS) $(CHECK_LIBS)

# Memory that runs out: here is what all of lib/, rrd/, usage/ and alerts/ is linked to.
NOMEM_LINK = -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
check_PROGRAMS += tests/test_nomem
tests_test_nomem_SOURCES = tests/test_nomem.c tests/nomem.h
tests_test_nomem_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS) $(JANSSON_CFLAGS)
tests_test_nomem_LDFLAGS = $(AM_LDFLAGS) $(NOMEM_LINK)
tests_test_nomem_LDADD = usage/libusage.a $(ALERTS_LIBS) $(XLSX_LIBS) $(CHECK_LIBS) -lm
