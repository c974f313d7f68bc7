/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/aps/names.h"

#include <stdlib.h>
#include <string.h>

#include "lib/text.h"

/* Open addressing: what is looked for, hashed, and whose it is. */
struct entry {
	uint64_t key; /* of a text its hash: 64 bits are enough for a city */
	uint32_t at;  /* index + 1; 0: free */
	uint8_t several;
};

struct table {
	struct entry *entry;
	size_t mask;
};

struct names {
	struct named *all;
	size_t n;
	struct table mac, id, name;
};

static int
table_make(struct table *t, size_t n)
{
	size_t size = 16;

	while (size < n * 2)
		size *= 2;
	t->mask = size - 1;
	t->entry = calloc(size, sizeof(*t->entry));
	return t->entry != NULL;
}

static size_t
home(const struct table *t, uint64_t key)
{
	return (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 20) & t->mask;
}

static void
put(struct table *t, uint64_t key, size_t at)
{
	size_t i = home(t, key);

	for (; t->entry[i].at != 0; i = (i + 1) & t->mask)
		if (t->entry[i].key == key)
			t->entry[i].several = 1;
	t->entry[i] = (struct entry){.key = key, .at = (uint32_t)at + 1};
}

static uint64_t
hash_text(const char *text)
{
	return text_hash(text, strlen(text));
}

static uint64_t
mac_number(const uint8_t mac[6])
{
	uint64_t n = 0;

	for (int i = 0; i < 6; i++)
		n = n << 8 | mac[i];
	return n;
}

static uint32_t
number_of(const struct inventory *inv, const char *id)
{
	const struct device *d = id[0] != '\0' ? inventory_by_id(inv, id) : NULL;

	return d != NULL ? d->num : 0;
}

int
names_new(const struct inventory *inv, struct names **out)
{
	size_t n_dev;
	const struct device *dev = inventory_all(inv, &n_dev);
	struct names *n = calloc(1, sizeof(*n));

	if (n == NULL || (n->all = calloc(n_dev + 1, sizeof(*n->all))) == NULL ||
	    !table_make(&n->mac, n_dev) || !table_make(&n->id, n_dev) ||
	    !table_make(&n->name, n_dev)) {
		names_free(n);
		return KK_E_NOMEM;
	}
	for (size_t i = 0; i < n_dev; i++) {
		uint64_t mac = text_mac(dev[i].mac);

		if (dev[i].kind != KIND_AP)
			continue;
		n->all[n->n] = (struct named){dev[i].num, number_of(inv, dev[i].controller)};
		if (mac != 0)
			put(&n->mac, mac, n->n);
		put(&n->id, hash_text(dev[i].id), n->n);
		if (dev[i].name[0] != '\0')
			put(&n->name, hash_text(dev[i].name), n->n);
		n->n++;
	}
	*out = n;
	return KK_OK;
}

void
names_free(struct names *n)
{
	if (n == NULL)
		return;
	free(n->all);
	free(n->mac.entry);
	free(n->id.entry);
	free(n->name.entry);
	free(n);
}

const struct named *
names_all(const struct names *n, size_t *count)
{
	*count = n->n;
	return n->all;
}

static int
by_num(const void *a, const void *b)
{
	uint32_t x = ((const struct named *)a)->num, y = ((const struct named *)b)->num;

	return (x > y) - (x < y);
}

const struct named *
names_by_num(const struct names *n, uint32_t num)
{
	struct named key = {num, 0};

	return bsearch(&key, n->all, n->n, sizeof(key), by_num);
}

const struct named *
names_by_mac(const struct names *n, const uint8_t mac[6], uint32_t controller)
{
	uint64_t key = mac_number(mac);
	const struct named *first = NULL;

	if (key == 0)
		return NULL;
	for (size_t i = home(&n->mac, key); n->mac.entry[i].at != 0; i = (i + 1) & n->mac.mask) {
		const struct named *one = &n->all[n->mac.entry[i].at - 1];

		if (n->mac.entry[i].key != key)
			continue;
		if (one->controller == controller)
			return one;
		if (first == NULL)
			first = one;
	}
	return first;
}

static const struct named *
by_text(const struct names *n, const struct table *t, uint64_t key)
{
	for (size_t i = home(t, key); t->entry[i].at != 0; i = (i + 1) & t->mask)
		if (t->entry[i].key == key)
			return t->entry[i].several ? NULL : &n->all[t->entry[i].at - 1];
	return NULL;
}

const struct named *
names_by_text(const struct names *n, const char *text)
{
	uint64_t key = hash_text(text);
	const struct named *one = by_text(n, &n->id, key);

	return one != NULL ? one : by_text(n, &n->name, key);
}
