/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/city.h"
#include "cli/poll_ask.h"
#include "lib/grid.h"

/* A value of the answer as text; unknown is "", which a grid shows as "-". */
static const char *
text_of(const json_t *v, char *out, size_t room)
{
	if (json_is_string(v))
		snprintf(out, room, "%s", json_string_value(v));
	else if (json_is_integer(v))
		snprintf(out, room, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else if (json_is_real(v))
		snprintf(out, room, "%.6g", json_real_value(v));
	else if (json_is_boolean(v))
		snprintf(out, room, "%s", json_is_true(v) ? "yes" : "no");
	else
		out[0] = '\0';
	return out;
}

static int
print_grid(struct grid *g)
{
	int rc = g ? grid_print(g, stdout, 0) : KK_E_NOMEM;

	grid_free(g);
	putchar('\n');
	return rc;
}

/* One row: the values of `o` under the keys of `first`, or these keys themselves. */
static void
row(struct grid *g, json_t *first, const json_t *o, size_t columns)
{
	void *at = json_object_iter(first);
	char text[600];

	for (size_t k = 0; at != NULL && k < columns; k++) {
		const char *key = json_object_iter_key(at);

		grid_cell(g, o ? text_of(json_object_get(o, key), text, sizeof(text)) : key);
		at = json_object_iter_next(first, at);
	}
}

/* A list of objects with the same keys: keys are the heading. */
static int
print_list(const json_t *list)
{
	char align[GRID_COLUMNS_MAX + 1];
	json_t *first = json_array_get(list, 0);
	size_t columns = json_object_size(first);
	struct grid *g;

	if (columns == 0)
		return KK_OK;
	if (columns > GRID_COLUMNS_MAX)
		columns = GRID_COLUMNS_MAX;
	memset(align, 'l', columns);
	align[columns] = '\0';
	if ((g = grid_new(columns, align)) == NULL)
		return KK_E_NOMEM;
	row(g, first, NULL, columns);
	for (size_t i = 0; i < json_array_size(list); i++)
		row(g, first, json_array_get(list, i), columns);
	return print_grid(g);
}

/* Names and values below one another, what is unknown left out. */
static int
print_values(json_t *object)
{
	struct grid *g = grid_new(2, "ll");
	char text[600];

	for (void *at = json_object_iter(object); g != NULL && at != NULL;
	     at = json_object_iter_next(object, at)) {
		if (json_is_null(json_object_iter_value(at)))
			continue;
		grid_cell(g, json_object_iter_key(at));
		grid_cell(g, text_of(json_object_iter_value(at), text, sizeof(text)));
	}
	return print_grid(g);
}

/* Which profile, whether the device confirms it, and how far it can be believed. */
static void
print_profile(const json_t *j)
{
	const json_t *profile = json_object_get(j, "profile");
	const json_t *tested = json_object_get(j, "profile_tested");
	char id[600], name[600], with[600];

	text_of(json_object_get(j, "id"), id, sizeof(id));
	if (!json_is_string(profile)) {
		printf("%s: profile unknown\n\n", id);
		return;
	}
	printf("%s: profile %s%s\n", id, text_of(profile, name, sizeof(name)),
	    json_is_false(json_object_get(j, "profile_fits"))
		? " (named in the inventory; the device does not confirm it)"
		: "");
	printf("verified: %s", json_is_true(json_object_get(j, "profile_verified")) ? "yes" : "no");
	if (json_is_string(tested))
		printf(" (%s)", text_of(tested, with, sizeof(with)));
	puts("\n");
}

static int
print(const struct cli *c, const json_t *j)
{
	static const char *const lists[] = {"interfaces", "aps", "objects"};
	const json_t *reasons = json_object_get(j, "reasoning");
	char text[600];
	int rc;

	print_profile(j);
	rc = print_values(json_object_get(j, "metrics"));
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && rc == KK_OK; i++)
		rc = print_list(json_object_get(j, lists[i]));
	for (size_t i = 0; i < json_array_size(reasons); i++)
		puts(text_of(json_array_get(reasons, i), text, sizeof(text)));
	if (rc != KK_OK)
		cli_say(c, "%s", kk_strerror(rc));
	return rc == KK_OK ? CLI_DONE : CLI_FAILED;
}

static int
ask(const struct cli *c, const struct device *dev)
{
	struct diag d = {""};
	enum language lang = c->json ? LANG_EN : c->lang; /* scripts read English */
	char *text = NULL;
	json_t *j;
	int code, rc;

	if (dev->host[0] == '\0') {
		cli_say(c, "%s has no address of its own (\"host\"): it cannot be asked", dev->id);
		return CLI_FAILED;
	}
	rc = poll_ask_collector(&c->conf, dev->id, lang, &text, &d);
	if (rc == KK_E_CLOSED)
		rc = poll_ask_self(&c->conf, dev, lang, &text, &d);
	if (rc != KK_OK) {
		cli_say(c, "%s", d.text[0] ? d.text : kk_strerror(rc));
		return CLI_FAILED;
	}
	j = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	free(text);
	if (j == NULL) {
		cli_say(c, "the collector's answer is not understood: is it of this version?");
		return CLI_FAILED;
	}
	if (c->json)
		return cli_json(c, j);
	code = print(c, j);
	json_decref(j);
	return code;
}

static int
run(struct cli *c, int argc, char **argv)
{
	const struct device *dev;
	struct city city;
	int code = CLI_USAGE;

	if (cli_option(c, argc, argv, NULL, &code) == CLI_STOP)
		return code;
	if (!cli_arguments(c, argc, argv, 1, 1))
		return c->usage_code;
	if ((code = cli_open(c)) != CLI_DONE)
		return code;
	if (!city_open(c, &city))
		return CLI_FAILED;
	dev = city_device(c, &city, argv[optind]);
	code = dev ? ask(c, dev) : CLI_FAILED;
	city_close(&city);
	return code;
}

const struct command command_poll = {.name = "poll",
    .arguments = "[OPTION ...] ID",
    .about = TEXT_ABOUT_POLL,
    .options = "",
    .run = run};
