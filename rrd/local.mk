# rrd/ - all that is kept. May include: lib/ rrd/.
noinst_LIBRARIES += %D%/libstore.a
%C%_libstore_a_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS) $(RRD_CFLAGS) $(JANSSON_CFLAGS) $(CRYPTO_CFLAGS)

# The database and what stands in it.
%C%_libstore_a_SOURCES = \
	%D%/db/db.c %D%/db/db.h %D%/db/db_schema.h \
	%D%/import/import.c %D%/import/import.h %D%/import/rows.h \
	%D%/import/cells.c %D%/import/clean.c %D%/import/columns.c \
	%D%/import/coord.c %D%/import/coord.h \
	%D%/import/csv.c %D%/import/json.c %D%/import/labels.c \
	%D%/import/load.c %D%/import/merge.c %D%/import/report.c %D%/import/tree.c %D%/import/write.c \
	%D%/db/inventory.c %D%/db/inventory.h %D%/db/months.c %D%/db/months.h \
	%D%/ledger.c %D%/ledger.h \
	%D%/ledger_days.c %D%/ledger_days.h \
	%D%/ledger_devices.c %D%/ledger_devices.h \
	%D%/ledger_import.c %D%/ledger_put.c %D%/ledger_put.h %D%/ledger_share.c \
	%D%/ledger_sums.c %D%/ledger_sums.h %D%/ledger_usage.c %D%/ledger_usage.h \
	%D%/closing.c %D%/closing.h %D%/closing_unread.c \
	%D%/ledger_field.c %D%/ledger_field.h \
	%D%/ledger_file.c %D%/ledger_file.h \
	%D%/period_import.c %D%/period_import.h \
	%D%/usage_frozen.c %D%/usage_frozen.h %D%/usage_spread.c %D%/usage_spread.h \
	%D%/db/today.c %D%/db/today.h
nodist_%C%_libstore_a_SOURCES = %D%/db/db_schema.c

# The schema as a C string: one line of SQL, one line of C.
EXTRA_DIST += %D%/db/schema.sql
CLEANFILES += %D%/db/db_schema.c
%D%/db/db_schema.c: %D%/db/schema.sql %D%/local.mk
	$(AM_V_GEN)$(MKDIR_P) $(@D) && { \
	echo '/* Made from rrd/db/schema.sql. */'; \
	echo '#include "rrd/db/db_schema.h"'; \
	echo 'const char db_schema_sql[] ='; \
	sed -e 's/[\\"]/\\&/g' -e 's/.*/	"&\\n"/' $(top_srcdir)/%D%/db/schema.sql; \
	echo '	;'; } >$@.tmp && mv $@.tmp $@

# What a program that links libstore.a needs beside it.
STORE_LIBS = rrd/libstore.a $(CRYPTO_LIBS) $(SQLITE_LIBS) $(RRD_LIBS) $(JANSSON_LIBS) $(LIB_LIBS)

check_PROGRAMS += tests/test_db
tests_test_db_SOURCES = tests/test_db.c
tests_test_db_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_db_LDADD = $(STORE_LIBS) $(CHECK_LIBS)

EXTRA_DIST += tests/golden/schema

check_PROGRAMS += tests/test_inventory
tests_test_inventory_SOURCES = tests/test_inventory.c
tests_test_inventory_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_inventory_LDADD = $(STORE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_import
tests_test_import_SOURCES = tests/test_import.c
tests_test_import_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_import_LDADD = $(STORE_LIBS) $(CHECK_LIBS) -lm
EXTRA_DIST += tests/golden/import

check_PROGRAMS += tests/fuzz_import
tests_fuzz_import_SOURCES = tests/fuzz_import.c $(FUZZ_MAIN)
tests_fuzz_import_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
tests_fuzz_import_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_import_LDADD = $(STORE_LIBS)
EXTRA_DIST += tests/corpus/import

check_PROGRAMS += tests/test_ledger
tests_test_ledger_SOURCES = tests/test_ledger.c
tests_test_ledger_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_ledger_LDADD = $(STORE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_ledger_usage
tests_test_ledger_usage_SOURCES = tests/test_ledger_usage.c
tests_test_ledger_usage_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_ledger_usage_LDADD = $(STORE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_closing
tests_test_closing_SOURCES = tests/test_closing.c
tests_test_closing_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_closing_LDADD = $(STORE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_period
tests_test_period_SOURCES = tests/test_period.c
tests_test_period_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_period_LDADD = $(STORE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_ledger_file
tests_test_ledger_file_SOURCES = tests/test_ledger_file.c
tests_test_ledger_file_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_ledger_file_LDADD = $(STORE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_ledger_put
tests_test_ledger_put_SOURCES = tests/test_ledger_put.c
tests_test_ledger_put_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_ledger_put_LDADD = $(STORE_LIBS) $(CHECK_LIBS)

# The newest sample of every device.
%C%_libstore_a_SOURCES += %D%/live.c %D%/live.h

check_PROGRAMS += tests/test_live
tests_test_live_SOURCES = tests/test_live.c
tests_test_live_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_live_LDADD = $(STORE_LIBS) $(CHECK_LIBS)

# What the collector learned.
%C%_libstore_a_SOURCES += %D%/db/layout_cache.c %D%/db/layout_cache.h
%C%_libstore_a_SOURCES += %D%/db/usm_cache.c %D%/db/usm_cache.h

check_PROGRAMS += tests/test_code_days
tests_test_code_days_SOURCES = tests/test_code_days.c tests/day_ledger.h
tests_test_code_days_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_code_days_LDADD = $(STORE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_probe_days
tests_test_probe_days_SOURCES = tests/test_probe_days.c tests/day_ledger.h
tests_test_probe_days_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_probe_days_LDADD = $(STORE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_layout_cache
tests_test_layout_cache_SOURCES = tests/test_layout_cache.c
tests_test_layout_cache_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_layout_cache_LDADD = $(STORE_LIBS) $(CHECK_LIBS)

# The journal, and what joins it to its sinks.
%C%_libstore_a_SOURCES += \
	%D%/feed.c %D%/journal.c %D%/journal.h \
	%D%/code_days.c %D%/code_days.h %D%/probe_days.c %D%/probe_days.h \
	%D%/cross_days.c %D%/cross_days.h \
	%D%/recover.c %D%/recover.h \
	%D%/store.c %D%/store.h %D%/store_in.h %D%/store_keep.c %D%/store_sinks.c

check_PROGRAMS += tests/test_journal
tests_test_journal_SOURCES = tests/test_journal.c
tests_test_journal_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_journal_LDADD = $(STORE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_store
tests_test_store_SOURCES = tests/test_store.c
tests_test_store_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_store_LDADD = $(STORE_LIBS) $(CHECK_LIBS)

# The round-robin files.
%C%_libstore_a_SOURCES += \
	%D%/archive/archive.c %D%/archive/archive.h %D%/archive/archive_in.h %D%/archive/archive_state.c \
	%D%/archive/area.c %D%/archive/area.h \
	%D%/archive/marks.c %D%/archive/marks.h \
	%D%/archive/roster.c %D%/archive/roster.h \
	%D%/archive/rows.c %D%/archive/rows.h \
	%D%/archive/rrderr.c %D%/archive/rrderr.h \
	%D%/archive/rrdfile.c %D%/archive/rrdfile.h \
	%D%/archive/rrdlook.c %D%/archive/rrdlook.h \
	%D%/archive/schema.c %D%/archive/schema.h \
	%D%/archive/series_table.c %D%/archive/series_table.h

check_PROGRAMS += tests/test_rrdcached
tests_test_rrdcached_SOURCES = tests/test_rrdcached.c
tests_test_rrdcached_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(RRD_CFLAGS)
tests_test_rrdcached_LDADD = $(STORE_LIBS) $(CHECK_LIBS) -lm

# What is read of them.
%C%_libstore_a_SOURCES += \
	%D%/archive/fetch.c %D%/archive/fetch.h %D%/archive/fetch_key.h \
	%D%/archive/graph.c %D%/archive/graph.h

check_PROGRAMS += tests/test_fetch
tests_test_fetch_SOURCES = tests/test_fetch.c
tests_test_fetch_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(RRD_CFLAGS)
tests_test_fetch_LDADD = $(STORE_LIBS) $(CHECK_LIBS) -lm

check_PROGRAMS += tests/test_graph
tests_test_graph_SOURCES = tests/test_graph.c
tests_test_graph_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(RRD_CFLAGS)
tests_test_graph_LDADD = $(STORE_LIBS) $(CHECK_LIBS) -lm
EXTRA_DIST += tests/fleet.h

check_PROGRAMS += tests/test_rows
tests_test_rows_SOURCES = tests/test_rows.c
tests_test_rows_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_rows_LDADD = $(STORE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_archive
tests_test_archive_SOURCES = tests/test_archive.c
tests_test_archive_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(RRD_CFLAGS)
tests_test_archive_LDADD = $(STORE_LIBS) $(CHECK_LIBS) -lm

check_PROGRAMS += tests/test_area
tests_test_area_SOURCES = tests/test_area.c
tests_test_area_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_area_LDADD = $(STORE_LIBS) $(CHECK_LIBS)

# What alerts have decided, and a copy of the database.
%C%_libstore_a_SOURCES += %D%/db/incident.c %D%/db/incident.h %D%/db/backup.c %D%/db/backup.h

check_PROGRAMS += tests/test_incident
tests_test_incident_SOURCES = tests/test_incident.c
tests_test_incident_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_incident_LDADD = $(STORE_LIBS) $(CHECK_LIBS)

# Who stands beside whom.
%C%_libstore_a_SOURCES += %D%/db/neighbour.c %D%/db/neighbour.h %D%/db/port.c %D%/db/port.h

check_PROGRAMS += tests/test_neighbour
tests_test_neighbour_SOURCES = tests/test_neighbour.c
tests_test_neighbour_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_neighbour_LDADD = $(STORE_LIBS) $(CHECK_LIBS)

# What devices are, over time.
%C%_libstore_a_SOURCES += %D%/db/identity.c %D%/db/identity.h

check_PROGRAMS += tests/test_identity
tests_test_identity_SOURCES = tests/test_identity.c
tests_test_identity_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_identity_LDADD = $(STORE_LIBS) $(CHECK_LIBS)

# Every access point with its sums over a span of days, for the questions of usage/.
%C%_libstore_a_SOURCES += %D%/ledger_aps.c %D%/ledger_aps.h
check_PROGRAMS += tests/test_ledger_aps
tests_test_ledger_aps_SOURCES = tests/test_ledger_aps.c
tests_test_ledger_aps_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_ledger_aps_LDADD = $(STORE_LIBS) $(CHECK_LIBS) -lm

# What probes saw happen on the air.
%C%_libstore_a_SOURCES += %D%/db/events.c %D%/db/events.h
check_PROGRAMS += tests/test_events
tests_test_events_SOURCES = tests/test_events.c
tests_test_events_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_events_LDADD = $(STORE_LIBS) $(CHECK_LIBS)

%C%_libstore_a_SOURCES += %D%/distinct.c %D%/distinct.h

check_PROGRAMS += tests/test_distinct_day
tests_test_distinct_day_SOURCES = tests/test_distinct_day.c
tests_test_distinct_day_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_distinct_day_LDADD = $(STORE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/fuzz_period
tests_fuzz_period_SOURCES = tests/fuzz_period.c $(FUZZ_MAIN)
tests_fuzz_period_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
tests_fuzz_period_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_period_LDADD = $(STORE_LIBS)
EXTRA_DIST += tests/corpus/period

check_PROGRAMS += tests/fuzz_ledger_file
tests_fuzz_ledger_file_SOURCES = tests/fuzz_ledger_file.c $(FUZZ_MAIN)
tests_fuzz_ledger_file_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
tests_fuzz_ledger_file_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_ledger_file_LDADD = $(STORE_LIBS)
EXTRA_DIST += tests/corpus/ledger_file
