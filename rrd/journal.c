/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/journal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/sample_wire.h"

#define RECORD_MOST (1u << 20) /* octets; a reader decodes a record at once */

struct journal {
	struct seglog *log;
	uint8_t *octets; /* a batch being encoded */
	size_t room;
};

int
journal_open(const char *state_dir, unsigned days, struct journal **out, struct diag *d)
{
	struct seglog_options o = {.keep_s = (int)days * 86400, .compress = 1};
	struct journal *j;
	char dir[512];
	int rc;

	*out = NULL;
	if (mkdir(state_dir, 0755) != 0 && errno != EEXIST)
		return diag_set(d, kk_from_errno(errno), "%s: %s", state_dir, strerror(errno));
	j = calloc(1, sizeof(*j));
	if (j == NULL)
		return diag_set(d, KK_E_NOMEM, "journal: %s", kk_strerror(KK_E_NOMEM));
	snprintf(dir, sizeof(dir), "%s/journal", state_dir);
	rc = seglog_open(dir, &o, &j->log, d);
	if (rc != KK_OK) {
		journal_close(j);
		return rc;
	}
	*out = j;
	return KK_OK;
}

void
journal_close(struct journal *j)
{
	if (j == NULL)
		return;
	seglog_close(j->log);
	free(j->octets);
	free(j);
}

static int
make_room(struct journal *j, size_t more, size_t used, struct diag *d)
{
	size_t room = j->room == 0 ? 65536 : j->room;
	uint8_t *p;

	while (room < used + more)
		room *= 2;
	if (room == j->room)
		return KK_OK;
	p = realloc(j->octets, room);
	if (p == NULL)
		return diag_set(d, KK_E_NOMEM, "journal: %s", kk_strerror(KK_E_NOMEM));
	j->octets = p;
	j->room = room;
	return KK_OK;
}

int
journal_append(struct journal *j, const struct sample *s, size_t n, struct diag *d)
{
	size_t used = 0;
	int rc;

	for (size_t i = 0; i < n; i++) {
		rc = make_room(j, SAMPLE_WIRE_MAX, used, d);
		if (rc != KK_OK)
			return rc;
		rc = sample_encode(&s[i], j->octets + used, j->room - used);
		if (rc < 0)
			return diag_set(d, rc, "journal: sample of device %u: %s", s[i].device,
			    kk_strerror(rc));
		used += (size_t)rc;
	}
	return journal_append_encoded(j, j->octets, used, d);
}

/* Octets of the whole samples that fit into a record. */
static size_t
record_of(const uint8_t *p, size_t len)
{
	struct counter counters[SAMPLE_COUNTERS_MAX];
	struct sample s;
	size_t at = 0;
	int n;

	if (len <= RECORD_MOST)
		return len;
	while ((n = sample_decode(p + at, len - at, &s, counters)) > 0 &&
	       at + (size_t)n <= RECORD_MOST)
		at += (size_t)n;
	return at;
}

int
journal_append_encoded(struct journal *j, const uint8_t *p, size_t len, struct diag *d)
{
	int rc = KK_OK;

	while (len > 0 && rc == KK_OK) {
		size_t n = record_of(p, len);

		if (n == 0)
			return diag_set(d, KK_E_SYNTAX, "journal: no sample in %zu octets", len);
		rc = seglog_append(j->log, p, n, d);
		p += n;
		len -= n;
	}
	return rc;
}

int
journal_sync(struct journal *j, struct diag *d)
{
	return seglog_sync(j->log, d);
}

struct cursor
journal_synced(const struct journal *j)
{
	return seglog_synced(j->log);
}

void
journal_trim(struct journal *j, struct cursor passed, int64_t now_s)
{
	seglog_trim(j->log, passed, now_s);
}
