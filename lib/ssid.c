/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/ssid.h"

#include <stdio.h>
#include <string.h>

#include "lib/text.h"

/* Whether a character is shown as it is. */
static int
is_plain(uint32_t c)
{
	return c != '\\' && c != ',' && text_is_plain(c);
}

const char *
ssid_text(const struct ssid *ssid, char out[SSID_TEXT_MAX])
{
	size_t len = ssid->len <= SSID_MAX ? ssid->len : SSID_MAX, at = 0, used = 0;
	uint32_t c = 0;

	while (at < len) {
		size_t n = text_char(ssid->octets + at, len - at, &c);

		if (n > 0 && is_plain(c) && !(c == ' ' && (at == 0 || at + 1 == len))) {
			memcpy(out + used, ssid->octets + at, n);
			used += n;
			at += n;
			continue;
		}
		for (n = n > 0 ? n : 1; n > 0; n--, at++)
			used += (size_t)snprintf(
			    out + used, SSID_TEXT_MAX - used, "\\x%02x", ssid->octets[at]);
	}
	out[used] = '\0';
	return out;
}

int
ssid_same(const struct ssid *a, const struct ssid *b)
{
	return a->len == b->len && memcmp(a->octets, b->octets, a->len) == 0;
}

/* \xNN, stepped over. -1: it is none. */
static int
take_octet(const char **text)
{
	int v = 0;

	if ((*text)[0] != '\\' || (*text)[1] != 'x')
		return -1;
	for (unsigned i = 2; i < 4; i++) {
		char c = (*text)[i];

		if (c >= '0' && c <= '9')
			v = v << 4 | (c - '0');
		else if (c >= 'a' && c <= 'f')
			v = v << 4 | (c - 'a' + 10);
		else if (c >= 'A' && c <= 'F')
			v = v << 4 | (c - 'A' + 10);
		else
			return -1;
	}
	*text += 4;
	return v;
}

/* Up to the comma or the end, which is not stepped over. */
static int
take_name(const char **text, struct ssid *out)
{
	size_t plain_end = 0; /* a blank at the end is left out, but not if it is escaped */

	out->len = 0;
	while (**text == ' ')
		++*text;
	while (**text != '\0' && **text != ',') {
		int escaped = **text == '\\';
		int v = escaped ? take_octet(text) : (uint8_t) * (*text)++;

		if (v < 0)
			return KK_E_SYNTAX;
		if (out->len == SSID_MAX) {
			if (v == ' ' && !escaped)
				continue;
			return KK_E_RANGE;
		}
		out->octets[out->len++] = (uint8_t)v;
		if (v != ' ' || escaped)
			plain_end = out->len;
	}
	out->len = (uint8_t)plain_end;
	return plain_end > 0 ? KK_OK : KK_E_SYNTAX;
}

int
ssid_list_parse(const char *text, struct ssid_list *out)
{
	out->n = 0;
	if (text[strspn(text, " ")] == '\0')
		return KK_OK;
	for (;; text++) {
		int rc;

		if (out->n == SSID_LIST_MAX)
			return KK_E_FULL;
		if ((rc = take_name(&text, &out->name[out->n])) != KK_OK)
			return rc;
		out->n++;
		if (*text == '\0')
			return KK_OK;
	}
}

int
ssid_list_find(const struct ssid_list *list, const struct ssid *ssid)
{
	for (size_t i = 0; i < list->n; i++)
		if (ssid_same(&list->name[i], ssid))
			return (int)i;
	return -1;
}
