/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/learn.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/packets.h"

#define ROOM (32 << 20) /* octets of socket buffers */

struct relay {
	int down, up, stop; /* towards the collector, towards the fleet, signals */
	unsigned upstream;
	struct packets seen;
	struct sockaddr_in *client; /* by request-id modulo CLIENTS */
};

#define CLIENTS (1U << 18)

static int
udp(unsigned port, int *fd)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int room = ROOM, on = 1;

	*fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (*fd < 0 || bind(*fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    setsockopt(*fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on)) != 0)
		return 0;
	if (setsockopt(*fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) != 0)
		setsockopt(*fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	return 1;
}

/* One datagram with its source, and the local address it came to. */
static ssize_t
receive(int fd, uint8_t *p, size_t room, struct sockaddr_in *from, struct in_addr *to)
{
	union {
		char room[CMSG_SPACE(sizeof(struct in_pktinfo))];
		struct cmsghdr align;
	} c;
	struct iovec iov = {p, room};
	struct msghdr m = {.msg_name = from,
	    .msg_namelen = sizeof(*from),
	    .msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = &c,
	    .msg_controllen = sizeof(c)};
	ssize_t n = recvmsg(fd, &m, 0);
	struct cmsghdr *h;

	for (h = n >= 0 ? CMSG_FIRSTHDR(&m) : NULL; h != NULL; h = CMSG_NXTHDR(&m, h)) {
		struct in_pktinfo info;

		if (h->cmsg_level != IPPROTO_IP || h->cmsg_type != IP_PKTINFO)
			continue;
		memcpy(&info, CMSG_DATA(h), sizeof(info));
		*to = info.ipi_addr;
	}
	return n;
}

static void
send_from(int fd, const uint8_t *p, size_t n, const struct sockaddr_in *to, struct in_addr from)
{
	union {
		char room[CMSG_SPACE(sizeof(struct in_pktinfo))];
		struct cmsghdr align;
	} c = {{0}};
	struct iovec iov = {(void *)(uintptr_t)p, n};
	struct sockaddr_in peer = *to;
	struct in_pktinfo info = {.ipi_spec_dst = from};
	struct msghdr m = {.msg_name = &peer,
	    .msg_namelen = sizeof(peer),
	    .msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = &c,
	    .msg_controllen = sizeof(c)};
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);

	h->cmsg_level = IPPROTO_IP;
	h->cmsg_type = IP_PKTINFO;
	h->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(h), &info, sizeof(info));
	if (sendmsg(fd, &m, 0) < 0 && errno != EAGAIN)
		perror("kk-blast: sendmsg");
}

static int
take_request(struct relay *r)
{
	uint8_t p[PACKET_MAX];
	struct sockaddr_in from, to = {.sin_family = AF_INET};
	struct in_addr here = {0};
	ssize_t n = receive(r->down, p, sizeof(p), &from, &here);
	size_t at;
	uint32_t id;

	if (n <= 0)
		return 0;
	at = packet_id_at(p, (size_t)n);
	if (at == 0)
		return 1;
	id = packet_id(p, at);
	if (!packets_add(&r->seen, ntohl(here.s_addr), p, (size_t)n))
		fprintf(stderr, "kk-blast: a request could not be kept\n");
	r->client[id % CLIENTS] = from;
	to.sin_port = htons((uint16_t)r->upstream);
	to.sin_addr = here;
	send_from(r->up, p, (size_t)n, &to, here);
	return 1;
}

static int
take_answer(struct relay *r)
{
	uint8_t p[65536];
	struct sockaddr_in from;
	struct in_addr here = {0};
	ssize_t n = receive(r->up, p, sizeof(p), &from, &here);
	size_t at;

	if (n <= 0)
		return 0;
	at = packet_id_at(p, (size_t)n);
	if (at != 0)
		send_from(
		    r->down, p, (size_t)n, &r->client[packet_id(p, at) % CLIENTS], from.sin_addr);
	return 1;
}

static int
relay_open(struct relay *r, unsigned port)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	r->stop = signalfd(-1, &set, SFD_CLOEXEC);
	r->client = calloc(CLIENTS, sizeof(*r->client));
	return r->stop >= 0 && r->client && udp(port, &r->down) && udp(0, &r->up);
}

int
learn(unsigned port, unsigned upstream, const char *path)
{
	struct relay r = {.down = -1, .up = -1, .stop = -1, .upstream = upstream};
	int rc = 1, i;

	if (!relay_open(&r, port)) {
		fprintf(stderr, "kk-blast: port %u: %s\n", port, strerror(errno));
		goto out;
	}
	for (;;) {
		struct pollfd fds[3] = {
		    {r.down, POLLIN, 0}, {r.up, POLLIN, 0}, {r.stop, POLLIN, 0}};

		poll(fds, 3, -1);
		for (i = 0; i < 64 && (fds[0].revents & POLLIN) && take_request(&r); i++)
			;
		for (i = 0; i < 64 && (fds[1].revents & POLLIN) && take_answer(&r); i++)
			;
		if (fds[2].revents & POLLIN)
			break;
	}
	rc = packets_unique(&r.seen) && packets_write(&r.seen, path) ? 0 : 1;
	if (rc != 0)
		perror(path);
	fprintf(stderr, "kk-blast: learned %zu requests, %zu of them distinct\n", r.seen.n_asked,
	    r.seen.n_packets);
out:
	packets_free(&r.seen);
	free(r.client);
	close(r.down);
	close(r.up);
	close(r.stop);
	return rc;
}
