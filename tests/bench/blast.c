/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/blast.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH	 64
#define STEPS	 16 /* requests per device */
#define ID_BASE	 0x10000000U
#define ROOM	 (64 << 20) /* octets of socket buffers */
#define STEP_OUT 0xff	    /* a device that is done */

/* A device: its requests are asked[first .. first + n), one after another. */
struct dev {
	uint32_t first;
	uint8_t n, step, tries;
};

/* What falls due: tries in the order they were sent, as all wait equally long. */
struct due {
	int64_t us;
	uint32_t dev;
	uint8_t step, tries;
};

struct run {
	const struct packets *s;
	struct asked *asked; /* by address, then as sent */
	struct dev *dev;
	uint32_t n_dev, next, in_flight;
	struct due *due;
	size_t due_first, due_end;
	uint32_t *ready; /* devices whose next datagram is to be sent */
	size_t ready_first, ready_end, ready_room;
	int fd;
	struct mmsghdr out[BATCH], in[BATCH];
	struct iovec out_iov[BATCH], in_iov[BATCH];
	struct sockaddr_in to[BATCH];
	uint8_t out_buf[BATCH][PACKET_MAX], in_buf[BATCH][PACKET_MAX];
	const struct blast_options *o;
	struct blast_result *r;
};

static int64_t
now_us(clockid_t c)
{
	struct timespec t;

	clock_gettime(c, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Stable by address: the order of sending, which is kept in `packet`'s neighbours, must stay. */
struct numbered {
	struct asked a;
	size_t at;
};

static int
by_address(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;

	if (x->a.address != y->a.address)
		return x->a.address < y->a.address ? -1 : 1;
	return x->at < y->at ? -1 : 1;
}

/* Groups the requests by device. */
static int
group(struct run *g)
{
	size_t n = g->s->n_asked, i;
	struct numbered *sorted = calloc(n + 1, sizeof(*sorted));

	g->asked = calloc(n + 1, sizeof(*g->asked));
	g->dev = calloc(n + 1, sizeof(*g->dev));
	g->ready_room = n + 1;
	g->ready = calloc(g->ready_room, sizeof(*g->ready));
	g->due = calloc(n * (g->o->retries + 1) + 1, sizeof(*g->due));
	if (!sorted || !g->asked || !g->dev || !g->ready || !g->due) {
		free(sorted);
		return 0;
	}
	for (i = 0; i < n; i++)
		sorted[i] = (struct numbered){g->s->asked[i], i};
	qsort(sorted, n, sizeof(*sorted), by_address);
	for (i = 0; i < n; i++) {
		g->asked[i] = sorted[i].a;
		if (i == 0 || g->asked[i].address != g->asked[i - 1].address)
			g->dev[g->n_dev++] = (struct dev){.first = (uint32_t)i};
		if (g->dev[g->n_dev - 1].n < STEPS)
			g->dev[g->n_dev - 1].n++;
	}
	free(sorted);
	return 1;
}

static int
open_socket(struct run *g)
{
	int room = ROOM;
	unsigned i;

	g->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (g->fd < 0)
		return 0;
	if (setsockopt(g->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) != 0)
		setsockopt(g->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	for (i = 0; i < BATCH; i++) {
		g->to[i].sin_family = AF_INET;
		g->to[i].sin_port = htons((uint16_t)g->o->port);
		g->out_iov[i].iov_base = g->out_buf[i];
		g->out[i].msg_hdr = (struct msghdr){.msg_name = &g->to[i],
		    .msg_namelen = sizeof(g->to[i]),
		    .msg_iov = &g->out_iov[i],
		    .msg_iovlen = 1};
		g->in_iov[i] = (struct iovec){g->in_buf[i], PACKET_MAX};
		g->in[i].msg_hdr = (struct msghdr){.msg_iov = &g->in_iov[i], .msg_iovlen = 1};
	}
	return 1;
}

static void
make_ready(struct run *g, uint32_t dev)
{
	g->ready[g->ready_end++ % g->ready_room] = dev;
}

/* New devices as the window has room. */
static void
admit(struct run *g)
{
	while (g->next < g->n_dev && (g->o->window == 0 || g->in_flight < g->o->window)) {
		make_ready(g, g->next++);
		g->in_flight++;
	}
}

/* Sends one batch of what is ready. Returns how many were sent. */
static int
send_batch(struct run *g)
{
	unsigned n = 0, i;
	int64_t at;
	int sent;

	for (; n < BATCH && g->ready_first + n < g->ready_end; n++) {
		uint32_t who = g->ready[(g->ready_first + n) % g->ready_room];
		const struct dev *d = &g->dev[who];
		const struct asked *a = &g->asked[d->first + d->step];
		const struct packet *p = &g->s->packet[a->packet];

		memcpy(g->out_buf[n], p->octets, p->len);
		packet_set_id(g->out_buf[n], p->id_at, ID_BASE + who * STEPS + d->step);
		g->out_iov[n].iov_len = p->len;
		g->to[n].sin_addr.s_addr = htonl(a->address);
	}
	if (n == 0)
		return 0;
	sent = sendmmsg(g->fd, g->out, n, 0);
	at = now_us(CLOCK_MONOTONIC) + g->o->timeout_ms * INT64_C(1000);
	for (i = 0; (int)i < sent; i++) {
		uint32_t who = g->ready[g->ready_first++ % g->ready_room];
		struct dev *d = &g->dev[who];

		g->due[g->due_end++] = (struct due){at, who, d->step, ++d->tries};
		g->r->sent++;
		g->r->retries += d->tries > 1;
	}
	return sent < 0 ? 0 : sent;
}

static void
take(struct run *g, const uint8_t *p, size_t len)
{
	size_t at = packet_id_at(p, len);
	uint32_t id = at ? packet_id(p, at) - ID_BASE : UINT32_MAX, who = id / STEPS;
	struct dev *d;

	if (who >= g->n_dev || g->dev[who].step != id % STEPS)
		return;
	d = &g->dev[who];
	d->tries = 0;
	if (++d->step < d->n) {
		make_ready(g, who);
		return;
	}
	d->step = STEP_OUT;
	g->in_flight--;
	g->r->answered++;
}

static int
receive_batch(struct run *g)
{
	int n = recvmmsg(g->fd, g->in, BATCH, 0, NULL), i;

	for (i = 0; i < n; i++)
		take(g, g->in_buf[i], g->in[i].msg_len);
	return n < 0 ? 0 : n;
}

/* Ends or repeats tries that are due. Returns the microseconds until the next one, 0: one was. */
static int64_t
expire(struct run *g)
{
	int64_t now = now_us(CLOCK_MONOTONIC);
	int any = 0;

	for (; g->due_first < g->due_end; g->due_first++) {
		const struct due *t = &g->due[g->due_first];
		struct dev *d = &g->dev[t->dev];

		if (d->step != t->step || d->tries != t->tries)
			continue;
		if (t->us > now)
			return any ? 0 : t->us - now;
		any = 1;
		if (d->tries <= g->o->retries) {
			make_ready(g, t->dev);
			continue;
		}
		d->step = STEP_OUT;
		g->in_flight--;
	}
	return any ? 0 : 1000000;
}

static void
sweep(struct run *g)
{
	while (admit(g), g->in_flight > 0) {
		int sent = send_batch(g);
		int got = receive_batch(g);
		int64_t wait = expire(g);
		struct pollfd fd = {g->fd, POLLIN, 0};

		if (sent > 0 || got > 0 || wait == 0)
			continue;
		if (g->ready_first < g->ready_end)
			fd.events |= POLLOUT;
		poll(&fd, 1, (int)(wait / 1000) + 1);
	}
}

int
blast(const struct packets *s, const struct blast_options *o, struct blast_result *r)
{
	struct run *g = calloc(1, sizeof(*g));
	int64_t wall, cpu;
	int ok = 0;

	if (g == NULL)
		return 0;
	*r = (struct blast_result){0};
	g->s = s;
	g->o = o;
	g->r = r;
	g->fd = -1;
	if (!group(g) || !open_socket(g)) {
		perror("kk-blast");
		goto out;
	}
	r->devices = g->n_dev;
	wall = now_us(CLOCK_MONOTONIC);
	cpu = now_us(CLOCK_PROCESS_CPUTIME_ID);
	sweep(g);
	r->wall_us = now_us(CLOCK_MONOTONIC) - wall;
	r->cpu_us = now_us(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	ok = 1;
out:
	if (g->fd >= 0)
		close(g->fd);
	free(g->asked);
	free(g->dev);
	free(g->ready);
	free(g->due);
	free(g);
	return ok;
}
