/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/farewells.h"

#include <stdio.h>

#include "lib/clock.h"
#include "lib/grid.h"
#include "lib/zone.h"
#include "rrd/code_days.h"

#define DAYS 7

/* Where the sums go to. */
struct sums {
	const struct cli *c;
	json_t *list;
	struct grid *grid;
	int n;
};

static int
read_week(const struct cli *c, struct db *db, uint32_t device,
    int (*each)(void *ctx, const struct code_sum *sum), struct sums *s)
{
	struct zone_day today = {0};
	struct diag d = {""};
	int rc;

	zone_day_of(clock_utc_cs(NULL) / 100, &today);
	rc = code_days_read(db, device, zone_day_add(today.day, 1 - DAYS), today.day, each, s, &d);
	if (rc != KK_OK)
		cli_say(c, "%s", d.text[0] ? d.text : kk_strerror(rc));
	return rc;
}

/* ---- as JSON ---- */

static json_t *
number_json(const struct code_sum *sum)
{
	if (sum->number == FRAME_CODE_OTHERS)
		return json_string("others");
	if (sum->number == FRAME_CODE_UNKNOWN && sum->kind <= FRAME_CODE_DISASSOCIATION)
		return json_null();
	return json_integer(sum->number);
}

static int
append(void *ctx, const struct code_sum *sum)
{
	struct sums *s = ctx;
	json_t *o = json_pack("{s:s, s:o, s:s, s:I, s:I, s:I}", "kind", frame_code_name(sum->kind),
	    "number", number_json(sum), "text", frame_code_text(sum->kind, sum->number, s->c->lang),
	    "today", (json_int_t)sum->last, "week", (json_int_t)sum->all, "week_by_clients",
	    (json_int_t)sum->all_up);

	return json_array_append_new(s->list, o) == 0 ? KK_OK : KK_E_NOMEM;
}

json_t *
farewells_json(const struct cli *c, struct db *db, uint32_t device)
{
	struct sums s = {.c = c, .list = json_array()};

	if (read_week(c, db, device, append, &s) == KK_OK)
		return s.list;
	json_decref(s.list);
	return NULL;
}

/* ---- for a person ---- */

static void
count_cell(struct grid *g, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	grid_cell(g, text);
}

static int
add_row(void *ctx, const struct code_sum *sum)
{
	static const enum text_id kinds[FRAME_CODE_KINDS] = {TEXT_CODE_DEAUTHENTICATION,
	    TEXT_CODE_DISASSOCIATION, TEXT_CODE_ASSOCIATION, TEXT_CODE_AUTHENTICATION};
	struct sums *s = ctx;

	s->n++;
	grid_cell(s->grid, i18n(s->c->lang, kinds[sum->kind]));
	if (sum->number >= FRAME_CODE_UNKNOWN)
		grid_cell(s->grid, "");
	else
		count_cell(s->grid, sum->number);
	grid_cell(s->grid, frame_code_text(sum->kind, sum->number, s->c->lang));
	count_cell(s->grid, sum->last);
	count_cell(s->grid, sum->all);
	count_cell(s->grid, sum->all_up);
	return KK_OK;
}

int
farewells_print(const struct cli *c, struct db *db, uint32_t device)
{
	static const enum text_id heading[] = {TEXT_CODE_WHAT, TEXT_CODE_NUMBER, TEXT_REASON,
	    TEXT_CODE_TODAY, TEXT_CODE_WEEK, TEXT_CODE_BY_CLIENTS};
	struct sums s = {.c = c, .grid = grid_new(6, "lrlrrr")};
	int code = CLI_FAILED;

	if (s.grid == NULL) {
		cli_say(c, "%s", kk_strerror(KK_E_NOMEM));
		return code;
	}
	for (size_t i = 0; i < sizeof(heading) / sizeof(heading[0]); i++)
		grid_cell(s.grid, i18n(c->lang, heading[i]));
	if (read_week(c, db, device, add_row, &s) == KK_OK) {
		if (s.n > 0)
			putchar('\n');
		code = s.n == 0 || grid_print(s.grid, stdout, c->colour) == KK_OK ? CLI_DONE
										  : CLI_FAILED;
	}
	grid_free(s.grid);
	return code;
}
