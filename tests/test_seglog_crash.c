/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_seglog_crash.c - torn tails, flipped bits, full disks, read-only folders, killed writers. */
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>

#include "lib/seglog.h"
#include "tests/seglog_help.h"

static char dir[64], path[256];

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

/* Records 1 to n in one segment; `path` is its file. */
static void
fill(uint32_t n)
{
	struct seglog *l = open_log(dir, 0, 0);

	for (uint32_t i = 1; i <= n; i++)
		ck_assert_int_eq(put_record(l, i), KK_OK);
	seglog_close(l);
	count_files(dir, ".log", path);
}

static void
flip(off_t at)
{
	int fd = open(path, O_RDWR);
	uint8_t o;

	ck_assert_int_eq(pread(fd, &o, 1, at), 1);
	o ^= 0x10;
	ck_assert_int_eq(pwrite(fd, &o, 1, at), 1);
	close(fd);
}

/* What open_log() says on stderr. */
static struct seglog *
open_listening(char *said, size_t room)
{
	FILE *f = tmpfile();
	int keep = dup(STDERR_FILENO);
	struct seglog *l;
	size_t n;

	dup2(fileno(f), STDERR_FILENO);
	l = open_log(dir, 0, 0);
	dup2(keep, STDERR_FILENO);
	close(keep);
	rewind(f);
	n = fread(said, 1, room - 1, f);
	said[n] = '\0';
	fclose(f);
	return l;
}

/* The tail cut at every octet of the last record: the others stay, and writing goes on. */
START_TEST(torn_everywhere)
{
	char said[600], offset[64];
	off_t whole, before;
	struct seglog *l;
	struct seen s;

	fill(5);
	whole = file_size(path);
	before = whole - RECORD_HEAD - (off_t)record_len(5);
	snprintf(offset, sizeof(offset), "offset %lld", (long long)before);
	for (off_t cut = before + 1; cut < whole; cut++) {
		ck_assert_int_eq(truncate(path, cut), 0);
		s = read_folder(dir); /* a reader before the repair: the tail may yet grow */
		ck_assert_uint_eq(s.records, 4);
		ck_assert_uint_eq(s.damaged, 0);
		l = open_listening(said, sizeof(said));
		ck_assert_msg(
		    strstr(said, path) != NULL && strstr(said, offset) != NULL, "%s", said);
		ck_assert_int_eq(file_size(path), before);
		ck_assert_int_eq(put_record(l, 5), KK_OK);
		seglog_close(l);
		s = read_folder(dir);
		ck_assert_uint_eq(s.records, 5);
		ck_assert(s.in_order && s.damaged == 0);
		ck_assert_int_eq(file_size(path), whole);
	}
}
END_TEST

/* A crash while the header is written. */
START_TEST(torn_header)
{
	struct seglog *l;

	for (off_t size = 0; size < HEADER; size++) {
		fill(1);
		ck_assert_int_eq(truncate(path, size), 0);
		ck_assert_uint_eq(read_folder(dir).records, 0);
		l = open_log(dir, 0, 0);
		ck_assert_int_eq(put_record(l, 7), KK_OK);
		seglog_close(l);
		ck_assert_uint_eq(read_folder(dir).first, 7);
		ck_assert_int_eq(unlink(path), 0);
	}
}
END_TEST

/* Zeros and rubbish behind the last record, as a file system may leave them. */
START_TEST(rubbish_tail)
{
	char octets[100];
	struct seglog *l;
	struct seen s;
	FILE *f;

	fill(5);
	for (int i = 0; i < 2; i++) {
		memset(octets, i == 0 ? 0 : 0x7f, sizeof(octets));
		f = fopen(path, "a");
		fwrite(octets, 1, sizeof(octets), f);
		fclose(f);
		s = read_folder(dir);
		ck_assert_uint_eq(s.records, 5);
		l = open_log(dir, 0, 0);
		ck_assert_int_eq(put_record(l, 6), KK_OK);
		seglog_close(l);
		s = read_folder(dir);
		ck_assert_uint_eq(s.records, 6);
		ck_assert(s.in_order && s.damaged == 0);
		ck_assert_int_eq(
		    truncate(path, file_size(path) - RECORD_HEAD - (off_t)record_len(6)), 0);
	}
}
END_TEST

/* One flipped bit, at every octet of the third record of six: never a wrong octet out, and at most
 * what stands behind a damaged length is lost. */
START_TEST(flipped_bit)
{
	off_t third = HEADER + 2 * RECORD_HEAD + (off_t)(record_len(1) + record_len(2));
	struct seglog *l;
	struct seen s;

	fill(6);
	for (off_t at = third; at < third + RECORD_HEAD + (off_t)record_len(3); at++) {
		flip(at);
		s = read_folder(dir);
		if (at >= third + 4) { /* not the length: one record is lost, and it is told */
			ck_assert_uint_eq(s.records, 5);
			ck_assert_uint_eq(s.damaged, 1);
			ck_assert_ptr_nonnull(strstr(s.text, path));
		} else {
			ck_assert_uint_eq(s.records, 2);
		}
		flip(at);
	}
	/* A writer does not take a damaged record for the tail. */
	flip(third + RECORD_HEAD);
	l = open_log(dir, 0, 0);
	ck_assert_int_eq(put_record(l, 7), KK_OK);
	seglog_close(l);
	s = read_folder(dir);
	ck_assert_uint_eq(s.records, 6);
	ck_assert_uint_eq(s.last, 7);
	ck_assert_uint_eq(s.damaged, 1);
}
END_TEST

/* The same in a closed segment: the next one is read. */
START_TEST(damaged_closed_segment)
{
	struct seglog *l = open_log(dir, 3000, 0);
	struct dirent *e;
	struct seen s;
	DIR *f;

	for (uint32_t n = 1; n <= 60; n++)
		ck_assert_int_eq(put_record(l, n), KK_OK);
	seglog_close(l);
	count_files(dir, ".log", path);
	/* Its oldest segment. */
	f = opendir(dir);
	while ((e = readdir(f)) != NULL) {
		char other[320];

		snprintf(other, sizeof(other), "%s/%s", dir, e->d_name);
		if (strstr(e->d_name, ".log") != NULL && strcmp(other, path) < 0)
			snprintf(path, sizeof(path), "%.250s", other);
	}
	closedir(f);
	flip(HEADER); /* the first record's length */
	s = read_folder(dir);
	ck_assert_uint_eq(s.damaged, 1);
	ck_assert_uint_gt(s.first, 1);
	ck_assert_uint_eq(s.last, 60);
	flip(HEADER);
	/* Its last record cut short: a tail that nobody will write any more. */
	ck_assert_int_eq(truncate(path, file_size(path) - 1), 0);
	s = read_folder(dir);
	ck_assert_uint_eq(s.damaged, 1);
	ck_assert_uint_eq(s.records, 59);
	ck_assert_int_eq(truncate(path, 3), 0);
	s = read_folder(dir);
	ck_assert_uint_eq(s.damaged, 1);
	ck_assert_uint_gt(s.first, 1);
	ck_assert_uint_eq(s.last, 60);
}
END_TEST

/* A full disk takes part of a record: that part is cut off, readers see nothing of it, and when
 * there is room again, writing goes on. */
START_TEST(full_disk)
{
	struct rlimit small = {1000, RLIM_INFINITY}, large = {RLIM_INFINITY, RLIM_INFINITY};
	struct seglog *l = open_log(dir, 0, 0);
	struct diag d = {""};
	uint8_t big[600] = {0};
	struct cursor end;
	uint32_t n = 1;

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	while (put_record(l, n) == KK_OK)
		n++;
	end = seglog_end(l);
	count_files(dir, ".log", path);
	ck_assert_int_eq(seglog_append(l, big, sizeof(big), &d), KK_E_FULL);
	ck_assert_msg(strstr(d.text, path) != NULL, "%s", d.text);
	ck_assert_int_eq(cursor_cmp(seglog_end(l), end), 0);
	ck_assert_uint_eq((uint64_t)file_size(path), end.offset);
	ck_assert_uint_eq(read_folder(dir).last, n - 1);
	ck_assert_int_eq(seglog_sync(l, &d), KK_OK);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &large), 0);
	ck_assert_int_eq(put_record(l, n), KK_OK);
	seglog_close(l);
	ck_assert_uint_eq(read_folder(dir).last, n);
}
END_TEST

/* No room for a new segment's header: the old one stays the newest. */
START_TEST(full_disk_at_a_new_segment)
{
	struct rlimit none = {8, RLIM_INFINITY}, large = {RLIM_INFINITY, RLIM_INFINITY};
	struct seglog *l = open_log(dir, 1000, 0);
	uint32_t n = 1;

	signal(SIGXFSZ, SIG_IGN);
	while (seglog_end(l).offset + RECORD_HEAD + record_len(n) <= 1000)
		ck_assert_int_eq(put_record(l, n++), KK_OK);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
	ck_assert_int_eq(put_record(l, n), KK_E_FULL);
	ck_assert_int_eq(count_files(dir, ".log", NULL), 1);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &large), 0);
	ck_assert_int_eq(put_record(l, n), KK_OK);
	ck_assert_int_eq(count_files(dir, ".log", NULL), 2);
	seglog_close(l);
	ck_assert_uint_eq(read_folder(dir).last, n);
}
END_TEST

START_TEST(read_only_folder)
{
	struct seglog_options o = {0};
	struct seglog *l = NULL;
	struct diag d = {""};
	char lock[96];
	int rc, root = geteuid() == 0;

	fill(3);
	snprintf(lock, sizeof(lock), "%s/lock", dir);
	ck_assert_int_eq(chmod(dir, 0555), 0);
	ck_assert_int_eq(chmod(path, 0444), 0);
	ck_assert_int_eq(chmod(lock, 0444), 0);
	if (root) /* who may write anywhere */
		ck_assert_int_eq(seteuid(65534), 0);
	rc = seglog_open(dir, &o, &l, &d);
	ck_assert_uint_eq(read_folder(dir).records, 3); /* reading needs no right to write */
	if (root)
		ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(chmod(dir, 0755), 0);
	ck_assert_int_eq(rc, KK_E_DENIED);
	ck_assert_msg(strstr(d.text, dir) != NULL, "%s", d.text);
}
END_TEST

START_TEST(not_a_folder)
{
	struct seglog_options o = {0};
	struct seglog *l = NULL;
	struct diag d = {""};
	char longer[500], file[80];
	FILE *f;

	snprintf(file, sizeof(file), "%s/file", dir);
	f = fopen(file, "w");
	fclose(f);
	ck_assert_int_lt(seglog_open(file, &o, &l, &d), 0);
	ck_assert_msg(strstr(d.text, file) != NULL, "%s", d.text);
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	ck_assert_int_eq(seglog_open(longer, &o, &l, &d), KK_E_RANGE);
}
END_TEST

/* The writer's life: numbered records for ever, and in `shared` the last one that is durable. */
static void
write_until_killed(uint32_t from, volatile uint32_t *shared)
{
	struct seglog_options o = {.segment_octets = 5000, .compress = 1};
	struct seglog *l;
	struct diag d;

	if (seglog_open(dir, &o, &l, &d) != KK_OK)
		_exit(2);
	for (uint32_t n = from;; n++) {
		if (put_record(l, n) != KK_OK)
			_exit(3);
		if (n % 3 == 0) {
			if (seglog_sync(l, &d) != KK_OK)
				_exit(4);
			*shared = n;
		}
		if (n % 40 == 0)
			seglog_trim(l, (struct cursor){0, 0}, 0);
	}
}

/* kill -9 at random instants, again and again over the same log: no synced record is lost, none
 * comes twice, none is damaged. */
START_TEST(killed_writers)
{
	const int flags = MAP_SHARED | MAP_ANONYMOUS;
	/* cppcheck-suppress invalidFunctionArg */
	volatile uint32_t *shared = mmap(NULL, 4, PROT_READ | PROT_WRITE, flags, -1, 0);
	uint32_t next = 1;
	struct seen s;

	ck_assert_ptr_ne((void *)shared, MAP_FAILED);
	srand(7);
	for (int life = 0; life < 25; life++) {
		struct timespec moment = {0, 500000}, nap = {0, rand() % 15000 * 1000L};
		pid_t pid = fork();

		ck_assert_int_ge(pid, 0);
		if (pid == 0)
			write_until_killed(next, shared);
		while (*shared < next && waitpid(pid, NULL, WNOHANG) == 0)
			nanosleep(&moment, NULL); /* until it has done something */
		nanosleep(&nap, NULL);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		seglog_close(open_log(dir, 5000, 1)); /* repairs */
		s = read_folder(dir);
		ck_assert_uint_eq(s.damaged, 0);
		ck_assert(s.in_order);
		ck_assert_uint_ge(s.last, *shared);
		ck_assert(s.records == 0 || s.first == 1);
		ck_assert_uint_eq(s.records, s.last);
		next = s.last + 1;
	}
	ck_assert_uint_gt(next, 25);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("seglog_crash");
	TCase *tc = tcase_create("crash");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, torn_everywhere);
	tcase_add_test(tc, torn_header);
	tcase_add_test(tc, rubbish_tail);
	tcase_add_test(tc, flipped_bit);
	tcase_add_test(tc, damaged_closed_segment);
	tcase_add_test(tc, full_disk);
	tcase_add_test(tc, full_disk_at_a_new_segment);
	tcase_add_test(tc, read_only_folder);
	tcase_add_test(tc, not_a_folder);
	tcase_add_test(tc, killed_writers);
	tcase_set_timeout(tc, 120);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
