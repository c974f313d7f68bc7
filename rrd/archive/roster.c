/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/archive/roster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/region.h"
#include "lib/sample.h"
#include "lib/text.h"
#include "rrd/archive/archive.h"

#define NAME_MOST 200 /* octets of a file's name before ".controller.x.rrd.tmp" */

/* An area while the roster is made: what it is named and how many are in it. */
struct place {
	uint64_t hash;
	const char *key;
	uint32_t members, index; /* index ROSTER_NONE: too few members */
};

struct by_key {
	uint64_t hash;
	uint32_t entry;
};

struct roster {
	struct region *region;
	struct roster_entry *entry; /* by number */
	size_t n;
	struct by_key *by_key; /* by hash of the stem */
	const char **area;
	size_t n_areas;
};

/* An id as a file's name: as text_file_key(), and short enough for the endings that follow. */
static void
file_name(const char *id, char out[TEXT_KEY_MAX])
{
	size_t len;

	text_file_key(id, out);
	len = strlen(out);
	if (len > NAME_MOST)
		snprintf(
		    out + NAME_MOST - 17, 18, "~%016llx", (unsigned long long)text_hash(out, len));
}

static void
stem(const char *folder, const char *id, char out[ROSTER_KEY])
{
	char name[TEXT_KEY_MAX];

	file_name(id, name);
	snprintf(out, ROSTER_KEY, "%s/%02x/%s", folder,
	    (unsigned)(text_hash(id, strlen(id)) & 0xff), name);
}

const char *
archive_key(const struct device *d, unsigned source, int extra, char *out, size_t room)
{
	char s[ROSTER_KEY];

	stem(device_kind_name(d->kind), d->id, s);
	snprintf(out, room, "%s%s%s%s", s, source == SOURCE_SNMP ? "" : ".",
	    source == SOURCE_SNMP ? "" : sample_source_name(source), extra ? ".x" : "");
	return out;
}

const char *
archive_area_key(const char *kind, const char *name, char *out, size_t room)
{
	char s[ROSTER_KEY], folder[32];

	snprintf(folder, sizeof(folder), "area/%s", kind);
	stem(folder, name[0] == '\0' ? "all" : name, s);
	snprintf(out, room, "%s", s);
	return out;
}

static int
place_cmp(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return strcmp(x->key, y->key);
}

static int
by_key_cmp(const void *a, const void *b)
{
	const struct by_key *x = a, *y = b;

	return (x->hash > y->hash) - (x->hash < y->hash);
}

static int
entry_cmp(const void *a, const void *b)
{
	const struct roster_entry *x = a, *y = b;

	return (x->num > y->num) - (x->num < y->num);
}

/* The area's key of a device, NULL: it belongs to none of this kind. */
static const char *
device_area(const struct device *d, int which, char out[ROSTER_KEY])
{
	static const char *const kinds[ROSTER_AREAS] = {"city", "district", "site"};
	const char *name[ROSTER_AREAS] = {"", d->district, d->site};

	if (d->kind != KIND_AP || (which > 0 && (name[which] == NULL || name[which][0] == '\0')))
		return NULL;
	return archive_area_key(kinds[which], name[which], out, ROSTER_KEY);
}

/* All areas that devices name, each once, sorted; the small ones without an index. */
static int
make_areas(struct roster *r, const struct device *all, size_t n, struct place **out, size_t *count)
{
	struct place *p = calloc(n * ROSTER_AREAS + 1, sizeof(*p));
	char key[ROSTER_KEY];
	size_t had = 0, kept = 0;

	*out = p;
	if (p == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < n; i++)
		for (int k = 0; k < ROSTER_AREAS; k++) {
			if (device_area(&all[i], k, key) == NULL)
				continue;
			p[had].hash = text_hash(key, strlen(key));
			p[had].key = region_strdup(r->region, key);
			if (p[had++].key == NULL)
				return KK_E_NOMEM;
		}
	qsort(p, had, sizeof(*p), place_cmp);
	for (size_t i = 0; i < had; i++) {
		if (kept == 0 || strcmp(p[kept - 1].key, p[i].key) != 0)
			p[kept++] = p[i];
		p[kept - 1].members++;
	}
	r->area = region_alloc(r->region, (kept + 1) * sizeof(*r->area));
	if (r->area == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < kept; i++) {
		p[i].index = ROSTER_NONE;
		if (p[i].members < 2 && strncmp(p[i].key, "area/site/", 10) == 0)
			continue;
		p[i].index = (uint32_t)r->n_areas;
		r->area[r->n_areas++] = p[i].key;
	}
	*count = kept;
	return KK_OK;
}

static int
make_entry(struct roster *r, const struct device *d, const struct place *p, size_t places)
{
	struct roster_entry *e = &r->entry[r->n];
	struct place want, *found;
	char key[ROSTER_KEY];

	*e = (struct roster_entry){.num = d->num, .account = (uint8_t)d->account};
	e->stem = region_strdup(r->region, archive_key(d, SOURCE_SNMP, 0, key, sizeof(key)));
	if (e->stem == NULL)
		return KK_E_NOMEM;
	for (int k = 0; k < ROSTER_AREAS; k++) {
		e->area[k] = ROSTER_NONE;
		if (device_area(d, k, key) == NULL)
			continue;
		want.key = key;
		want.hash = text_hash(key, strlen(key));
		found = bsearch(&want, p, places, sizeof(*p), place_cmp);
		if (found != NULL)
			e->area[k] = found->index;
	}
	r->n++;
	return KK_OK;
}

static int
fill(struct roster *r, const struct device *all, size_t n, struct place **places)
{
	size_t count = 0;
	int rc = make_areas(r, all, n, places, &count);

	r->entry = region_alloc(r->region, (n + 1) * sizeof(*r->entry));
	r->by_key = region_alloc(r->region, (n + 1) * sizeof(*r->by_key));
	if (r->entry == NULL || r->by_key == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < n && rc == KK_OK; i++)
		rc = make_entry(r, &all[i], *places, count);
	if (rc != KK_OK)
		return rc;
	qsort(r->entry, r->n, sizeof(*r->entry), entry_cmp);
	for (size_t i = 0; i < r->n; i++) {
		r->by_key[i].hash = text_hash(r->entry[i].stem, strlen(r->entry[i].stem));
		r->by_key[i].entry = (uint32_t)i;
	}
	qsort(r->by_key, r->n, sizeof(*r->by_key), by_key_cmp);
	return KK_OK;
}

int
roster_make(const struct device *all, size_t n, struct roster **out)
{
	struct roster *r = calloc(1, sizeof(*r));
	struct place *places = NULL;
	int rc;

	*out = NULL;
	if (r == NULL || (r->region = region_new()) == NULL) {
		free(r);
		return KK_E_NOMEM;
	}
	rc = fill(r, all, n, &places);
	free(places);
	if (rc != KK_OK) {
		roster_free(r);
		return rc;
	}
	*out = r;
	return KK_OK;
}

void
roster_free(struct roster *r)
{
	if (r == NULL)
		return;
	region_free(r->region);
	free(r);
}

const struct roster_entry *
roster_find(const struct roster *r, uint32_t num)
{
	struct roster_entry want = {.num = num};

	return r->n == 0 ? NULL : bsearch(&want, r->entry, r->n, sizeof(*r->entry), entry_cmp);
}

const struct roster_entry *
roster_all(const struct roster *r, size_t *n)
{
	*n = r->n;
	return r->entry;
}

const struct roster_entry *
roster_by_key(const struct roster *r, const char *key, unsigned *source)
{
	size_t len = strcspn(key, "."), lo = 0, hi = r->n; /* a stem holds no dot */
	uint64_t hash = text_hash(key, len);
	char ending[32];

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (r->by_key[mid].hash < hash)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < r->n && r->by_key[lo].hash == hash; lo++) {
		const struct roster_entry *e = &r->entry[r->by_key[lo].entry];

		if (strncmp(e->stem, key, len) != 0 || e->stem[len] != '\0')
			continue;
		for (unsigned s = 0; s < SOURCE_COUNT; s++) {
			snprintf(ending, sizeof(ending), "%s%s", s == SOURCE_SNMP ? "" : ".",
			    s == SOURCE_SNMP ? "" : sample_source_name(s));
			*source = s;
			if (strncmp(key + len, ending, strlen(ending)) == 0 &&
			    (strcmp(key + len + strlen(ending), "") == 0 ||
				strcmp(key + len + strlen(ending), ".x") == 0))
				return e;
		}
		return NULL;
	}
	return NULL;
}

size_t
roster_areas(const struct roster *r)
{
	return r->n_areas;
}

const char *
roster_area(const struct roster *r, size_t i)
{
	return r->area[i];
}
