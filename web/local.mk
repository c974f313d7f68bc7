# web/ - the dashboard, the JSON API, /metrics. May include: lib/ rrd/ usage/ alerts/ web/.
# The page: bundled by esbuild from what `npm ci` put into web/page/node_modules; a release tarball carries it ready-made.
PAGE_SOURCES = \
	%D%/page/build.mjs %D%/page/icon.svg %D%/page/index.html %D%/page/package.json %D%/page/package-lock.json \
	%D%/page/tsconfig.json \
	%D%/page/src/api.ts %D%/page/src/chart.ts %D%/page/src/device.ts %D%/page/src/devices.ts %D%/page/src/dom.ts \
	%D%/page/src/format.ts %D%/page/src/main.ts %D%/page/src/overview.ts %D%/page/src/router.ts \
	%D%/page/src/state.ts %D%/page/src/style.css %D%/page/src/text.ts %D%/page/src/usage.ts \
	%D%/page/test/format.test.ts
PAGE_BUILT = %D%/page/dist/index.html %D%/page/dist/app.js %D%/page/dist/app.css %D%/page/dist/icon.svg
EXTRA_DIST += $(PAGE_SOURCES)
dist_check_SCRIPTS += tests/page.sh
pagedir = $(pkgdatadir)/page
if PAGE
page_DATA = $(PAGE_BUILT)
EXTRA_DIST += $(PAGE_BUILT)
endif
if PAGE_BUILD
%D%/page/dist/index.html: $(PAGE_SOURCES)
	$(AM_V_GEN)$(NODE) $(srcdir)/%D%/page/build.mjs --out $(abs_builddir)/%D%/page/dist && touch $@
%D%/page/dist/app.js %D%/page/dist/app.css %D%/page/dist/icon.svg: %D%/page/dist/index.html
CLEANFILES += $(PAGE_BUILT)
endif
