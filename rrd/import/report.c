/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.c - what an import says of the file: counts, warnings, errors. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "rrd/import/rows.h"

/* What import_report_free() frees: the report and its texts. */
struct owned_report {
	struct import_report report; /* first */
	struct region *texts;
};

static struct region *
texts_of(struct import_report *r)
{
	return ((struct owned_report *)r)->texts;
}

struct import_report *
import_report_new(void)
{
	struct owned_report *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->texts = region_new();
	if (r->texts == NULL) {
		free(r);
		return NULL;
	}
	return &r->report;
}

void
import_report_free(struct import_report *r)
{
	if (r == NULL)
		return;
	region_free(texts_of(r));
	free(r->warnings);
	free(r->errors);
	free(r);
}

static struct import_note *
note_room(struct import_note **notes, size_t *n, size_t *room)
{
	if (*n == *room) {
		size_t more = *room ? *room * 2 : 64;
		struct import_note *grown = realloc(*notes, more * sizeof(*grown));

		if (grown == NULL)
			return NULL;
		*notes = grown;
		*room = more;
	}
	return &(*notes)[(*n)++];
}

__attribute__((format(printf, 6, 0))) static void
note(struct import *im, struct import_note *to, unsigned line, const char *id, const char *field,
    const char *fmt, va_list ap)
{
	struct region *texts = texts_of(im->report);
	char reason[512];

	if (to == NULL) {
		im->failed = KK_E_NOMEM;
		return;
	}
	vsnprintf(reason, sizeof(reason), fmt, ap);
	*to = (struct import_note){line, region_strdup(texts, id), region_strdup(texts, field),
	    region_strdup(texts, reason)};
	if (to->id == NULL || to->field == NULL || to->reason == NULL) {
		*to = (struct import_note){line, "", "", ""};
		im->failed = KK_E_NOMEM;
	}
}

void
import_warn(
    struct import *im, unsigned line, const char *id, const char *field, const char *fmt, ...)
{
	struct import_report *r = im->report;
	va_list ap;

	va_start(ap, fmt);
	note(im, note_room(&r->warnings, &r->n_warnings, &im->warnings_room), line, id, field, fmt,
	    ap);
	va_end(ap);
}

void
import_error(
    struct import *im, unsigned line, const char *id, const char *field, const char *fmt, ...)
{
	struct import_report *r = im->report;
	va_list ap;

	va_start(ap, fmt);
	note(im, note_room(&r->errors, &r->n_errors, &im->errors_room), line, id, field, fmt, ap);
	va_end(ap);
}
