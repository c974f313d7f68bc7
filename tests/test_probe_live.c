/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_probe_live.c - a capture on a pair of interfaces in a network of its own: lanes that share
 * packets, counts, an interface that goes down, and that goes. Needs root. */
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

#include "lib/log.h"
#include "probes/live.h"
#include "tests/harness.h"

#define LANES	  4
#define PAIRS	  64
#define EMPTY_MS  (3 * LIVE_BLOCK_MS)
#define FRAME_MAX 128

static void
shell(const char *command)
{
	ck_assert_msg(system(command) == 0, "%s", command);
}

/* A network of its own, with a pair of interfaces that say nothing by themselves. */
static int
has_network(void)
{
	return unshare(CLONE_NEWNET) == 0 &&
	       system("ip link add kk0 type veth peer name kk1 2>/dev/null") == 0;
}

static void
setup(void)
{
	log_open("test", LOG_LV_ERROR);
	ck_assert(has_network());
	shell("sysctl -qw net.ipv6.conf.all.disable_ipv6=1 2>/dev/null; ip link set kk0 up && "
	      "ip link set kk1 up");
}

static struct live *
open_live(int lanes)
{
	const struct live_options o = {
	    .iface = "kk1", .snaplen = 256, .buffer_mb = 4, .lanes = lanes};
	struct live *l = NULL;
	struct diag d = {""};

	ck_assert_msg(live_open(&o, &l, &d) == KK_OK, "%s", d.text);
	return l;
}

/* ---- frames between a pair of hosts, which stand in the last octet of their addresses ---- */

enum form { IPV4, IPV6, VLAN_IPV4, QINQ_IPV4, QINQ_IPV6, FRAGMENT, ARP, FORMS };

static size_t
put_head(uint8_t *f, enum form form, uint8_t from, uint8_t to)
{
	static const uint8_t types[FORMS][12] = {{0x08, 0x00}, {0x86, 0xdd}, {0x81, 0, 0, 7, 8, 0},
	    {0x88, 0xa8, 0, 7, 0x81, 0, 0, 9, 8, 0}, {0x88, 0xa8, 0, 7, 0x81, 0, 0, 9, 0x86, 0xdd},
	    {0x08, 0x00}, {0x08, 0x06}};
	static const size_t len[FORMS] = {2, 2, 6, 10, 10, 2, 2};
	const uint8_t mac[2][6] = {{2, 0, 0, 0, 0, to}, {2, 0, 0, 0, 0, from}};

	memcpy(f, mac, 12);
	memcpy(f + 12, types[form], len[form]);
	return 12 + len[form];
}

static void
put_frame(uint8_t f[FRAME_MAX], enum form form, uint8_t from, uint8_t to)
{
	size_t at = put_head(f, form, from, to);

	f[FRAME_MAX - 3] = (uint8_t)form;
	f[FRAME_MAX - 2] = from;
	f[FRAME_MAX - 1] = to;
	if (form == IPV6 || form == QINQ_IPV6) {
		f[at] = 0x60;
		f[at + 23] = from;
		f[at + 39] = to;
	} else if (form != ARP) {
		f[at] = 0x45;
		f[at + 7] = form == FRAGMENT ? 100 : 0;
		memcpy(f + at + 12, (uint8_t[]){10, 0, 0, from, 10, 1, 0, to}, 8);
	}
}

/* A socket that sends out of the other end of the pair. */
static int
open_sender(void)
{
	const struct sockaddr_ll at = {
	    .sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex("kk0")};
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static void
send_frame(int fd, const uint8_t *f)
{
	ck_assert_int_eq(send(fd, f, FRAME_MAX, 0), FRAME_MAX);
}

/* ---- what comes ---- */

struct seen {
	uint8_t times[FORMS][256][256];
	int lane[FORMS][256][256];
	int packets[LANES];
	int now; /* the lane that is read */
};

static void
on_packet(void *ctx, const struct packet *p)
{
	struct seen *s = ctx;
	const uint8_t *tail = p->p + p->len - 3;

	ck_assert_uint_eq(p->caplen, FRAME_MAX);
	s->times[tail[0]][tail[1]][tail[2]]++;
	s->lane[tail[0]][tail[1]][tail[2]] = s->now;
	s->packets[s->now]++;
}

static void
read_all(struct live *l, int lanes, struct seen *s)
{
	struct diag d = {""};

	for (s->now = 0; s->now < lanes; s->now++) {
		struct pollfd fd = {live_fd(l, s->now), POLLIN, 0};

		while (poll(&fd, 1, EMPTY_MS) > 0)
			ck_assert_msg(live_read(l, s->now, on_packet, s, &d) >= 0, "%s", d.text);
	}
}

/* Both directions of a pair meet in a lane; every frame comes once; the lanes share the work. */
START_TEST(lanes_share)
{
	static struct seen s;
	struct live *l = open_live(LANES);
	struct live_counts counts;
	int fd = open_sender();

	for (int form = 0; form < FORMS; form++)
		for (int i = 0; i < PAIRS; i++) {
			uint8_t f[FRAME_MAX] = {0};

			put_frame(f, (enum form)form, (uint8_t)i, (uint8_t)(200 - i));
			send_frame(fd, f);
			memset(f, 0, sizeof(f));
			put_frame(f, (enum form)form, (uint8_t)(200 - i), (uint8_t)i);
			send_frame(fd, f);
		}
	read_all(l, LANES, &s);
	for (int form = 0; form < FORMS; form++)
		for (int i = 0; i < PAIRS; i++) {
			ck_assert_msg(s.times[form][i][200 - i] == 1, "form %d, pair %d", form, i);
			ck_assert_int_eq(s.times[form][200 - i][i], 1);
			ck_assert_int_eq(s.lane[form][i][200 - i], s.lane[form][200 - i][i]);
		}
	/* The parts of a datagram, and the pair's other packets, tagged or not. */
	for (int i = 0; i < PAIRS; i++) {
		ck_assert_int_eq(s.lane[FRAGMENT][i][200 - i], s.lane[IPV4][i][200 - i]);
		ck_assert_int_eq(s.lane[VLAN_IPV4][i][200 - i], s.lane[IPV4][i][200 - i]);
		ck_assert_int_eq(s.lane[QINQ_IPV4][i][200 - i], s.lane[IPV4][i][200 - i]);
	}
	for (int i = 0; i < LANES; i++)
		ck_assert_int_gt(s.packets[i], 2 * PAIRS * FORMS / LANES / 4);
	live_finish(l);
	live_give_up(l, &counts);
	ck_assert_uint_eq(counts.received, 2 * PAIRS * FORMS);
	ck_assert_uint_eq(counts.kernel + counts.interface + counts.own, 0);
	close(fd);
	live_close(l);
}
END_TEST

/* What is not read is lost, and said: in the ring at the end, or before it when that is full. */
START_TEST(what_is_lost)
{
	struct live *l = open_live(1);
	struct live_counts counts;
	uint8_t f[FRAME_MAX] = {0};
	int n = 200000, fd = open_sender();

	put_frame(f, IPV4, 1, 2);
	for (int i = 0; i < n; i++)
		send_frame(fd, f);
	live_count(l, &counts);
	ck_assert_uint_eq(counts.received, (uint64_t)n);
	ck_assert_uint_gt(counts.kernel, 0);
	ck_assert_uint_eq(counts.own, 0);
	live_finish(l);
	send_frame(fd, f); /* too late */
	live_give_up(l, &counts);
	ck_assert_uint_eq(counts.received, (uint64_t)n);
	ck_assert_uint_gt(counts.own, 0);
	ck_assert_uint_eq(counts.own + counts.kernel, (uint64_t)n);
	close(fd);
	live_close(l);
}
END_TEST

START_TEST(down_and_gone)
{
	static struct seen s;
	struct live *l = open_live(1);
	struct diag d = {""};
	uint8_t f[FRAME_MAX] = {0};
	int fd = open_sender();

	put_frame(f, IPV4, 1, 2);
	ck_assert_int_eq(live_state(l), LIVE_UP);
	shell("ip link set kk1 down");
	ck_assert_int_eq(live_state(l), LIVE_DOWN);
	ck_assert_int_eq(live_read(l, 0, on_packet, &s, &d), 0);
	shell("ip link set kk1 up");
	ck_assert_int_eq(live_state(l), LIVE_UP);
	/* The other end hears of it a little later. */
	for (int i = 0; i < 50 && s.packets[0] == 0; i++) {
		send_frame(fd, f);
		read_all(l, 1, &s);
	}
	ck_assert_int_gt(s.packets[0], 0);
	shell("ip link del kk1");
	ck_assert_int_eq(live_state(l), LIVE_GONE);
	ck_assert_int_eq(live_read(l, 0, on_packet, &s, &d), KK_E_IO);
	ck_assert_msg(strstr(d.text, "kk1: ") != NULL, "%s", d.text);
	close(fd);
	live_close(l);
}
END_TEST

/* Half of a lane's ring, and not for ever. */
static const struct {
	int buffer_mb, lanes, read, ms;
} rests[] = {
    {4, 1, 1, 1},
    {4, 1, 4095, 1},
    {4, 1, 4096, 0}, /* more of it waits */
    {4, 1, 0, 0},    /* nothing came */
    {4, 1, -1, 0},
    {4, 2, 100, 0},
    {16, 1, 100, 6},
    {16, 3, 100, 2},
    {64, 1, 100, 25},
    {200, 1, 100, 50},
};

START_TEST(lanes_rest)
{
	struct live_options o = {.iface = "kk1",
	    .snaplen = 256,
	    .buffer_mb = rests[_i].buffer_mb,
	    .lanes = rests[_i].lanes};
	struct live *l = NULL;
	struct diag d;

	ck_assert_msg(live_open(&o, &l, &d) == KK_OK, "%s", d.text);
	ck_assert_int_eq(live_rest_ms(l, rests[_i].read), rests[_i].ms);
	live_close(l);
}
END_TEST

START_TEST(refuses)
{
	struct live_options o = {.iface = "kk9", .snaplen = 256, .buffer_mb = 4, .lanes = 1};
	struct live *l = NULL;
	struct diag d = {""};

	ck_assert_int_eq(live_open(&o, &l, &d), KK_E_IO);
	ck_assert_msg(strstr(d.text, "kk9") != NULL, "%s", d.text);
	o.iface = "kk1";
	o.filter = "no such word";
	ck_assert_int_eq(live_open(&o, &l, &d), KK_E_SYNTAX);
	ck_assert_msg(strstr(d.text, "no such word") != NULL, "%s", d.text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("live");
	TCase *tc = tcase_create("a pair of interfaces");
	pid_t child = fork();
	int status = 0;

	if (child == 0)
		_exit(has_network() ? 0 : 77);
	waitpid(child, &status, 0);
	if (WEXITSTATUS(status) == 77) {
		puts("skipped: no network of its own can be made (root, veth)");
		return 77;
	}
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, lanes_share);
	tcase_add_test(tc, what_is_lost);
	tcase_add_test(tc, down_and_gone);
	tcase_add_loop_test(tc, lanes_rest, 0, sizeof(rests) / sizeof(rests[0]));
	tcase_add_test(tc, refuses);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
