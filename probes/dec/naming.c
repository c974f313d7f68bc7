/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/dec/naming.h"

#include <string.h>

#define DIGITS 12

static int
digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Octets that an address at the beginning takes, whatever follows; 0: none. */
static size_t
mac_at(const uint8_t *text, size_t len, uint8_t mac[6])
{
	size_t group = 0, at = 0;
	uint8_t divider;

	while (group < len && group < DIGITS && digit(text[group]) >= 0)
		group++;
	if (group != 2 && group != 4 && group != 6 && group != DIGITS)
		return 0;
	divider = group < len ? text[group] : 0;
	if (group < DIGITS && divider != '-' && divider != ':' && divider != '.')
		return 0;
	for (size_t i = 0; i < DIGITS; i++, at++) {
		int v;

		if (i > 0 && i % group == 0) {
			if (at >= len || text[at] != divider)
				return 0;
			at++;
		}
		if (at >= len || (v = digit(text[at])) < 0)
			return 0;
		mac[i / 2] = (uint8_t)(i % 2 == 0 ? v << 4 : mac[i / 2] | v);
	}
	return at;
}

size_t
naming_mac(const uint8_t *text, size_t len, uint8_t mac[6])
{
	size_t n = mac_at(text, len, mac);

	return n < len && digit(text[n]) >= 0 ? 0 : n;
}

int
naming_mentions(const uint8_t *text, size_t len, const uint8_t *mac)
{
	uint8_t found[6];

	if (mac == NULL)
		return 0;
	for (size_t at = 0; at < len; at++)
		if ((len - at >= 6 && memcmp(text + at, mac, 6) == 0) ||
		    (mac_at(text + at, len - at, found) > 0 && memcmp(found, mac, 6) == 0))
			return 1;
	return 0;
}

void
naming_text(struct detail_text *out, const uint8_t *p, size_t len)
{
	out->cut = len > DETAIL_TEXT_MAX;
	out->len = (uint8_t)(out->cut ? DETAIL_TEXT_MAX : len);
	if (out->len > 0)
		memcpy(out->octets, p, out->len);
}

uint64_t
naming_number(const uint8_t *mac)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < 6; i++)
		v = v << 8 | mac[i];
	return v;
}

static void
add_ssid(struct detail_ap *out, const uint8_t *p, size_t len)
{
	if (len == 0 || len > SSID_MAX || (out->flags & DETAIL_AP_SSID))
		return;
	out->ssid.len = (uint8_t)len;
	memcpy(out->ssid.octets, p, len);
	out->flags |= DETAIL_AP_SSID;
}

static void
add_name(struct detail_ap *out, const uint8_t *p, size_t len, int binary)
{
	if (len == 0 || (out->flags & DETAIL_AP_NAME))
		return;
	naming_text(&out->name, p, len);
	out->flags |= (uint8_t)(DETAIL_AP_NAME | (binary ? DETAIL_AP_BINARY : 0));
}

static int
is_text(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] < 0x20 || p[i] == 0x7f)
			return 0;
	return 1;
}

void
naming_ap(struct detail_ap *out, const uint8_t *text, size_t len, const uint8_t *client)
{
	uint8_t mac[6];
	size_t n;

	if (len == 0 || naming_mentions(text, len, client))
		return;
	n = naming_mac(text, len, mac);
	if (n > 0 && (mac[0] & 1) == 0) {
		if ((out->flags & DETAIL_AP_BSSID) == 0)
			out->bssid = naming_number(mac);
		out->flags |= DETAIL_AP_BSSID;
		if (n < len) /* whatever divides them */
			add_ssid(out, text + n + 1, len - n - 1);
		return;
	}
	if (!is_text(text, len)) {
		add_name(out, text, len, 1);
		return;
	}
	for (n = 0; n < len && text[n] != ':' && text[n] != ';'; n++)
		;
	add_name(out, text, n, 0);
	if (n < len)
		add_ssid(out, text + n + 1, len - n - 1);
}

void
naming_mark(struct detail_ap *ap, const struct pseudonyms *key)
{
	uint8_t mac[6];

	if ((ap->flags & DETAIL_AP_BSSID) == 0)
		return;
	for (unsigned i = 0; i < 6; i++)
		mac[i] = (uint8_t)(ap->bssid >> (40 - 8 * i));
	ap->mark = pseudonym_mark(key, mac);
}
