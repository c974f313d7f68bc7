/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_seglog_race.c - a reader beside a writer, with the moment chosen, and disks that fail:
 * system calls are wrapped (see lib/local.mk), so that the writer's next step falls between any two
 * of the reader's. */
#include <fcntl.h>

#include "lib/seglog.h"
#include "tests/no_sync.h"
#include "tests/seglog_help.h"

ssize_t __real_pread(int fd, void *buf, size_t count, off_t offset);
ssize_t __wrap_pread(int fd, void *buf, size_t count, off_t offset);
int __real_ftruncate(int fd, off_t size);
int __wrap_ftruncate(int fd, off_t size);

static char dir[64], path[256];
static int no_cut; /* so often it fails */

/* The writer's step: at the `at`-th read. Record 2 was half written, records 2 and 3 become whole.
 */
static struct {
	int calls, at; /* 0: never */
	uint8_t *whole;
	size_t size, second_ends;
} step;

static void
setup(void)
{
	harness_dir(dir);
	memset(&step, 0, sizeof(step));
	no_sync = no_cut = 0;
}

static void
teardown(void)
{
	free(step.whole);
	harness_remove(dir);
}

static void
put_file(const uint8_t *p, size_t n)
{
	int fd = open(path, O_RDWR | O_TRUNC);

	ck_assert_int_eq(pwrite(fd, p, n, 0), (ssize_t)n);
	close(fd);
}

/* The kernel copies page by page: a read that meets a write has what was before it and, further
 * on, what is after it. */
ssize_t
__wrap_pread(int fd, void *buf, size_t count, off_t offset)
{
	ssize_t n = __real_pread(fd, buf, count, offset), more;
	size_t ends = step.second_ends;

	if (step.at == 0 || ++step.calls != step.at)
		return n;
	put_file(step.whole, step.size);
	if ((size_t)offset + (size_t)n < ends || (size_t)offset > ends)
		return n;
	more = __real_pread(fd, (uint8_t *)buf + (ends - (size_t)offset),
	    count - (ends - (size_t)offset), (off_t)ends);
	return (ssize_t)(ends - (size_t)offset) + more;
}

int
__wrap_ftruncate(int fd, off_t size)
{
	if (no_cut-- <= 0)
		return __real_ftruncate(fd, size);
	errno = EIO;
	return -1;
}

/* Three records; the file's octets are kept in `step`, and `path` is its name. */
static void
three_records(void)
{
	struct seglog *l = open_log(dir, 0, 0);
	FILE *f;

	for (uint32_t n = 1; n <= 3; n++)
		ck_assert_int_eq(put_record(l, n), KK_OK);
	seglog_close(l);
	count_files(dir, ".log", path);
	step.size = (size_t)file_size(path);
	step.second_ends = HEADER + 2 * RECORD_HEAD + record_len(1) + record_len(2);
	step.whole = malloc(step.size);
	f = fopen(path, "r");
	ck_assert_uint_eq(fread(step.whole, 1, step.size, f), step.size);
	fclose(f);
}

/* What is only half written is never told as damaged, and never passed over. */
START_TEST(half_written)
{
	uint8_t *half;
	int last = 0;

	three_records();
	half = malloc(step.size);
	for (int at = 1; last < 2; at++) {
		struct seglog_reader *r = open_reader(dir, (struct cursor){0, 0});
		struct seen s, more;

		/* Its length is there, its last octets are not. */
		memcpy(half, step.whole, step.size);
		memset(half + step.second_ends - 3, 0, 3);
		put_file(half, step.second_ends);
		step.calls = 0;
		step.at = at;
		s = read_quiet(r, NULL);
		if (step.calls < at) { /* not until the reader had come to the end */
			put_file(step.whole, step.size);
			last++;
		}
		step.at = 0;
		more = read_quiet(r, NULL);
		seglog_reader_free(r);
		ck_assert_msg(s.records + more.records == 3, "read %d: %u + %u records", at,
		    s.records, more.records);
		ck_assert_msg(s.damaged + more.damaged == 0, "read %d: %s", at, s.text);
		ck_assert(!s.broken && !more.broken && s.in_order && more.in_order);
	}
	free(half);
}
END_TEST

/* The newest record is damaged and its writer says that it is durable: it is told once, and what
 * comes behind it is read. Its payload (0) or its length (1) is damaged. */
START_TEST(damaged_before_the_limit)
{
	struct seglog *l;
	struct seglog_reader *r;
	struct cursor limit;
	struct diag d = {""};
	struct seen s;
	int fd;

	three_records();
	l = open_log(dir, 0, 0);
	limit = seglog_synced(l);
	fd = open(path, O_RDWR);
	ck_assert_int_eq(pwrite(fd, "\xff\xff\xff\xff", 4,
			     (off_t)step.second_ends + (_i == 0 ? RECORD_HEAD : 0)),
	    4);
	close(fd);
	r = open_reader(dir, (struct cursor){0, 0});
	s = read_all(r, &limit);
	ck_assert_uint_eq(s.records, 2);
	ck_assert_uint_eq(s.damaged, 1);
	ck_assert_msg(strstr(s.text, path) != NULL, "%s", s.text);
	ck_assert_int_eq(put_record(l, 4), KK_OK);
	ck_assert_int_eq(seglog_sync(l, &d), KK_OK);
	limit = seglog_synced(l);
	s = read_all(r, &limit);
	ck_assert_uint_eq(s.records, 1);
	ck_assert_uint_eq(s.first, 4);
	ck_assert_uint_eq(s.damaged, 0);
	seglog_reader_free(r);
	seglog_close(l);
}
END_TEST

/* A new segment whose header is being written, octet by octet: nothing yet, and no damage. */
START_TEST(header_half_written)
{
	struct seglog_reader *r;
	struct seen s;

	three_records();
	r = open_reader(dir, (struct cursor){0, 0});
	for (size_t size = 0; size < HEADER; size++) {
		put_file(step.whole, size);
		s = read_all(r, NULL);
		ck_assert_uint_eq(s.records + s.damaged, 0);
	}
	put_file(step.whole, step.size);
	s = read_all(r, NULL);
	ck_assert_uint_eq(s.records, 3);
	ck_assert_uint_eq(s.damaged, 0);
	seglog_reader_free(r);
}
END_TEST

/* A sync that fails: nobody knows what is on the disk, so what was appended since the last good one
 * is gone, for readers too, and its numbers can be written again. */
START_TEST(sync_fails)
{
	struct seglog *l = open_log(dir, 0, 0);
	struct diag d = {""};
	struct cursor good;
	struct seen s;

	ck_assert_int_eq(put_record(l, 1), KK_OK);
	ck_assert_int_eq(seglog_sync(l, &d), KK_OK);
	good = seglog_synced(l);
	ck_assert_int_eq(put_record(l, 2), KK_OK);
	ck_assert_int_eq(put_record(l, 3), KK_OK);
	no_sync = 1;
	ck_assert_int_eq(seglog_sync(l, &d), KK_E_IO);
	ck_assert_msg(strstr(d.text, ".log: ") != NULL, "%s", d.text);
	ck_assert_int_eq(cursor_cmp(seglog_end(l), good), 0);
	ck_assert_int_eq(cursor_cmp(seglog_synced(l), good), 0);
	ck_assert_uint_eq(read_folder(dir).records, 1);
	/* One that cannot even be cut off is cut off before the next append. */
	ck_assert_int_eq(put_record(l, 2), KK_OK);
	ck_assert_int_eq(put_record(l, 3), KK_OK);
	no_sync = 1;
	no_cut = 2;
	ck_assert_int_eq(seglog_sync(l, &d), KK_E_IO);
	ck_assert_int_eq(put_record(l, 2), KK_E_IO);
	ck_assert_int_eq(put_record(l, 2), KK_OK);
	s = read_folder(dir);
	ck_assert_uint_eq(s.records, 2);
	ck_assert(s.in_order && s.damaged == 0);
	count_files(dir, ".log", path);
	ck_assert_uint_eq((uint64_t)file_size(path), seglog_end(l).offset);
	seglog_close(l);
}
END_TEST

/* A full segment whose sync fails before the next one begins. */
START_TEST(sync_fails_at_a_new_segment)
{
	struct seglog *l = open_log(dir, 1000, 0);
	uint32_t n = 1;
	struct seen s;

	while (seglog_end(l).offset + RECORD_HEAD + record_len(n) <= 1000)
		ck_assert_int_eq(put_record(l, n++), KK_OK);
	no_sync = 1;
	ck_assert_int_eq(put_record(l, n), KK_E_IO);
	ck_assert_int_eq(count_files(dir, ".log", NULL), 1);
	ck_assert_uint_eq(seglog_end(l).offset, HEADER);
	for (uint32_t again = 1; again <= n; again++)
		ck_assert_int_eq(put_record(l, again), KK_OK);
	seglog_close(l);
	s = read_folder(dir);
	ck_assert_uint_eq(s.records, n);
	ck_assert(s.in_order && s.damaged == 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("seglog_race");
	TCase *tc = tcase_create("race");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, half_written);
	tcase_add_loop_test(tc, damaged_before_the_limit, 0, 2);
	tcase_add_test(tc, header_half_written);
	tcase_add_test(tc, sync_fails);
	tcase_add_test(tc, sync_fails_at_a_new_segment);
	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
