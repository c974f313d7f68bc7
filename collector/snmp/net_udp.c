/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/snmp/net_udp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define LANES_MAX 16
#define BATCH	  64
#define FAMILIES  2 /* 0: IPv4, 1: IPv6 */
/* Room for about 6,000 answers per socket; the kernel counts some 1,300 octets for each. */
#define RECEIVE_OCTETS (8 * 1024 * 1024)

struct net_udp {
	unsigned lanes;
	int icmp;		     /* ICMP sockets, not UDP ones */
	int fd[LANES_MAX][FAMILIES]; /* -1: not there */
	uint8_t cuts[LANES_MAX];     /* the IPv4 socket may fragment what it sends */
	int epoll;
	size_t room;
	/* Kept between calls only because they are large. */
	struct mmsghdr msgs[BATCH];
	struct iovec iov[BATCH];
	struct sockaddr_in6 names[BATCH];
};

static int
family_of(const struct sockaddr_in6 *a)
{
	return IN6_IS_ADDR_V4MAPPED(&a->sin6_addr) ? 0 : 1;
}

static socklen_t
to_kernel(const struct sockaddr_in6 *from, struct sockaddr_in6 *to)
{
	struct sockaddr_in v4;

	if (family_of(from) == 1) {
		*to = *from;
		return sizeof(*to);
	}
	v4 = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = from->sin6_port};
	memcpy(&v4.sin_addr, &from->sin6_addr.s6_addr[12], 4);
	memcpy(to, &v4, sizeof(v4));
	return sizeof(v4);
}

static void
map_v4(const struct in_addr *v4, in_port_t port, struct sockaddr_in6 *to)
{
	*to = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = port};
	to->sin6_addr.s6_addr[10] = to->sin6_addr.s6_addr[11] = 0xff;
	memcpy(&to->sin6_addr.s6_addr[12], v4, 4);
}

static void
from_kernel(const struct sockaddr_in6 *from, struct sockaddr_in6 *to)
{
	struct sockaddr_in v4;

	if (from->sin6_family == AF_INET6) {
		*to = *from;
		return;
	}
	memcpy(&v4, from, sizeof(v4));
	map_v4(&v4.sin_addr, v4.sin_port, to);
}

/* ---- opening ---- */

static void
raise_buffer(struct net_udp *u, int fd)
{
	int want = RECEIVE_OCTETS, got = 0;
	socklen_t len = sizeof(got);

	/* The first needs CAP_NET_ADMIN, the second is cut to net.core.rmem_max. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &want, sizeof(want)) != 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &want, sizeof(want));
	if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &got, &len) == 0)
		u->room += (size_t)got;
}

/* A datagram that may be fragmented needs an identification that no other one to that address had
 * lately, and the kernel's table of them is as large as the city: a tenth of what sending costs. */
static void
allow_fragments(int fd, int yes)
{
	int how = yes ? IP_PMTUDISC_WANT : IP_PMTUDISC_DO;

	(void)setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &how, sizeof(how));
}

static int
open_socket(struct net_udp *u, unsigned lane, int family, const struct sockaddr_in6 *at)
{
	struct sockaddr_in6 name;
	socklen_t name_len = to_kernel(at, &name);
	struct epoll_event ev = {.events = EPOLLIN, .data.u32 = lane * FAMILIES + (unsigned)family};
	int protocol = !u->icmp ? 0 : family == 1 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	int fd = socket(name.sin6_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
	int on = 1;

	u->fd[lane][family] = fd;
	if (fd < 0)
		return -1;
	if (family == 0)
		allow_fragments(fd, 0);
	if (family == 1 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0)
		return -1;
	raise_buffer(u, fd);
	if (bind(fd, (struct sockaddr *)&name, name_len) != 0)
		return -1;
	return epoll_ctl(u->epoll, EPOLL_CTL_ADD, fd, &ev);
}

/* A network without sockets; NULL: errno says why. */
static struct net_udp *
new_empty(unsigned lanes)
{
	struct net_udp *u = calloc(1, sizeof(*u));

	if (u == NULL)
		return NULL;
	u->lanes = lanes < 1 ? 1 : lanes > LANES_MAX ? LANES_MAX : lanes;
	memset(u->fd, -1, sizeof(u->fd));
	if ((u->epoll = epoll_create1(EPOLL_CLOEXEC)) >= 0)
		return u;
	free(u);
	return NULL;
}

static int
open_failed(struct net_udp *u, struct diag *d)
{
	int rc = kk_from_errno(errno);

	diag_set(d, rc, "%s socket: %s", u != NULL && u->icmp ? "ICMP" : "UDP", strerror(errno));
	net_udp_free(u);
	return rc;
}

/* IPv6 beside IPv4: a host without it does what it can. */
static void
open_beside(struct net_udp *u, unsigned lane, const struct sockaddr_in6 *at)
{
	if (open_socket(u, lane, 1, at) == 0 || u->fd[lane][1] < 0)
		return;
	close(u->fd[lane][1]);
	u->fd[lane][1] = -1;
}

int
net_udp_new(unsigned lanes, struct net_udp **out, struct diag *d)
{
	/* Port 0: the kernel picks one at random for each, which a forger has to guess, too. */
	struct sockaddr_in6 any4, any6 = {.sin6_family = AF_INET6};
	struct net_udp *u = new_empty(lanes);

	map_v4(&(struct in_addr){INADDR_ANY}, 0, &any4);
	if (u == NULL)
		return open_failed(u, d);
	for (unsigned i = 0; i < u->lanes; i++) {
		if (open_socket(u, i, 0, &any4) != 0)
			return open_failed(u, d);
		open_beside(u, i, &any6);
	}
	*out = u;
	return KK_OK;
}

int
net_udp_listen(const struct sockaddr_in6 *at, struct net_udp **out, struct diag *d)
{
	struct sockaddr_in6 any4;
	struct net_udp *u = new_empty(1);
	int rc;

	if (u == NULL)
		return open_failed(u, d);
	if (memcmp(&at->sin6_addr, &in6addr_any, sizeof(in6addr_any)) == 0) {
		map_v4(&(struct in_addr){INADDR_ANY}, at->sin6_port, &any4);
		rc = open_socket(u, 0, 0, &any4);
		if (rc == 0)
			open_beside(u, 0, at);
	} else {
		rc = open_socket(u, 0, family_of(at), at);
	}
	if (rc != 0)
		return open_failed(u, d);
	*out = u;
	return KK_OK;
}

int
net_udp_icmp(struct net_udp **out, struct diag *d)
{
	struct sockaddr_in6 any4, any6 = {.sin6_family = AF_INET6};
	struct net_udp *u = new_empty(1);

	if (u == NULL)
		return open_failed(u, d);
	u->icmp = 1;
	map_v4(&(struct in_addr){INADDR_ANY}, 0, &any4);
	if (open_socket(u, 0, 0, &any4) != 0)
		return open_failed(u, d);
	open_beside(u, 0, &any6);
	*out = u;
	return KK_OK;
}

void
net_udp_free(struct net_udp *u)
{
	int err = errno;

	if (u == NULL)
		return;
	for (unsigned i = 0; i < u->lanes; i++)
		for (int f = 0; f < FAMILIES; f++)
			if (u->fd[i][f] >= 0)
				close(u->fd[i][f]);
	if (u->epoll >= 0)
		close(u->epoll);
	free(u);
	errno = err;
}

size_t
net_udp_room(const struct net_udp *u)
{
	return u->room;
}

/* ---- datagrams ---- */

/* How many from the start go out through the same socket. */
static unsigned
same_socket(const struct datagram *d, unsigned n)
{
	unsigned i = 1;

	while (i < n && d[i].lane == d[0].lane && family_of(&d[i].peer) == family_of(&d[0].peer))
		i++;
	return i;
}

/* A request is longer than what the way to its agent carries in one piece: from now on this socket
 * fragments. Returns 0 if it did already. */
static int
may_cut(struct net_udp *u, const struct datagram *d)
{
	unsigned lane = d->lane % u->lanes;

	if (family_of(&d->peer) != 0 || u->cuts[lane])
		return 0;
	u->cuts[lane] = 1;
	allow_fragments(u->fd[lane][0], 1);
	return 1;
}

static int
send_run(struct net_udp *u, const struct datagram *d, unsigned n)
{
	int fd = u->fd[d[0].lane % u->lanes][family_of(&d[0].peer)];
	int sent;

	if (fd < 0)
		return KK_E_REFUSED;
	for (unsigned i = 0; i < n; i++) {
		u->iov[i] = (struct iovec){d[i].data, d[i].len};
		u->msgs[i].msg_hdr = (struct msghdr){.msg_name = &u->names[i],
		    .msg_namelen = to_kernel(&d[i].peer, &u->names[i]),
		    .msg_iov = &u->iov[i],
		    .msg_iovlen = 1};
	}
	do
		sent = sendmmsg(fd, u->msgs, n, MSG_DONTWAIT);
	while (sent < 0 && (errno == EINTR || (errno == EMSGSIZE && may_cut(u, &d[0]))));
	if (sent >= 0)
		return sent;
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS || errno == ENOMEM)
		return 0;
	return KK_E_REFUSED;
}

static int
udp_send(void *ctx, const struct datagram *d, unsigned n)
{
	struct net_udp *u = ctx;
	unsigned taken = 0;

	while (taken < n) {
		unsigned left = n - taken < BATCH ? n - taken : BATCH;
		unsigned run = same_socket(d + taken, left);
		int sent = send_run(u, d + taken, run);

		if (sent < 0)
			return taken > 0 ? (int)taken : sent;
		taken += (unsigned)sent;
		if ((unsigned)sent < run)
			break;
	}
	return (int)taken;
}

static int
receive_from(struct net_udp *u, unsigned lane, int family, struct datagram *d, unsigned n)
{
	int got;

	for (unsigned i = 0; i < n; i++) {
		u->iov[i] = (struct iovec){d[i].data, d[i].len};
		u->msgs[i].msg_hdr = (struct msghdr){.msg_name = &u->names[i],
		    .msg_namelen = sizeof(u->names[i]),
		    .msg_iov = &u->iov[i],
		    .msg_iovlen = 1};
	}
	got = recvmmsg(u->fd[lane][family], u->msgs, n, MSG_DONTWAIT, NULL);
	for (int i = 0; i < got; i++) {
		from_kernel(&u->names[i], &d[i].peer);
		d[i].lane = (uint8_t)lane;
		d[i].len = u->msgs[i].msg_hdr.msg_flags & MSG_TRUNC ? 0 : u->msgs[i].msg_len;
	}
	return got < 0 ? 0 : got;
}

static int
udp_receive(void *ctx, struct datagram *d, unsigned n)
{
	struct net_udp *u = ctx;
	struct epoll_event ready[LANES_MAX * FAMILIES];
	int n_ready = epoll_wait(u->epoll, ready, LANES_MAX * FAMILIES, 0);
	unsigned got = 0;

	if (n > BATCH)
		n = BATCH;
	for (int i = 0; i < n_ready && got < n; i++)
		got += (unsigned)receive_from(u, ready[i].data.u32 / FAMILIES,
		    (int)(ready[i].data.u32 % FAMILIES), d + got, n - got);
	return (int)got;
}

struct net
net_udp_net(struct net_udp *u)
{
	return (struct net){
	    .ctx = u, .send = udp_send, .receive = udp_receive, .lanes = u->lanes, .fd = u->epoll};
}

int
net_udp_address(const char *host, unsigned port, struct sockaddr_in6 *out)
{
	char name[INET6_ADDRSTRLEN + IF_NAMESIZE + 2];
	const char *scope = strchr(host, '%');
	size_t len = scope != NULL ? (size_t)(scope - host) : strlen(host);
	struct in_addr v4;

	if (port < 1 || port > 65535 || len >= sizeof(name))
		return KK_E_SYNTAX;
	memcpy(name, host, len);
	name[len] = '\0';
	if (scope == NULL && inet_pton(AF_INET, name, &v4) == 1) {
		map_v4(&v4, htons((uint16_t)port), out);
		return KK_OK;
	}
	*out = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
	if (inet_pton(AF_INET6, name, &out->sin6_addr) != 1)
		return KK_E_SYNTAX;
	if (scope != NULL && (out->sin6_scope_id = if_nametoindex(scope + 1)) == 0)
		return KK_E_SYNTAX;
	return KK_OK;
}
