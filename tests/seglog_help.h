/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seglog_help.h - what the tests of seglog repeat: numbered records, written and counted. */
#ifndef KK_TESTS_SEGLOG_HELP_H
#define KK_TESTS_SEGLOG_HELP_H

#include <dirent.h>
#include <stdint.h>
#include <sys/stat.h>

#include "lib/seglog.h"
#include "tests/harness.h"

#define HEADER	    16
#define RECORD_HEAD 8

/** Length of record `n`: from 4 octets up, all different. @param n Number. @return Octets. */
static inline size_t
record_len(uint32_t n)
{
	return 4 + n * 37 % 300;
}

/** Append record `n`, whose octets tell what it is. @param l Log. @param n Number. @return KK_OK.
 */
static inline int
put_record(struct seglog *l, uint32_t n)
{
	uint8_t p[400];
	struct diag d = {""};

	memset(p, (int)(n & 0xff), sizeof(p));
	memcpy(p, &n, sizeof(n));
	return seglog_append(l, p, record_len(n), &d);
}

/** Whether octets are a record of put_record(). @param p Octets. @param len Count. @param n
 * Receives its number. @return 1 or 0. */
static inline int
is_record(const void *p, size_t len, uint32_t *n)
{
	const uint8_t *o = p;

	if (len < sizeof(*n))
		return 0;
	memcpy(n, p, sizeof(*n));
	for (size_t i = sizeof(*n); i < len; i++)
		if (o[i] != (uint8_t)*n)
			return 0;
	return len == record_len(*n);
}

/** Open for writing or fail the test. @param dir Folder. @param segment Octets. @param compress 1:
 * yes. @return The log. */
static inline struct seglog *
open_log(const char *dir, uint64_t segment, int compress)
{
	struct seglog_options o = {.segment_octets = segment, .compress = compress};
	struct seglog *l = NULL;
	struct diag d = {""};
	int rc = seglog_open(dir, &o, &l, &d);

	ck_assert_msg(rc == KK_OK, "%s", d.text);
	return l;
}

/** Open for reading or fail the test. @param dir Folder. @param from Place. @return The reader. */
static inline struct seglog_reader *
open_reader(const char *dir, struct cursor from)
{
	struct seglog_reader *r = NULL;
	struct diag d = {""};

	ck_assert_msg(seglog_read_from(dir, from, &r, &d) == KK_OK, "%s", d.text);
	return r;
}

/* What read_quiet() found. */
struct seen {
	uint32_t records, first, last, damaged;
	int in_order; /* numbers went up by one, but for what was damaged */
	int broken;   /* an error that is none of damage, or octets that nobody wrote */
	char text[512];
};

/** Read to the end; without Check, so that threads and forked children may use it. @param r Reader.
 * @param limit As seglog_next(). @return What there was. */
static inline struct seen
read_quiet(struct seglog_reader *r, const struct cursor *limit)
{
	struct seen s = {.in_order = 1};
	struct diag d = {""};
	const void *p;
	uint32_t n;
	size_t len;
	int rc;

	while (!s.broken && (rc = seglog_next(r, limit, &p, &len, NULL, &d)) != KK_END) {
		if (rc == KK_E_CORRUPT) {
			s.damaged++;
			snprintf(s.text, sizeof(s.text), "%s", d.text);
			continue;
		}
		if (rc != KK_OK || !is_record(p, len, &n)) {
			snprintf(s.text, sizeof(s.text), "%s", d.text);
			s.broken = 1;
			continue;
		}
		if (s.records++ == 0)
			s.first = n;
		else if (n != s.last + 1)
			s.in_order = 0;
		s.last = n;
	}
	return s;
}

/** The same; fails the test on errors. @param r Reader. @param limit As seglog_next(). @return What
 * there was. */
static inline struct seen
read_all(struct seglog_reader *r, const struct cursor *limit)
{
	struct seen s = read_quiet(r, limit);

	ck_assert_msg(!s.broken, "%s", s.text);
	return s;
}

/** Read a folder from its oldest record. @param dir Folder. @return What there was. */
static inline struct seen
read_folder(const char *dir)
{
	struct seglog_reader *r = open_reader(dir, (struct cursor){0, 0});
	struct seen s = read_all(r, NULL);

	seglog_reader_free(r);
	return s;
}

/** Count the files whose name ends so; give the last one's path by name. @param dir Folder. @param
 * end Suffix. @param path Receives it; may be NULL. @return Count. */
static inline int
count_files(const char *dir, const char *end, char path[256])
{
	char newest[64] = "";
	struct dirent *e;
	DIR *f = opendir(dir);
	int n = 0;

	ck_assert_ptr_nonnull(f);
	while ((e = readdir(f)) != NULL) {
		size_t len = strlen(e->d_name);

		if (len < strlen(end) || strcmp(e->d_name + len - strlen(end), end) != 0)
			continue;
		n++;
		if (strcmp(e->d_name, newest) > 0)
			snprintf(newest, sizeof(newest), "%.63s", e->d_name);
	}
	closedir(f);
	if (path != NULL)
		snprintf(path, 256, "%s/%s", dir, newest);
	return n;
}

/** Size of a file. @param path File. @return Octets. */
static inline off_t
file_size(const char *path)
{
	struct stat st;

	ck_assert_msg(stat(path, &st) == 0, "%s: %s", path, strerror(errno));
	return st.st_size;
}

#endif
