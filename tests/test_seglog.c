/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <pthread.h>

#include "lib/seglog.h"
#include "tests/seglog_help.h"

static char dir[64];

static void
setup(void)
{
	harness_dir(dir);
}

static void
teardown(void)
{
	harness_remove(dir);
}

START_TEST(write_and_read_back)
{
	struct seglog *l = open_log(dir, 0, 0);
	struct cursor c, next, before = seglog_end(l);
	struct seglog_reader *r;
	struct seen s;
	struct diag d;
	const void *p;
	size_t len;

	ck_assert_int_eq(cursor_cmp(seglog_synced(l), before), 0);
	for (uint32_t n = 1; n <= 100; n++)
		ck_assert_int_eq(put_record(l, n), KK_OK);
	ck_assert_int_gt(cursor_cmp(seglog_end(l), seglog_synced(l)), 0);
	r = open_reader(dir, (struct cursor){0, 0});
	c = seglog_synced(l);
	ck_assert_int_eq(seglog_next(r, &c, &p, &len, &next, &d), KK_END);
	ck_assert_int_eq(seglog_sync(l, &d), KK_OK);
	c = seglog_synced(l);
	ck_assert_int_eq(cursor_cmp(c, seglog_end(l)), 0);
	ck_assert_int_eq(seglog_next(r, &c, &p, &len, &next, &d), KK_OK);
	ck_assert_int_gt(cursor_cmp(next, before), 0);
	s = read_all(r, &c);
	ck_assert_uint_eq(s.records, 99);
	ck_assert_uint_eq(s.last, 100);
	ck_assert(s.in_order);
	seglog_reader_free(r);
	/* From a cursor on. */
	r = open_reader(dir, next);
	s = read_all(r, NULL);
	ck_assert_uint_eq(s.first, 2);
	seglog_reader_free(r);
	seglog_close(l);
	/* A second life goes on in the same segment. */
	l = open_log(dir, 0, 0);
	ck_assert_int_eq(cursor_cmp(c, seglog_end(l)), 0);
	ck_assert_int_eq(put_record(l, 101), KK_OK);
	seglog_close(l);
	s = read_folder(dir);
	ck_assert_uint_eq(s.records, 101);
	ck_assert(s.in_order);
	ck_assert_int_eq(count_files(dir, ".log", NULL), 1);
}
END_TEST

START_TEST(sizes)
{
	struct seglog *l = open_log(dir, 0, 0);
	uint8_t *big = calloc(1, SEGLOG_RECORD_MAX + 1);
	struct seglog_reader *r;
	struct diag d;
	const void *p;
	size_t len;

	ck_assert_int_eq(seglog_append(l, big, 0, &d), KK_E_RANGE);
	ck_assert_int_eq(seglog_append(l, big, (size_t)SEGLOG_RECORD_MAX + 1, &d), KK_E_RANGE);
	ck_assert_int_eq(seglog_append(l, big, SEGLOG_RECORD_MAX, &d), KK_OK);
	ck_assert_int_eq(seglog_append(l, big, 1, &d), KK_OK);
	r = open_reader(dir, (struct cursor){0, 0});
	ck_assert_int_eq(seglog_next(r, NULL, &p, &len, NULL, &d), KK_OK);
	ck_assert_uint_eq(len, SEGLOG_RECORD_MAX);
	ck_assert_int_eq(seglog_next(r, NULL, &p, &len, NULL, &d), KK_OK);
	ck_assert_uint_eq(len, 1);
	ck_assert_int_eq(seglog_next(r, NULL, &p, &len, NULL, &d), KK_END);
	seglog_reader_free(r);
	seglog_close(l);
	free(big);
}
END_TEST

struct follower {
	struct seglog *log; /* NULL: reads without a limit */
	struct seglog_reader *reader;
	uint32_t want;
	struct seen seen;
};

static void *
follow(void *arg)
{
	struct follower *f = arg;
	struct seen all = {.in_order = 1};

	while (all.last < f->want && all.in_order && all.damaged == 0 && !all.broken) {
		struct cursor limit = f->log != NULL ? seglog_synced(f->log) : (struct cursor){0};
		struct seen s = read_quiet(f->reader, f->log != NULL ? &limit : NULL);

		all.damaged += s.damaged;
		all.broken |= s.broken;
		if (s.records == 0)
			continue;
		all.in_order &= s.in_order && s.first == all.last + 1;
		all.last = s.last;
		all.records += s.records;
	}
	f->seen = all;
	return NULL;
}

/* Readers in other threads while the writer writes, syncs, rolls, compresses and trims: with a
 * limit and without one. */
START_TEST(readers_follow)
{
	const uint32_t want = 8000;
	struct seglog *l = open_log(dir, 20000, 1);
	const struct cursor oldest = {0, 0};
	struct follower a = {l, open_reader(dir, oldest), want, {0}};
	struct follower b = {NULL, open_reader(dir, oldest), want, {0}};
	pthread_t ta, tb;
	struct diag d;

	ck_assert_int_eq(put_record(l, 1), KK_OK);
	pthread_create(&ta, NULL, follow, &a);
	pthread_create(&tb, NULL, follow, &b);
	for (uint32_t n = 2; n <= want; n++) {
		ck_assert_int_eq(put_record(l, n), KK_OK);
		if (n % 50 == 0)
			ck_assert_int_eq(seglog_sync(l, &d), KK_OK);
		if (n % 1000 == 0)
			seglog_trim(l, (struct cursor){0, 0}, 0);
	}
	ck_assert_int_eq(seglog_sync(l, &d), KK_OK);
	pthread_join(ta, NULL);
	pthread_join(tb, NULL);
	ck_assert_uint_eq(a.seen.records, want);
	ck_assert(a.seen.in_order);
	ck_assert_uint_eq(a.seen.damaged, 0);
	ck_assert_uint_eq(b.seen.records, want);
	ck_assert(b.seen.in_order);
	ck_assert_uint_eq(b.seen.damaged, 0);
	ck_assert_int_gt(count_files(dir, ".log.zst", NULL), 10);
	seglog_reader_free(a.reader);
	seglog_reader_free(b.reader);
	seglog_close(l);
}
END_TEST

START_TEST(second_writer_is_refused)
{
	struct seglog *l = open_log(dir, 0, 0), *other = NULL;
	struct seglog_options o = {0};
	struct diag d = {""};

	ck_assert_int_eq(seglog_open(dir, &o, &other, &d), KK_E_BUSY);
	ck_assert_ptr_nonnull(strstr(d.text, dir));
	seglog_close(l);
	l = open_log(dir, 0, 0);
	seglog_close(l);
}
END_TEST

START_TEST(trim_and_compress)
{
	struct seglog *l = open_log(dir, 3000, 1);
	struct cursor passed = {0, 0}, middle;
	struct seglog_reader *slow, *r;
	struct diag d;
	struct seen s;
	const void *p;
	size_t len;

	for (uint32_t n = 1; n <= 200; n++)
		ck_assert_int_eq(put_record(l, n), KK_OK);
	ck_assert_int_eq(seglog_sync(l, &d), KK_OK);
	ck_assert_int_gt(count_files(dir, ".log", NULL), 5);
	/* A reader inside the first segment, and a cursor inside the fifth. */
	slow = open_reader(dir, passed);
	ck_assert_int_eq(seglog_next(slow, NULL, &p, &len, &passed, &d), KK_OK);
	r = open_reader(dir, passed);
	for (int i = 0; i < 90; i++)
		ck_assert_int_eq(seglog_next(r, NULL, &p, &len, &middle, &d), KK_OK);
	seglog_reader_free(r);
	/* All closed ones are compressed, none is trimmed: somebody is in the first. */
	seglog_trim(l, passed, INT64_MAX / 2);
	ck_assert_int_eq(count_files(dir, ".log", NULL), 1);
	ck_assert_int_eq(count_files(dir, ".tmp", NULL), 0);
	s = read_folder(dir);
	ck_assert_uint_eq(s.records, 200);
	ck_assert(s.in_order);
	/* A cursor's offset is that of the plain segment. */
	r = open_reader(dir, middle);
	s = read_all(r, NULL);
	ck_assert_uint_eq(s.first, 92);
	ck_assert_uint_eq(s.records, 109);
	seglog_reader_free(r);
	/* What all have passed goes; the slow reader finishes its open segment, then goes on where
	 * there is something. */
	seglog_trim(l, middle, INT64_MAX / 2);
	s = read_all(slow, NULL);
	ck_assert_uint_eq(s.first, 2);
	ck_assert_uint_eq(s.last, 200);
	ck_assert_uint_eq(s.damaged, 0);
	seglog_reader_free(slow);
	s = read_folder(dir);
	ck_assert_uint_gt(s.first, 60);
	ck_assert_uint_le(s.first, 92);
	ck_assert_uint_eq(s.last, 200);
	/* Not all: the one that is written stays. */
	seglog_trim(l, seglog_end(l), INT64_MAX / 2);
	ck_assert_int_eq(count_files(dir, ".log", NULL), 1);
	ck_assert_int_eq(count_files(dir, ".zst", NULL), 0);
	ck_assert_int_eq(put_record(l, 201), KK_OK);
	seglog_close(l);
	s = read_folder(dir);
	ck_assert_uint_eq(s.last, 201);
}
END_TEST

START_TEST(keeps_for_a_while)
{
	struct seglog_options o = {.segment_octets = 3000, .keep_s = 100};
	struct seglog *l = NULL;
	struct diag d;
	struct stat st;
	char path[256];
	int files;

	ck_assert_int_eq(seglog_open(dir, &o, &l, &d), KK_OK);
	for (uint32_t n = 1; n <= 50; n++)
		ck_assert_int_eq(put_record(l, n), KK_OK);
	files = count_files(dir, ".log", path);
	ck_assert_int_eq(stat(path, &st), 0);
	seglog_trim(l, seglog_end(l), (int64_t)st.st_mtime + 50);
	ck_assert_int_eq(count_files(dir, ".log", NULL), files);
	seglog_trim(l, seglog_end(l), (int64_t)st.st_mtime + 101);
	ck_assert_int_eq(count_files(dir, ".log", NULL), 1);
	seglog_close(l);
}
END_TEST

/* An emptied folder: old cursors lie before the new log, so nothing is taken for read. */
START_TEST(emptied_folder)
{
	struct seglog *l = open_log(dir, 0, 0);
	struct cursor old;
	struct seglog_reader *r;
	char path[256];

	for (uint32_t n = 1; n <= 10; n++)
		ck_assert_int_eq(put_record(l, n), KK_OK);
	old = seglog_end(l);
	seglog_close(l);
	count_files(dir, ".log", path);
	ck_assert_int_eq(unlink(path), 0);
	r = open_reader(dir, old);
	ck_assert_uint_eq(read_all(r, NULL).records, 0);
	l = open_log(dir, 0, 0);
	ck_assert_uint_ge(seglog_end(l).segment, old.segment);
	ck_assert_int_eq(put_record(l, 1), KK_OK);
	seglog_close(l);
	seglog_reader_free(r);
	/* A cursor from a log that was far ahead reads from the oldest: twice is better than never.
	 */
	r = open_reader(dir, (struct cursor){old.segment + 1000, 77});
	ck_assert_uint_eq(read_all(r, NULL).records, 1);
	seglog_reader_free(r);
}
END_TEST

START_TEST(reader_before_writer)
{
	char sub[80];
	struct seglog_reader *r;
	struct seglog *l;

	snprintf(sub, sizeof(sub), "%s/a/b", dir);
	r = open_reader(sub, (struct cursor){0, 0});
	ck_assert_uint_eq(read_all(r, NULL).records, 0);
	l = open_log(sub, 0, 0);
	ck_assert_uint_eq(read_all(r, NULL).records, 0);
	ck_assert_int_eq(put_record(l, 1), KK_OK);
	ck_assert_uint_eq(read_all(r, NULL).records, 1);
	seglog_reader_free(r);
	seglog_close(l);
}
END_TEST

START_TEST(foreign_files)
{
	char path[128];
	struct seglog_options o = {0};
	struct seglog *l = NULL;
	struct diag d = {""};
	struct seen s;
	FILE *f;

	snprintf(path, sizeof(path), "%s/0000000000000005.log", dir);
	f = fopen(path, "w");
	fputs("this is not a segment of ours, and longer than a header", f);
	fclose(f);
	l = open_log(dir, 0, 0);
	ck_assert_uint_eq(seglog_end(l).segment, 6);
	ck_assert_int_eq(put_record(l, 1), KK_OK);
	seglog_close(l);
	s = read_folder(dir);
	ck_assert_uint_eq(s.records, 1);
	ck_assert_uint_eq(s.damaged, 1);
	ck_assert_ptr_nonnull(strstr(s.text, "0000000000000005.log"));
	/* Another version is refused, and nothing is written to it. */
	snprintf(path, sizeof(path), "%s/0000000000000007.log", dir);
	f = fopen(path, "w");
	fwrite("kkseglog\2\0\0\0\0\0\0\0", 1, 16, f);
	fclose(f);
	ck_assert_int_eq(seglog_open(dir, &o, &l, &d), KK_E_VERSION);
	ck_assert_ptr_nonnull(strstr(d.text, path));
	ck_assert_int_eq(file_size(path), 16);
	/* A packed segment that is none. */
	unlink(path);
	snprintf(path, sizeof(path), "%s/0000000000000003.log.zst", dir);
	f = fopen(path, "w");
	fputs("no zstd", f);
	fclose(f);
	s = read_folder(dir);
	ck_assert_uint_eq(s.records, 1);
	ck_assert_uint_eq(s.damaged, 2);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("seglog");
	TCase *tc = tcase_create("seglog");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, write_and_read_back);
	tcase_add_test(tc, sizes);
	tcase_add_test(tc, readers_follow);
	tcase_add_test(tc, second_writer_is_refused);
	tcase_add_test(tc, trim_and_compress);
	tcase_add_test(tc, keeps_for_a_while);
	tcase_add_test(tc, emptied_folder);
	tcase_add_test(tc, reader_before_writer);
	tcase_add_test(tc, foreign_files);
	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
