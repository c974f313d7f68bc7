/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/question.h"

#include <stdio.h>
#include <string.h>

#include "usage/question_in.h"
#include "usage/sheet_out.h"

/* ---- which ---- */

#define QUESTION_AS_ROW(id, name, function) {name, question_##function},

static const struct {
	const char *name;
	int (*answer)(const struct question *q, struct book *b, struct diag *d);
} questions[] = {QUESTIONS(QUESTION_AS_ROW)};

const char *
question_name(enum question_id id)
{
	return questions[id].name;
}

int
question_of(const char *name)
{
	for (int i = 0; i < QUESTION_COUNT; i++)
		if (strcmp(name, questions[i].name) == 0)
			return i;
	return -1;
}

void
question_defaults(struct question_limits *l)
{
	*l = (struct question_limits){.metres = 30,
	    .months = 1,
	    .days = 90,
	    .a_day = 10000000,
	    .observed = 80,
	    .clients = 30,
	    .load = 80,
	    .top = 50};
}

int
question_answer(const struct question *q, enum question_id id, struct book *b, struct diag *d)
{
	int rc = questions[id].answer(q, b, d);

	return rc == KK_E_NOMEM ? diag_set(d, rc, "%s: %s", questions[id].name, kk_strerror(rc))
				: rc;
}

/* ---- what they share ---- */

int64_t
question_today(const struct question *q)
{
	struct zone_day today = {0};

	zone_day_of(q->now_s, &today);
	return today.from_s;
}

kk_day
question_month(const struct question *q)
{
	struct zone_day today = {0};

	zone_day_of(q->now_s, &today);
	return zone_month_add(today.day / 100, -1);
}

const char *
question_months(kk_day from, kk_day to, char out[32])
{
	int n = snprintf(out, 32, "%04d-%02d", (int)(from / 100) % 10000, (int)(from % 100));

	if (to != from)
		snprintf(out + n, 32 - (size_t)n, " .. %04d-%02d", (int)(to / 100) % 10000,
		    (int)(to % 100));
	return out;
}

struct sheet *
question_counts(const char *name, enum text_id title)
{
	struct sheet *s = sheet_new(name, title);

	if (s == NULL)
		return NULL;
	sheet_column(s, "what", TEXT_ASK_WHAT, SHEET_TEXT);
	sheet_column(s, "count", TEXT_ASK_COUNT, SHEET_COUNT);
	return s;
}

void
question_count(struct sheet *s, const char *key, enum text_id what, uint64_t n)
{
	sheet_word(s, key, what);
	sheet_number(s, n);
}

void
question_text(struct sheet *s, const char *text)
{
	sheet_text(s, text[0] != '\0' ? text : NULL);
}

void
question_part(struct sheet *s, uint64_t part, uint64_t whole)
{
	if (whole == 0)
		sheet_unknown(s);
	else
		sheet_percent(s, (int64_t)((unsigned __int128)part * 1000 / whole));
}

int
question_wants(const struct question *q, const char *district)
{
	return q->limits.district == NULL || strcmp(q->limits.district, district) == 0;
}

size_t
question_rows(const struct question *q, size_t n, struct sheet *s)
{
	if (q->limits.top == 0 || n <= q->limits.top)
		return n;
	sheet_note(s, TEXT_ASK_NOTE_TOP);
	return q->limits.top;
}
