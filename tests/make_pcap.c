/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * make_pcap.c - writes the captures of the golden tests: made frames at fixed times.
 *
 *     make_pcap air|wire OUT.pcap [SECONDS]
 *
 * SECONDS: when they begin, UTC since the epoch; without it as in the golden files.
 */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/frames.h"

#define T0 1627740000 /* 2021-07-31 23:00:00 in Seoul */

struct packet {
	int at_ms;
	const char *hex;
};

static const struct packet air[] = {
    {500, FRAME_V27_PROBEREQ},
    {1000, FRAME_V20_ASSOCREQ_WIFI4},
    {1010, FRAME_V24_ASSOCRESP_FAIL},
    {1500, FRAME_V21_ASSOCREQ_WIFI6},
    {1510, FRAME_V23_ASSOCRESP_OK},
    {2000, FRAME_V28_QOSDATA_TODS_PROT},
    {2100, FRAME_V29_QOSDATA_FROMDS_HTC},
    {2200, FRAME_V30_4ADDR},
    {2300, FRAME_V31_RADIOTAP_EXT},
    {61000, FRAME_V22_REASSOCREQ_WIFI7},
    {61500, FRAME_V29_QOSDATA_FROMDS_HTC},
    {62000, FRAME_V25_DISASSOC},
    {62500, FRAME_V26_DEAUTH_PMF},
};

static const struct packet wire[] = {
    {0, FRAME_V01_QINQ},
    {10, FRAME_V01_QINQ},
    {20, FRAME_V02_LLCSNAP},
    {30, FRAME_V03A_FRAG1},
    {40, FRAME_V03B_FRAG2},
    {50, FRAME_V04_IP6EXT},
    {60, FRAME_V05_CAPWAP_80211},
    {70, FRAME_V11_EOGRE_KEY_VLAN},
    {80, FRAME_V13_VXLAN},
    {90, FRAME_V14_PPPOE},
    {100, FRAME_V40_RADIUS_INTERIM},
    {110, FRAME_V41_DHCP_OPT82},
    {120, FRAME_V42_EAPOL_M1},
    {130000, FRAME_V01_QINQ},
    {130500, FRAME_V10_CAPWAP_DTLS},
};

static size_t
unhex(const char *hex, u_char *out)
{
	size_t n = 0;
	unsigned v;

	for (; sscanf(hex, "%2x", &v) == 1; hex += 2)
		out[n++] = (u_char)v;
	return n;
}

static void
dump(pcap_dumper_t *d, const struct packet *p, size_t n, time_t start)
{
	u_char octets[2048];

	for (size_t i = 0; i < n; i++) {
		bpf_u_int32 len = (bpf_u_int32)unhex(p[i].hex, octets);
		struct pcap_pkthdr h = {.ts = {start + p[i].at_ms / 1000, p[i].at_ms % 1000 * 1000},
		    .caplen = len,
		    .len = len};

		pcap_dump((u_char *)d, &h, octets);
	}
}

int
main(int argc, char **argv)
{
	int is_air = argc > 2 && strcmp(argv[1], "air") == 0;
	time_t start = argc > 3 ? (time_t)strtoll(argv[3], NULL, 10) : T0;
	pcap_t *p = pcap_open_dead(is_air ? DLT_IEEE802_11_RADIO : DLT_EN10MB, 65535);
	pcap_dumper_t *d = argc > 2 ? pcap_dump_open(p, argv[2]) : NULL;
	int bad;

	if (d == NULL) {
		fprintf(stderr, "usage: make_pcap air|wire OUT.pcap [SECONDS]\n");
		return 2;
	}
	if (is_air)
		dump(d, air, sizeof(air) / sizeof(air[0]), start);
	else
		dump(d, wire, sizeof(wire) / sizeof(wire[0]), start);
	bad = pcap_dump_flush(d);
	pcap_dump_close(d);
	pcap_close(p);
	return bad ? 1 : 0;
}
