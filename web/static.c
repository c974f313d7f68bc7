/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/static.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"

#define STATIC_MAX (8u << 20)

static const struct {
	const char *name;
	const char *type;
} files[] = {
    {"index.html", "text/html; charset=utf-8"},
    {"app.js", "text/javascript; charset=utf-8"},
    {"app.css", "text/css; charset=utf-8"},
    {"icon.svg", "image/svg+xml"},
};
#define FILES (sizeof(files) / sizeof(files[0]))

/* Addresses that the page itself understands (web/page/src/main.ts). */
static const char *const views[] = {"devices", "districts", "usage"};

struct static_files {
	struct {
		char *body;
		size_t len;
		char etag[24];
	} file[FILES];
};

static int
read_file(const char *dir, const char *name, char **body, size_t *len)
{
	char path[1024];
	FILE *f;
	long size;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if ((f = fopen(path, "rb")) == NULL)
		return kk_from_errno(errno);
	if (fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0 || size > (long)STATIC_MAX) {
		fclose(f);
		return KK_E_IO;
	}
	rewind(f);
	*len = (size_t)size;
	*body = malloc(*len + 1);
	if (*body == NULL || fread(*body, 1, *len, f) != *len) {
		free(*body);
		*body = NULL;
		fclose(f);
		return KK_E_IO;
	}
	fclose(f);
	return KK_OK;
}

int
static_read(const char *dir, struct static_files **out, struct diag *d)
{
	struct static_files *s = calloc(1, sizeof(*s));
	int rc = KK_OK;

	if (s == NULL)
		return diag_set(d, KK_E_NOMEM, "web: out of memory");
	for (size_t i = 0; i < FILES; i++) {
		if (read_file(dir, files[i].name, &s->file[i].body, &s->file[i].len) != KK_OK) {
			rc = diag_set(d, KK_E_NOTFOUND, "%s/%s: the page is not installed there",
			    dir, files[i].name);
			continue;
		}
		snprintf(s->file[i].etag, sizeof(s->file[i].etag), "\"%016llx\"",
		    (unsigned long long)text_hash(s->file[i].body, s->file[i].len));
	}
	*out = s;
	return rc;
}

void
static_free(struct static_files *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < FILES; i++)
		free(s->file[i].body);
	free(s);
}

/* Which file serves a path: by name, or index.html for the root and the page's own views. */
static int
which(const struct url_path *p)
{
	if (p->n == 0)
		return 0;
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++)
		if (strcmp(p->part[0], views[i]) == 0)
			return 0;
	for (size_t i = 0; i < FILES; i++)
		if (p->n == 1 && strcmp(p->part[0], files[i].name) == 0)
			return (int)i;
	return -1;
}

void
static_answer(const struct static_files *s, const struct web_request *rq, struct web_answer *a)
{
	int i = which(&rq->path);

	if (i < 0) {
		answer_error(a, 404, "no such address");
		return;
	}
	if (s->file[i].body == NULL) {
		answer_error(a, 503,
		    "the page is not installed (see web.page in kkachi.yaml); the API works: "
		    "/api/v1/summary");
		return;
	}
	a->type = files[i].type;
	a->etag = s->file[i].etag;
	if (http_not_modified(rq, a->etag)) {
		a->status = 304;
		return;
	}
	a->body = s->file[i].body;
	a->len = s->file[i].len;
}
