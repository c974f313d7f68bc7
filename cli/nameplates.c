/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/nameplates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/device_json.h"
#include "alerts/nameplate_json.h"
#include "cli/person.h"
#include "lib/grid.h"

static void
keep_state(void *ctx, const struct identity *is, const struct identity *was)
{
	struct nameplates *p = ctx;
	struct identity *more;

	(void)was;
	if (p->n == p->room) {
		size_t room = p->room > 0 ? p->room * 2 : 8;

		if ((more = realloc(p->state, room * sizeof(*more))) == NULL) {
			p->rc = KK_E_NOMEM;
			return;
		}
		p->state = more;
		p->room = room;
	}
	p->state[p->n++] = *is;
}

int
nameplates_read(const struct cli *c, struct db *db, uint32_t device, struct nameplates *out)
{
	struct diag d = {""};
	int rc;

	*out = (struct nameplates){.rc = KK_OK};
	rc = identity_history(db, device, keep_state, out, &d);
	if (rc == KK_OK)
		rc = out->rc;
	if (rc == KK_OK)
		return 1;
	cli_say(c, "%s", d.text[0] ? d.text : kk_strerror(rc));
	nameplates_free(out);
	return 0;
}

void
nameplates_free(struct nameplates *p)
{
	free(p->state);
	*p = (struct nameplates){.rc = KK_OK};
}

size_t
nameplates_open_swap(const struct nameplates *p)
{
	for (size_t i = p->n; i-- > 1;)
		if (p->state[i].changed & NAMEPLATE_SWAPPED)
			return p->state[i].confirmed_s == 0 ? i : 0;
	return 0;
}

/* ---- as JSON ---- */

json_t *
nameplates_json(const struct nameplates *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->n; i++)
		json_array_append_new(list, identity_json(&p->state[i]));
	return list;
}

/* ---- for a person ---- */

static const char *
swap_text(const struct cli *c, const struct identity *is)
{
	if (!(is->changed & NAMEPLATE_SWAPPED))
		return NULL;
	return i18n(c->lang, is->confirmed_s != 0 ? TEXT_SWAP_CONFIRMED : TEXT_SWAP_OPEN);
}

static struct grid *
headed(const struct cli *c, const enum text_id *heading, size_t n, const char *align)
{
	struct grid *g = grid_new(n, align);

	for (size_t i = 0; i < n && g != NULL; i++)
		grid_cell(g, i18n(c->lang, heading[i]));
	return g;
}

static int
print_grid(const struct cli *c, struct grid *g)
{
	int rc = g != NULL ? grid_print(g, stdout, c->colour) : KK_E_NOMEM;

	grid_free(g);
	if (rc == KK_OK)
		return CLI_DONE;
	cli_say(c, "%s", kk_strerror(rc));
	return CLI_FAILED;
}

int
nameplates_print(const struct cli *c, const struct nameplates *p)
{
	static const enum text_id headings[] = {TEXT_SINCE, TEXT_UNTIL, TEXT_MODEL, TEXT_SERIAL,
	    TEXT_BASE_MAC, TEXT_FIRMWARE, TEXT_HARDWARE};
	struct grid *g;
	char text[64];

	if (p->n < 2)
		return CLI_DONE;
	if ((g = headed(c, headings, 7, "lllllll")) != NULL)
		for (size_t i = p->n; i-- > 0;) {
			const struct identity *is = &p->state[i];

			grid_cell(g, person_time(is->since_s, text));
			grid_cell(g, person_time(is->until_s, text));
			for (unsigned f = 0; f < NAMEPLATE_COUNT; f++)
				grid_cell(g, is->plate.text[f]);
			grid_cell(g, swap_text(c, is));
		}
	putchar('\n');
	return print_grid(c, g);
}

/* ---- changes of all ---- */

/* All changes, each behind the state before. */
static void
keep_pair(void *ctx, const struct identity *is, const struct identity *was)
{
	static const struct identity nothing;

	keep_state(ctx, was != NULL ? was : &nothing, NULL);
	keep_state(ctx, is, NULL);
}

static json_t *
change_json(const struct device *dev, const struct identity *is, const struct identity *was)
{
	json_t *o = identity_json(is), *before = json_object();

	nameplate_json_put(before, &was->plate);
	json_object_set_new(o, "id", json_string(dev->id));
	json_object_set_new(o, "was", before);
	return o;
}

static void
change_rows(const struct cli *c, struct grid *g, const struct device *dev,
    const struct identity *is, const struct identity *was)
{
	static const enum text_id names[] = {TEXT_MODEL, TEXT_SERIAL, TEXT_BASE_MAC, TEXT_FIRMWARE};
	char text[64];

	for (unsigned f = 0; f < NAMEPLATE_COUNT; f++) {
		if (!(is->changed >> f & 1))
			continue;
		grid_cell(g, person_time(is->since_s, text));
		grid_cell(g, dev->id);
		grid_cell(g, i18n(c->lang, names[f]));
		grid_cell(g, was->plate.text[f]);
		grid_cell(g, is->plate.text[f]);
		grid_cell(g, swap_text(c, is));
	}
}

static int
print_changes(const struct cli *c, const struct inventory *inv, const struct nameplates *p)
{
	static const enum text_id headings[] = {
	    TEXT_SINCE, TEXT_ID, TEXT_WHAT, TEXT_WAS, TEXT_IS, TEXT_HARDWARE};
	json_t *list = c->json ? json_array() : NULL;
	struct grid *g = c->json ? NULL : headed(c, headings, 6, "llllll");

	for (size_t i = p->n; i >= 2; i -= 2) {
		const struct identity *is = &p->state[i - 1], *was = &p->state[i - 2];
		const struct device *dev = inventory_by_num(inv, is->device);

		if (dev != NULL && list != NULL)
			json_array_append_new(list, change_json(dev, is, was));
		else if (dev != NULL && g != NULL)
			change_rows(c, g, dev, is, was);
	}
	return c->json ? cli_json(c, list) : print_grid(c, g);
}

int
nameplates_changes(const struct cli *c, int64_t since_s)
{
	struct nameplates p = {.rc = KK_OK};
	struct diag d = {""};
	struct city city;
	int rc, code = CLI_FAILED;

	if (!city_open(c, &city))
		return CLI_FAILED;
	rc = identity_changes(city.db, since_s, keep_pair, &p, &d);
	if (rc == KK_OK)
		rc = p.rc;
	if (rc == KK_OK)
		code = print_changes(c, city.inventory, &p);
	else
		cli_say(c, "%s", d.text[0] ? d.text : kk_strerror(rc));
	nameplates_free(&p);
	city_close(&city);
	return code;
}

/* ---- how many of each ---- */

static int
by_version(const void *a, const void *b)
{
	const struct nameplate *x = &((const struct identity *)a)->plate,
			       *y = &((const struct identity *)b)->plate;
	int c = strcmp(x->text[NAMEPLATE_MODEL], y->text[NAMEPLATE_MODEL]);

	return c != 0 ? c : strcmp(x->text[NAMEPLATE_FIRMWARE], y->text[NAMEPLATE_FIRMWARE]);
}

/* One state per device in service; nothing is known of those that never told. Without `firmware`
 * all firmwares of a model are one. */
static int
by_device(const struct inventory *inv, int firmware, struct nameplates *p)
{
	size_t n_dev, n = 0;
	const struct device *dev = inventory_all(inv, &n_dev);
	struct identity *all = calloc(n_dev + 1, sizeof(*all));

	if (all == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < n_dev; i++) { /* both are ordered by number */
		while (n < p->n && p->state[n].device < dev[i].num)
			n++;
		if (n < p->n && p->state[n].device == dev[i].num)
			all[i] = p->state[n];
		if (!firmware)
			all[i].plate.text[NAMEPLATE_FIRMWARE][0] = '\0';
	}
	free(p->state);
	p->state = all;
	p->n = n_dev;
	if (n_dev > 0)
		qsort(all, n_dev, sizeof(*all), by_version);
	return KK_OK;
}

static void
version(const struct cli *c, const struct nameplate *n, int firmware, size_t count, struct grid *g,
    json_t *list)
{
	char text[32];
	json_t *o;

	if (!c->json) {
		grid_cell(g, n->text[NAMEPLATE_MODEL]);
		if (firmware)
			grid_cell(g, n->text[NAMEPLATE_FIRMWARE]);
		snprintf(text, sizeof(text), "%zu", count);
		grid_cell(g, text);
		return;
	}
	o = json_object();
	json_object_set_new(o, "model", device_json_text(n->text[NAMEPLATE_MODEL]));
	if (firmware)
		json_object_set_new(o, "firmware", device_json_text(n->text[NAMEPLATE_FIRMWARE]));
	json_object_set_new(o, "devices", json_integer((json_int_t)count));
	json_array_append_new(list, o);
}

static int
print_versions(const struct cli *c, int firmware, const struct nameplates *p)
{
	static const enum text_id two[] = {TEXT_MODEL, TEXT_DEVICES},
				  three[] = {TEXT_MODEL, TEXT_FIRMWARE, TEXT_DEVICES};
	json_t *list = c->json ? json_array() : NULL;
	struct grid *g = NULL;

	if (!c->json)
		g = firmware ? headed(c, three, 3, "llr") : headed(c, two, 2, "lr");
	if (list == NULL && g == NULL) {
		cli_say(c, "%s", kk_strerror(KK_E_NOMEM));
		return CLI_FAILED;
	}
	for (size_t i = 0, end; i < p->n; i = end) {
		for (end = i + 1; end < p->n && by_version(&p->state[i], &p->state[end]) == 0;)
			end++;
		version(c, &p->state[i].plate, firmware, end - i, g, list);
	}
	return c->json ? cli_json(c, list) : print_grid(c, g);
}

int
nameplates_versions(const struct cli *c, enum nameplate_field field)
{
	int rc, code = CLI_FAILED, firmware = field == NAMEPLATE_FIRMWARE;
	struct nameplates p = {.rc = KK_OK};
	struct diag d = {""};
	struct city city;

	if (!city_open(c, &city))
		return CLI_FAILED;
	rc = identity_now(city.db, keep_state, &p, &d);
	if (rc == KK_OK)
		rc = p.rc;
	if (rc == KK_OK)
		rc = by_device(city.inventory, firmware, &p);
	if (rc == KK_OK)
		code = print_versions(c, firmware, &p);
	else
		cli_say(c, "%s", d.text[0] ? d.text : kk_strerror(rc));
	nameplates_free(&p);
	city_close(&city);
	return code;
}
