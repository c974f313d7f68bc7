/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/learn.h"
#include "lib/text.h"

#define BUCKETS 4096
/* An answer that is longer may need fragments, which firewalls drop. */
#define ANSWER_OCTETS 1300
#define ENVELOPE      60  /* octets beside the varbinds and the community */
#define ENVELOPE_V3   200 /* the same of SNMPv3: engine ids, user, digest */

struct layouts {
	struct layout *bucket[BUCKETS];
	size_t n;
	struct learn_gate gate;
};

struct learn_gate *
layouts_gate(struct layouts *l)
{
	return &l->gate;
}

int
layouts_new(struct layouts **out)
{
	*out = calloc(1, sizeof(**out));
	return *out != NULL ? KK_OK : KK_E_NOMEM;
}

static void
layout_free(struct layout *y)
{
	for (unsigned i = 0; i < y->n_gets; i++) {
		request_free(y->get[i].request);
		free(y->get[i].object);
	}
	free(y->get);
	plan_free(y->plan);
	free(y->octets);
	free(y);
}

void
layouts_free(struct layouts *l)
{
	if (l == NULL)
		return;
	for (unsigned i = 0; i < BUCKETS; i++)
		while (l->bucket[i] != NULL) {
			struct layout *y = l->bucket[i];

			l->bucket[i] = y->next;
			layout_free(y);
		}
	free(l);
}

size_t
layouts_count(const struct layouts *l)
{
	return l->n;
}

/* Octets that a varbind takes in an answer, at the most: names exactly, values as they come. */
static size_t
varbind_octets(const struct plan *p, unsigned i)
{
	const unsigned long *name = plan_name(p, i);
	size_t n = 6;

	for (unsigned k = 0; k < p->object[i].len; k++)
		n += name[k] < 0x80 ? 1 : name[k] < 0x4000 ? 2 : name[k] < 0x200000 ? 3 : 5;
	return n + (p->object[i].what == OBJECT_NAME ? 24 : 10);
}

/* Objects of one counter stay together, so that they are of one moment. */
static int
may_split_before(const struct plan *p, unsigned i)
{
	const struct plan_object *a = &p->object[i - 1], *b = &p->object[i];
	int same = a->what >= OBJECT_DOWN && a->what <= OBJECT_NAME && b->what >= OBJECT_DOWN &&
		   b->what <= OBJECT_NAME && a->index == b->index;

	return !same;
}

/* Where the GET that starts at `from` ends. */
static unsigned
chunk_end(const struct plan *p, unsigned from, int uptime, size_t around)
{
	size_t octets = around + (uptime >= 0 ? varbind_octets(p, (unsigned)uptime) : 0);
	unsigned n = uptime >= 0, end = from, good = from;

	for (; end < p->n_objects; end++) {
		if (end > from && may_split_before(p, end))
			good = end;
		octets += varbind_octets(p, end);
		n++;
		if (n > p->chunk || octets > ANSWER_OCTETS) {
			if (good > from)
				return good;
			return end > from ? end : from + 1;
		}
	}
	return end;
}

static int
add_get(struct layout *y, unsigned from, unsigned end, int uptime, struct diag *d)
{
	struct request_oid oids[ANSWER_VARBINDS_MAX];
	struct layout_get *get = realloc(y->get, (y->n_gets + 1) * sizeof(*get));
	const struct plan *p = y->plan;
	unsigned n = 0;

	if (get == NULL)
		return KK_E_NOMEM;
	y->get = get;
	get += y->n_gets;
	*get = (struct layout_get){0};
	if ((get->object = calloc(end - from + 1, sizeof(*get->object))) == NULL)
		return KK_E_NOMEM;
	y->n_gets++;
	if (uptime >= 0 && (unsigned)uptime < from)
		get->object[n++] = (uint16_t)uptime;
	for (; from < end; from++)
		get->object[n++] = (uint16_t)from;
	get->n = n;
	for (unsigned i = 0; i < n; i++)
		oids[i] = (struct request_oid){
		    plan_name(p, get->object[i]), p->object[get->object[i]].len};
	return request_new(REQUEST_GET, y->version, y->community, oids, n, 0, &get->request, d);
}

static int
add_gets(struct layout *y, struct diag *d)
{
	const struct plan *p = y->plan;
	size_t around = y->version == 3 ? ENVELOPE_V3 : ENVELOPE + strlen(y->community);
	int uptime = -1, rc = KK_OK;
	unsigned from = 0;

	for (unsigned i = 0; i < p->n_objects && uptime < 0; i++)
		if (p->object[i].what == OBJECT_UPTIME)
			uptime = (int)i;
	while (from < p->n_objects && rc == KK_OK) {
		unsigned end = chunk_end(p, from, (unsigned)uptime < from ? uptime : -1, around);

		rc = add_get(y, from, end, uptime, d);
		from = end;
	}
	return rc;
}

static int
layout_new(const struct profile *profile, int version, const char *community, const uint8_t *octets,
    size_t len, struct layout **out, struct diag *d)
{
	struct layout *y = calloc(1, sizeof(*y));
	int rc;

	if (y == NULL)
		return diag_set(d, KK_E_NOMEM, "layout: %s", kk_strerror(KK_E_NOMEM));
	y->profile = profile;
	y->version = version;
	snprintf(y->community, sizeof(y->community), "%s", community);
	if ((rc = plan_decode(octets, len, &y->plan)) != KK_OK) {
		diag_set(d, rc, "layout of profile %s: %s", profile->name, kk_strerror(rc));
		goto fail;
	}
	rc = KK_E_NOMEM;
	if ((y->octets = malloc(len)) == NULL)
		goto fail;
	memcpy(y->octets, octets, len);
	y->len = len;
	if ((rc = add_gets(y, d)) != KK_OK)
		goto fail;
	*out = y;
	return KK_OK;
fail:
	layout_free(y);
	return rc;
}

static int
is_it(const struct layout *y, const struct profile *profile, int version, const char *community,
    const uint8_t *octets, size_t len)
{
	return y->profile == profile && y->version == version && y->len == len &&
	       memcmp(y->octets, octets, len) == 0 && strcmp(y->community, community) == 0;
}

int
layouts_take(struct layouts *l, const struct profile *profile, int version, const char *community,
    const uint8_t *octets, size_t len, struct layout **out, struct diag *d)
{
	uint64_t hash = text_hash(octets, len);
	struct layout **bucket = &l->bucket[hash % BUCKETS];
	struct layout *y;
	int rc;

	for (y = *bucket; y != NULL; y = y->next)
		if (y->hash == hash && is_it(y, profile, version, community, octets, len)) {
			y->refs++;
			*out = y;
			return KK_OK;
		}
	if ((rc = layout_new(profile, version, community, octets, len, &y, d)) != KK_OK)
		return rc;
	y->hash = hash;
	y->refs = 1;
	y->next = *bucket;
	*bucket = y;
	l->n++;
	*out = y;
	return KK_OK;
}

void
layout_release(struct layouts *l, struct layout *y)
{
	struct layout **at;

	if (y == NULL || --y->refs > 0)
		return;
	for (at = &l->bucket[y->hash % BUCKETS]; *at != y; at = &(*at)->next)
		;
	*at = y->next;
	l->n--;
	layout_free(y);
}
