# usage/ - May include: lib/ rrd/ usage/.
noinst_LIBRARIES += %D%/libusage.a
%C%_libusage_a_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS) $(JANSSON_CFLAGS)
%C%_libusage_a_SOURCES = \
	%D%/csv.c \
	%D%/format.h \
	%D%/json.c \
	%D%/mark.c %D%/mark.h \
	%D%/report.c %D%/report.h \
	%D%/sheet.c %D%/sheet.h \
	%D%/sheet_out.h \
	%D%/sheet_say.c \
	%D%/sheet_script.c \
	%D%/sheet_table.c \
	%D%/table.c

# What a program that links libusage.a needs beside it.
USAGE_LIBS = usage/libusage.a $(STORE_LIBS)

check_PROGRAMS += tests/test_report tests/test_sheet
tests_test_report_SOURCES = tests/test_report.c
tests_test_report_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(JANSSON_CFLAGS) $(SQLITE_CFLAGS)
tests_test_report_LDADD = $(USAGE_LIBS) $(CHECK_LIBS)
tests_test_sheet_SOURCES = tests/test_sheet.c
tests_test_sheet_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(JANSSON_CFLAGS) $(SQLITE_CFLAGS)
tests_test_sheet_LDADD = $(USAGE_LIBS) $(CHECK_LIBS)
