/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/polls.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/collector.h"
#include "lib/grid.h"
#include "lib/i18n.h"
#include "lib/words.h"

#define PATIENCE_MS 5000

/* NULL: told of, where `d` is that of the caller. */
static json_t *
ask(const struct cli *c, const char *verb, const char *argument, int *rc, struct diag *d)
{
	json_t *answer = NULL;
	char *text = NULL;

	*rc = collector_ask(&c->conf, verb, argument, PATIENCE_MS, &text, d);
	if (*rc == KK_OK && (answer = json_loads(text, 0, NULL)) == NULL)
		*rc = diag_set(d, KK_E_SYNTAX, "the collector's answer is not JSON");
	free(text);
	return answer;
}

json_t *
polls_of(const struct cli *c, const char *id)
{
	struct diag d = {{0}};
	int rc;

	return ask(c, "device", id, &rc, &d);
}

void
polls_trouble(const struct cli *c, const json_t *p, char *out, size_t room)
{
	const char *text = json_string_value(json_object_get(p, "trouble_text"));
	int slow = json_is_true(json_object_get(p, "slow_lane"));

	snprintf(out, room, "%s%s%s", text ? text : "", text && slow ? "; " : "",
	    slow ? i18n(c->lang, TEXT_SLOW_LANE) : "");
}

int
polls_list(const struct cli *c, const json_t *p, size_t i, char *out, size_t room)
{
	static const char *const keys[] = {
	    "listed", "connected", "missing", "strangers", "elsewhere"};
	const json_t *list = json_object_get(p, "list"), *one;
	const char *words[5], *mac;
	char number[5][24];

	if (list == NULL)
		return 0;
	if (i > 0) {
		one = json_array_get(json_object_get(list, "stranger"), i - 1);
		mac = json_string_value(json_object_get(one, "mac"));
		snprintf(out, room, "%s %s", mac != NULL ? mac : "-",
		    one != NULL ? json_string_value(json_object_get(one, "name")) : "");
		return one != NULL;
	}
	for (int k = 0; k < 5; k++) {
		snprintf(number[k], sizeof(number[k]), "%" JSON_INTEGER_FORMAT,
		    json_integer_value(json_object_get(list, keys[k])));
		words[k] = number[k];
	}
	if (json_is_true(json_object_get(list, "cut")))
		snprintf(out, room, "%s", i18n(c->lang, TEXT_LISTED_CUT));
	else
		words_fill(out, room, i18n(c->lang, TEXT_LISTED_COUNTS), words, 5);
	return 1;
}

static void
number(struct grid *g, const json_t *o, const char *key)
{
	char text[32];

	snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT,
	    json_integer_value(json_object_get(o, key)));
	grid_cell(g, text);
}

static void
row(struct grid *g, const struct cli *c, const json_t *o)
{
	char text[320];

	polls_trouble(c, o, text, sizeof(text));
	grid_cell(g, json_string_value(json_object_get(o, "id")));
	number(g, o, "mean_ms");
	number(g, o, "took_ms");
	number(g, o, "silent_polls");
	grid_cell(g, text);
}

static int
print(const struct cli *c, const json_t *list)
{
	static const enum text_id headings[] = {
	    TEXT_ID, TEXT_POLL_MEAN, TEXT_POLL_TOOK, TEXT_POLL_SILENT, TEXT_POLL_TROUBLE};
	struct grid *g = grid_new(5, "lrrrl");
	int rc = KK_E_NOMEM;

	if (g != NULL) {
		for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++)
			grid_cell(g, i18n(c->lang, headings[i]));
		for (size_t i = 0; i < json_array_size(list); i++)
			row(g, c, json_array_get(list, i));
		rc = grid_print(g, stdout, c->colour);
	}
	grid_free(g);
	if (rc != KK_OK)
		cli_say(c, "%s", kk_strerror(rc));
	return rc == KK_OK ? CLI_DONE : CLI_FAILED;
}

int
polls_slowest(const struct cli *c)
{
	struct diag d = {{0}};
	json_t *list;
	int rc, code;

	if ((list = ask(c, "slow", NULL, &rc, &d)) == NULL) {
		if (rc == KK_E_CLOSED)
			cli_say(c, "no kkachid answers at %s/control", c->conf.run_dir);
		else
			cli_say(c, "%s", d.text);
		return CLI_FAILED;
	}
	if (c->json)
		return cli_json(c, list);
	code = print(c, list);
	json_decref(list);
	return code;
}
