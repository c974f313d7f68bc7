/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/duplicates.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/grid.h"
#include "rrd/db/identity.h"
#include "rrd/db/usm_cache.h"

/* Something that a device has. */
struct mark {
	enum shared_kind kind;
	char key[DUPLICATES_KEY];
	const struct device *dev;
};

/* Where a device is asked. */
struct place {
	uint8_t address[16]; /* IPv6, or IPv4 as ::ffff:a.b.c.d */
	uint16_t port;
	const struct device *dev;
};

struct duplicates {
	const struct cli *c;
	const struct inventory *inventory;
	struct mark *mark; /* in the end only what is shared, in groups */
	size_t n, room;
	struct place *place;
	size_t n_place;
	int rc;
};

#define SHARED_AS_NAME(id, name) name,

static const char *
kind_name(enum shared_kind kind)
{
	static const char *const names[] = {SHARED_KINDS(SHARED_AS_NAME)};

	return names[kind];
}

static void
put(struct duplicates *d, enum shared_kind kind, const struct device *dev, const char *key)
{
	struct mark *m;

	if (key[0] == '\0' || d->rc != KK_OK)
		return;
	if (d->n == d->room) {
		size_t room = d->room > 0 ? d->room * 2 : 256;

		if ((m = realloc(d->mark, room * sizeof(*m))) == NULL) {
			d->rc = KK_E_NOMEM;
			return;
		}
		d->mark = m;
		d->room = room;
	}
	m = &d->mark[d->n++];
	m->kind = kind;
	m->dev = dev;
	snprintf(m->key, sizeof(m->key), "%s", key);
	if (kind == SHARED_MAC)
		for (char *p = m->key; *p != '\0'; p++)
			*p = (char)tolower((unsigned char)*p);
}

/* ---- what devices have ---- */

static int
address_of(const char *host, uint8_t out[16])
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

	memcpy(out, mapped, sizeof(mapped));
	return inet_pton(AF_INET, host, out + 12) == 1 || inet_pton(AF_INET6, host, out) == 1;
}

static void
put_inventory(struct duplicates *d, const struct device *dev)
{
	unsigned port = dev->port != 0 ? dev->port : d->c->conf.snmp.port;
	struct place *p = &d->place[d->n_place];
	char key[DUPLICATES_KEY], text[INET6_ADDRSTRLEN];

	put(d, SHARED_MAC, dev, dev->mac);
	if (dev->host[0] == '\0')
		return;
	if (!address_of(dev->host, p->address)) {
		snprintf(key, sizeof(key), "%.70s, %u", dev->host, port);
	} else {
		inet_ntop(AF_INET6, p->address, text, sizeof(text));
		snprintf(key, sizeof(key), "%s, %u",
		    strncmp(text, "::ffff:", 7) == 0 ? text + 7 : text, port);
		p->port = (uint16_t)port;
		p->dev = dev;
		d->n_place++;
	}
	put(d, SHARED_ADDRESS, dev, key);
}

static void
put_plate(void *ctx, const struct identity *is, const struct identity *was)
{
	struct duplicates *d = ctx;
	const struct device *dev = inventory_by_num(d->inventory, is->device);

	(void)was;
	if (dev == NULL)
		return;
	put(d, SHARED_MAC, dev, is->plate.text[NAMEPLATE_MAC]);
	put(d, SHARED_SERIAL, dev, is->plate.text[NAMEPLATE_SERIAL]);
}

static int
by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int c = memcmp(x->address, y->address, sizeof(x->address));

	return c != 0 ? c : (x->port > y->port) - (x->port < y->port);
}

static void
put_engine(void *ctx, const struct usm_row *row)
{
	struct duplicates *d = ctx;
	struct place wanted = {.port = row->port}, *p;
	char key[USM_ROW_ENGINE * 2 + 1] = "";

	memcpy(wanted.address, row->address, sizeof(wanted.address));
	p = bsearch(&wanted, d->place, d->n_place, sizeof(*d->place), by_place);
	if (p == NULL)
		return; /* of an address that is asked no longer */
	for (unsigned i = 0; i < row->engine_len; i++)
		snprintf(key + 2 * (size_t)i, 3, "%02x", row->engine[i]);
	put(d, SHARED_ENGINE, p->dev, key);
}

/* ---- what is shared ---- */

static int
by_key(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;
	int c = (x->kind > y->kind) - (x->kind < y->kind);

	if (c == 0)
		c = strcmp(x->key, y->key);
	return c != 0 ? c : strcmp(x->dev->id, y->dev->id);
}

static int
is_same(const struct mark *a, const struct mark *b)
{
	return a->kind == b->kind && strcmp(a->key, b->key) == 0;
}

/* Where the group ends that begins at `from`. */
static size_t
group_end(const struct duplicates *d, size_t from)
{
	size_t to = from + 1;

	while (to < d->n && is_same(&d->mark[from], &d->mark[to]))
		to++;
	return to;
}

/* Only groups of several devices stay, each device once. */
static void
keep_shared(struct duplicates *d)
{
	size_t n = 0;

	if (d->n == 0)
		return;
	qsort(d->mark, d->n, sizeof(*d->mark), by_key);
	for (size_t i = 0; i < d->n; i++)
		if (n == 0 || by_key(&d->mark[n - 1], &d->mark[i]) != 0)
			d->mark[n++] = d->mark[i];
	d->n = n;
	n = 0;
	for (size_t i = 0, end; i < d->n; i = end) {
		end = group_end(d, i);
		if (end - i < 2)
			continue;
		memmove(d->mark + n, d->mark + i, (end - i) * sizeof(*d->mark));
		n += end - i;
	}
	d->n = n;
}

static int
collect(struct duplicates *d, struct db *db, struct diag *why)
{
	size_t n;
	const struct device *dev = inventory_all(d->inventory, &n);
	int rc;

	if ((d->place = calloc(n + 1, sizeof(*d->place))) == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < n; i++)
		put_inventory(d, &dev[i]);
	qsort(d->place, d->n_place, sizeof(*d->place), by_place);
	if ((rc = identity_now(db, put_plate, d, why)) == KK_OK)
		rc = usm_cache_load(db, put_engine, d, why);
	return rc == KK_OK ? d->rc : rc;
}

int
duplicates_find(const struct cli *c, const struct city *city, struct duplicates **out)
{
	struct duplicates *d = calloc(1, sizeof(*d));
	struct diag why = {""};
	int rc = KK_E_NOMEM;

	if (d != NULL) {
		d->c = c;
		d->inventory = city->inventory;
		rc = collect(d, city->db, &why);
	}
	if (rc != KK_OK) {
		cli_say(c, "%s", why.text[0] ? why.text : kk_strerror(rc));
		duplicates_free(d);
		return 0;
	}
	keep_shared(d);
	*out = d;
	return 1;
}

void
duplicates_free(struct duplicates *d)
{
	if (d == NULL)
		return;
	free(d->mark);
	free(d->place);
	free(d);
}

/* ---- told ---- */

static int
has_device(const struct duplicates *d, size_t from, size_t to, uint32_t num)
{
	for (size_t i = from; i < to; i++)
		if (num == 0 || d->mark[i].dev->num == num)
			return 1;
	return 0;
}

json_t *
duplicates_json(const struct duplicates *d, uint32_t num)
{
	json_t *all = json_array();

	for (size_t i = 0, end; i < d->n; i = end) {
		json_t *o, *ids;

		end = group_end(d, i);
		if (!has_device(d, i, end, num))
			continue;
		o = json_object();
		ids = json_array();
		json_object_set_new(o, "what", json_string(kind_name(d->mark[i].kind)));
		json_object_set_new(o, "value", json_string(d->mark[i].key));
		for (size_t k = i; k < end; k++)
			json_array_append_new(ids, json_string(d->mark[k].dev->id));
		json_object_set_new(o, "devices", ids);
		json_array_append_new(all, o);
	}
	return all;
}

/* "WF1, WF2", without the device itself; cut if it is long. */
static void
list_devices(
    const struct duplicates *d, size_t from, size_t to, uint32_t but, char *out, size_t room)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = from; i < to && at < room; i++)
		if (d->mark[i].dev->num != but)
			at += (size_t)snprintf(
			    out + at, room - at, "%s%s", at > 0 ? ", " : "", d->mark[i].dev->id);
}

static const char *
kind_text(const struct cli *c, enum shared_kind kind)
{
	static const enum text_id texts[] = {
	    TEXT_SAME_ADDRESS, TEXT_SAME_MAC, TEXT_SAME_SERIAL, TEXT_SAME_ENGINE};

	return i18n(c->lang, texts[kind]);
}

int
duplicates_text(const struct cli *c, const struct duplicates *d, uint32_t num, unsigned nth,
    char *out, size_t room)
{
	char others[400];

	for (size_t i = 0, end; i < d->n; i = end) {
		end = group_end(d, i);
		if (!has_device(d, i, end, num) || nth-- > 0)
			continue;
		list_devices(d, i, end, num, others, sizeof(others));
		snprintf(
		    out, room, "%s %s: %s", kind_text(c, d->mark[i].kind), d->mark[i].key, others);
		return 1;
	}
	return 0;
}

static int
print_all(const struct cli *c, const struct duplicates *d)
{
	static const enum text_id headings[] = {TEXT_SHARED, TEXT_VALUE, TEXT_DEVICES};
	struct grid *g = grid_new(3, "lll");
	char ids[400];
	int rc = KK_E_NOMEM;

	if (g != NULL) {
		for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++)
			grid_cell(g, i18n(c->lang, headings[i]));
		for (size_t i = 0, end; i < d->n; i = end) {
			end = group_end(d, i);
			list_devices(d, i, end, 0, ids, sizeof(ids));
			grid_cell(g, kind_text(c, d->mark[i].kind));
			grid_cell(g, d->mark[i].key);
			grid_cell(g, ids);
		}
		rc = grid_print(g, stdout, c->colour);
	}
	grid_free(g);
	if (rc == KK_OK)
		return CLI_DONE;
	cli_say(c, "%s", kk_strerror(rc));
	return CLI_FAILED;
}

int
duplicates_list(const struct cli *c)
{
	struct duplicates *d = NULL;
	struct city city;
	int code = CLI_FAILED;

	if (!city_open(c, &city))
		return CLI_FAILED;
	if (duplicates_find(c, &city, &d))
		code = c->json ? cli_json(c, duplicates_json(d, 0)) : print_all(c, d);
	duplicates_free(d);
	city_close(&city);
	return code;
}
