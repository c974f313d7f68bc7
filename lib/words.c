/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/words.h"

/* Append, cut at a character; returns 0 once something was cut. */
static int
append(char **at, const char *end, const char *text, size_t len, int clean)
{
	for (size_t i = 0; i < len;) {
		size_t n = 1;

		while (i + n < len && ((unsigned char)text[i + n] & 0xc0) == 0x80)
			n++; /* the rest of this character */
		if ((size_t)(end - *at) <= n)
			return 0;
		for (size_t k = 0; k < n; k++, i++) {
			unsigned char c = (unsigned char)text[i];

			*(*at)++ = clean && (c < 0x20 || c == 0x7f) ? ' ' : text[i];
		}
	}
	return 1;
}

const char *
words_fill(char *out, size_t room, const char *sentence, const char *const *words, size_t n)
{
	const char *end = out + room;
	char *at = out;
	int whole = 1;

	while (*sentence != '\0' && whole) {
		size_t k = (size_t)(sentence[0] == '{' ? sentence[1] - '0' : 10);
		const char *from = sentence;

		if (k < n && sentence[2] == '}') {
			const char *w = words[k];

			while (*w != '\0')
				w++;
			whole = append(&at, end, words[k], (size_t)(w - words[k]), 1);
			sentence += 3;
			continue;
		}
		do
			sentence++;
		while (*sentence != '\0' && *sentence != '{');
		whole = append(&at, end, from, (size_t)(sentence - from), 0);
	}
	*at = '\0';
	return out;
}
