/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/far_end.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lib/text.h"

#define MAC_DIGITS 12

/* Whether a text has 12 digits of an address, however they are parted: SEP0202030405AB. */
static int
has_address(const struct detail_text *t)
{
	unsigned digits = 0;

	for (size_t i = 0; i < t->len && digits < MAC_DIGITS; i++)
		if (isxdigit(t->octets[i]))
			digits++;
		else if (strchr(":-. ", t->octets[i]) == NULL || t->octets[i] == '\0')
			digits = 0;
	return digits >= MAC_DIGITS;
}

/* A text as far as it can be shown, '?' for each octet that cannot. */
static const char *
shown(const struct detail_text *t, char out[DETAIL_TEXT_MAX + 1])
{
	uint32_t c = 0;

	for (size_t at = 0, n; at < t->len; at += n) {
		n = text_char(t->octets + at, t->len - at, &c);
		if (n > 0 && text_is_plain(c)) {
			memcpy(out + at, t->octets + at, n);
			continue;
		}
		n = 1;
		out[at] = '?';
	}
	out[t->len] = '\0';
	return out;
}

const char *
far_ends_new(struct far_ends *f, const struct detail_lldp *lldp)
{
	const struct detail_text *name = lldp->name.len > 0 ? &lldp->name : &lldp->chassis;
	int named = name->len > 0 && !has_address(name);
	int ported = lldp->port.len > 0 && !has_address(&lldp->port);
	char who[DETAIL_TEXT_MAX + 1], port[DETAIL_TEXT_MAX + 1], text[FAR_END_TEXT];

	if (!lldp->infrastructure || (!named && !ported) || f->n == FAR_ENDS)
		return NULL;
	snprintf(text, sizeof(text), "%s, port %s",
	    named ? shown(name, who) : "a switch without a name",
	    ported ? shown(&lldp->port, port) : "without a name");
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->told[i], text) == 0)
			return NULL;
	memcpy(f->told[f->n], text, sizeof(text));
	return f->told[f->n++];
}
