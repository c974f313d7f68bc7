# lib/ - what everybody uses: errors, time, text, configuration, samples. May include: lib/.
noinst_LIBRARIES += %D%/liblib.a
%C%_liblib_a_CPPFLAGS = $(AM_CPPFLAGS) $(YAML_CFLAGS) $(ZSTD_CFLAGS) $(ZLIB_CFLAGS)
%C%_liblib_a_SOURCES = \
	%D%/base64.c %D%/base64.h \
	%D%/batch_wire.c %D%/batch_wire.h %D%/batch_name.h \
	%D%/clock.c %D%/clock.h \
	%D%/collector.c %D%/collector.h \
	%D%/conf.c %D%/conf_yaml.c %D%/conf.h %D%/conf_key.h \
	%D%/csv.c %D%/csv.h \
	%D%/daykey_wire.c %D%/daykey_wire.h \
	%D%/err.c %D%/err.h \
	%D%/event.c %D%/event.h \
	%D%/frame_code.c %D%/frame_code.h %D%/frame_code.def \
	%D%/grid.c %D%/grid.h \
	%D%/i18n.c %D%/i18n.h %D%/i18n.def \
	%D%/log.c %D%/log.h \
	%D%/mail.c %D%/mail.h \
	%D%/markup.c %D%/markup.h \
	%D%/metric.c %D%/metric.h %D%/metric.def \
	%D%/nameplate.c %D%/nameplate.h \
	%D%/leaks.h %D%/region.c %D%/region.h \
	%D%/sample.c %D%/sample.h \
	%D%/sample_wire.c %D%/sample_wire.h \
	%D%/seglog.c %D%/seglog_read.c %D%/seglog.h \
	%D%/seglog_file.c %D%/seglog_pack.c %D%/seglog_file.h \
	%D%/sink.h \
	%D%/sketch.c %D%/sketch.h \
	%D%/slurp.c %D%/slurp.h \
	%D%/ssid.c %D%/ssid.h \
	%D%/text.c %D%/text.h \
	%D%/wire.c %D%/wire.h \
	%D%/words.c %D%/words.h \
	%D%/zone.c %D%/zone.h

# What a program that links liblib.a needs beside it.
LIB_LIBS = lib/liblib.a $(YAML_LIBS) $(ZSTD_LIBS) $(ZLIB_LIBS) -lm

check_PROGRAMS += tests/test_basics
tests_test_basics_SOURCES = tests/test_basics.c
tests_test_basics_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_basics_LDADD = $(LIB_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_docs
tests_test_docs_SOURCES = tests/test_docs.c
tests_test_docs_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_docs_LDADD = $(LIB_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_zone tests/test_text tests/test_sample_wire
tests_test_zone_SOURCES = tests/test_zone.c
tests_test_zone_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_zone_LDADD = $(LIB_LIBS) $(CHECK_LIBS)
tests_test_text_SOURCES = tests/test_text.c
tests_test_text_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_text_LDADD = $(LIB_LIBS) $(CHECK_LIBS)
tests_test_sample_wire_SOURCES = tests/test_sample_wire.c
tests_test_sample_wire_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_sample_wire_LDADD = $(LIB_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/test_frame_code
tests_test_frame_code_SOURCES = tests/test_frame_code.c
tests_test_frame_code_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_frame_code_LDADD = $(LIB_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/test_mail
tests_test_mail_SOURCES = tests/test_mail.c
tests_test_mail_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_mail_LDADD = $(LIB_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/test_base64
tests_test_base64_SOURCES = tests/test_base64.c
tests_test_base64_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_base64_LDADD = $(LIB_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/test_markup
tests_test_markup_SOURCES = tests/test_markup.c
tests_test_markup_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_markup_LDADD = $(LIB_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/test_csv
tests_test_csv_SOURCES = tests/test_csv.c
tests_test_csv_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_csv_LDADD = $(LIB_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/test_conf
tests_test_conf_SOURCES = tests/test_conf.c
tests_test_conf_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_conf_LDADD = $(LIB_LIBS) $(CHECK_LIBS)
# THREADED: tests/test_seglog
check_PROGRAMS += tests/test_seglog tests/test_seglog_crash
tests_test_seglog_SOURCES = tests/test_seglog.c tests/seglog_help.h
tests_test_seglog_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_seglog_LDADD = $(LIB_LIBS) $(CHECK_LIBS)
tests_test_seglog_crash_SOURCES = tests/test_seglog_crash.c tests/seglog_help.h
tests_test_seglog_crash_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_seglog_crash_LDADD = $(LIB_LIBS) $(CHECK_LIBS)
# Its system calls go through the test, which chooses when something happens and what fails.
check_PROGRAMS += tests/test_seglog_race
tests_test_seglog_race_SOURCES = tests/test_seglog_race.c tests/seglog_help.h tests/no_sync.h
tests_test_seglog_race_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_seglog_race_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=pread,--wrap=fdatasync,--wrap=ftruncate
tests_test_seglog_race_LDADD = $(LIB_LIBS) $(CHECK_LIBS)

# Fuzz targets: with --enable-fuzzing libFuzzer brings main(), else their corpus is replayed.
if FUZZING
FUZZ_MAIN =
else
FUZZ_MAIN = tests/fuzz_replay.c
endif
FUZZ_LINK = $(AM_LDFLAGS) $(KK_FUZZ)

check_PROGRAMS += tests/fuzz_sample_wire
tests_fuzz_sample_wire_SOURCES = tests/fuzz_sample_wire.c $(FUZZ_MAIN)
tests_fuzz_sample_wire_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_sample_wire_LDADD = $(LIB_LIBS)
EXTRA_DIST += tests/corpus/sample_wire

check_PROGRAMS += tests/fuzz_csv
tests_fuzz_csv_SOURCES = tests/fuzz_csv.c $(FUZZ_MAIN)
tests_fuzz_csv_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_csv_LDADD = $(LIB_LIBS)
EXTRA_DIST += tests/corpus/csv

check_PROGRAMS += tests/test_batch_wire
tests_test_batch_wire_SOURCES = tests/test_batch_wire.c
tests_test_batch_wire_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_batch_wire_LDADD = $(LIB_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/fuzz_conf
tests_fuzz_conf_SOURCES = tests/fuzz_conf.c $(FUZZ_MAIN)
tests_fuzz_conf_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_conf_LDADD = $(LIB_LIBS)
EXTRA_DIST += tests/corpus/conf

check_PROGRAMS += tests/fuzz_seglog
tests_fuzz_seglog_SOURCES = tests/fuzz_seglog.c $(FUZZ_MAIN)
tests_fuzz_seglog_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_seglog_LDADD = $(LIB_LIBS)
EXTRA_DIST += tests/corpus/seglog

check_PROGRAMS += tests/test_grid
tests_test_grid_SOURCES = tests/test_grid.c
tests_test_grid_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_grid_LDADD = $(LIB_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_event
tests_test_event_SOURCES = tests/test_event.c
tests_test_event_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_event_LDADD = $(LIB_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/fuzz_event
tests_fuzz_event_SOURCES = tests/fuzz_event.c $(FUZZ_MAIN)
tests_fuzz_event_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_event_LDADD = $(LIB_LIBS)
EXTRA_DIST += tests/corpus/event

check_PROGRAMS += tests/test_sketch
tests_test_sketch_SOURCES = tests/test_sketch.c
tests_test_sketch_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_sketch_LDADD = $(LIB_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/fuzz_sketch
tests_fuzz_sketch_SOURCES = tests/fuzz_sketch.c $(FUZZ_MAIN)
tests_fuzz_sketch_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_sketch_LDADD = $(LIB_LIBS)
EXTRA_DIST += tests/corpus/sketch

check_PROGRAMS += tests/test_daykey_wire
tests_test_daykey_wire_SOURCES = tests/test_daykey_wire.c
tests_test_daykey_wire_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_daykey_wire_LDADD = $(LIB_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/fuzz_daykey_wire
tests_fuzz_daykey_wire_SOURCES = tests/fuzz_daykey_wire.c $(FUZZ_MAIN)
tests_fuzz_daykey_wire_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_daykey_wire_LDADD = $(LIB_LIBS)
EXTRA_DIST += tests/corpus/daykey_wire
