/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/clock.h"
#include "tests/sim/mib.h"
#include "tests/sim/ports.h"
#include "tests/sim/wlc.h"

#define BATCH	 64
#define ROOM_IN	 2048
#define CTL_ROOM CMSG_SPACE(sizeof(struct in_pktinfo))

/* An answer that waits for its time: a binary heap by `at_ms`. */
struct delayed {
	int64_t at_ms;
	struct sockaddr_in to;
	uint32_t from;
	uint16_t len;
	uint8_t data[AGENT_PACKET];
};

struct server {
	struct server_options o;
	struct mib *mibs[SIM_PROFILE_COUNT][2];
	int fd;
	uint16_t port;
	struct server_stats stats;
	struct delayed **heap;
	size_t heap_n, heap_room;
	/* One batch in, one batch out. */
	uint8_t in[BATCH][ROOM_IN], out[2 * BATCH][AGENT_PACKET];
	struct sockaddr_in peer[BATCH], to[2 * BATCH];
	char ctl_in[BATCH][CTL_ROOM] __attribute__((aligned(8))),
	    ctl_out[2 * BATCH][CTL_ROOM] __attribute__((aligned(8)));
	struct iovec iov_in[BATCH], iov_out[2 * BATCH];
	struct mmsghdr msg_in[BATCH], msg_out[2 * BATCH];
	unsigned n_out;
	int quiet;
};

/* What the virtual MIB needs to know while one request is answered. */
struct asked {
	struct fleet *fleet;
	const struct mib *mib;
	uint32_t index;
	int64_t now_cs;
	unsigned served;
	struct wlc_served listed; /* of a controller */
};

static int
put_object(struct asked *a, const struct mib_object *obj, struct ber_out *o)
{
	const uint8_t *end;

	mib_put_value(o, obj, a->fleet, a->index, a->now_cs, &a->served);
	end = o->at;
	ber_put(o, obj->encoded, obj->encoded_len);
	ber_close(o, 0x06, end);
	return 1;
}

static int
is_switch(const struct asked *a)
{
	return a->index >= a->fleet->aps && a->index < a->fleet->n;
}

static int
is_controller(const struct asked *a)
{
	return a->index >= a->fleet->n;
}

static int
fleet_get(void *ctx, const uint8_t *encoded, size_t len, struct ber_out *o)
{
	struct asked *a = ctx;
	const struct mib_object *obj = mib_get(a->mib, encoded, len);
	struct ber_oid name;

	if (obj != NULL)
		return put_object(a, obj, o);
	if (!ber_oid_decode(wire_over(encoded, len), &name))
		return -1;
	if (mib_has_object(a->mib, &name))
		return 0;
	if (is_controller(a))
		return wlc_get(a->fleet, a->index, a->now_cs, &name, o, &a->listed);
	return is_switch(a) ? ports_get(a->fleet, a->index, a->now_cs, &name, o) : -1;
}

static int
fleet_next(void *ctx, struct ber_oid *name, struct ber_out *o)
{
	struct asked *a = ctx;
	const struct mib_object *obj = mib_next(a->mib, name);
	struct ber_oid port;

	if (is_switch(a) && ports_next(a->fleet, a->index, name, &port) &&
	    (obj == NULL || ber_oid_cmp(&port, &obj->name) < 0)) {
		*name = port;
		return ports_get(a->fleet, a->index, a->now_cs, name, o);
	}
	if (is_controller(a) && wlc_next(a->fleet, a->index, name, &port) &&
	    (obj == NULL || ber_oid_cmp(&port, &obj->name) < 0)) {
		*name = port;
		return wlc_get(a->fleet, a->index, a->now_cs, name, o, &a->listed);
	}
	if (obj == NULL)
		return 0;
	*name = obj->name;
	return put_object(a, obj, o);
}

static int
open_socket(struct server *s, struct diag *d)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
	    .sin_port = htons(s->o.port),
	    .sin_addr.s_addr = htonl(s->o.address)};
	socklen_t len = sizeof(at);
	int one = 1, room = 32 << 20, rc;

	s->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd < 0)
		return diag_set(d, kk_from_errno(errno), "socket: %s", strerror(errno));
	setsockopt(s->fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof(one));
	if (setsockopt(s->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) != 0)
		setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (bind(s->fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    getsockname(s->fd, (struct sockaddr *)&at, &len) != 0) {
		rc = errno == EADDRINUSE ? KK_E_BUSY : kk_from_errno(errno);
		return diag_set(d, rc, "UDP port %u: %s", s->o.port, strerror(errno));
	}
	s->port = ntohs(at.sin_port);
	return KK_OK;
}

int
server_new(const struct server_options *o, struct server **out, struct diag *d)
{
	struct server *s = calloc(1, sizeof(*s));
	int rc;

	if (s == NULL)
		return diag_set(d, KK_E_NOMEM, "out of memory");
	s->o = *o;
	s->fd = -1;
	for (unsigned p = 0; p < SIM_PROFILE_COUNT; p++)
		for (int moved = 0; moved < 2; moved++)
			if ((s->mibs[p][moved] = mib_new(p, moved)) == NULL) {
				server_free(s);
				return diag_set(d, KK_E_NOMEM, "out of memory");
			}
	if ((rc = open_socket(s, d)) != KK_OK) {
		server_free(s);
		return rc;
	}
	*out = s;
	return KK_OK;
}

void
server_free(struct server *s)
{
	if (s == NULL)
		return;
	for (unsigned p = 0; p < SIM_PROFILE_COUNT; p++)
		for (int moved = 0; moved < 2; moved++)
			mib_free(s->mibs[p][moved]);
	for (size_t i = 0; i < s->heap_n; i++)
		free(s->heap[i]);
	free(s->heap);
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}

uint16_t
server_port(const struct server *s)
{
	return s->port;
}

void
server_quiet(struct server *s)
{
	s->quiet = 1;
}

void
server_new_span(struct server *s)
{
	s->stats.first_ms = s->stats.last_ms = 0;
}

const struct server_stats *
server_stats(const struct server *s)
{
	return &s->stats;
}

static void
flush_out(struct server *s)
{
	unsigned done = 0;

	while (done < s->n_out) {
		int n = sendmmsg(s->fd, s->msg_out + done, s->n_out - done, 0);

		if (n <= 0) {
			struct pollfd p = {s->fd, POLLOUT, 0};

			if (errno != EAGAIN && errno != EINTR)
				done++; /* this one cannot be sent: as if lost */
			else
				poll(&p, 1, 10);
			continue;
		}
		done += (unsigned)n;
	}
	s->n_out = 0;
}

/* Queue a datagram; it leaves from the address that was asked. */
static void
queue(
    struct server *s, const struct sockaddr_in *to, uint32_t from, const uint8_t *data, size_t len)
{
	unsigned i = s->n_out++;
	struct msghdr *h = &s->msg_out[i].msg_hdr;
	struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl(from)};
	struct cmsghdr *c;

	memcpy(s->out[i], data, len);
	s->to[i] = *to;
	s->iov_out[i] = (struct iovec){s->out[i], len};
	*h = (struct msghdr){.msg_name = &s->to[i],
	    .msg_namelen = sizeof(s->to[i]),
	    .msg_iov = &s->iov_out[i],
	    .msg_iovlen = 1,
	    .msg_control = s->ctl_out[i],
	    .msg_controllen = CTL_ROOM};
	memset(s->ctl_out[i], 0, CTL_ROOM);
	c = CMSG_FIRSTHDR(h);
	c->cmsg_level = IPPROTO_IP;
	c->cmsg_type = IP_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(c), &info, sizeof(info));
	if (s->n_out == 2 * BATCH)
		flush_out(s);
}

static void
heap_push(struct server *s, struct delayed *x)
{
	size_t i;

	if (s->heap_n == s->heap_room) {
		size_t room = s->heap_room ? s->heap_room * 2 : 1024;
		struct delayed **more = realloc(s->heap, room * sizeof(*more));

		if (more == NULL) {
			free(x); /* as if lost */
			return;
		}
		s->heap = more;
		s->heap_room = room;
	}
	for (i = s->heap_n++; i > 0 && s->heap[(i - 1) / 2]->at_ms > x->at_ms; i = (i - 1) / 2)
		s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = x;
}

static struct delayed *
heap_pop(struct server *s)
{
	struct delayed *top = s->heap[0], *x = s->heap[--s->heap_n];
	size_t i = 0, child;

	while ((child = 2 * i + 1) < s->heap_n) {
		if (child + 1 < s->heap_n && s->heap[child + 1]->at_ms < s->heap[child]->at_ms)
			child++;
		if (s->heap[child]->at_ms >= x->at_ms)
			break;
		s->heap[i] = s->heap[child];
		i = child;
	}
	if (s->heap_n > 0)
		s->heap[i] = x;
	return top;
}

static void
send_later(struct server *s, const struct sockaddr_in *to, uint32_t from, const uint8_t *data,
    size_t len, unsigned ms)
{
	struct delayed *x;

	if (ms == 0) {
		queue(s, to, from, data, len);
		return;
	}
	if ((x = malloc(sizeof(*x))) == NULL)
		return;
	x->at_ms = clock_mono_ms(NULL) + ms;
	x->to = *to;
	x->from = from;
	x->len = (uint16_t)len;
	memcpy(x->data, data, len);
	heap_push(s, x);
}

static void
send_delayed(struct server *s)
{
	int64_t now_ms = clock_mono_ms(NULL);

	while (s->heap_n > 0 && s->heap[0]->at_ms <= now_ms) {
		struct delayed *x = heap_pop(s);

		queue(s, &x->to, x->from, x->data, x->len);
		free(x);
	}
}

/* Let fate decide over an answer. Returns 1 if it will arrive intact and in time. */
static int
dispatch(struct server *s, const struct sockaddr_in *to, uint32_t from, uint8_t *data, size_t len,
    int slow)
{
	unsigned delay = faults_delay(s->o.faults) + (slow ? s->o.faults->slow_ms : 0);

	switch (faults_fate(s->o.faults)) {
	case FATE_LOST:
		s->stats.lost++;
		return 0;
	case FATE_LATE:
		s->stats.late++;
		send_later(s, to, from, data, len, s->o.faults->late_ms);
		return 0;
	case FATE_MALFORMED:
		if (load_mix(s->o.faults->dice) % 6 ==
		    0) { /* intact, but from a neighbour's address: forged */
			s->stats.forged++;
			send_later(s, to, from + 1, data, len, delay);
			return 0;
		}
		s->stats.damaged++;
		send_later(s, to, from, data, faults_damage(s->o.faults, data, len), delay);
		return 0;
	case FATE_TWICE:
		s->stats.twice++;
		send_later(s, to, from, data, len, delay);
		send_later(s, to, from, data, len, delay + 1);
		return 1;
	default:
		send_later(s, to, from, data, len, delay);
		return 1;
	}
}

static void
answer_device(struct server *s, uint32_t index, const struct sockaddr_in *from_peer,
    uint32_t address, const uint8_t *in, size_t len)
{
	struct sim_device *d = &s->o.fleet->devices[index];
	struct asked a = {.fleet = s->o.fleet,
	    .mib = s->mibs[d->profile][d->moved],
	    .index = index,
	    .now_cs = clock_utc_cs(NULL)};
	struct agent_view view = {&a, fleet_get, fleet_next};
	struct agent_options o = s->o.agent;
	struct agent_result r;
	uint8_t out[AGENT_PACKET];

	d->requests++;
	o.v1_only = d->v1_only;
	if (s->o.usm != NULL && sim_usm_is(in, len))
		sim_usm_answer(s->o.usm, d, index, a.now_cs, &o, &view, in, len, out, &r);
	else
		agent_answer(&o, &view, in, len, out, &r);
	if (r.len == 0) {
		s->stats.ignored++;
		return;
	}
	s->stats.answers++;
	s->stats.octets_asked += len;
	s->stats.octets_answered += r.len;
	if (!dispatch(s, from_peer, address, out + AGENT_PACKET - r.len, r.len, d->slow))
		return;
	d->answers++;
	/* Only a GET counts: walks look at what there is, and account for nothing. */
	for (unsigned radio = 0; r.good && r.pdu == 0xa0 && radio < SIM_RADIOS; radio++)
		if (a.served >> radio & 1)
			fleet_served(s->o.fleet, index, radio, a.now_cs);
	/* A controller is always walked. */
	for (unsigned i = 0; r.good && i < a.listed.n; i++)
		fleet_served(
		    s->o.fleet, a.listed.of[i].index, a.listed.of[i].radio, a.listed.of[i].cs);
}

static void
answer_recorded(struct server *s, const struct sockaddr_in *peer, uint32_t address,
    const uint8_t *in, size_t len)
{
	struct agent_result r;
	uint8_t out[AGENT_PACKET];

	agent_answer(&s->o.agent, s->o.recording, in, len, out, &r);
	if (r.len == 0) {
		s->stats.ignored++;
		return;
	}
	s->stats.answers++;
	dispatch(s, peer, address, out + AGENT_PACKET - r.len, r.len, 0);
}

static uint32_t
asked_address(const struct msghdr *h)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c != NULL;
	     c = CMSG_NXTHDR((struct msghdr *)(uintptr_t)h, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof(info));
			return ntohl(info.ipi_addr.s_addr);
		}
	}
	return 0;
}

static void
take(struct server *s, unsigned i, size_t len)
{
	uint32_t address = asked_address(&s->msg_in[i].msg_hdr), index;

	s->stats.requests++;
	if (s->quiet) {
		s->stats.ignored++;
		return;
	}
	if (s->o.fleet == NULL) {
		answer_recorded(s, &s->peer[i], address, s->in[i], len);
		return;
	}
	index = fleet_by_address(s->o.fleet, address);
	if (index == UINT32_MAX || s->o.fleet->devices[index].profile == SIM_FIT ||
	    !fleet_reachable(s->o.fleet, index))
		s->stats.ignored++;
	else
		answer_device(s, index, &s->peer[i], address, s->in[i], len);
}

int
server_run(struct server *s, int wait_ms, struct diag *d)
{
	struct pollfd p = {s->fd, POLLIN, 0};
	int n;

	if (s->heap_n > 0) {
		int64_t due = s->heap[0]->at_ms - clock_mono_ms(NULL);

		wait_ms = due < 0 ? 0 : due < wait_ms ? (int)due : wait_ms;
	}
	if (poll(&p, 1, wait_ms) < 0 && errno != EINTR)
		return diag_set(d, KK_E_IO, "poll: %s", strerror(errno));
	for (unsigned i = 0; i < BATCH; i++) {
		s->iov_in[i] = (struct iovec){s->in[i], ROOM_IN};
		s->msg_in[i].msg_hdr = (struct msghdr){.msg_name = &s->peer[i],
		    .msg_namelen = sizeof(s->peer[i]),
		    .msg_iov = &s->iov_in[i],
		    .msg_iovlen = 1,
		    .msg_control = s->ctl_in[i],
		    .msg_controllen = CTL_ROOM};
	}
	n = recvmmsg(s->fd, s->msg_in, BATCH, MSG_DONTWAIT, NULL);
	if (n > 0) {
		s->stats.last_ms = clock_mono_ms(NULL);
		if (s->stats.first_ms == 0)
			s->stats.first_ms = s->stats.last_ms;
	}
	for (int i = 0; i < n; i++)
		take(s, (unsigned)i, s->msg_in[i].msg_len);
	if (!s->quiet)
		send_delayed(s);
	flush_out(s);
	return KK_OK;
}
