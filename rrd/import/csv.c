/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"
#include "rrd/import/rows.h"

/* The reason in a message "FILE:LINE: reason". */
static const char *
without_place(const struct import *im, const char *text)
{
	size_t n = strlen(im->file);

	if (strncmp(text, im->file, n) != 0 || text[n] != ':')
		return text;
	for (text += n + 1; *text >= '0' && *text <= '9';)
		text++;
	return strncmp(text, ": ", 2) == 0 ? text + 2 : text;
}

static int
is_cp949(struct import *im, const char *p, size_t len)
{
	char *text;
	size_t out;
	int rc = text_from_cp949(p, len, &text, &out);

	if (rc == KK_E_NOMEM)
		im->failed = rc;
	free(text);
	return rc == KK_OK;
}

/* One line of a file whose encoding is broken. */
struct line {
	const char *at;
	size_t len;
};

static int
next_line(const char **p, const char *end, struct line *out)
{
	const char *stop;

	if (*p >= end)
		return 0;
	stop = memchr(*p, '\n', (size_t)(end - *p));
	if (stop == NULL)
		stop = end;
	*out = (struct line){*p, (size_t)(stop - *p)};
	*p = stop + 1;
	return 1;
}

/* Find which of the two encodings most lines are in, and name the others. */
void
import_broken_lines(struct import *im, const char *p, size_t len)
{
	const char *end = p + len, *at = p;
	size_t utf8 = 0, cp949 = 0, named = im->report->n_errors;
	struct line l;
	unsigned line = 1;
	int want_utf8;

	while (next_line(&at, end, &l)) {
		int is_utf8 = text_is_utf8(l.at, l.len);

		utf8 += (size_t)is_utf8;
		cp949 += !is_utf8 && is_cp949(im, l.at, l.len);
	}
	want_utf8 = utf8 >= cp949;
	for (at = p; next_line(&at, end, &l); line++)
		if (want_utf8 ? !text_is_utf8(l.at, l.len) : !is_cp949(im, l.at, l.len))
			import_error(im, line, "", "", "the line is not %s",
			    want_utf8 ? "UTF-8" : "CP949 (nor the file UTF-8)");
	if (im->report->n_errors == named)
		import_error(im, 1, "", "", "the file is neither UTF-8 nor CP949");
}

/* 1: the header can be used. */
static int
take_header(struct import *im, unsigned line, char **fields, size_t n)
{
	int has_id = 0;

	for (size_t i = 0; i < n && im->failed == 0; i++)
		im->failed = import_header_add(im, line, fields[i]);
	if (im->failed != 0)
		return 0;
	import_header_done(im);
	for (size_t i = 0; i < im->header.n; i++)
		has_id |= im->header.col[i].column == COL_ID;
	if (!has_id)
		import_error(im, line, "", "id", "the header names no column \"id\"");
	return has_id;
}

static void
take_record(struct import *im, unsigned line, char *fields[CSV_FIELDS_MAX], size_t n)
{
	size_t used = n;

	while (used > 0 && fields[used - 1][0] == '\0')
		used--;
	if (used == 0) {
		import_warn(im, line, "", "", "the row is empty");
		return;
	}
	if (used > im->header.n) {
		/* Which of the fields is too many nobody can tell: all behind it are shifted. */
		im->report->rows++;
		import_error(im, line, "", "",
		    "%zu fields where the header has %zu: a comma that "
		    "is not quoted?",
		    n, im->header.n);
		return;
	}
	for (size_t i = 0; i < im->header.n; i++)
		fields[i] = i < n ? csv_unguard(fields[i]) : NULL;
	import_take(im, line, fields);
}

int
import_csv(struct import *im, struct csv **csv, const char *p, size_t len, struct diag *d)
{
	char *fields[CSV_FIELDS_MAX];
	struct diag why = {""};
	int header = 0, rc = csv_over(im->file, p, len, csv, &why);
	unsigned line;
	size_t n;

	if (rc == KK_E_SYNTAX) {
		import_broken_lines(im, p, len);
		return im->failed;
	}
	if (rc != KK_OK)
		return diag_set(d, rc, "%s", why.text);
	for (line = 1, n = 0; im->failed == 0; n = 0) {
		rc = csv_next(*csv, fields, &n, &line, &why);
		if (rc == KK_END)
			break;
		if (rc == KK_E_SYNTAX)
			import_error(im, line, "", "", "%s", without_place(im, why.text));
		else if (rc != KK_OK)
			return diag_set(d, rc, "%s", why.text);
		else if (header > 0)
			take_record(im, line, fields, n);
		else if (take_header(im, line, fields, n))
			header = 1;
		else
			break;
	}
	if (im->failed == 0 && header == 0 && im->report->n_errors == 0)
		import_error(im, 1, "", "", "the file is empty");
	return im->failed;
}
