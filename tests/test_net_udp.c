/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_net_udp.c - the real sockets: what a narrow way does to a long request. In a network
 * namespace of its own, whose loopback carries 576 octets; skipped where the kernel gives none. */
#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collector/snmp/net_udp.h"

#include "tests/harness.h"

#define NARROW 576

/* 0: this process may not. */
static int
enter_narrow(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_mtu = NARROW};
	int fd, ok;

	if (unshare(CLONE_NEWNET) != 0)
		return 0;
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	ok = fd >= 0 && ioctl(fd, SIOCSIFMTU, &lo) == 0;
	lo.ifr_flags = IFF_UP | IFF_RUNNING;
	ok = ok && ioctl(fd, SIOCSIFFLAGS, &lo) == 0;
	if (fd >= 0)
		close(fd);
	return ok;
}

/* A socket that waits for what comes, and its address. */
static int
listener(struct sockaddr_in6 *at)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	socklen_t len = sizeof(v4);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&v4, sizeof(v4)), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&v4, &len), 0);
	ck_assert_int_eq(net_udp_address("127.0.0.1", ntohs(v4.sin_port), at), KK_OK);
	return fd;
}

/* Those before the long one, it, and those behind it arrive, and each once. */
START_TEST(long_request)
{
	static uint8_t octets[NARROW * 2], got[NARROW * 2];
	const uint32_t length[] = {40, NARROW * 2, 500, NARROW * 2, NARROW - 28};
	struct datagram d[ROWS(length)];
	struct sockaddr_in6 at;
	struct net_udp *u;
	struct diag diag;
	int fd = listener(&at);
	struct net net;

	ck_assert_int_eq(net_udp_new(1, &u, &diag), KK_OK);
	net = net_udp_net(u);
	for (int i = 0; i < ROWS(length); i++)
		d[i] = (struct datagram){.peer = at, .data = octets, .len = length[i]};
	for (unsigned sent = 0; sent < ROWS(length);) {
		int n = net.send(net.ctx, d + sent, ROWS(length) - sent);

		ck_assert_int_gt(n, 0);
		sent += (unsigned)n;
	}
	for (int i = 0; i < ROWS(length); i++)
		ck_assert_int_eq(recv(fd, got, sizeof(got), MSG_DONTWAIT), length[i]);
	ck_assert_int_lt(recv(fd, got, sizeof(got), MSG_DONTWAIT), 0);
	close(fd);
	net_udp_free(u);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("net_udp");
	Suite *s = suite_create("net_udp");

	if (!enter_narrow()) {
		printf("skipped: no network namespace for this user\n");
		return 77;
	}
	tcase_add_test(tc, long_request);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
