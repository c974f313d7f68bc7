/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DAY_S	   INT64_C(86400)
#define OFFSET_MAX (INT64_C(18) * 3600) /* no zone was ever further from UTC */
#define YEAR_MIN   1
#define YEAR_MAX   9999
#define MIN_S	   INT64_C(-62135510400) /* 0001-01-02T00:00Z: what can be written with four digits */
#define MAX_S	   INT64_C(253402214400) /* 9999-12-31T00:00Z */

static int
year_of(kk_day day)
{
	return day / 10000;
}

static int
leap(int y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static int
days_in_month(int y, int m)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return m == 2 && leap(y) ? 29 : days[m - 1];
}

static int
day_is_real(int y, int m, int d)
{
	return y >= YEAR_MIN && y <= YEAR_MAX && m >= 1 && m <= 12 && d >= 1 &&
	       d <= days_in_month(y, m);
}

/* Days since 1970-01-01 in the Gregorian calendar; years begin in March, so that leap days come
 * last. */
static int64_t
days_from_civil(int y, int m, int d)
{
	int64_t shifted = m <= 2 ? y - 1 : y;
	int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
	int64_t of_era = shifted - era * 400;
	int64_t of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static kk_day
civil_from_days(int64_t days)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t of_era = z - era * 146097;
	int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
	int64_t shifted = (5 * of_year + 2) / 153;
	int64_t m = shifted < 10 ? shifted + 3 : shifted - 9;

	y += era * 400 + (m <= 2);
	return (kk_day)(y * 10000 + m * 100 + of_year - (153 * shifted + 2) / 5 + 1);
}

static int64_t
days_of(kk_day day)
{
	return days_from_civil(year_of(day), day / 100 % 100, day % 100);
}

static int64_t
clamp(int64_t utc_s)
{
	return utc_s < MIN_S ? MIN_S : utc_s > MAX_S ? MAX_S : utc_s;
}

static kk_day
local_day(int64_t utc_s)
{
	time_t t = (time_t)clamp(utc_s);
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL)
		return 19700101;
	return (tm.tm_year + 1900) * 10000 + (tm.tm_mon + 1) * 100 + tm.tm_mday;
}

/* The zone database: file names below it are the names of zones. */
static int
zone_file(const char *name, char *path, size_t room)
{
	const char *dir = getenv("TZDIR");
	int n = snprintf(path, room, "%s/%s", dir && *dir ? dir : "/usr/share/zoneinfo", name);

	return n > 0 && (size_t)n < room;
}

int
zone_known(const char *name)
{
	char path[512], magic[4];
	FILE *f;
	int known;

	if (strcmp(name, "UTC") == 0)
		return 1;
	if (*name == '\0' || *name == '/' || *name == '.' || strstr(name, "/.") != NULL ||
	    strlen(name) > 60 || !zone_file(name, path, sizeof(path)))
		return 0;
	if ((f = fopen(path, "rb")) == NULL)
		return 0;
	known = fread(magic, 1, sizeof(magic), f) == sizeof(magic) && memcmp(magic, "TZif", 4) == 0;
	fclose(f);
	return known;
}

int
zone_use(const char *name, struct diag *d)
{
	if (!zone_known(name))
		return diag_set(d, KK_E_NOTFOUND,
		    "timezone \"%s\" is not in the zone database (package tzdata)", name);
	/* "UTC" alone would be looked up in the database too. */
	if (setenv("TZ", strcmp(name, "UTC") == 0 ? "UTC0" : name, 1) != 0)
		return diag_set(d, KK_E_NOMEM, "timezone: %s", kk_strerror(KK_E_NOMEM));
	tzset();
	return KK_OK;
}

/*
 * The first second of a local day, found by bisection over the local dates around UTC's midnight.
 * mktime() would do in Seoul; where clocks change at midnight, it may give a second of the day
 * before.
 */
static int64_t
day_start(kk_day day)
{
	int64_t utc = days_of(day) * DAY_S;
	int64_t before = utc - OFFSET_MAX, after = utc + OFFSET_MAX;

	while (after - before > 1) {
		int64_t middle = before + (after - before) / 2;

		if (local_day(middle) >= day)
			after = middle;
		else
			before = middle;
	}
	return after;
}

int
zone_day_bounds(kk_day day, struct zone_day *out)
{
	if (!day_is_real(year_of(day), day / 100 % 100, day % 100))
		return KK_E_RANGE;
	out->day = day;
	out->from_s = day_start(day);
	out->to_s = day_start(zone_day_add(day, 1));
	return KK_OK;
}

void
zone_day_of(int64_t utc_s, struct zone_day *last)
{
	kk_day day;

	if (utc_s >= last->from_s && utc_s < last->to_s)
		return;
	utc_s = clamp(utc_s);
	day = local_day(utc_s);
	(void)zone_day_bounds(day, last); /* localtime_r() gives real days only */
	/* Clocks set back over midnight show a date twice: a day is one piece all the same. */
	if (utc_s >= last->to_s)
		(void)zone_day_bounds(zone_day_add(day, 1), last);
	else if (utc_s < last->from_s)
		(void)zone_day_bounds(zone_day_add(day, -1), last);
}

kk_day
zone_day_add(kk_day day, int n)
{
	return civil_from_days(days_of(day) + n);
}

kk_day
zone_month_add(kk_day month, int n)
{
	int count = month / 100 * 12 + month % 100 - 1 + n;

	return count / 12 * 100 + count % 12 + 1;
}

const char *
zone_format(int64_t utc_s, char out[ZONE_TEXT])
{
	time_t t = (time_t)clamp(utc_s);
	struct tm tm = {0};
	long offset;
	char sign;

	localtime_r(&t, &tm);
	sign = tm.tm_gmtoff < 0 ? '-' : '+';
	offset = labs(tm.tm_gmtoff) / 60;
	snprintf(out, ZONE_TEXT, "%04u-%02u-%02uT%02u:%02u:%02u%c%02u:%02u",
	    (unsigned)(tm.tm_year + 1900) % 10000, (unsigned)(tm.tm_mon + 1) % 100,
	    (unsigned)tm.tm_mday % 100, (unsigned)tm.tm_hour % 100, (unsigned)tm.tm_min % 100,
	    (unsigned)tm.tm_sec % 100, sign, (unsigned)(offset / 60 % 100),
	    (unsigned)(offset % 60));
	return out;
}

/* Exactly `n` digits. */
static int
digits(const char **p, int n, int *out)
{
	int v = 0;

	for (int i = 0; i < n; i++, (*p)++) {
		if (**p < '0' || **p > '9')
			return 0;
		v = v * 10 + (**p - '0');
	}
	*out = v;
	return 1;
}

static int
literal(const char **p, char c)
{
	return **p == c ? (*p)++, 1 : 0;
}

/* "-2d", "-30min": back from now. */
static int
parse_ago(const char *text, int64_t now_s, int64_t *out)
{
	static const struct {
		const char *unit;
		int64_t s;
	} units[] = {{"s", 1}, {"min", 60}, {"h", 3600}, {"d", DAY_S}, {"w", 7 * DAY_S}};
	int64_t n = 0;
	const char *p = text + 1;

	if (*p < '0' || *p > '9')
		return KK_E_SYNTAX;
	for (; *p >= '0' && *p <= '9'; p++)
		if ((n = n * 10 + (*p - '0')) > 1000000)
			return KK_E_SYNTAX;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(p, units[i].unit) != 0)
			continue;
		*out = now_s - n * units[i].s;
		return KK_OK;
	}
	return KK_E_SYNTAX;
}

/* "Z", "+09:00", "+0900", or nothing, which is the local zone (*given = 0). */
static int
parse_offset(const char *p, int *given, int64_t *offset_s)
{
	int hours, minutes;
	int sign = *p == '-' ? -1 : 1;

	*given = *p != '\0';
	*offset_s = 0;
	if (*p == '\0' || ((*p == 'Z' || *p == 'z') && p[1] == '\0'))
		return KK_OK;
	if (*p != '+' && *p != '-')
		return KK_E_SYNTAX;
	p++;
	if (!digits(&p, 2, &hours))
		return KK_E_SYNTAX;
	(void)literal(&p, ':');
	if (!digits(&p, 2, &minutes) || *p != '\0' || hours > 18 || minutes > 59)
		return KK_E_SYNTAX;
	*offset_s = sign * (hours * INT64_C(3600) + minutes * 60);
	return KK_OK;
}

/* What follows "YYYY-MM-DDT". */
static int
parse_time(const char *p, int y, int m, int d, int64_t *out)
{
	int hour, minute, second = 0, given;
	int64_t offset_s;

	if (!digits(&p, 2, &hour) || !literal(&p, ':') || !digits(&p, 2, &minute))
		return KK_E_SYNTAX;
	if (literal(&p, ':') && !digits(&p, 2, &second))
		return KK_E_SYNTAX;
	if (hour > 23 || minute > 59 || second > 60 || parse_offset(p, &given, &offset_s) != KK_OK)
		return KK_E_SYNTAX;
	if (given) {
		*out = days_from_civil(y, m, d) * DAY_S + hour * 3600 + minute * 60 + second -
		       offset_s;
		return KK_OK;
	}
	struct tm tm = {.tm_year = y - 1900,
	    .tm_mon = m - 1,
	    .tm_mday = d,
	    .tm_hour = hour,
	    .tm_min = minute,
	    .tm_sec = second,
	    .tm_isdst = -1};
	*out = (int64_t)mktime(&tm);
	return KK_OK;
}

int
zone_parse(const char *text, int64_t now_s, int64_t *out)
{
	struct zone_day day;
	const char *p = text;
	int y, m, d = 1;

	if (strcmp(text, "now") == 0) {
		*out = now_s;
		return KK_OK;
	}
	if (*text == '-')
		return parse_ago(text, now_s, out);
	if (!digits(&p, 4, &y) || !literal(&p, '-') || !digits(&p, 2, &m))
		return KK_E_SYNTAX;
	if (*p != '\0' && (!literal(&p, '-') || !digits(&p, 2, &d)))
		return KK_E_SYNTAX;
	if (!day_is_real(y, m, d))
		return KK_E_SYNTAX;
	if (literal(&p, 'T') || literal(&p, 't') || literal(&p, ' '))
		return parse_time(p, y, m, d, out);
	if (*p != '\0' || zone_day_bounds(y * 10000 + m * 100 + d, &day) != KK_OK)
		return KK_E_SYNTAX;
	*out = day.from_s;
	return KK_OK;
}

int
zone_parse_month(const char *text, kk_day *out)
{
	const char *p = text;
	int y, m;

	if (!digits(&p, 4, &y) || !literal(&p, '-') || !digits(&p, 2, &m) || *p != '\0' ||
	    !day_is_real(y, m, 1))
		return KK_E_SYNTAX;
	*out = y * 100 + m;
	return KK_OK;
}
