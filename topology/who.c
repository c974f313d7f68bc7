/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "topology/who.h"

#include <stdlib.h>
#include <string.h>

#include "lib/text.h"

#define NOBODY	UINT32_MAX
#define SEVERAL (UINT32_MAX - 1)

/* What a text is: a name is not taken for an address. */
enum sort { BY_ID, BY_MAC, BY_ADDRESS, BY_NAME, BY_CHASSIS };

struct entry {
	const char *text; /* NULL: free */
	uint32_t len;
	uint32_t index;
	uint8_t sort;
};

struct who {
	struct entry *entry; /* open addressing */
	size_t mask;
};

static struct entry *
place(const struct who *w, enum sort sort, const char *text, size_t len)
{
	size_t at =
	    (text_hash(text, len) + (uint64_t)sort * UINT64_C(0x9e3779b97f4a7c15)) & w->mask;

	for (;; at = (at + 1) & w->mask) {
		struct entry *e = &w->entry[at];

		if (e->text == NULL ||
		    (e->sort == sort && e->len == len && memcmp(e->text, text, len) == 0))
			return e;
	}
}

static void
put(struct who *w, enum sort sort, const char *text, uint32_t index)
{
	size_t len = text != NULL ? strlen(text) : 0;
	struct entry *e;

	if (len == 0)
		return;
	e = place(w, sort, text, len);
	if (e->text == NULL)
		*e = (struct entry){
		    .text = text, .len = (uint32_t)len, .index = index, .sort = sort};
	else if (e->index != index)
		e->index = SEVERAL;
}

static uint32_t
look(const struct who *w, enum sort sort, const char *text, size_t len)
{
	const struct entry *e = len > 0 ? place(w, sort, text, len) : NULL;

	return e == NULL || e->text == NULL || e->index == SEVERAL ? NOBODY : e->index;
}

uint32_t
who_numbered(const struct topology_view *v, uint32_t num)
{
	size_t low = 0, high = v->n_devices;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (v->device[mid].num < num)
			low = mid + 1;
		else
			high = mid;
	}
	return low < v->n_devices && v->device[low].num == num ? (uint32_t)low : NOBODY;
}

uint32_t
who_called(const struct who *w, const char *id)
{
	return look(w, BY_ID, id, strlen(id));
}

static void
put_all(struct who *w, const struct topology_view *v)
{
	for (uint32_t i = 0; i < v->n_devices; i++) {
		const struct device *d = &v->device[i];

		put(w, BY_ID, d->id, i);
		put(w, BY_NAME, d->id, i);
		put(w, BY_NAME, d->name, i);
		put(w, BY_MAC, d->mac, i);
		put(w, BY_ADDRESS, d->host, i);
	}
	for (size_t i = 0; i < v->told->n_reporters; i++) {
		const struct reporter *r = &v->told->reporter[i];
		uint32_t index = who_numbered(v, r->device);

		if (index == NOBODY)
			continue;
		put(w, r->chassis_type == CHASSIS_MAC ? BY_MAC : BY_CHASSIS, r->chassis, index);
		put(w, BY_NAME, r->name, index);
	}
	for (size_t i = 0; i < v->n_aliases; i++) {
		uint32_t index = who_numbered(v, v->alias[i].device);

		if (index != NOBODY)
			put(w, BY_MAC, v->alias[i].mac, index);
	}
}

int
who_new(const struct topology_view *v, struct who **out)
{
	struct who *w = calloc(1, sizeof(*w));
	size_t size = 64, most = v->n_devices * 5 + v->told->n_reporters * 2 + v->n_aliases;

	if (w == NULL)
		return KK_E_NOMEM;
	while (size < most * 2)
		size *= 2;
	w->mask = size - 1;
	if ((w->entry = calloc(size, sizeof(*w->entry))) == NULL) {
		free(w);
		return KK_E_NOMEM;
	}
	put_all(w, v);
	*out = w;
	return KK_OK;
}

void
who_free(struct who *w)
{
	if (w == NULL)
		return;
	free(w->entry);
	free(w);
}

/* By what the chassis id is; what it is not tells nothing. */
static uint32_t
by_chassis(const struct who *w, const struct neighbour *n)
{
	size_t len = strlen(n->chassis);
	uint32_t who;

	if (n->chassis_type == CHASSIS_MAC)
		return look(w, BY_MAC, n->chassis, len);
	if (n->chassis_type == CHASSIS_ADDRESS)
		return look(w, BY_ADDRESS, n->chassis, len);
	who = look(w, BY_CHASSIS, n->chassis, len);
	return who != NOBODY ? who : look(w, BY_NAME, n->chassis, len);
}

/* A device tells its name with the domain or without. */
static uint32_t
by_name(const struct who *w, const char *name)
{
	uint32_t who = look(w, BY_NAME, name, strlen(name));

	return who != NOBODY ? who : look(w, BY_NAME, name, strcspn(name, "."));
}

uint32_t
who_is(const struct who *w, const struct neighbour *n)
{
	uint32_t who = by_chassis(w, n);

	if (who == NOBODY && n->far_type == PORT_MAC)
		who = look(w, BY_MAC, n->far_port, strlen(n->far_port));
	if (who == NOBODY)
		who = look(w, BY_ADDRESS, n->address, strlen(n->address));
	return who != NOBODY ? who : by_name(w, n->name);
}
