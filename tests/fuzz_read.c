/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PARSES: probes/read/ */
/* Captures from anywhere: however many packets are asked for at once, they are the same ones, and
 * of a file that is not packed they are no more octets than it has. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "probes/read/read.h"

#define PACKETS 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sum {
	uint64_t packets, octets, hash;
	int rc;
};

static void
add(struct sum *sum, const struct packet *p)
{
	if (p->caplen > READ_PACKET_MAX || p->len < p->caplen || p->time_us < 0)
		abort();
	for (size_t i = 0; i < p->caplen; i++)
		sum->hash = (sum->hash ^ p->p[i]) * 0x100000001b3;
	sum->hash ^= (uint64_t)p->time_us ^ (uint64_t)p->linktype << 32 ^ p->len;
	sum->octets += p->caplen;
	sum->packets++;
}

static struct sum
read_all(int fd, size_t max)
{
	struct packet p[PACKETS];
	struct reader *r = NULL;
	struct sum sum = {0};
	struct diag d = {""};
	size_t n;

	if (lseek(fd, 0, SEEK_SET) != 0)
		abort();
	sum.rc = reader_open(fd, "F", NULL, &r, &d);
	while (sum.rc == KK_OK) {
		sum.rc = reader_next(r, p, max, &n, &d);
		if ((sum.rc == KK_OK) != (n > 0) || n > max)
			abort();
		for (size_t i = 0; i < n; i++)
			add(&sum, &p[i]);
	}
	if (sum.rc < 0 && d.text[0] == '\0')
		abort();
	reader_free(r);
	return sum;
}

/* The same file, which nobody can write to: it is not copied then. */
static int
hold(int fd)
{
	char path[32];
	int held;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	held = open(path, O_RDONLY | O_CLOEXEC);
	close(fd);
	if (held < 0)
		abort();
	reader_hold(held);
	return held;
}

static int
is_same(const struct sum *a, const struct sum *b)
{
	return a->rc == b->rc && a->packets == b->packets && a->hash == b->hash;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("capture", MFD_CLOEXEC);
	struct sum many, one, held;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	many = read_all(fd, PACKETS);
	one = read_all(fd, 1);
	fd = hold(fd);
	held = read_all(fd, PACKETS);
	close(fd);
	if (!is_same(&many, &one) || !is_same(&many, &held))
		abort();
	if ((size < 2 || data[0] != 0x1f) && many.octets > size)
		abort();
	return 0;
}
