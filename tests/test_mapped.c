/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_mapped.c - a capture that is looked at where the kernel has it: over several maps it is what
 * reading gives; who wants to write to it is let to, and it is read from there on; cut short
 * meanwhile it is an error and no signal.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probes/read/mapped.h"
#include "probes/read/read.h"
#include "tests/harness.h"

#define HEAD	24
#define RECORD	16
#define OCTETS	60000 /* of each packet */
#define PACKETS 420   /* three maps of them */
#define AT_ONCE 64

#define LONG_PACKETS 4000 /* 240 MB: more than one trial of probes/read/cheaper.h */

static char path[64];

/* Of each packet every octet tells which packet it is. */
static void
make(unsigned packets)
{
	static const uint32_t head[HEAD / 4] = {0xa1b2c3d4, 4 << 16 | 2, 0, 0, 262144, 1};
	uint8_t *octets = malloc(OCTETS);
	FILE *f;

	snprintf(path, sizeof(path), "/tmp/kk-test-mapped-%d", getpid());
	f = fopen(path, "wbe");
	ck_assert(f != NULL && octets != NULL);
	fwrite(head, HEAD, 1, f);
	for (uint32_t i = 0; i < packets; i++) {
		/* They begin at every place of a page. */
		const uint32_t record[] = {i, 0, OCTETS - i, OCTETS};

		memset(octets, (int)(i % 251), OCTETS);
		fwrite(record, RECORD, 1, f);
		fwrite(octets, OCTETS - i, 1, f);
	}
	ck_assert_int_eq(fclose(f), 0);
	free(octets);
}

struct course {
	struct reader *r;
	int fd;
	unsigned packets; /* that came, and were right */
	struct diag d;
};

/* 0: there are no leases here. */
static int
begin(struct course *c)
{
	make(PACKETS);
	*c = (struct course){.fd = open(path, O_RDONLY | O_CLOEXEC)};
	reader_hold(c->fd);
	if (!mapped_is_held(c->fd)) {
		printf("no leases on /tmp: nothing is mapped\n");
		close(c->fd);
		unlink(path);
		return 0;
	}
	ck_assert_msg(reader_open(c->fd, path, NULL, &c->r, &c->d) == KK_OK, "%s", c->d.text);
	return 1;
}

static void
end(struct course *c)
{
	reader_free(c->r);
	close(c->fd);
	unlink(path);
}

static int
take(struct course *c, size_t max)
{
	struct packet p[AT_ONCE];
	size_t n;
	int rc = reader_next(c->r, p, max, &n, &c->d);

	for (size_t i = 0; i < n; i++, c->packets++) {
		ck_assert_uint_eq(p[i].caplen, OCTETS - c->packets);
		ck_assert_int_eq(p[i].time_us, (int64_t)c->packets * 1000000);
		ck_assert_uint_eq(p[i].p[0], c->packets % 251);
		ck_assert_int_eq(memcmp(p[i].p, p[i].p + 1, p[i].caplen - 1), 0);
	}
	return rc;
}

START_TEST(several_maps)
{
	struct course c;
	unsigned ahead = 0;

	if (!begin(&c))
		return;
	while (take(&c, _i == 0 ? AT_ONCE : 1) == KK_OK)
		ahead += reader_ahead(c.r) > 0;
	ck_assert_uint_eq(c.packets, PACKETS);
	/* All but what is behind the last whole packet came so. */
	ck_assert_uint_ge(ahead, 5);
	reader_free(c.r);
	ck_assert(!mapped_is_held(c.fd));
	c.r = NULL;
	end(&c);
}
END_TEST

/* A child that waits until it may. */
static pid_t
cut_it(off_t octets)
{
	pid_t child = fork();

	if (child == 0) {
		int fd = open(path, O_WRONLY);

		_exit(fd >= 0 && ftruncate(fd, octets) == 0 ? 0 : 1);
	}
	ck_assert(child > 0);
	return child;
}

/* Whoever does not want to wait is told to come again. */
static int
is_refused(void)
{
	int fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC), why = errno;

	if (fd >= 0)
		close(fd);
	return fd < 0 && why == EWOULDBLOCK;
}

static void
await(pid_t child)
{
	int status;

	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}

/* The rest is read, from the very packet on. */
START_TEST(a_writer_comes)
{
	struct course c;
	unsigned before;

	if (!begin(&c))
		return;
	ck_assert_int_eq(take(&c, 3), KK_OK);
	ck_assert(is_refused());
	ck_assert(!mapped_is_held(c.fd));
	while (reader_ahead(c.r) > 0)
		ck_assert_int_eq(take(&c, 10), KK_OK);
	before = c.packets;
	ck_assert_uint_lt(before, PACKETS / 2);
	ck_assert(!is_refused());
	while (take(&c, AT_ONCE) == KK_OK)
		;
	ck_assert_uint_eq(c.packets, PACKETS);
	end(&c);
}
END_TEST

/* Cut short by who waited: what is not there any more is an error. */
START_TEST(it_is_cut_short)
{
	struct course c;
	pid_t child;
	int rc;

	if (!begin(&c))
		return;
	ck_assert_int_eq(take(&c, 3), KK_OK);
	child = cut_it((off_t)OCTETS * PACKETS / 2);
	while (mapped_is_held(c.fd))
		usleep(1000);
	while (reader_ahead(c.r) > 0)
		ck_assert_int_eq(take(&c, 10), KK_OK);
	await(child);
	while ((rc = take(&c, AT_ONCE)) == KK_OK)
		;
	ck_assert_int_eq(rc, KK_E_TRUNCATED);
	ck_assert_msg(strstr(c.d.text, "cut short") != NULL, "%s", c.d.text);
	end(&c);
}
END_TEST

/* A long file, of which the disk has only the ends of each packet. */
static void
make_long(unsigned packets)
{
	static const uint32_t head[HEAD / 4] = {0xa1b2c3d4, 4 << 16 | 2, 0, 0, 262144, 1};
	FILE *f;

	snprintf(path, sizeof(path), "/tmp/kk-test-mapped-%d", getpid());
	f = fopen(path, "wbe");
	ck_assert(f != NULL);
	fwrite(head, HEAD, 1, f);
	for (uint32_t i = 0; i < packets; i++) {
		const uint32_t record[] = {i, 0, OCTETS, OCTETS, i};

		fwrite(record, sizeof(record), 1, f);
		fseek(f, OCTETS - 2 * (long)sizeof(i), SEEK_CUR);
		fwrite(&i, sizeof(i), 1, f);
	}
	ck_assert_int_eq(fclose(f), 0);
}

/* The next packet, which is right; 0: there is none. */
static int
next_of_long(struct reader *r, uint32_t i, struct diag *d)
{
	struct packet p;
	size_t n;
	int rc = reader_next(r, &p, 1, &n, d);

	ck_assert_msg(rc == KK_OK || rc == KK_END, "%s", d->text);
	if (n == 0)
		return 0;
	ck_assert_uint_eq(p.caplen, OCTETS);
	ck_assert_int_eq(p.time_us, (int64_t)i * 1000000);
	ck_assert_int_eq(memcmp(p.p, &i, sizeof(i)), 0);
	ck_assert_int_eq(memcmp(p.p + OCTETS - sizeof(i), &i, sizeof(i)), 0);
	return 1;
}

/* A long file is mapped and read by turns, to see what is cheaper. Whoever comes to write meanwhile
 * is let to within a second, whichever it is. */
START_TEST(a_long_file)
{
	struct reader *r;
	struct diag d;
	unsigned turns = 0, packets = 0;
	size_t ahead = 1;
	int fd;

	make_long(LONG_PACKETS);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	reader_hold(fd);
	if (mapped_is_held(fd)) {
		ck_assert_msg(reader_open(fd, path, NULL, &r, &d) == KK_OK, "%s", d.text);
		for (; next_of_long(r, packets, &d); packets++) {
			turns += reader_ahead(r) != ahead;
			ahead = reader_ahead(r);
			if (_i == 1 && turns == 2 && ahead == 0 && mapped_is_held(fd)) {
				ck_assert(is_refused());
				sleep(1);
			}
		}
		ck_assert_uint_eq(packets, LONG_PACKETS);
		ck_assert_uint_ge(turns, _i == 1 ? 2 : 8);
		ck_assert_int_eq(is_refused(), _i == 0);
		reader_free(r);
	}
	close(fd);
	unlink(path);
}
END_TEST

/* As one that is written to already, and one that is packed: nobody is kept waiting. */
START_TEST(what_is_not_held)
{
	static const uint8_t gzip[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
	struct reader *r = NULL;
	int writer, fd;

	make(1);
	writer = open(path, O_RDWR | O_CLOEXEC);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	reader_hold(fd);
	ck_assert(!mapped_is_held(fd));
	ck_assert_int_eq(ftruncate(writer, 0), 0);
	ck_assert_int_eq(write(writer, gzip, sizeof(gzip)), sizeof(gzip));
	close(writer);
	reader_hold(fd);
	(void)reader_open(fd, path, NULL, &r, NULL);
	ck_assert(!is_refused());
	reader_free(r);
	close(fd);
	unlink(path);
}
END_TEST

/* Behind the end there is nothing to map, nor in what is no file. */
START_TEST(nothing_to_map)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), at = page + 904;
	struct mapped m = {0};
	int fd, pipes[2];

	make(1);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert(mapped_move(&m, fd, at));
	ck_assert_uint_eq(m.from, page);
	ck_assert_uint_eq(m.n, (size_t)HEAD + RECORD + OCTETS - page);
	ck_assert(!mapped_move(&m, fd, OCTETS * 2));
	ck_assert(m.p == NULL);
	mapped_free(&m);
	close(fd);
	unlink(path);
	ck_assert_int_eq(pipe(pipes), 0);
	ck_assert(!mapped_hold(pipes[0]));
	ck_assert(!mapped_move(&m, pipes[0], 0));
	close(pipes[0]);
	close(pipes[1]);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("mapped");
	TCase *t = tcase_create("mapped");

	tcase_add_loop_test(t, several_maps, 0, 2);
	tcase_add_test(t, a_writer_comes);
	tcase_add_loop_test(t, a_long_file, 0, 2);
	tcase_add_test(t, it_is_cut_short);
	tcase_add_test(t, what_is_not_held);
	tcase_add_test(t, nothing_to_map);
	suite_add_tcase(s, t);
	return harness_run(s);
}
