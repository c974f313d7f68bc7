/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "rrd/import/rows.h"

/* Characters that show nothing and can turn a line, a table or its direction over. */
enum shape { SHAPE_TEXT, SHAPE_BLANK, SHAPE_CONTROL };

/* The shape of the character at `p`, and its octets. The text is valid UTF-8. */
static enum shape
shape_of(const unsigned char *p, size_t *octets)
{
	*octets = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (p[0] == ' ')
		return SHAPE_BLANK;
	if (p[0] < 0x20 || p[0] == 0x7f)
		return SHAPE_CONTROL;
	if (p[0] == 0xc2 && p[1] == 0xa0) /* no-break space */
		return SHAPE_BLANK;
	if (p[0] == 0xc2 && p[1] < 0xa0)
		return SHAPE_CONTROL;
	if (p[0] == 0xe3 && p[1] == 0x80 && p[2] == 0x80) /* ideographic space */
		return SHAPE_BLANK;
	/* U+200B..200F, U+2028..202E, U+2066..2069: marks, separators, directions */
	if (p[0] == 0xe2 && p[1] == 0x80 &&
	    ((p[2] >= 0x8b && p[2] <= 0x8f) || (p[2] >= 0xa8 && p[2] <= 0xae)))
		return SHAPE_CONTROL;
	if (p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9)
		return SHAPE_CONTROL;
	if (p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf) /* a byte-order mark astray */
		return SHAPE_CONTROL;
	return SHAPE_TEXT;
}

char *
import_clean(char *text, size_t most, unsigned *faults)
{
	unsigned char *from = (unsigned char *)text, *to, *first;
	unsigned char *end; /* behind the last character that is no blank */
	unsigned seen = 0;
	size_t octets;

	while (*from != '\0' && shape_of(from, &octets) != SHAPE_TEXT)
		from += octets;
	first = to = end = from;
	while (*from != '\0') {
		enum shape shape = shape_of(from, &octets);

		if ((size_t)(to - first) + octets > most) {
			/* Blanks behind the end are no loss. */
			if (shape == SHAPE_TEXT) {
				*faults |= CLEAN_CUT;
				break;
			}
			from += octets;
			continue;
		}
		if (shape == SHAPE_CONTROL) {
			seen = CLEAN_CONTROL;
			/* A line break is one blank, with the carriage return before it. */
			if (to > first && to[-1] != ' ')
				*to++ = ' ';
			from += octets;
			continue;
		}
		memmove(to, from, octets);
		to += octets;
		from += octets;
		if (shape == SHAPE_TEXT) {
			end = to;
			*faults |= seen;
		}
	}
	*end = '\0';
	return (char *)first;
}
