/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * make_air.c - writes a capture of the air, made up: the city's networks, an evil twin, a name that
 * should be gone, a phone's hotspot, a flood of deauthentications.
 *
 *     make_air OUT.pcap [START]      START: seconds since the epoch
 */
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define T0	  1627740000 /* 2021-07-31 23:00:00 in Seoul */
#define PRIVACY	  0x10
#define BEACON	  0x80
#define FAREWELL  0xc0
#define LEAVING	  3
#define NOT_KNOWN 7

static const uint8_t broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
static const uint8_t client[6] = {0xda, 0xa1, 0x19, 0x00, 0x00, 0x42};
static const uint8_t enterprise[] = {
    48, 20, 1, 0, 0, 0x0f, 0xac, 4, 1, 0, 0, 0x0f, 0xac, 4, 1, 0, 0, 0x0f, 0xac, 1, 0, 0};

/* A network that is heard once a second, from `from` to `to`. */
static const struct network {
	uint8_t bssid[6];
	const char *name;
	int encrypted, channel, signal, from, to;
} networks[] = {
    {{2, 0x11, 0x22, 0x33, 0x44, 0x50}, "SEOUL_Secure", 1, 1, -52, 0, 800},
    {{2, 0x11, 0x22, 0x33, 0x44, 0x51}, "SEOUL", 0, 1, -53, 0, 800},
    {{2, 0x11, 0x22, 0x33, 0x44, 0x52}, "Public WiFi Free", 0, 1, -53, 0, 800},
    {{6, 0x66, 0x77, 0x88, 0x99, 0x00}, "SEOUL_Secure", 0, 6, -40, 10, 40},
    {{0xa, 1, 2, 3, 4, 5}, "phone \x1b[2J", 1, 11, -80, 20, 60},
};

struct frame {
	uint8_t octets[256];
	size_t len;
};

static void
put(struct frame *f, const void *octets, size_t n)
{
	memcpy(f->octets + f->len, octets, n);
	f->len += n;
}

/* Radiotap with a signal, then the header of a management frame. */
static void
begin(struct frame *f, uint8_t type, const uint8_t *to, const uint8_t *bssid, int signal)
{
	const uint8_t radiotap[] = {0, 0, 9, 0, 0x20, 0, 0, 0, (uint8_t)(int8_t)signal};
	const uint8_t head[] = {type, 0, 0, 0};

	f->len = 0;
	put(f, radiotap, sizeof(radiotap));
	put(f, head, sizeof(head));
	put(f, to, 6);
	put(f, bssid, 6);
	put(f, bssid, 6);
	put(f, "\0\0", 2);
}

static void
write_at(pcap_dumper_t *d, const struct frame *f, long start, long at_ms)
{
	struct pcap_pkthdr h = {.ts = {start + at_ms / 1000, at_ms % 1000 * 1000},
	    .caplen = (bpf_u_int32)f->len,
	    .len = (bpf_u_int32)f->len};

	pcap_dump((u_char *)d, &h, f->octets);
}

static void
beacon(pcap_dumper_t *d, const struct network *n, long start, long at_ms)
{
	const uint8_t fixed[] = {
	    0, 0, 0, 0, 0, 0, 0, 0, 100, 0, (uint8_t)(1 | (n->encrypted ? PRIVACY : 0)), 0};
	const uint8_t name[] = {0, (uint8_t)strlen(n->name)};
	const uint8_t channel[] = {3, 1, (uint8_t)n->channel};
	struct frame f;

	begin(&f, BEACON, broadcast, n->bssid, n->signal);
	put(&f, fixed, sizeof(fixed));
	put(&f, name, sizeof(name));
	put(&f, n->name, strlen(n->name));
	put(&f, channel, sizeof(channel));
	if (n->encrypted)
		put(&f, enterprise, sizeof(enterprise));
	write_at(d, &f, start, at_ms);
}

static void
farewell(pcap_dumper_t *d, long start, long at_ms, const uint8_t *to, uint8_t reason)
{
	const uint8_t code[] = {reason, 0};
	struct frame f;

	begin(&f, FAREWELL, to, networks[0].bssid, -35);
	put(&f, code, sizeof(code));
	write_at(d, &f, start, at_ms);
}

/* In order of time: networks by the second; 15 s of attack, 20 frames a second. */
static void
second(pcap_dumper_t *d, long start, int s)
{
	for (size_t i = 0; i < sizeof(networks) / sizeof(networks[0]); i++)
		if (s >= networks[i].from && s < networks[i].to)
			beacon(d, &networks[i], start, s * 1000L + (long)i);
	if (s == 30)
		farewell(d, start, s * 1000L + 500, client, LEAVING);
	for (int i = 0; s >= 60 && s < 75 && i < 20; i++)
		farewell(d, start, s * 1000L + 10 + 45L * i, i % 5 == 0 ? client : broadcast,
		    i % 5 == 0 ? LEAVING : NOT_KNOWN);
}

int
main(int argc, char **argv)
{
	pcap_t *p = pcap_open_dead(DLT_IEEE802_11_RADIO, 65535);
	pcap_dumper_t *d = argc == 2 || argc == 3 ? pcap_dump_open(p, argv[1]) : NULL;
	int bad;

	if (d == NULL) {
		fprintf(stderr, "usage: make_air OUT.pcap [START]\n");
		return 2;
	}
	for (int s = 0; s < 800; s++)
		second(d, argc == 3 ? strtol(argv[2], NULL, 10) : T0, s);
	bad = pcap_dump_flush(d);
	pcap_dump_close(d);
	pcap_close(p);
	return bad ? 1 : 0;
}
