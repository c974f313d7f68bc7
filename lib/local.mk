# lib/ - what everybody uses: errors, time, text, configuration, samples. May include: lib/.
noinst_LIBRARIES += %D%/liblib.a
%C%_liblib_a_CPPFLAGS = $(AM_CPPFLAGS) $(YAML_CFLAGS) $(ZSTD_CFLAGS) $(ZLIB_CFLAGS)
%C%_liblib_a_SOURCES = \
	%D%/clock.c %D%/clock.h \
	%D%/conf.h \
	%D%/csv.h \
	%D%/err.c %D%/err.h \
	%D%/i18n.h %D%/i18n.def \
	%D%/log.c %D%/log.h \
	%D%/metric.c %D%/metric.h %D%/metric.def \
	%D%/region.h \
	%D%/sample.c %D%/sample.h \
	%D%/sample_wire.h \
	%D%/seglog.h \
	%D%/sink.h \
	%D%/text.h \
	%D%/wire.c %D%/wire.h \
	%D%/zone.h

# What a program that links liblib.a needs beside it.
LIB_LIBS = lib/liblib.a $(YAML_LIBS) $(ZSTD_LIBS) $(ZLIB_LIBS)
