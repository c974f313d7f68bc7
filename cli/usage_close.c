/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usage_close.c - `kkachi usage close`, `reopen` and `closed`. */
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/city.h"
#include "cli/usage_in.h"
#include "lib/grid.h"
#include "lib/zone.h"
#include "rrd/closing.h"
#include "usage/figure.h"

static const char *const verbs[] = {"close", "reopen", "closed"};
enum { CLOSE, REOPEN, CLOSED };

int
usage_verb(const char *word)
{
	for (int i = 0; i < 3; i++)
		if (word != NULL && strcmp(word, verbs[i]) == 0)
			return i;
	return -1;
}

/* The person: also behind sudo(8). */
static void
who_asks(char out[96])
{
	const struct passwd *pw = getpwuid(getuid());
	const char *behind = getenv("SUDO_USER");

	snprintf(out, 96, "%.40s%s%.40s%s", pw != NULL ? pw->pw_name : "?",
	    behind != NULL ? " (" : "", behind != NULL ? behind : "", behind != NULL ? ")" : "");
}

static const char *
month_text(kk_day month, char out[16])
{
	snprintf(out, 16, "%04d-%02d", (int)(month / 100), (int)(month % 100));
	return out;
}

/* ---- lists ---- */

struct listing {
	const struct cli *c;
	struct grid *grid; /* of closed months; NULL for JSON */
	json_t *json;
	int damaged;
};

static void
as_json(void *ctx, const struct closing *cl)
{
	struct listing *l = ctx;
	char month[16], at[ZONE_TEXT];
	json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I}", "month",
	    month_text(cl->month, month), "at", zone_format(cl->at_s, at), "who", cl->who, "sha256",
	    cl->sha256, "octets_down", (json_int_t)cl->octets_down, "octets_up",
	    (json_int_t)cl->octets_up, "octets_undirected", (json_int_t)cl->octets_undirected);

	json_array_append_new(l->json, o);
}

static void
closed_json(void *ctx, const struct closing *cl)
{
	struct listing *l = ctx;

	as_json(ctx, cl);
	json_object_set_new(json_array_get(l->json, json_array_size(l->json) - 1), "intact",
	    json_boolean(cl->intact));
	l->damaged |= !cl->intact;
}

static void
event_json(void *ctx, const struct closing *cl)
{
	struct listing *l = ctx;
	json_t *o;

	as_json(ctx, cl);
	o = json_array_get(l->json, json_array_size(l->json) - 1);
	json_object_set_new(o, "what", json_string(cl->what));
	json_object_set_new(o, "reason", cl->reason[0] ? json_string(cl->reason) : json_null());
}

static void
closed_row(void *ctx, const struct closing *cl)
{
	struct listing *l = ctx;
	char text[ZONE_TEXT], octets[32];

	grid_cell(l->grid, month_text(cl->month, text));
	grid_cell(l->grid,
	    figure_octets(cl->octets_down + cl->octets_up + cl->octets_undirected, octets));
	grid_cell(l->grid, zone_format(cl->at_s, text));
	grid_cell(l->grid, cl->who);
	grid_cell(l->grid, i18n(l->c->lang, cl->intact ? TEXT_INTACT : TEXT_NOT_INTACT));
	grid_cell(l->grid, cl->sha256);
	l->damaged |= !cl->intact;
}

/* Reopenings, as the table of closed months does not show them. */
static void
event_line(void *ctx, const struct closing *cl)
{
	const struct listing *l = ctx;
	char month[16], at[ZONE_TEXT];

	if (strcmp(cl->what, "reopen") == 0)
		printf("%s %s: %s, %s: %s\n", i18n(l->c->lang, TEXT_REOPENED),
		    month_text(cl->month, month), zone_format(cl->at_s, at), cl->who, cl->reason);
}

static int
list_table(struct listing *l, struct db *db, struct diag *d)
{
	int rc = KK_E_NOMEM;

	l->grid = grid_new(6, "lrllll");
	if (l->grid == NULL)
		return rc;
	grid_cell(l->grid, i18n(l->c->lang, TEXT_MONTH));
	grid_cell(l->grid, i18n(l->c->lang, TEXT_TOTAL));
	grid_cell(l->grid, i18n(l->c->lang, TEXT_CLOSED_AT));
	grid_cell(l->grid, i18n(l->c->lang, TEXT_CLOSED_BY));
	grid_cell(l->grid, i18n(l->c->lang, TEXT_CHECKSUM));
	grid_cell(l->grid, "SHA-256");
	rc = closing_closed(db, closed_row, l, d);
	if (rc == KK_OK)
		rc = grid_print(l->grid, stdout, l->c->colour);
	grid_free(l->grid);
	return rc == KK_OK ? closing_history(db, event_line, l, d) : rc;
}

static int
list_json(struct listing *l, struct db *db, struct diag *d)
{
	json_t *closed = json_array(), *events = json_array();
	int rc;

	l->json = closed;
	rc = closing_closed(db, closed_json, l, d);
	l->json = events;
	if (rc == KK_OK)
		rc = closing_history(db, event_json, l, d);
	if (rc == KK_OK && cli_json(l->c, json_pack("{s:O, s:O}", "closed", closed, "history",
					      events)) != CLI_DONE)
		rc = KK_E_IO;
	json_decref(closed);
	json_decref(events);
	return rc;
}

static int
list(const struct cli *c, struct db *db, int *damaged, struct diag *d)
{
	struct listing l = {.c = c};
	int rc = c->json ? list_json(&l, db, d) : list_table(&l, db, d);

	*damaged = l.damaged;
	return rc;
}

/* ---- the commands ---- */

static int
change(
    const struct cli *c, int verb, struct db *db, kk_day month, const char *reason, struct diag *d)
{
	char who[96], text[16];
	int rc;

	who_asks(who);
	if (verb == CLOSE)
		rc = closing_close(db, c->conf.state_dir, month, who, c->now_s, d);
	else
		rc = closing_reopen(db, month, who, reason, c->now_s, d);
	if (rc != KK_OK)
		return rc;
	month_text(month, text);
	if (c->json)
		return cli_json(c, json_pack("{s:s, s:b}", "month", text, "closed",
				       verb == CLOSE)) == CLI_DONE
			   ? KK_OK
			   : KK_E_IO;
	printf("%s %s\n", i18n(c->lang, verb == CLOSE ? TEXT_IS_CLOSED : TEXT_IS_OPEN), text);
	return KK_OK;
}

static kk_day
last_month(const struct cli *c)
{
	struct zone_day today = {0};

	zone_day_of(c->now_s, &today);
	return zone_month_add(today.day / 100, -1);
}

int
usage_closing(struct cli *c, int verb, const char *month_arg, const char *reason)
{
	struct db *db = NULL;
	struct diag d = {""};
	kk_day month = 0;
	int rc, code, damaged = 0;

	if ((verb == REOPEN && month_arg == NULL) ||
	    (verb != CLOSED && month_arg != NULL && zone_parse_month(month_arg, &month) != KK_OK))
		return cli_misused(c, "usage %s needs a month, YYYY-MM", verbs[verb]);
	if (verb == REOPEN && (reason == NULL || reason[strspn(reason, " \t")] == '\0'))
		return cli_misused(c, "usage reopen needs --reason TEXT, which is kept");
	if (verb != REOPEN && reason != NULL)
		return cli_misused(c, "--reason goes with \"usage reopen\"");
	if ((code = cli_open(c)) != CLI_DONE)
		return code;
	if (month == 0)
		month = last_month(c);
	if (!city_db(c, verb == CLOSED ? DB_READ : DB_WRITE, &db))
		return CLI_FAILED;
	rc = verb == CLOSED ? list(c, db, &damaged, &d) : change(c, verb, db, month, reason, &d);
	db_close(db);
	if (rc != KK_OK)
		cli_say(c, "%s", d.text[0] ? d.text : kk_strerror(rc));
	return rc == KK_OK && !damaged ? CLI_DONE : rc == KK_E_BUSY ? CLI_LOCKED : CLI_FAILED;
}
