/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/live.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "lib/log.h"
#include "probes/filter.h"

#define EXPRESSION_MAX 2048
#define EMPTY_MS       (LIVE_BLOCK_MS * 2) /* after so long without one, no packet is on its way */
#define AT_ONCE	       4096
#define REST_MS_MAX    50

struct lane {
	pcap_t *pcap;
	uint64_t handed;
	struct pcap_stat last; /* 32 bits that wrap */
};

struct live {
	struct live_options o;
	struct lane lane[LIVE_LANES_MAX];
	struct live_counts counts;
};

/* A packet on its way from libpcap to the caller. */
struct handing {
	live_cb cb;
	void *ctx;
	int linktype;
};

/* ---- one lane ---- */

static int
activate(pcap_t *p, const struct live_options *o, struct diag *d)
{
	const char *what, *more;
	int rc;

	pcap_set_snaplen(p, o->snaplen);
	pcap_set_promisc(p, 1);
	/* Blocks, not single packets: immediate mode costs twenty times the processor and loses. */
	pcap_set_timeout(p, LIVE_BLOCK_MS);
	pcap_set_buffer_size(p, (int)((int64_t)o->buffer_mb * 1024 * 1024 / o->lanes));
	rc = pcap_activate(p);
	what = pcap_statustostr(rc);
	more = pcap_geterr(p);
	if (strcmp(what, more) == 0)
		more = ""; /* it says nothing else */
	if (rc < 0)
		return diag_set(d,
		    rc == PCAP_ERROR_PERM_DENIED || rc == PCAP_ERROR_PROMISC_PERM_DENIED
			? KK_E_DENIED
			: KK_E_IO,
		    "%s: %s%s%s", o->iface, what, *more ? ": " : "", more);
	if (rc > 0)
		log_line(LOG_LV_WARNING, "%s: %s", o->iface, what);
	return KK_OK;
}

/* Take nothing more; at once, and without libpcap, so that any thread may say it. */
static int
shut(int fd)
{
	struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
	const struct sock_fprog program = {1, &nothing};

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

static int
open_lane(struct lane *lane, const struct live_options *o, struct diag *d)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	int version = 0, rc;
	socklen_t len = sizeof(version);

	if ((lane->pcap = pcap_create(o->iface, why)) == NULL)
		return diag_set(d, KK_E_IO, "%s: %s", o->iface, why);
	if ((rc = activate(lane->pcap, o, d)) != KK_OK)
		return rc;
	if (pcap_setnonblock(lane->pcap, 1, why) != 0)
		return diag_set(d, KK_E_IO, "%s: %s", o->iface, why);
	if (shut(pcap_fileno(lane->pcap)) != 0)
		return diag_set(d, KK_E_IO, "%s: %s", o->iface, strerror(errno));
	if (getsockopt(pcap_fileno(lane->pcap), SOL_PACKET, PACKET_VERSION, &version, &len) != 0 ||
	    version != TPACKET_V3)
		log_line(LOG_LV_WARNING,
		    "%s: no ring of TPACKET_V3: packets cost more and are "
		    "lost sooner",
		    o->iface);
	return KK_OK;
}

/* ---- the lanes together ---- */

/*
 * Which lane: a mixed xor of the outer addresses, the same for both directions. An outer VLAN tag
 * is not in the packet any more here; behind another one the addresses are found as well. What is
 * no IP goes by MAC addresses. X is where the network header's payload begins, from SKF_NET_OFF on.
 */
#define STMT(code, k)	  BPF_STMT((code), (uint32_t)(k))
#define LOAD_AT(k)	  STMT(BPF_LD | BPF_W | BPF_IND, SKF_NET_OFF + (k))
#define KEEP		  STMT(BPF_ST, 0)
#define GO(n)		  STMT(BPF_JMP | BPF_JA, (n))
#define EQUAL(k, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (k), (yes), (no))
#define SET_X(k)	  STMT(BPF_LDX | BPF_IMM, (k))

static struct sock_filter by_addresses[] = {
    /*  0 */ STMT(BPF_LD | BPF_H | BPF_ABS, SKF_AD_OFF + SKF_AD_PROTOCOL),
    /*  1 */ EQUAL(0x8100, 3, 0),
    /*  2 */ EQUAL(0x88a8, 2, 0),
    /*  3 */ SET_X(0), GO(2),
    /*  5 */ SET_X(4), STMT(BPF_LD | BPF_H | BPF_ABS, SKF_NET_OFF + 2),
    /*  7 */ EQUAL(0x0800, 1, 0),
    /*  8 */ EQUAL(0x86dd, 4, 8),
    /*  9 */ LOAD_AT(12), KEEP, LOAD_AT(16), GO(7), /* IPv4 */
    /* 13 */ LOAD_AT(20), KEEP, LOAD_AT(36), GO(3), /* IPv6: the last word of each */
    /* 17 */ STMT(BPF_LD | BPF_W | BPF_ABS, SKF_LL_OFF + 2), KEEP,
    /* 19 */ STMT(BPF_LD | BPF_W | BPF_ABS, SKF_LL_OFF + 8),
    /* 20 */ STMT(BPF_LDX | BPF_MEM, 0), STMT(BPF_ALU | BPF_XOR | BPF_X, 0),
    /* 22 */ STMT(BPF_ALU | BPF_MUL | BPF_K, 0x9e3779b1), STMT(BPF_ALU | BPF_RSH | BPF_K, 16),
    /* 24 */ STMT(BPF_RET | BPF_A, 0)};

/* The first lane makes a group of a number that nobody has; the others join it. */
static int
join(int fd, int *group)
{
	const struct sock_fprog program = {
	    sizeof(by_addresses) / sizeof(by_addresses[0]), by_addresses};
	socklen_t len = sizeof(*group);
	int how = *group;

	if (how < 0)
		how = (PACKET_FANOUT_CBPF | PACKET_FANOUT_FLAG_UNIQUEID) << 16;
	if (setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &how, sizeof(how)) != 0)
		return -1;
	if (*group >= 0)
		return 0;
	if (getsockopt(fd, SOL_PACKET, PACKET_FANOUT, group, &len) != 0)
		return -1;
	*group = (*group & 0xffff) | PACKET_FANOUT_CBPF << 16;
	return setsockopt(fd, SOL_PACKET, PACKET_FANOUT_DATA, &program, sizeof(program));
}

static void
ignore(u_char *nothing, const struct pcap_pkthdr *h, const u_char *p)
{
	(void)nothing;
	(void)h;
	(void)p;
}

/* What came between opening and shutting came to every lane: it is forgotten, and not counted. */
static int
empty(struct live *l, struct lane *lane, struct diag *d)
{
	struct pollfd fd = {pcap_get_selectable_fd(lane->pcap), POLLIN, 0};
	int n = 0;

	while (n >= 0 && poll(&fd, 1, n > 0 ? 0 : EMPTY_MS) > 0)
		n = pcap_dispatch(lane->pcap, AT_ONCE, ignore, NULL);
	if (n < 0 && live_state(l) != LIVE_DOWN)
		return diag_set(d, KK_E_IO, "%s: %s", l->o.iface, pcap_geterr(lane->pcap));
	pcap_stats(lane->pcap, &lane->last);
	return KK_OK;
}

/* Compiled for the interface as it is open now: there an outer VLAN tag is not in the packet. */
static int
set_filter(const struct live *l, const struct lane *lane, struct diag *d)
{
	char expression[EXPRESSION_MAX];
	struct bpf_program program;
	int rc;

	if (!filter_expression(pcap_datalink(lane->pcap), l->o.octets_only, l->o.filter, expression,
		sizeof(expression)))
		return diag_set(d, KK_E_RANGE, "%s: the filter is too long", l->o.iface);
	if (pcap_compile(lane->pcap, &program, expression, 1, PCAP_NETMASK_UNKNOWN) != 0)
		return diag_set(d, KK_E_SYNTAX, "%s: filter \"%s\": %s", l->o.iface, expression,
		    pcap_geterr(lane->pcap));
	rc = pcap_setfilter(lane->pcap, &program);
	pcap_freecode(&program);
	if (rc != 0)
		return diag_set(d, KK_E_IO, "%s: filter \"%s\": %s", l->o.iface, expression,
		    pcap_geterr(lane->pcap));
	return KK_OK;
}

static int
open_all(struct live *l, struct diag *d)
{
	int group = -1, rc = KK_OK;

	for (int i = 0; i < l->o.lanes && rc == KK_OK; i++)
		rc = open_lane(&l->lane[i], &l->o, d);
	for (int i = 0; i < l->o.lanes && l->o.lanes > 1 && rc == KK_OK; i++)
		if (join(pcap_fileno(l->lane[i].pcap), &group) != 0)
			rc = diag_set(
			    d, KK_E_IO, "%s: PACKET_FANOUT: %s", l->o.iface, strerror(errno));
	for (int i = 0; i < l->o.lanes && rc == KK_OK; i++)
		rc = empty(l, &l->lane[i], d);
	for (int i = 0; i < l->o.lanes && rc == KK_OK; i++)
		rc = set_filter(l, &l->lane[i], d);
	return rc;
}

int
live_open(const struct live_options *o, struct live **out, struct diag *d)
{
	struct live *l = calloc(1, sizeof(*l));
	int rc;

	if (l == NULL)
		return diag_set(d, KK_E_NOMEM, "%s: out of memory", o->iface);
	l->o = *o;
	if ((rc = open_all(l, d)) == KK_OK)
		*out = l;
	else
		live_close(l);
	return rc;
}

void
live_close(struct live *l)
{
	if (l == NULL)
		return;
	for (int i = 0; i < l->o.lanes; i++)
		if (l->lane[i].pcap != NULL)
			pcap_close(l->lane[i].pcap);
	free(l);
}

int
live_linktype(const struct live *l)
{
	return pcap_datalink(l->lane[0].pcap);
}

int
live_fd(const struct live *l, int lane)
{
	return pcap_get_selectable_fd(l->lane[lane].pcap);
}

/* ---- reading ---- */

static void
hand_on(u_char *user, const struct pcap_pkthdr *h, const u_char *p)
{
	const struct handing *to = (const struct handing *)(const void *)user;
	const struct packet packet = {.p = p,
	    .time_us = (int64_t)h->ts.tv_sec * 1000000 + h->ts.tv_usec,
	    .caplen = h->caplen,
	    .len = h->len > h->caplen ? h->len : h->caplen,
	    .linktype = to->linktype};

	to->cb(to->ctx, &packet);
}

int
live_read(struct live *l, int lane, live_cb cb, void *ctx, struct diag *d)
{
	struct lane *from = &l->lane[lane];
	struct handing to = {cb, ctx, pcap_datalink(from->pcap)};
	int n = pcap_dispatch(from->pcap, AT_ONCE, hand_on, (u_char *)&to);

	if (n >= 0) {
		from->handed += (uint64_t)n;
		return n;
	}
	if (live_state(l) == LIVE_DOWN)
		return 0;
	return diag_set(d, KK_E_IO, "%s: %s", l->o.iface, pcap_geterr(from->pcap));
}

int
live_rest_ms(const struct live *l, int read)
{
	/* 10 Gbit/s of usual packets take 1.25 MB in a millisecond, perhaps all of one lane. */
	int half_ms = l->o.buffer_mb * 2 / 5 / l->o.lanes;

	if (read <= 0 || read >= AT_ONCE)
		return 0;
	return half_ms < REST_MS_MAX ? half_ms : REST_MS_MAX;
}

enum live_state
live_state(const struct live *l)
{
	struct sockaddr_ll at = {0};
	socklen_t len = sizeof(at);
	struct ifreq r = {0};
	int fd = pcap_fileno(l->lane[0].pcap);

	/* The kernel takes the index away from a socket whose interface has vanished. */
	if (getsockname(fd, (struct sockaddr *)&at, &len) != 0 || at.sll_ifindex < 0)
		return LIVE_GONE;
	if (at.sll_ifindex == 0) /* "any" */
		return LIVE_UP;
	memcpy(r.ifr_name, l->o.iface, strnlen(l->o.iface, sizeof(r.ifr_name) - 1));
	if (ioctl(fd, SIOCGIFFLAGS, &r) != 0)
		return LIVE_GONE;
	return r.ifr_flags & IFF_UP ? LIVE_UP : LIVE_DOWN;
}

void
live_finish(struct live *l)
{
	for (int i = 0; i < l->o.lanes; i++)
		if (shut(pcap_fileno(l->lane[i].pcap)) != 0)
			log_line(LOG_LV_WARNING, "%s: %s", l->o.iface, strerror(errno));
}

void
live_count(struct live *l, struct live_counts *out)
{
	for (int i = 0; i < l->o.lanes; i++) {
		struct lane *lane = &l->lane[i];
		struct pcap_stat now;

		if (pcap_stats(lane->pcap, &now) != 0)
			continue;
		l->counts.received += now.ps_recv - lane->last.ps_recv;
		l->counts.kernel += now.ps_drop - lane->last.ps_drop;
		if (i == 0) /* the card's: every lane sees the same */
			l->counts.interface += now.ps_ifdrop - lane->last.ps_ifdrop;
		lane->last = now;
	}
	*out = l->counts;
}

void
live_give_up(struct live *l, struct live_counts *out)
{
	uint64_t handed = 0;

	live_count(l, out);
	for (int i = 0; i < l->o.lanes; i++)
		handed += l->lane[i].handed;
	if (out->received > out->kernel + handed)
		out->own = out->received - out->kernel - handed;
}
