/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/markup.h"

void
markup_escaped(FILE *out, const char *text)
{
	for (; text != NULL && *text != '\0'; text++)
		switch (*text) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		case '\'':
			fputs("&#39;", out);
			break;
		default:
			fputc((unsigned char)*text < 0x20 || *text == 0x7f ? ' ' : *text, out);
		}
}
