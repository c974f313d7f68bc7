/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/traffic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLOWS	    16 /* a client */
#define FIRST_VLAN  100
#define TUNNEL_MTU  1400
#define TYPE_IPV4   0x0800
#define TYPE_IPV6   0x86dd
#define TYPE_VLAN   0x8100
#define TYPE_BRIDGE 0x6558
#define PROTO_TCP   6
#define PROTO_UDP   17
#define PROTO_GRE   47

struct traffic {
	struct traffic_options o;
	uint64_t random;
	int64_t time_ns;
	struct traffic_truth *truth;
};

/* A packet to be made. */
struct draw {
	unsigned ap, client, flow, octets;
	int down, ipv6, tcp;
};

static uint64_t
draw64(struct traffic *t)
{
	uint64_t z = t->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* ---- pieces of frames ---- */

static uint8_t *
be16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
	return p + 2;
}

static uint8_t *
be32(uint8_t *p, uint32_t v)
{
	return be16(be16(p, v >> 16), v & 0xffff);
}

static uint8_t *
mac(uint8_t *p, unsigned kind, uint32_t n)
{
	p[0] = 2;
	p[1] = (uint8_t)kind;
	be32(p + 2, n);
	return p + 6;
}

enum { MAC_GATEWAY = 1, MAC_CLIENT, MAC_RADIO, MAC_AP, MAC_CONTROLLER };

static uint8_t *
ethernet(uint8_t *p, const struct draw *d, unsigned inner)
{
	unsigned far = inner ? MAC_GATEWAY : MAC_CONTROLLER, near = inner ? MAC_CLIENT : MAC_AP;
	unsigned n = inner ? d->client : d->ap;

	p = d->down ? mac(mac(p, near, n), far, 1) : mac(mac(p, far, 1), near, n);
	return p;
}

/* An IPv4 header over `octets` of payload. */
static uint8_t *
ipv4(uint8_t *p, uint32_t from, uint32_t to, unsigned protocol, size_t octets)
{
	memset(p, 0, 20);
	p[0] = 0x45;
	be16(p + 2, (unsigned)octets + 20);
	p[8] = 64;
	p[9] = (uint8_t)protocol;
	be32(p + 12, from);
	be32(p + 16, to);
	return p + 20;
}

static uint8_t *
ipv6(uint8_t *p, const struct draw *d, size_t octets)
{
	static const uint8_t client[8] = {0xfd, 0, 0, 1}, server[8] = {0x20, 0x01, 0x0d, 0xb8};

	memset(p, 0, 40);
	p[0] = 0x60;
	be16(p + 4, (unsigned)octets);
	p[6] = d->tcp ? PROTO_TCP : PROTO_UDP;
	p[7] = 64;
	memcpy(p + (d->down ? 24 : 8), client, 8);
	be32(p + (d->down ? 36 : 20), d->client + 1);
	memcpy(p + (d->down ? 8 : 24), server, 8);
	be32(p + (d->down ? 20 : 36), d->flow + 1);
	return p + 40;
}

/* The client's packet, d->octets of IP. */
static uint8_t *
packet(struct traffic *t, uint8_t *p, const struct draw *d)
{
	uint8_t *end = p + d->octets;
	uint32_t client = 0x0a000000 + d->client + 1, server = 0xcb007100 + d->flow;
	unsigned port = 40000 + d->flow, far = d->tcp ? 443 : 4433;

	p = d->ipv6 ? ipv6(p, d, d->octets - 40)
		    : ipv4(p, d->down ? server : client, d->down ? client : server,
			  d->tcp ? PROTO_TCP : PROTO_UDP, d->octets - 20);
	memset(p, 0, (size_t)(end - p));
	p = d->down ? be16(be16(p, far), port) : be16(be16(p, port), far);
	if (d->tcp) {
		be32(p, (uint32_t)draw64(t));
		p[8] = 0x50;
		p[9] = 0x10;
	} else {
		be16(p, d->octets - (d->ipv6 ? 40 : 20));
	}
	return end;
}

/* An outer IPv4 header between access point and controller; its payload ends at `end`. */
static void
outer(uint8_t *p, const struct draw *d, unsigned protocol, const uint8_t *end)
{
	uint32_t ap = 0x0ac80000 + d->ap + 1, controller = 0x0ac90001;

	ipv4(p, d->down ? controller : ap, d->down ? ap : controller, protocol,
	    (size_t)(end - p) - 20);
}

/* 802.11 data with QoS, and what CAPWAP puts before it. */
static uint8_t *
capwap(struct traffic *t, uint8_t *p, const struct draw *d)
{
	uint8_t *start = p, *udp, *end;

	p += 20;
	udp = p;
	p = be16(be16(p, d->down ? 5247 : 20000 + d->ap), d->down ? 20000 + d->ap : 5247);
	p = be32(p, 0);
	p = be32(be32(p, 0x00100300), 0); /* version 0, header of 8 octets, 802.11 */
	p[0] = 0x88;
	p[1] = d->down ? 0x02 : 0x01;
	p[2] = p[3] = 0;
	p = d->down ? mac(mac(mac(p + 4, MAC_CLIENT, d->client), MAC_RADIO, d->ap), MAC_GATEWAY, 1)
		    : mac(mac(mac(p + 4, MAC_RADIO, d->ap), MAC_CLIENT, d->client), MAC_GATEWAY, 1);
	p = be16(p, (unsigned)draw64(t) & 0xf0ff); /* little endian: no fragment */
	p = be16(p, 0);
	p = be32(be16(p, 0xaaaa), 0x03000000);
	p = be16(p, d->ipv6 ? TYPE_IPV6 : TYPE_IPV4);
	end = packet(t, p, d);
	be16(udp + 4, (unsigned)(end - udp));
	outer(start, d, PROTO_UDP, end);
	return end;
}

static uint8_t *
eogre(struct traffic *t, uint8_t *p, const struct draw *d)
{
	uint8_t *start = p, *end;

	p = be16(be16(p + 20, 0), TYPE_BRIDGE);
	p = be16(ethernet(p, d, 1), d->ipv6 ? TYPE_IPV6 : TYPE_IPV4);
	end = packet(t, p, d);
	outer(start, d, PROTO_GRE, end);
	return end;
}

/* ---- frames ---- */

static struct draw
draw(struct traffic *t)
{
	uint64_t r = draw64(t);
	unsigned size = (unsigned)(r % 12), of = (unsigned)(r >> 8) & 0xffff;
	struct draw d = {.client = (unsigned)((r >> 32) % t->o.clients)};

	d.ap = d.client % t->o.aps;
	d.flow = (unsigned)(r >> 24) % FLOWS;
	d.ipv6 = of % 100 >= 85;
	d.tcp = of / 100 % 100 < 75;
	d.down = (r >> 60) % 4 != 0;
	d.octets = size < 7 ? 40 : size < 11 ? 576 : t->o.form == TRAFFIC_PLAIN ? 1500 : TUNNEL_MTU;
	if (d.octets == 40 && d.ipv6)
		d.octets = 60;
	return d;
}

size_t
traffic_next(struct traffic *t, uint8_t frame[TRAFFIC_FRAME_MAX], int64_t *time_ns)
{
	const struct draw d = draw(t);
	struct traffic_truth *truth = &t->truth[d.ap];
	uint8_t *p = ethernet(frame, &d, t->o.form == TRAFFIC_PLAIN);

	if (t->o.form == TRAFFIC_PLAIN) {
		p = be16(be16(p, TYPE_VLAN), FIRST_VLAN + d.ap);
		p = be16(p, d.ipv6 ? TYPE_IPV6 : TYPE_IPV4);
		p = packet(t, p, &d);
	} else {
		p = be16(be16(be16(p, TYPE_VLAN), 10), TYPE_IPV4);
		p = t->o.form == TRAFFIC_CAPWAP ? capwap(t, p, &d) : eogre(t, p, &d);
	}
	if (d.down) {
		truth->down += d.octets;
		truth->packets_down++;
	} else {
		truth->up += d.octets;
		truth->packets_up++;
	}
	*time_ns = t->time_ns;
	t->time_ns += t->o.interval;
	/* Ethernet's least frame, without its checksum. */
	while (p - frame < 60)
		*p++ = 0;
	return (size_t)(p - frame);
}

struct traffic *
traffic_new(const struct traffic_options *o)
{
	struct traffic *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->o = *o;
	t->random = 20210701;
	t->time_ns = TRAFFIC_START * 1000000000;
	t->truth = calloc(o->aps, sizeof(*t->truth));
	if (t->truth == NULL) {
		free(t);
		return NULL;
	}
	return t;
}

void
traffic_free(struct traffic *t)
{
	if (t != NULL)
		free(t->truth);
	free(t);
}

const struct traffic_truth *
traffic_truth(const struct traffic *t, unsigned ap)
{
	return &t->truth[ap];
}

void
traffic_map(const struct traffic *t, unsigned ap, char *out, size_t room)
{
	if (ap == t->o.aps)
		snprintf(out, room, "gateway,02:%02x:00:00:00:01,", MAC_GATEWAY);
	else if (t->o.form == TRAFFIC_PLAIN)
		snprintf(out, room, "vlan,%u,AP%u", FIRST_VLAN + ap, ap + 1);
	else if (t->o.form == TRAFFIC_CAPWAP)
		snprintf(out, room, "bssid,02:%02x:00:00:%02x:%02x,AP%u", MAC_RADIO, ap >> 8,
		    ap & 255, ap + 1);
	else
		snprintf(
		    out, room, "tunnel,10.200.%u.%u,AP%u", (ap + 1) >> 8, (ap + 1) & 255, ap + 1);
}
