/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_spool.c - batches on disk: order, marks, other processes, a bound, damage. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "lib/log.h"
#include "lib/seglog.h"
#include "probes/spool.h"
#include "tests/harness.h"
#include "tests/no_sync.h"

#define T0_CS INT64_C(162774000000)
#define RUN   7
#define MIB   (UINT64_C(1) << 20)

static char dir[64];

static struct spool *
open_spool(void)
{
	struct spool *s = NULL;
	struct diag d = {""};

	ck_assert_msg(spool_open(dir, MIB, &s, &d) == KK_OK, "%s", d.text);
	return s;
}

/* Batch `n`, with so many entries. */
static size_t
make(uint8_t *out, uint64_t n, unsigned entries)
{
	const struct batch_head head = {"gate", RUN, n};
	struct batch_writer w;
	struct sample s = {.device = 1, .source = SOURCE_PROBE, .time_cs = T0_CS + 6000};

	sample_set(&s, METRIC_OCTETS_DOWN, (int64_t)n);
	sample_set(&s, METRIC_OCTETS_UP, 1);
	ck_assert_int_eq(batch_begin(&w, out, BATCH_OCTETS_MAX, &head), KK_OK);
	for (unsigned i = 0; i < entries; i++)
		ck_assert_int_eq(batch_add(&w, "AP", T0_CS, &s), KK_OK);
	return w.len;
}

static void
put_some(struct spool *s, uint64_t from, uint64_t to, unsigned entries)
{
	uint8_t batch[BATCH_OCTETS_MAX];
	struct diag d = {""};

	for (uint64_t n = from; n <= to; n++) {
		size_t len = make(batch, n, entries);

		ck_assert_msg(spool_put(s, batch, len, &d) == KK_OK, "%s", d.text);
	}
}

/* Read `from` to `to`, as far as they are there; what stands behind the last one read. */
static struct cursor
want(struct spool *s, uint64_t from, uint64_t to)
{
	struct spooled b = {.entries = 0};
	struct diag d = {""};

	for (uint64_t n = from; n <= to; n++) {
		ck_assert_msg(
		    spool_next(s, &b, &d) == KK_OK, "%llu: %s", (unsigned long long)n, d.text);
		ck_assert_uint_eq(b.head.sequence, n);
		ck_assert_uint_eq(b.head.run, RUN);
		ck_assert_str_eq(b.head.probe, "gate");
	}
	return b.behind;
}

static void
want_end(struct spool *s)
{
	struct spooled b;
	struct diag d = {""};

	ck_assert_int_eq(spool_next(s, &b, &d), KK_END);
	ck_assert_uint_eq(spool_unread(s), 0);
}

START_TEST(in_order)
{
	struct spool *s = open_spool();

	want_end(s);
	put_some(s, 1, 3, 2);
	ck_assert_uint_eq(spool_unread(s), 3);
	want(s, 1, 2);
	put_some(s, 4, 5, 1);
	want(s, 3, 5);
	want_end(s);
	spool_close(s);
}
END_TEST

/* What was not marked comes again, also if it was read before. */
START_TEST(another_process_goes_on)
{
	struct spool *s = open_spool();
	struct cursor third;

	put_some(s, 1, 9, 1);
	third = want(s, 1, 3);
	want(s, 4, 6);
	spool_passed(s, third);
	spool_close(s);
	s = open_spool();
	ck_assert_uint_eq(spool_unread(s), 6);
	put_some(s, 10, 10, 1);
	spool_passed(s, want(s, 4, 10));
	spool_close(s);
	s = open_spool();
	want_end(s);
	spool_close(s);
}
END_TEST

START_TEST(one_process_at_a_time)
{
	struct spool *s = open_spool(), *other = NULL;
	struct diag d = {""};

	ck_assert_int_eq(spool_open(dir, MIB, &other, &d), KK_E_BUSY);
	spool_close(s);
}
END_TEST

START_TEST(refuses)
{
	struct spool *s = open_spool();
	uint8_t batch[BATCH_OCTETS_MAX + 1];
	struct diag d = {""};
	size_t len = make(batch, 1, 1);

	ck_assert_int_eq(spool_put(s, batch, 0, &d), KK_E_RANGE);
	ck_assert_int_eq(spool_put(s, batch, sizeof(batch), &d), KK_E_RANGE);
	ck_assert_int_eq(spool_put(s, batch, len - 1, &d), KK_E_SYNTAX);
	want_end(s);
	spool_close(s);
}
END_TEST

static uint64_t
on_disk(void)
{
	char path[400];
	struct stat st;
	struct dirent *e;
	uint64_t sum = 0;
	DIR *f = opendir(dir);

	ck_assert_ptr_nonnull(f);
	while ((e = readdir(f)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
			sum += (uint64_t)st.st_size;
	}
	closedir(f);
	return sum;
}

/* Five times as much as there is room for: the newest are there, and what is lost is counted. */
START_TEST(bounded)
{
	struct spool *s = open_spool();
	struct spooled b;
	uint64_t n = 5 * MIB / 30000, lost;
	unsigned entries = 700;
	struct diag d;

	for (uint64_t i = 1; i <= n; i++) {
		put_some(s, i, i, entries);
		ck_assert_uint_le(on_disk(), MIB);
	}
	lost = spool_stats(s)->lost;
	ck_assert_uint_gt(lost, n / 2);
	ck_assert_uint_lt(lost, n);
	ck_assert_uint_eq(spool_stats(s)->entries_lost, lost * entries);
	ck_assert_uint_eq(spool_unread(s), n - lost);
	ck_assert_int_eq(spool_next(s, &b, &d), KK_OK);
	ck_assert_uint_eq(b.head.sequence, lost + 1);
	want(s, lost + 2, n);
	want_end(s);
	spool_close(s);
}
END_TEST

/* A spool that is drained stays small. */
START_TEST(passed_is_removed)
{
	struct spool *s = open_spool();

	for (uint64_t i = 1; i <= 200; i++) {
		put_some(s, i, i, 700);
		spool_passed(s, want(s, i, i));
		ck_assert_uint_le(on_disk(), MIB / 4);
	}
	ck_assert_uint_eq(spool_stats(s)->lost, 0);
	spool_close(s);
}
END_TEST

/* The segment that is written. */
static void
segment_path(char path[400])
{
	struct dirent *e;
	DIR *f = opendir(dir);

	ck_assert_ptr_nonnull(f);
	while ((e = readdir(f)) != NULL)
		if (strstr(e->d_name, ".log") != NULL)
			snprintf(path, 400, "%s/%s", dir, e->d_name);
	closedir(f);
}

/* Where damage is done, and which of the batches 1 .. 5 are lost by it. */
static const struct {
	const char *what;
	off_t at; /* of the file; from its end if negative */
	uint64_t lost;
} damages[] = {
    {"the first record's payload", 16 + 8 + 4, 1},
    {"its checksum", 16 + 5, 1},
    {"the last record's payload", -4, 5},
};

START_TEST(damaged)
{
	struct spool *s = open_spool();
	char path[400] = "", told[160], log[300];
	uint64_t lost = damages[_i].lost;
	off_t at = damages[_i].at;
	uint8_t octet;
	struct stat st;
	ssize_t n;
	int fd, err;

	put_some(s, 1, 5, 1);
	spool_close(s);
	segment_path(path);
	fd = open(path, O_RDWR);
	ck_assert_int_eq(fstat(fd, &st), 0);
	at = at < 0 ? st.st_size + at : at;
	ck_assert_int_eq(pread(fd, &octet, 1, at), 1);
	octet ^= 0x40;
	ck_assert_int_eq(pwrite(fd, &octet, 1, at), 1);
	close(fd);
	/* What is told stands in standard error. */
	snprintf(log, sizeof(log), "%s/told", dir);
	err = dup(STDERR_FILENO);
	fd = open(log, O_RDWR | O_CREAT, 0600);
	dup2(fd, STDERR_FILENO);
	s = open_spool();
	if (lost != 1)
		want(s, 1, lost - 1);
	if (lost != 5)
		want(s, lost + 1, 5);
	put_some(s, 6, 6, 1);
	want(s, 6, 6);
	want_end(s);
	dup2(err, STDERR_FILENO);
	n = pread(fd, log, sizeof(log) - 1, 0);
	log[n > 0 ? n : 0] = '\0';
	snprintf(told, sizeof(told), "%s: ", path);
	ck_assert_msg(strstr(log, told) != NULL && strstr(log, "offset ") != NULL, "%s: \"%s\"",
	    damages[_i].what, log);
	close(err);
	close(fd);
	spool_close(s);
}
END_TEST

/* Whole records that are no batches: another version's, or nobody's; a mark behind the end. */
START_TEST(not_ours)
{
	static const struct {
		const char *octets;
		size_t len;
		uint64_t bad;
	} records[] = {{"B", 1, 1}, {"Bxyz", 4, 1}, {"?", 1, 1},
	    {"P\x81\x80\x80\x80\x80\x80\x80\x10\x00", 10, 0}, {"P", 1, 1}};
	const struct seglog_options o = {0};
	struct seglog *l = NULL;
	struct spool *s;
	uint64_t bad = 0;
	struct diag d = {""};

	ck_assert_int_eq(seglog_open(dir, &o, &l, &d), KK_OK);
	for (int i = 0; i < ROWS(records); i++) {
		ck_assert_int_eq(seglog_append(l, records[i].octets, records[i].len, &d), KK_OK);
		bad += records[i].bad;
	}
	seglog_close(l);
	s = open_spool();
	ck_assert_uint_eq(spool_unread(s), 0);
	put_some(s, 1, 1, 1);
	want(s, 1, 1);
	ck_assert_uint_eq(spool_stats(s)->damaged, bad);
	spool_close(s);
}
END_TEST

/* What the disk did not take is gone, and counted; what is put then is read from where it stands.
 */
START_TEST(cut_off)
{
	struct spool *s = open_spool();
	struct diag d = {""};

	put_some(s, 1, 2, 1);
	ck_assert_int_eq(spool_sync(s, &d), KK_OK);
	put_some(s, 3, 6, 1);
	want(s, 1, 5);
	no_sync = 1;
	ck_assert_int_eq(spool_sync(s, &d), KK_E_IO);
	ck_assert_uint_eq(spool_stats(s)->lost, 1);
	ck_assert_uint_eq(spool_stats(s)->cuts, 1);
	ck_assert_uint_eq(spool_unread(s), 0);
	put_some(s, 7, 8, 1);
	want(s, 7, 8);
	want_end(s);
	ck_assert_uint_eq(spool_stats(s)->damaged, 0);
	spool_close(s);
}
END_TEST

/* The same where a segment is full, and the next one begins. */
START_TEST(cut_off_at_a_border)
{
	struct spool *s = open_spool();
	uint8_t batch[BATCH_OCTETS_MAX];
	struct diag d = {""};
	uint64_t n = 0;
	int rc = KK_OK;

	no_sync = 0;
	for (int i = 0; i < 10000 && rc == KK_OK; i++) {
		no_sync = 1;
		rc = spool_put(s, batch, make(batch, n + 1, 200), &d);
		no_sync = 0;
		n += rc == KK_OK;
	}
	ck_assert_int_eq(rc, KK_E_IO);
	ck_assert_uint_gt(n, 1);
	ck_assert_uint_eq(spool_stats(s)->lost, n);
	ck_assert_uint_eq(spool_unread(s), 0);
	put_some(s, n + 1, n + 2, 200);
	want(s, n + 1, n + 2);
	want_end(s);
	spool_close(s);
}
END_TEST

static void
setup(void)
{
	log_open("test", LOG_LV_WARNING);
	harness_dir(dir);
}

static void
teardown(void)
{
	harness_remove(dir);
}

int
main(void)
{
	Suite *s = suite_create("spool");
	TCase *tc = tcase_create("batches on disk");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, in_order);
	tcase_add_test(tc, another_process_goes_on);
	tcase_add_test(tc, one_process_at_a_time);
	tcase_add_test(tc, refuses);
	tcase_add_test(tc, cut_off);
	tcase_add_test(tc, cut_off_at_a_border);
	tcase_add_test(tc, bounded);
	tcase_add_test(tc, passed_is_removed);
	tcase_add_loop_test(tc, damaged, 0, ROWS(damages));
	tcase_add_test(tc, not_ours);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
