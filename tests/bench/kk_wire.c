/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kk-wire - both ends of a live measurement: puts the packets of a capture on an interface at a
 * rate, and the empty reader that kkachi-probe is measured against. */
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BURST	 64
#define BLOCK_MS 100
#define NAP_NS	 1000000

static const char usage[] =
    "Usage: kk-wire send INTERFACE FILE PACKETS RATE\n"
    "       kk-wire listen INTERFACE SNAPLEN BUFFER\n"
    "\n"
    "The first form sends PACKETS packets, those of FILE over and over, RATE in a second (0: as\n"
    "many as go), with sendmmsg past the queues, and says what it did:\n"
    "{\"sent\":...,\"wall_us\":...}. The second reads until SIGTERM, with TPACKET_V3 and an empty\n"
    "callback: {\"received\":...,\"lost\":...,\"cpu_us\":...}; BUFFER is MB.\n";

static volatile sig_atomic_t stop;

static void
on_term(int sig)
{
	(void)sig;
	stop = 1;
}

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int
fail(const char *what, const char *why)
{
	fprintf(stderr, "kk-wire: %s: %s\n", what, why);
	return 1;
}

/* ---- send ---- */

/* The packets of a file, in memory. */
struct frames {
	struct iovec *frame;
	size_t n, room;
};

static int
add(struct frames *f, const uint8_t *p, size_t len)
{
	struct iovec *bigger;

	if (f->n == f->room) {
		f->room = f->room == 0 ? 65536 : f->room * 2;
		if ((bigger = realloc(f->frame, f->room * sizeof(*bigger))) == NULL)
			return 0;
		f->frame = bigger;
	}
	f->frame[f->n] = (struct iovec){malloc(len), len};
	if (f->frame[f->n].iov_base == NULL)
		return 0;
	memcpy(f->frame[f->n++].iov_base, p, len);
	return 1;
}

static int
load(struct frames *f, const char *path, size_t max)
{
	char why[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *h;
	const u_char *p;
	pcap_t *in = pcap_open_offline(path, why);

	if (in == NULL)
		return !fail(path, why);
	while (f->n < max && pcap_next_ex(in, &h, &p) == 1)
		if (!add(f, p, h->caplen))
			return !fail(path, "out of memory");
	pcap_close(in);
	return f->n > 0 ? 1 : !fail(path, "no packets");
}

static void
unload(struct frames *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->frame[i].iov_base);
	free(f->frame);
}

static int
open_raw(const char *iface)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_protocol = 0};
	int one = 1, fd = socket(AF_PACKET, SOCK_RAW, 0);

	to.sll_ifindex = (int)if_nametoindex(iface);
	if (fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof(to)) != 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one)) != 0)
		return -1;
	return fd;
}

/* Until a moment; what is far off is slept over, so that a slow sender takes no processor. */
static void
wait_until(int64_t ns)
{
	const struct timespec some = {0, NAP_NS};

	for (int64_t left; (left = ns - now_ns()) > 0;)
		if (left > 2 * NAP_NS)
			nanosleep(&some, NULL);
}

/* A burst from packet `at` on; sent, or -1. */
static int
burst(int fd, const struct frames *f, uint64_t at, unsigned n)
{
	struct mmsghdr m[BURST];

	memset(m, 0, n * sizeof(m[0]));
	for (unsigned i = 0; i < n; i++) {
		m[i].msg_hdr.msg_iov = &f->frame[(at + i) % f->n];
		m[i].msg_hdr.msg_iovlen = 1;
	}
	return sendmmsg(fd, m, n, 0);
}

static int
send_all(const char *iface, const struct frames *f, uint64_t packets, uint64_t rate)
{
	int fd = open_raw(iface), n;
	int64_t start = now_ns();
	uint64_t sent = 0;

	if (fd < 0)
		return fail(iface, strerror(errno));
	while (sent < packets) {
		unsigned some = packets - sent < BURST ? (unsigned)(packets - sent) : BURST;

		if (rate > 0)
			wait_until(start + (int64_t)(sent * UINT64_C(1000000000) / rate));
		if ((n = burst(fd, f, sent, some)) < 0 && errno != ENOBUFS && errno != EAGAIN)
			return fail(iface, strerror(errno));
		sent += n > 0 ? (uint64_t)n : 0;
	}
	printf("{\"sent\":%llu,\"wall_us\":%lld}\n", (unsigned long long)sent,
	    (long long)(now_ns() - start) / 1000);
	return 0;
}

/* ---- listen ---- */

static void
nothing(u_char *user, const struct pcap_pkthdr *h, const u_char *p)
{
	(void)user;
	(void)h;
	(void)p;
}

static pcap_t *
open_reader(const char *iface, int snaplen, int buffer_mb)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	struct bpf_program all;
	pcap_t *p = pcap_create(iface, why);

	if (p == NULL)
		return NULL;
	pcap_set_snaplen(p, snaplen);
	pcap_set_promisc(p, 1);
	pcap_set_timeout(p, BLOCK_MS);
	pcap_set_buffer_size(p, buffer_mb * 1024 * 1024);
	/* A filter that takes everything also takes no more than the snap length of it. */
	if (pcap_activate(p) < 0 || pcap_setnonblock(p, 1, why) != 0 ||
	    pcap_compile(p, &all, "", 1, PCAP_NETMASK_UNKNOWN) != 0 || pcap_setfilter(p, &all) != 0)
		return NULL;
	pcap_freecode(&all);
	return p;
}

static int
listen_until(const char *iface, int snaplen, int buffer_mb)
{
	pcap_t *p = open_reader(iface, snaplen, buffer_mb);
	struct pollfd fd = {-1, POLLIN, 0};
	struct pcap_stat s;
	struct rusage u;
	uint64_t handed = 0;
	int n = 0;

	if (p == NULL)
		return fail(iface, "cannot be captured");
	fd.fd = pcap_get_selectable_fd(p);
	signal(SIGTERM, on_term);
	fputs("ready\n", stderr);
	while (!stop && n >= 0) {
		poll(&fd, 1, BLOCK_MS);
		n = pcap_dispatch(p, 4096, nothing, NULL);
		handed += n > 0 ? (uint64_t)n : 0;
	}
	if (pcap_stats(p, &s) != 0 || getrusage(RUSAGE_SELF, &u) != 0)
		return fail(iface, pcap_geterr(p));
	printf("{\"received\":%llu,\"lost\":%u,\"cpu_us\":%lld}\n", (unsigned long long)handed,
	    s.ps_drop,
	    (long long)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 + u.ru_utime.tv_usec +
		u.ru_stime.tv_usec);
	pcap_close(p);
	return 0;
}

int
main(int argc, char **argv)
{
	struct frames f = {NULL, 0, 0};

	if (argc == 5 && strcmp(argv[1], "listen") == 0)
		return listen_until(
		    argv[2], (int)strtol(argv[3], NULL, 10), (int)strtol(argv[4], NULL, 10));
	if (argc == 6 && strcmp(argv[1], "send") == 0) {
		uint64_t packets = strtoull(argv[4], NULL, 10);

		int code = load(&f, argv[3], packets)
			       ? send_all(argv[2], &f, packets, strtoull(argv[5], NULL, 10))
			       : 1;

		unload(&f);
		return code;
	}
	fputs(usage, stderr);
	return 2;
}
