# usage/ - May include: lib/ rrd/ usage/.
noinst_LIBRARIES += %D%/libusage.a
%C%_libusage_a_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS) $(JANSSON_CFLAGS)
%C%_libusage_a_SOURCES = \
	%D%/mark.c %D%/mark.h \
	%D%/ask.c %D%/ask.h \
	%D%/ask_book.c \
	%D%/book.c %D%/book.h %D%/book_in.h \
	%D%/book_bars.c \
	%D%/book_html.c \
	%D%/book_xlsx.c \
	%D%/cross.c %D%/cross.h \
	%D%/few.c %D%/few.h \
	%D%/figure.c %D%/figure.h \
	%D%/hours.c %D%/hours.h \
	%D%/land.c %D%/land.h \
	%D%/reconcile.c %D%/reconcile.h \
	%D%/report.c %D%/report.h \
	%D%/open_data.c %D%/open_data.h \
	%D%/report_index.c %D%/report_index.h \
	%D%/report_sheet.c %D%/report_sheet.h \
	%D%/sheet.c %D%/sheet.h \
	%D%/sheet_out.h \
	%D%/sheet_say.c \
	%D%/sheet_script.c \
	%D%/sheet_table.c \
	%D%/shows.h \
	%D%/shows_concentration.c \
	%D%/shows_hours.c \
	%D%/shows_money.c \
	%D%/shows_peaks.c \
	%D%/people.c %D%/people.h

# What a program that links libusage.a needs beside it.
USAGE_LIBS = usage/libusage.a $(STORE_LIBS) $(XLSX_LIBS)

check_PROGRAMS += tests/test_report tests/test_sheet tests/test_hours tests/test_land tests/test_shows tests/test_open_data
tests_test_open_data_SOURCES = tests/test_open_data.c
tests_test_open_data_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(JANSSON_CFLAGS) $(SQLITE_CFLAGS)
tests_test_open_data_LDADD = $(USAGE_LIBS) $(CHECK_LIBS)
tests_test_shows_SOURCES = tests/test_shows.c tests/fleet.h
tests_test_shows_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(JANSSON_CFLAGS) $(SQLITE_CFLAGS)
tests_test_shows_LDADD = $(USAGE_LIBS) $(CHECK_LIBS)
tests_test_hours_SOURCES = tests/test_hours.c
tests_test_hours_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_hours_LDADD = $(USAGE_LIBS) $(CHECK_LIBS)
tests_test_land_SOURCES = tests/test_land.c
tests_test_land_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_land_LDADD = $(USAGE_LIBS) $(CHECK_LIBS)
tests_test_report_SOURCES = tests/test_report.c
tests_test_report_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(JANSSON_CFLAGS) $(SQLITE_CFLAGS)
tests_test_report_LDADD = $(USAGE_LIBS) $(CHECK_LIBS)
tests_test_sheet_SOURCES = tests/test_sheet.c
tests_test_sheet_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(JANSSON_CFLAGS) $(SQLITE_CFLAGS)
tests_test_sheet_LDADD = $(USAGE_LIBS) $(CHECK_LIBS)

# What a council asks: who stands close by, and what the next months bring.
%C%_libusage_a_SOURCES += \
	%D%/age.c %D%/age.h \
	%D%/ap_months.c %D%/ap_months.h \
	%D%/backtest.c \
	%D%/busy_hour.c %D%/busy_hour.h \
	%D%/busy_read.c %D%/busy_read.h \
	%D%/chart_svg.c %D%/chart_svg.h \
	%D%/forecast.c %D%/forecast.h %D%/forecast_in.h \
	%D%/history.c %D%/history.h \
	%D%/holt.c %D%/holt.h \
	%D%/idle.c %D%/idle.h \
	%D%/median.c %D%/median.h \
	%D%/move.c %D%/move.h \
	%D%/pairs.c %D%/pairs.h \
	%D%/predict.c %D%/predict.h \
	%D%/question.c %D%/question.h %D%/question_in.h \
	%D%/question_forecast.c \
	%D%/question_idle.c \
	%D%/question_near.c \
	%D%/question_phases.c \
	%D%/question_saturated.c \
	%D%/question_uplinks.c \
	%D%/question_wifi6.c \
	%D%/saturated.c %D%/saturated.h \
	%D%/season.c %D%/season.h \
	%D%/uplink.c %D%/uplink.h

check_PROGRAMS += tests/test_chart_svg tests/test_forecast tests/test_move tests/test_pairs
tests_test_chart_svg_SOURCES = tests/test_chart_svg.c
tests_test_chart_svg_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_chart_svg_LDADD = $(USAGE_LIBS) $(CHECK_LIBS)
tests_test_forecast_SOURCES = tests/test_forecast.c
tests_test_forecast_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_forecast_LDADD = $(USAGE_LIBS) $(CHECK_LIBS)
tests_test_move_SOURCES = tests/test_move.c
tests_test_move_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_move_LDADD = $(USAGE_LIBS) $(CHECK_LIBS)
tests_test_pairs_SOURCES = tests/test_pairs.c
tests_test_pairs_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_pairs_LDADD = $(USAGE_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/test_age tests/test_busy_hour tests/test_idle
tests_test_age_SOURCES = tests/test_age.c
tests_test_age_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_age_LDADD = $(USAGE_LIBS) $(CHECK_LIBS)
tests_test_busy_hour_SOURCES = tests/test_busy_hour.c
tests_test_busy_hour_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_busy_hour_LDADD = $(USAGE_LIBS) $(CHECK_LIBS)
tests_test_idle_SOURCES = tests/test_idle.c
tests_test_idle_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_idle_LDADD = $(USAGE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_few
tests_test_few_SOURCES = tests/test_few.c
tests_test_few_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_few_LDADD = $(USAGE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_cross
tests_test_cross_SOURCES = tests/test_cross.c
tests_test_cross_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_cross_LDADD = $(USAGE_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/test_saturated tests/test_uplink
tests_test_saturated_SOURCES = tests/test_saturated.c
tests_test_saturated_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_saturated_LDADD = $(USAGE_LIBS) $(CHECK_LIBS)
tests_test_uplink_SOURCES = tests/test_uplink.c
tests_test_uplink_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_uplink_LDADD = $(USAGE_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/test_questions
tests_test_questions_SOURCES = tests/test_questions.c
tests_test_questions_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS) $(JANSSON_CFLAGS)
tests_test_questions_LDADD = $(USAGE_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/test_season
tests_test_season_SOURCES = tests/test_season.c
tests_test_season_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_test_season_LDADD = $(USAGE_LIBS) $(CHECK_LIBS)

check_PROGRAMS += tests/test_reconcile
tests_test_reconcile_SOURCES = tests/test_reconcile.c
tests_test_reconcile_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(SQLITE_CFLAGS)
tests_test_reconcile_LDADD = $(USAGE_LIBS) $(CHECK_LIBS)
