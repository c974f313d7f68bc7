/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/nameplate.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/text.h"

#define NAMEPLATE_AS_NAME(id, name) name,

const char *
nameplate_field_name(enum nameplate_field field)
{
	static const char *const names[] = {NAMEPLATE_FIELDS(NAMEPLATE_AS_NAME)};

	return names[field];
}

/* What is written where nobody wrote anything. */
static int
says_nothing(const char *text)
{
	static const char *const none[] = {"n/a", "na", "none", "null", "unknown", "undefined",
	    "not specified", "not available", "not applicable", "default string", "default",
	    "system serial number", "to be filled by o.e.m."};

	if (text[strspn(text, "0 .:_-/*?xX")] == '\0')
		return 1;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		if (strcasecmp(text, none[i]) == 0)
			return 1;
	return 0;
}

void
nameplate_take(struct nameplate *n, enum nameplate_field field, const uint8_t *p, size_t len)
{
	char *out = n->text[field];
	size_t start, end;

	text_from_octets(p, len, out, NAMEPLATE_TEXT);
	start = strspn(out, " ");
	end = strlen(out);
	while (end > start && out[end - 1] == ' ')
		end--;
	memmove(out, out + start, end - start);
	out[end - start] = '\0';
	if (says_nothing(out))
		out[0] = '\0';
}

void
nameplate_take_mac(struct nameplate *n, const uint8_t mac[6])
{
	static const uint8_t nobody[6];

	n->text[NAMEPLATE_MAC][0] = '\0';
	if (memcmp(mac, nobody, sizeof(nobody)) != 0)
		snprintf(n->text[NAMEPLATE_MAC], NAMEPLATE_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x",
		    mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

/* -1: one of the two is unknown. */
static int
differ(const struct nameplate *a, const struct nameplate *b, enum nameplate_field field)
{
	if (a->text[field][0] == '\0' || b->text[field][0] == '\0')
		return -1;
	return strcmp(a->text[field], b->text[field]) != 0;
}

static int
is_swapped(const struct nameplate *known, const struct nameplate *seen)
{
	static const enum nameplate_field witness[] = {
	    NAMEPLATE_SERIAL, NAMEPLATE_MAC, NAMEPLATE_MODEL};

	for (size_t i = 0; i < sizeof(witness) / sizeof(witness[0]); i++) {
		int d = differ(known, seen, witness[i]);

		if (d >= 0)
			return d;
	}
	return 0;
}

unsigned
nameplate_advance(struct nameplate *known, const struct nameplate *seen)
{
	unsigned changed = is_swapped(known, seen) ? NAMEPLATE_SWAPPED : 0;

	for (unsigned f = 0; f < NAMEPLATE_COUNT; f++) {
		int d = differ(known, seen, (enum nameplate_field)f);

		if (d == 1)
			changed |= 1u << f;
		else if (d < 0 && seen->text[f][0] != '\0')
			changed |= NAMEPLATE_FILLED;
		if (seen->text[f][0] != '\0' || (changed & NAMEPLATE_SWAPPED))
			memcpy(known->text[f], seen->text[f], NAMEPLATE_TEXT);
	}
	return changed;
}

int
nameplate_is_blank(const struct nameplate *n)
{
	for (unsigned f = 0; f < NAMEPLATE_COUNT; f++)
		if (n->text[f][0] != '\0')
			return 0;
	return 1;
}
