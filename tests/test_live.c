/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>

#include "lib/clock.h"
#include "rrd/live.h"
#include "tests/harness.h"

static char dir[64];
static struct live *live;
static int fresh;

static void
setup(void)
{
	struct diag d = {""};

	harness_dir(dir);
	ck_assert_msg(live_open_writer(dir, &fresh, &live, &d) == KK_OK, "%s", d.text);
	ck_assert_int_eq(fresh, 1);
}

static void
teardown(void)
{
	live_close(live);
	harness_remove(dir);
}

static struct sample
answer(uint32_t device, int64_t at_s, int64_t down, int64_t up)
{
	struct sample s = {.device = device, .source = SOURCE_SNMP, .time_cs = at_s * 100};

	sample_set(&s, METRIC_OCTETS_DOWN, down);
	sample_set(&s, METRIC_OCTETS_UP, up);
	return s;
}

static void
take(struct sample s)
{
	struct diag d = {""};

	ck_assert_msg(live_take(live, &s, 1, &d) == KK_OK, "%s", d.text);
}

static void
take_silent(uint32_t device, int64_t at_s)
{
	struct sample s = {.device = device, .time_cs = at_s * 100, .flags = SAMPLE_SILENT};

	take(s);
}

START_TEST(one_device)
{
	struct live_entry e;
	double down, up;

	ck_assert_int_eq(live_get(live, 7, SOURCE_SNMP, &e), KK_E_NOTFOUND);
	take(answer(7, 1000, 500, 50));
	ck_assert_int_eq(live_get(live, 7, SOURCE_SNMP, &e), KK_OK);
	ck_assert_int_eq(e.up_since_cs, 100000);
	ck_assert_int_eq(live_rate(&e, &down, &up), 0);
	take(answer(7, 1060, 6500, 650));
	take(answer(7, 1030, 9999, 9999)); /* older: left out */
	ck_assert_int_eq(live_get(live, 7, SOURCE_SNMP, &e), KK_OK);
	ck_assert_int_eq(e.time_cs, 106000);
	ck_assert_int_eq(e.value[METRIC_OCTETS_DOWN], 6500);
	ck_assert_int_eq(live_rate(&e, &down, &up), 1);
	ck_assert_double_eq(down, 100);
	ck_assert_double_eq(up, 10);
	ck_assert_int_eq(live_get(live, 7, SOURCE_PROBE, &e), KK_E_NOTFOUND);
	ck_assert_int_eq(live_get(live, 8, SOURCE_SNMP, &e), KK_E_NOTFOUND);
	ck_assert_int_gt(live_touched_cs(live), clock_utc_cs(NULL) - 6000);
}
END_TEST

START_TEST(silences)
{
	struct live_entry e;

	take_silent(3, 940);
	live_get(live, 3, SOURCE_SNMP, &e);
	ck_assert_int_eq(e.time_cs, 0);
	ck_assert_uint_eq(e.misses, 1);
	take(answer(3, 1000, 1, 1));
	take_silent(3, 1060);
	take_silent(3, 1120);
	take_silent(3, 1120); /* the same again after a crash */
	live_get(live, 3, SOURCE_SNMP, &e);
	ck_assert_uint_eq(e.misses, 2);
	ck_assert_int_eq(e.silent_cs, 106000);
	ck_assert_int_eq(e.asked_cs, 112000);
	ck_assert_int_eq(e.time_cs, 100000);
	ck_assert_int_eq(e.value[METRIC_OCTETS_UP], 1);
	take(answer(3, 1180, 2, 2));
	live_get(live, 3, SOURCE_SNMP, &e);
	ck_assert_uint_eq(e.misses, 0);
	ck_assert_int_eq(e.silent_cs, 0);
	ck_assert_int_eq(e.up_since_cs, 118000);
}
END_TEST

/* The clock was an hour ahead and was set right: what comes now counts. */
START_TEST(clock_set_back)
{
	int64_t now_s = clock_utc_cs(NULL) / 100;
	struct live_entry e;

	take(answer(4, now_s + 3600, 10, 10));
	take(answer(4, now_s, 7, 7));
	live_get(live, 4, SOURCE_SNMP, &e);
	ck_assert_int_eq(e.time_cs, now_s * 100);
	ck_assert_int_eq(e.prev_cs, 0);
	take(answer(4, now_s - 60, 5, 5)); /* but not what is merely late */
	live_get(live, 4, SOURCE_SNMP, &e);
	ck_assert_int_eq(e.time_cs, now_s * 100);
}
END_TEST

START_TEST(grows_under_readers)
{
	struct live *reader;
	struct live_entry e;
	struct sample far = answer(4194304, 1000, 1, 1);
	struct diag d = {""};
	struct stat st;
	char path[80];

	take(answer(1, 1000, 11, 1));
	ck_assert_int_eq(live_open_reader(dir, &reader, &d), KK_OK);
	ck_assert_int_eq(live_get(reader, 100000, SOURCE_SNMP, &e), KK_E_NOTFOUND);
	take(answer(100000, 1000, 22, 2));
	ck_assert_int_eq(live_get(reader, 100000, SOURCE_SNMP, &e), KK_OK);
	ck_assert_int_eq(e.value[METRIC_OCTETS_DOWN], 22);
	ck_assert_int_eq(live_get(reader, 1, SOURCE_SNMP, &e), KK_OK);
	ck_assert_int_eq(e.value[METRIC_OCTETS_DOWN], 11);
	/* Only what is used costs blocks. */
	snprintf(path, sizeof(path), "%s/live", dir);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_lt(st.st_blocks * 512, 512 * 1024);
	ck_assert_int_eq(live_take(live, &far, 1, &d), KK_E_FULL);
	ck_assert_ptr_nonnull(strstr(d.text, "4194304"));
	live_close(reader);
}
END_TEST

START_TEST(taken_over)
{
	struct live_entry e;
	struct diag d = {""};

	take(answer(5, 1000, 500, 50));
	live_close(live);
	ck_assert_int_eq(live_open_writer(dir, &fresh, &live, &d), KK_OK);
	ck_assert_int_eq(fresh, 0);
	ck_assert_int_eq(live_get(live, 5, SOURCE_SNMP, &e), KK_OK);
	ck_assert_int_eq(e.value[METRIC_OCTETS_DOWN], 500);
}
END_TEST

/* What stands where the table should be: other octets, or a table whose head was changed. */
static const struct {
	const char *why;
	long at; /* offset that is overwritten; -1: the whole file is `octets` */
	const char *octets;
	size_t len;
	int reader;
} foreign[] = {
    {"empty", -1, "", 0, KK_E_CORRUPT},
    {"text", -1, "hello, world\n", 13, KK_E_CORRUPT},
    {"other magic", 0, "X", 1, KK_E_CORRUPT},
    {"newer version", 8, "\7", 1, KK_E_VERSION},
    {"other slots", 12, "\7", 1, KK_E_VERSION},
    {"another boot", 16, "\1\2\3\4\5\6\7\10", 8, KK_OK},
    {"longer than it is", 41, "\377", 1, KK_E_CORRUPT},
    {"torn", 48, "\1", 1, KK_OK},
};

START_TEST(replaced)
{
	struct live *reader = NULL;
	struct live_entry e;
	struct diag d = {""};
	char path[80];
	int fd;

	take(answer(5, 1000, 500, 50));
	live_close(live);
	snprintf(path, sizeof(path), "%s/live", dir);
	fd = open(path, O_WRONLY | (foreign[_i].at < 0 ? O_TRUNC : 0));
	ck_assert_int_eq(pwrite(fd, foreign[_i].octets, foreign[_i].len,
			     foreign[_i].at < 0 ? 0 : foreign[_i].at),
	    (ssize_t)foreign[_i].len);
	close(fd);
	ck_assert_msg(
	    live_open_reader(dir, &reader, &d) == foreign[_i].reader, "%s", foreign[_i].why);
	live_close(reader);
	ck_assert_int_eq(live_open_writer(dir, &fresh, &live, &d), KK_OK);
	ck_assert_msg(fresh == 1, "%s: taken over", foreign[_i].why);
	ck_assert_int_eq(live_get(live, 5, SOURCE_SNMP, &e), KK_E_NOTFOUND);
}
END_TEST

START_TEST(reader_without_table)
{
	struct live *reader;
	struct diag d = {""};

	ck_assert_int_eq(live_open_reader("/nonexistent", &reader, &d), KK_E_NOTFOUND);
	ck_assert_ptr_null(reader);
}
END_TEST

/* Every entry that the writer leaves has all its numbers from one sample. */
#define ROUNDS 20000
#define SPREAD 5

static void *
write_rounds(void *arg)
{
	struct live *l = arg;

	for (int64_t k = 1; k <= ROUNDS; k++) {
		struct sample s = answer((uint32_t)(k % SPREAD) * 300 + 1, k, k, k);

		sample_set(&s, METRIC_UPTIME, k);
		sample_set(&s, METRIC_ASSOCIATIONS, k);
		if (live_take(l, &s, 1, NULL) != KK_OK)
			return l;
	}
	return NULL;
}

static int
whole(const struct live_entry *e)
{
	int64_t k = e->time_cs / 100;

	return e->value[METRIC_OCTETS_DOWN] == k && e->value[METRIC_UPTIME] == k &&
	       e->value[METRIC_ASSOCIATIONS] == k && e->asked_cs == e->time_cs &&
	       (e->prev_cs == 0 ||
		   (e->prev_up == (uint64_t)k - SPREAD && e->prev_cs == 100 * (k - SPREAD)));
}

static void *
read_rounds(void *arg)
{
	struct live_entry e;
	struct live *l;
	int64_t newest = 0;

	(void)arg;
	if (live_open_reader(dir, &l, NULL) != KK_OK)
		return dir;
	while (newest <= ROUNDS - SPREAD)
		for (uint32_t i = 0; i < SPREAD; i++) {
			if (live_get(l, i * 300 + 1, SOURCE_SNMP, &e) != KK_OK)
				continue;
			if (!whole(&e) || e.time_cs / 100 > ROUNDS)
				return dir;
			if (e.time_cs / 100 > newest)
				newest = e.time_cs / 100;
		}
	live_close(l);
	return NULL;
}

START_TEST(concurrent)
{
	pthread_t writer, reader[2];
	void *bad;

	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(pthread_create(&reader[i], NULL, read_rounds, NULL), 0);
	ck_assert_int_eq(pthread_create(&writer, NULL, write_rounds, live), 0);
	pthread_join(writer, &bad);
	ck_assert_ptr_null(bad);
	for (int i = 0; i < 2; i++) {
		pthread_join(reader[i], &bad);
		ck_assert_msg(bad == NULL, "a reader saw a torn entry");
	}
}
END_TEST

#define GROWTHS 400

static void *
write_further_on(void *arg)
{
	struct live *l = arg;

	for (int64_t k = 0; k < GROWTHS; k++) {
		struct sample s = answer((uint32_t)(k * 256 + 1), 100, 1, 1);

		if (live_take(l, &s, 1, NULL) != KK_OK)
			return l;
	}
	return NULL;
}

/* Whoever opens a table that grows meanwhile finds a table. */
START_TEST(opened_while_it_grows)
{
	pthread_t writer;
	struct diag d = {""};
	struct live *l;
	struct live_entry e;
	void *bad;

	ck_assert_int_eq(pthread_create(&writer, NULL, write_further_on, live), 0);
	do {
		ck_assert_msg(live_open_reader(dir, &l, &d) == KK_OK, "%s", d.text);
		bad = live_get(l, (GROWTHS - 1) * 256 + 1, SOURCE_SNMP, &e) == KK_OK ? l : NULL;
		live_close(l);
	} while (bad == NULL);
	pthread_join(writer, &bad);
	ck_assert_ptr_null(bad);
}
END_TEST

/* A writer killed in the middle never leaves a table from which a torn entry is read. */
START_TEST(killed)
{
	struct live_entry e;
	struct diag d = {""};
	pid_t pid;

	live_close(live);
	for (int k = 0; k < 20; k++) {
		pid = fork();
		if (pid == 0) {
			if (live_open_writer(dir, &fresh, &live, NULL) == KK_OK)
				for (;;)
					write_rounds(live);
			_exit(1);
		}
		usleep(1000 + (unsigned)k * 300);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		ck_assert_int_eq(live_open_writer(dir, &fresh, &live, &d), KK_OK);
		for (uint32_t i = 0; i < SPREAD; i++)
			if (live_get(live, i * 300 + 1, SOURCE_SNMP, &e) == KK_OK)
				ck_assert(whole(&e));
		live_close(live);
	}
	ck_assert_int_eq(live_open_writer(dir, &fresh, &live, &d), KK_OK);
}
END_TEST

/* A reader that stays open sees the table that took the old one's place. */
START_TEST(reader_follows)
{
	struct live *reader;
	struct live_entry e;
	struct diag d = {""};
	char path[80];
	int rc = KK_E_NOTFOUND;

	take(answer(5, 1000, 500, 50));
	ck_assert_int_eq(live_open_reader(dir, &reader, &d), KK_OK);
	live_close(live);
	snprintf(path, sizeof(path), "%s/live", dir);
	unlink(path);
	ck_assert_int_eq(live_open_writer(dir, &fresh, &live, &d), KK_OK);
	take(answer(6, 2000, 600, 60));
	for (int i = 0; i < 100 && rc != KK_OK; i++) { /* it looks once a second */
		rc = live_get(reader, 6, SOURCE_SNMP, &e);
		usleep(50000);
	}
	ck_assert_int_eq(rc, KK_OK);
	ck_assert_int_eq(live_get(reader, 5, SOURCE_SNMP, &e), KK_E_NOTFOUND);
	live_close(reader);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("live");
	TCase *tc = tcase_create("table");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, one_device);
	tcase_add_test(tc, silences);
	tcase_add_test(tc, clock_set_back);
	tcase_add_test(tc, grows_under_readers);
	tcase_add_test(tc, taken_over);
	tcase_add_loop_test(tc, replaced, 0, ROWS(foreign));
	tcase_add_test(tc, reader_without_table);
	tcase_add_test(tc, concurrent);
	tcase_add_test(tc, opened_while_it_grows);
	tcase_add_test(tc, killed);
	tcase_add_test(tc, reader_follows);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
