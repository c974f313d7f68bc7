/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file: magic, hash of the rest, cursor, the waiting points of areas, the areas' sums. In this
 * machine's byte order: it is a checkpoint, and a damaged one costs a re-read of the journal. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/text.h"
#include "rrd/archive/archive_in.h"
#include "rrd/archive/schema.h"

#define MAGIC	  "KKARCH2\n"
#define STATE_MAX (UINT64_C(1) << 32)

struct state_head {
	char magic[8];
	uint64_t hash; /* of everything behind it */
	struct cursor cursor;
	uint64_t n_rows; /* areas with points that wait */
	uint64_t areas;	 /* octets of areas_save() at the end */
};

struct state_rows {
	char key[ROSTER_KEY];
	uint64_t mask, octets;
};

static const char *
state_path(const struct archive *a, const char *ending, char out[320])
{
	snprintf(out, 320, "%s/.state%s", a->root, ending);
	return out;
}

static int
load_rows(struct archive *a, const uint8_t **p, size_t *left)
{
	struct state_rows r;
	struct file_series *s;
	uint32_t i;
	int rc;

	if (*left < sizeof(r))
		return KK_E_CORRUPT;
	memcpy(&r, *p, sizeof(r));
	r.key[ROSTER_KEY - 1] = '\0';
	*p += sizeof(r);
	*left -= sizeof(r);
	if (*left < r.octets || r.mask != SCHEMA_MAIN)
		return KK_E_CORRUPT;
	i = table_get(&a->table, table_area_id(r.key), r.key);
	if (i == TABLE_END)
		return KK_E_NOMEM;
	s = &a->table.at[i];
	rc = rows_load(&s->rows, r.mask, *p, r.octets);
	if (rc == KK_OK && s->rows.n > 0) {
		s->mark = a->batch;
		marks_hold(&a->marks, s->mark);
	}
	*p += r.octets;
	*left -= r.octets;
	return rc;
}

static int
load(struct archive *a, const uint8_t *p, size_t len)
{
	const size_t hashed = offsetof(struct state_head, cursor);
	struct state_head h;
	size_t left = len;
	int rc;

	if (len < sizeof(h))
		return KK_E_CORRUPT;
	memcpy(&h, p, sizeof(h));
	if (memcmp(h.magic, MAGIC, sizeof(h.magic)) != 0 ||
	    h.hash != text_hash(p + hashed, len - hashed))
		return KK_E_CORRUPT;
	p += sizeof(h);
	left -= sizeof(h);
	a->saved = a->older = h.cursor;
	marks_end(&a->marks, h.cursor);
	rc = marks_begin(&a->marks, &a->batch);
	for (uint64_t i = 0; i < h.n_rows && rc == KK_OK; i++)
		rc = load_rows(a, &p, &left);
	if (rc != KK_OK)
		return rc;
	return left == h.areas ? areas_load(a->areas, p, left) : KK_E_CORRUPT;
}

int
archive_state_load(struct archive *a)
{
	uint8_t *octets = NULL;
	char path[320];
	struct stat st;
	int fd = open(state_path(a, "", path), O_RDONLY | O_CLOEXEC), rc = KK_E_CORRUPT;

	if (fd < 0 && errno == ENOENT)
		return KK_OK;
	if (fd >= 0 && fstat(fd, &st) == 0 && (uint64_t)st.st_size < STATE_MAX) {
		octets = malloc((size_t)st.st_size + 1);
		if (octets == NULL)
			rc = KK_E_NOMEM;
		else if (read(fd, octets, (size_t)st.st_size) == (ssize_t)st.st_size)
			rc = load(a, octets, (size_t)st.st_size);
	}
	if (fd >= 0)
		close(fd);
	free(octets);
	if (rc == KK_OK || rc == KK_E_NOMEM)
		return rc;
	log_line(LOG_LV_WARNING,
	    "%s: damaged: the archives read the journal from its begin, the areas' sums start "
	    "anew",
	    path);
	a->saved = a->older = (struct cursor){0, 0};
	table_free(&a->table);
	marks_free(&a->marks);
	return KK_OK;
}

static uint8_t *
put(uint8_t *at, const void *p, size_t len)
{
	if (len > 0)
		memcpy(at, p, len);
	return at + len;
}

/* The whole file in memory. */
static uint8_t *
make(const struct archive *a, struct cursor cursor, size_t *len)
{
	struct state_head h = {.magic = MAGIC, .cursor = cursor};
	size_t areas = 0, rows = 0, octets;
	uint8_t *sums = areas_save(a->areas, &areas), *all = NULL, *at;

	if (sums == NULL)
		return NULL;
	for (uint32_t i = 0; i < a->table.n; i++)
		if (a->table.at[i].area != NULL) {
			rows_octets(&a->table.at[i].rows, &octets);
			rows += sizeof(struct state_rows) + octets;
			h.n_rows++;
		}
	h.areas = areas;
	*len = sizeof(h) + rows + areas;
	all = malloc(*len);
	if (all != NULL) {
		at = all + sizeof(h);
		for (uint32_t i = 0; i < a->table.n; i++) {
			const struct file_series *s = &a->table.at[i];
			struct state_rows r = {.mask = SCHEMA_MAIN};
			const void *p;

			if (s->area == NULL)
				continue;
			p = rows_octets(&s->rows, &octets);
			snprintf(r.key, sizeof(r.key), "%s", s->area);
			r.octets = (uint32_t)octets;
			at = put(at, &r, sizeof(r));
			at = put(at, p, octets);
		}
		put(at, sums, areas);
		put(all, &h, sizeof(h));
		h.hash = text_hash(all + offsetof(struct state_head, cursor),
		    *len - offsetof(struct state_head, cursor));
		put(all, &h, sizeof(h));
	}
	free(sums);
	return all;
}

int
archive_state_save(struct archive *a, struct cursor cursor, struct diag *d)
{
	char path[320], temp[320];
	size_t len;
	uint8_t *octets = make(a, cursor, &len);
	int fd, err = 0;

	state_path(a, "", path);
	state_path(a, ".tmp", temp);
	if (octets == NULL)
		return diag_set(d, KK_E_NOMEM, "%s: %s", path, kk_strerror(KK_E_NOMEM));
	mkdir(a->root, 0755);
	fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		err = errno;
	for (size_t at = 0; err == 0 && at < len;) {
		ssize_t n = write(fd, octets + at, len - at);

		if (n < 0 && errno != EINTR)
			err = errno;
		at += n > 0 ? (size_t)n : 0;
	}
	if (err == 0 && fdatasync(fd) != 0)
		err = errno;
	if (fd >= 0)
		close(fd);
	if (err == 0 && rename(temp, path) != 0)
		err = errno;
	free(octets);
	if (err == 0) {
		a->saved = cursor;
		return KK_OK;
	}
	unlink(temp);
	return diag_set(d, kk_from_errno(err), "%s: %s", path, strerror(err));
}
