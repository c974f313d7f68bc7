# web/ - the dashboard, the JSON API, /metrics. May include: lib/ rrd/ usage/ alerts/ web/.
noinst_LIBRARIES += %D%/libweb.a
%C%_libweb_a_CPPFLAGS = $(AM_CPPFLAGS) $(MHD_CFLAGS) $(JANSSON_CFLAGS) $(SQLITE_CFLAGS)
%C%_libweb_a_SOURCES = \
	%D%/answer.c \
	%D%/api.h \
	%D%/api_devices.c \
	%D%/api_events.c \
	%D%/api_series.c \
	%D%/api_summary.c \
	%D%/api_usage.c \
	%D%/app.h \
	%D%/http.c %D%/http.h \
	%D%/collector_metrics.c %D%/collector_metrics.h \
	%D%/metrics.c \
	%D%/model.c %D%/model.h \
	%D%/route.c %D%/route.h \
	%D%/static.c %D%/static.h \
	%D%/url.c %D%/url.h

WEB_LIBS = %D%/libweb.a usage/libusage.a alerts/libalerts.a $(STORE_LIBS) $(XLSX_LIBS) $(MHD_LIBS) $(JANSSON_LIBS)

sbin_PROGRAMS += kkachi-web
kkachi_web_SOURCES = %D%/main.c
kkachi_web_CPPFLAGS = $(AM_CPPFLAGS) $(SYSTEMD_CFLAGS) $(JANSSON_CFLAGS) $(SQLITE_CFLAGS)
kkachi_web_LDADD = $(WEB_LIBS) $(SYSTEMD_LIBS) -lm -lpthread

check_PROGRAMS += tests/test_url tests/test_route tests/fuzz_url
tests_test_url_SOURCES = tests/test_url.c
tests_test_url_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_url_LDADD = %D%/libweb.a $(LIB_LIBS) $(CHECK_LIBS)
tests_test_route_SOURCES = tests/test_route.c
tests_test_route_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(JANSSON_CFLAGS) $(SQLITE_CFLAGS)
tests_test_route_LDADD = $(WEB_LIBS) $(CHECK_LIBS) -lm -lpthread
tests_fuzz_url_SOURCES = tests/fuzz_url.c
if !FUZZING
tests_fuzz_url_SOURCES += tests/fuzz_replay.c
endif
tests_fuzz_url_LDADD = %D%/libweb.a $(LIB_LIBS)
tests_fuzz_url_LDFLAGS = $(AM_LDFLAGS) $(KK_FUZZ)
EXTRA_DIST += tests/corpus/url

# The page: bundled by esbuild from what `npm ci` put into web/page/node_modules; a release tarball carries it ready-made.
PAGE_FILES = \
	%D%/page/build.mjs %D%/page/icon.svg %D%/page/index.html %D%/page/package.json %D%/page/package-lock.json \
	%D%/page/tsconfig.json \
	%D%/page/src/api.ts %D%/page/src/chart.ts %D%/page/src/device.ts %D%/page/src/devices.ts %D%/page/src/dom.ts \
	%D%/page/src/format.ts %D%/page/src/main.ts %D%/page/src/overview.ts %D%/page/src/router.ts \
	%D%/page/src/sheet.ts %D%/page/src/state.ts %D%/page/src/style.css %D%/page/src/text.ts %D%/page/src/usage.ts \
	%D%/page/test/format.test.ts
PAGE_BUILT = %D%/page/dist/index.html %D%/page/dist/app.js %D%/page/dist/app.css %D%/page/dist/icon.svg
EXTRA_DIST += $(PAGE_FILES)
dist_check_SCRIPTS += tests/page.sh tests/web.sh tests/health.sh
pagedir = $(pkgdatadir)/page
if PAGE
page_DATA = $(PAGE_BUILT)
EXTRA_DIST += $(PAGE_BUILT)
endif
if PAGE_BUILD
%D%/page/dist/index.html: $(PAGE_FILES)
	$(AM_V_GEN)$(NODE) $(srcdir)/%D%/page/build.mjs --out $(abs_builddir)/%D%/page/dist && touch $@
%D%/page/dist/app.js %D%/page/dist/app.css %D%/page/dist/icon.svg: %D%/page/dist/index.html
CLEANFILES += $(PAGE_BUILT)
endif
