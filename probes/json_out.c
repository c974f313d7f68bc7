/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/json_out.h"

#include <string.h>

#include "lib/text.h"

#define DIGITS_MAX 20 /* of 64 bits */

static void
put(struct json_out *j, char c)
{
	putc_unlocked(c, j->f);
}

static void
put_word(struct json_out *j, const char *word)
{
	fwrite_unlocked(word, 1, strlen(word), j->f);
}

/* What stands before a value. */
static void
begin(struct json_out *j, const char *key)
{
	if (j->comma)
		put(j, ',');
	j->comma = 1;
	if (key == NULL)
		return;
	put(j, '"');
	put_word(j, key);
	put(j, '"');
	put(j, ':');
}

struct json_out
json_line(FILE *f)
{
	struct json_out j = {f, 0};

	json_open(&j, NULL, '{');
	return j;
}

int
json_end(struct json_out *j)
{
	json_close(j, '}');
	put(j, '\n');
	return !ferror(j->f);
}

void
json_open(struct json_out *j, const char *key, char bracket)
{
	begin(j, key);
	put(j, bracket);
	j->comma = 0;
}

void
json_close(struct json_out *j, char bracket)
{
	put(j, bracket);
	j->comma = 1;
}

void
json_put_null(struct json_out *j, const char *key)
{
	begin(j, key);
	put_word(j, "null");
}

void
json_put_flag(struct json_out *j, const char *key, int v)
{
	begin(j, key);
	put_word(j, v ? "true" : "false");
}

static void
put_digits(struct json_out *j, uint64_t v)
{
	char digits[DIGITS_MAX];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	while (at < sizeof(digits))
		put(j, digits[at++]);
}

void
json_put_count(struct json_out *j, const char *key, uint64_t v)
{
	begin(j, key);
	put_digits(j, v);
}

void
json_put_number(struct json_out *j, const char *key, int64_t v)
{
	begin(j, key);
	if (v < 0)
		put(j, '-');
	put_digits(j, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void
json_put_known(struct json_out *j, const char *key, int64_t v)
{
	if (v < 0)
		json_put_null(j, key);
	else
		json_put_count(j, key, (uint64_t)v);
}

/* The letter behind the backslash. @return 0: none; 'u': the number follows. */
static char
escape_of(char c)
{
	switch (c) {
	case '"':
	case '\\':
		return c;
	case '\b':
		return 'b';
	case '\f':
		return 'f';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	default:
		return (unsigned char)c < ' ' ? 'u' : 0;
	}
}

void
json_put_text(struct json_out *j, const char *key, const char *text)
{
	if (text == NULL || !text_is_utf8(text, strlen(text))) {
		json_put_null(j, key);
		return;
	}
	begin(j, key);
	put(j, '"');
	for (; *text != '\0'; text++) {
		char letter = escape_of(*text);

		if (letter == 0) {
			put(j, *text);
			continue;
		}
		put(j, '\\');
		put(j, letter);
		if (letter == 'u') {
			put_word(j, *text < 0x10 ? "000" : "001");
			put(j, "0123456789ABCDEF"[*text & 15]);
		}
	}
	put(j, '"');
}
