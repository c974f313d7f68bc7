# etc/ - units, sysusers, tmpfiles, completion, examples; all of it is installed below the prefix. A configuration that is
# in use is never touched: the example goes to the examples.
ETC_EDIT = sed -e 's|@sbindir[@]|$(sbindir)|g' -e 's|@bindir[@]|$(bindir)|g' -e 's|@sysconfdir[@]|$(sysconfdir)|g'
ETC_MADE = \
	%D%/kkachid.service \
	%D%/kkachi-web.service \
	%D%/kkachi-probe@.service \
	%D%/kkachi-alert.service \
	%D%/kkachi-alert.timer \
	%D%/kkachi-report.service \
	%D%/kkachi-report.timer \
	%D%/kkachi.cron \
	%D%/kkachi.sysusers \
	%D%/kkachi.tmpfiles

$(ETC_MADE): %D%/%: %D%/%.in Makefile
	$(AM_V_GEN)$(MKDIR_P) %D% && $(ETC_EDIT) $< >$@.tmp && mv $@.tmp $@

EXTRA_DIST += \
	%D%/kkachid.service.in \
	%D%/kkachi-web.service.in \
	%D%/kkachi-probe@.service.in \
	%D%/kkachi-alert.service.in \
	%D%/kkachi-alert.timer.in \
	%D%/kkachi-report.service.in \
	%D%/kkachi-report.timer.in \
	%D%/kkachi.cron.in \
	%D%/kkachi.sysusers.in \
	%D%/kkachi.tmpfiles.in \
	%D%/kkachi.bash \
	%D%/kkachi.yaml
CLEANFILES += $(ETC_MADE)

systemdsystemunit_DATA = \
	%D%/kkachid.service \
	%D%/kkachi-web.service \
	%D%/kkachi-probe@.service \
	%D%/kkachi-alert.service \
	%D%/kkachi-alert.timer \
	%D%/kkachi-report.service \
	%D%/kkachi-report.timer

examplesdir = $(pkgdatadir)/examples
examples_DATA = %D%/kkachi.yaml %D%/kkachi.cron

all-local: %D%/kkachi.sysusers %D%/kkachi.tmpfiles

# These three have other names where they are installed.
install-data-local:
	$(MKDIR_P) '$(DESTDIR)$(sysusersdir)' '$(DESTDIR)$(tmpfilesdir)' '$(DESTDIR)$(bashcompletiondir)'
	$(INSTALL_DATA) %D%/kkachi.sysusers '$(DESTDIR)$(sysusersdir)/kkachi.conf'
	$(INSTALL_DATA) %D%/kkachi.tmpfiles '$(DESTDIR)$(tmpfilesdir)/kkachi.conf'
	$(INSTALL_DATA) $(srcdir)/%D%/kkachi.bash '$(DESTDIR)$(bashcompletiondir)/kkachi'
uninstall-local:
	rm -f '$(DESTDIR)$(sysusersdir)/kkachi.conf' '$(DESTDIR)$(tmpfilesdir)/kkachi.conf' \
		'$(DESTDIR)$(bashcompletiondir)/kkachi'

dist_check_SCRIPTS += tests/etc.sh
