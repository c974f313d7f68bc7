/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/csv.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/slurp.h"
#include "lib/text.h"

/* What a spreadsheet takes for the start of a formula. */
#define FORMULA	  "=+-@\t\r\n"
#define FILE_MOST ((size_t)1 << 30)

/* The whole text, changed in place as it is read: fields are cut off with NULs, quotes undoubled.
 */
struct csv {
	char *name;
	char *text;
	char *at; /* first octet of the next record */
	char *end;
	unsigned line; /* of `at`, from 1 */
};

/* The first line that is not text in the encoding; 0: none. A CP949 character holds no line end. */
static unsigned
first_bad_line(const char *p, size_t len, int cp949)
{
	unsigned line = 1;
	size_t ignored;

	while (len > 0) {
		const char *nl = memchr(p, '\n', len);
		size_t n = nl != NULL ? (size_t)(nl - p) + 1 : len;
		char *t = NULL;

		if (cp949 ? text_from_cp949(p, n, &t, &ignored) != KK_OK : !text_is_utf8(p, n))
			return line;
		free(t);
		p += n;
		len -= n;
		line++;
	}
	return 0;
}

/* As NUL-terminated UTF-8 on the heap. */
static int
decode(const char *name, const char *p, size_t len, char **out, size_t *out_len, struct diag *d)
{
	unsigned utf8, cp949;
	int rc = KK_E_SYNTAX;

	if (len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
		p += 3;
		len -= 3;
	}
	if (text_is_utf8(p, len)) {
		if ((*out = malloc(len + 1)) == NULL)
			return diag_set(d, KK_E_NOMEM, "%s: %s", name, kk_strerror(KK_E_NOMEM));
		memcpy(*out, p, len);
		(*out)[len] = '\0';
		*out_len = len;
		return KK_OK;
	}
	if (memchr(p, '\0', len) == NULL && (rc = text_from_cp949(p, len, out, out_len)) == KK_OK)
		return KK_OK;
	if (rc != KK_E_SYNTAX)
		return diag_set(d, rc, "%s: %s", name, kk_strerror(rc));
	/* The encoding that went further is the one that was meant. */
	utf8 = first_bad_line(p, len, 0);
	cp949 = first_bad_line(p, len, 1);
	return diag_set(d, KK_E_SYNTAX, "%s:%u: neither UTF-8 nor CP949", name,
	    utf8 > cp949 ? utf8
	    : cp949 > 0	 ? cp949
			 : utf8);
}

int
csv_over(const char *name, const void *p, size_t len, struct csv **out, struct diag *d)
{
	struct csv *c = calloc(1, sizeof(*c));
	size_t text_len = 0;
	int rc = KK_E_NOMEM;

	if (p == NULL)
		p = ""; /* no octets */
	if (c == NULL || (c->name = strdup(name)) == NULL) {
		diag_set(d, rc, "%s: %s", name, kk_strerror(rc));
		goto fail;
	}
	if ((rc = decode(name, p, len, &c->text, &text_len, d)) != KK_OK)
		goto fail;
	c->at = c->text;
	c->end = c->text + text_len;
	c->line = 1;
	*out = c;
	return KK_OK;
fail:
	csv_free(c);
	return rc;
}

int
csv_open(const char *path, struct csv **out, struct diag *d)
{
	const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
	char *raw;
	size_t len;
	int rc = slurp(path, FILE_MOST, &raw, &len, d);

	if (rc == KK_OK)
		rc = csv_over(name, raw, len, out, d);
	free(raw);
	return rc;
}

void
csv_free(struct csv *c)
{
	if (c == NULL)
		return;
	free(c->name);
	free(c->text);
	free(c);
}

/* Where the text from `p` on has its line end: LF, or CR before LF or at the end; NULL if here is
 * none. */
static char *
line_end(const struct csv *c, char *p)
{
	if (p == c->end || *p == '\n')
		return p;
	if (*p == '\r' && (p + 1 == c->end || p[1] == '\n'))
		return p;
	return NULL;
}

static void
skip_line_end(struct csv *c, char *p)
{
	if (p < c->end && *p == '\r')
		p++;
	if (p < c->end && *p == '\n') {
		p++;
		c->line++;
	}
	c->at = p;
}

/* Go on with the next line, whatever this one holds. */
static void
skip_line(struct csv *c)
{
	char *nl = memchr(c->at, '\n', (size_t)(c->end - c->at));

	if (nl != NULL)
		c->line++;
	c->at = nl != NULL ? nl + 1 : c->end;
}

/* The end of a field that starts at `p`, without changing anything; says why it has none. */
static char *
field_end(const struct csv *c, char *p, const char **why)
{
	char *quote;

	*why = NULL;
	if (*p != '"') {
		for (; line_end(c, p) == NULL && *p != ','; p++)
			if (*p == '"')
				*why = "a quote inside a field that does not start with one";
		return p;
	}
	for (p++; (quote = memchr(p, '"', (size_t)(c->end - p))) != NULL; p = quote + 2) {
		if (quote + 1 < c->end && quote[1] == '"')
			continue;
		if (*(quote + 1) != ',' && line_end(c, quote + 1) == NULL)
			*why = "text behind a closing quote";
		return quote + 1;
	}
	*why = "a quote that is never closed";
	return c->end;
}

/* Cut the field [from, end) out in place: `end` is overwritten by the caller's NUL. */
static char *
unquote(char *from, char *end)
{
	char *to;

	if (*from != '"') {
		*end = '\0';
		return from;
	}
	to = ++from;
	for (char *p = from; p < end - 1; p++) {
		if (*p == '"')
			p++; /* the first of a pair; field_end() has seen that it is one */
		*to++ = *p;
	}
	*to = '\0';
	return from;
}

static unsigned
count_lines(const char *from, const char *end)
{
	unsigned n = 0;

	for (; (from = memchr(from, '\n', (size_t)(end - from))) != NULL; from++)
		n++;
	return n;
}

/* Find the fields' ends without touching the text, so that reading can go on behind an error. The
 * count, at least 1, or KK_E_SYNTAX. */
static int
measure(struct csv *c, char *starts[CSV_FIELDS_MAX], char *ends[CSV_FIELDS_MAX], struct diag *d)
{
	const char *why;
	unsigned line = c->line;
	char *p = c->at;

	for (int n = 0; n < CSV_FIELDS_MAX; p++) {
		starts[n] = p;
		ends[n] = field_end(c, p, &why);
		if (why != NULL) {
			diag_set(d, KK_E_SYNTAX, "%s:%u: field %d: %s", c->name, line, n + 1, why);
			return KK_E_SYNTAX;
		}
		line += count_lines(p, ends[n]);
		p = ends[n++];
		if (p == c->end || *p != ',')
			return n;
	}
	diag_set(d, KK_E_SYNTAX, "%s:%u: more than %d fields", c->name, c->line, CSV_FIELDS_MAX);
	return KK_E_SYNTAX;
}

int
csv_next(struct csv *c, char *fields[CSV_FIELDS_MAX], size_t *n, unsigned *line, struct diag *d)
{
	char *ends[CSV_FIELDS_MAX], *e;
	int found;

	*n = 0;
	while (c->at < c->end && (e = line_end(c, c->at)) != NULL)
		skip_line_end(c, e);
	*line = c->line;
	if (c->at >= c->end)
		return KK_END;
	if ((found = measure(c, fields, ends, d)) < 1) {
		skip_line(c);
		return found;
	}
	*n = (size_t)found;
	c->line += count_lines(c->at, ends[*n - 1]);
	skip_line_end(c, ends[*n - 1]);
	for (size_t i = 0; i < *n; i++)
		fields[i] = unquote(fields[i], ends[i]);
	return KK_OK;
}

static const char *
skip_digits(const char *p)
{
	while (*p >= '0' && *p <= '9')
		p++;
	return p;
}

/* A sign, digits, perhaps a fraction and an exponent: what a spreadsheet takes for a number. */
static int
is_number(const char *p)
{
	const char *from;

	p += *p == '+' || *p == '-';
	from = p;
	p = skip_digits(p);
	if (p == from)
		return 0;
	if (*p == '.')
		p = skip_digits(p + 1);
	if (*p == 'e' || *p == 'E') {
		p++;
		p += *p == '+' || *p == '-';
		if (skip_digits(p) == p)
			return 0;
		p = skip_digits(p);
	}
	return *p == '\0';
}

void
csv_put(FILE *out, const char *text, int first)
{
	int formula, quoted;

	if (!first)
		putc(',', out);
	if (text == NULL || *text == '\0')
		return;
	formula = strchr(FORMULA, *text) != NULL && !is_number(text);
	/* In quotes also what a reader would take for blanks to strip, or for a byte-order mark. */
	quoted = strpbrk(text, ",\"\r\n") != NULL || *text == ' ' ||
		 text[strlen(text) - 1] == ' ' || strncmp(text, "\xef\xbb\xbf", 3) == 0;
	if (quoted)
		putc('"', out);
	if (formula)
		putc('\'', out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			putc('"', out);
		putc(*text, out);
	}
	if (quoted)
		putc('"', out);
}

char *
csv_unguard(char *field)
{
	int guarded = field[0] == '\'' && field[1] != '\0' && strchr(FORMULA, field[1]) != NULL;

	/* '- alone stays: a lone - means "clear" to an import. */
	return guarded && field[2] != '\0' ? field + 1 : field;
}
