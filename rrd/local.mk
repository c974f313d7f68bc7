# rrd/ - all that is kept. May include: lib/ rrd/.
noinst_LIBRARIES += %D%/libstore.a
%C%_libstore_a_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS) $(RRD_CFLAGS) $(JANSSON_CFLAGS)

# The database and what stands in it.
%C%_libstore_a_SOURCES = \
	%D%/db.c %D%/db.h %D%/db_schema.h \
	%D%/inventory.c %D%/inventory.h
nodist_%C%_libstore_a_SOURCES = %D%/db_schema.c

# The schema as a C string: one line of SQL, one line of C.
EXTRA_DIST += %D%/schema.sql
CLEANFILES += %D%/db_schema.c
%D%/db_schema.c: %D%/schema.sql %D%/local.mk
	$(AM_V_GEN)$(MKDIR_P) %D% && { \
	echo '/* Made from rrd/schema.sql. */'; \
	echo '#include "rrd/db_schema.h"'; \
	echo 'const char db_schema_sql[] ='; \
	sed -e 's/[\\"]/\\&/g' -e 's/.*/	"&\\n"/' $(top_srcdir)/%D%/schema.sql; \
	echo '	;'; } >$@.tmp && mv $@.tmp $@

# What a program that links libstore.a needs beside it.
STORE_LIBS = rrd/libstore.a $(SQLITE_LIBS) $(RRD_LIBS) $(JANSSON_LIBS) $(LIB_LIBS)

check_PROGRAMS += tests/test_db
tests_test_db_SOURCES = tests/test_db.c
tests_test_db_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_db_LDADD = $(STORE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_inventory
tests_test_inventory_SOURCES = tests/test_inventory.c
tests_test_inventory_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_inventory_LDADD = $(STORE_LIBS) $(CHECK_LIBS)

# The newest sample of every device.
%C%_libstore_a_SOURCES += %D%/live.c %D%/live.h

check_PROGRAMS += tests/test_live
tests_test_live_SOURCES = tests/test_live.c
tests_test_live_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_live_LDADD = $(STORE_LIBS) $(CHECK_LIBS)
