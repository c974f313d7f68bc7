/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/trap/sources.h"

#include <stdlib.h>
#include <string.h>

#include "collector/snmp/net_udp.h"
#include "lib/text.h"

#define ANY_PORT 161 /* an address needs one to be read; it is not looked at */

struct by_mac {
	uint64_t mac;
	size_t at; /* in `all` */
};

struct sources {
	size_t n, n_macs;
	struct source *all; /* by address, then device */
	struct by_mac *mac; /* by MAC */
};

static int
by_address(const void *x, const void *y)
{
	const struct source *a = x, *b = y;
	int c = memcmp(&a->addr, &b->addr, sizeof(a->addr));

	return c != 0 ? c : (a->device > b->device) - (a->device < b->device);
}

static int
by_number(const void *x, const void *y)
{
	const struct by_mac *a = x, *b = y;

	return (a->mac > b->mac) - (a->mac < b->mac);
}

static uint64_t
mac_number(const uint8_t mac[6])
{
	uint64_t v = 0;

	for (int i = 0; i < 6; i++)
		v = v << 8 | mac[i];
	return v;
}

static void
gather(struct sources *s, const struct device *dev, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct sockaddr_in6 at;

		if (dev[i].host[0] == '\0' || net_udp_address(dev[i].host, ANY_PORT, &at) != KK_OK)
			continue;
		s->all[s->n++] = (struct source){.addr = at.sin6_addr,
		    .device = dev[i].num,
		    .community = dev[i].community,
		    .asked_ms = INT64_MIN};
	}
	qsort(s->all, s->n, sizeof(*s->all), by_address);
}

static void
index_macs(struct sources *s, const struct inventory *inv)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct device *dev = inventory_by_num(inv, s->all[i].device);

		if (dev != NULL && (s->mac[s->n_macs].mac = text_mac(dev->mac)) != 0)
			s->mac[s->n_macs++].at = i;
	}
	qsort(s->mac, s->n_macs, sizeof(*s->mac), by_number);
}

/* Both are in order. */
static void
take_over(struct sources *s, const struct sources *old)
{
	for (size_t i = 0, k = 0; i < s->n && k < old->n;) {
		int c = by_address(&s->all[i], &old->all[k]);

		if (c == 0) {
			const char *community = s->all[i].community;

			s->all[i] = old->all[k];
			s->all[i].community = community;
		}
		i += c <= 0;
		k += c >= 0;
	}
}

int
sources_follow(const struct inventory *inv, struct sources **s)
{
	size_t n;
	const struct device *dev = inventory_all(inv, &n);
	struct sources *fresh = calloc(1, sizeof(*fresh));

	if (fresh != NULL) {
		fresh->all = calloc(n + 1, sizeof(*fresh->all));
		fresh->mac = calloc(n + 1, sizeof(*fresh->mac));
	}
	if (fresh == NULL || fresh->all == NULL || fresh->mac == NULL) {
		sources_free(fresh);
		return KK_E_NOMEM;
	}
	gather(fresh, dev, n);
	index_macs(fresh, inv);
	if (*s != NULL)
		take_over(fresh, *s);
	sources_free(*s);
	*s = fresh;
	return KK_OK;
}

void
sources_free(struct sources *s)
{
	if (s == NULL)
		return;
	free(s->all);
	free(s->mac);
	free(s);
}

struct source *
sources_at(struct sources *s, const struct in6_addr *a, size_t *n)
{
	size_t low = 0, high = s != NULL ? s->n : 0, end;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (memcmp(&s->all[mid].addr, a, sizeof(*a)) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (end = low; s != NULL && end < s->n && memcmp(&s->all[end].addr, a, sizeof(*a)) == 0;)
		end++;
	*n = end - low;
	return *n > 0 ? &s->all[low] : NULL;
}

struct source *
sources_with_mac(struct sources *s, const uint8_t mac[6])
{
	struct by_mac key = {.mac = mac_number(mac)}, *found;

	if (s == NULL || s->n_macs == 0)
		return NULL;
	found = bsearch(&key, s->mac, s->n_macs, sizeof(*s->mac), by_number);
	if (found == NULL || (found > s->mac && found[-1].mac == key.mac) ||
	    (found + 1 < s->mac + s->n_macs && found[1].mac == key.mac))
		return NULL;
	return &s->all[found->at];
}
