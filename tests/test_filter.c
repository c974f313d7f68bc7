/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_filter.c - what the kernel hands on: every packet of which something is counted. */
#include <pcap/pcap.h>

#include "probes/filter.h"
#include "tests/harness.h"

#define TO_CLIENT "\x02\x00\x00\x00\x00\x01"
#define FROM	  "\x02\x00\x00\x00\x00\x02"
#define ZEROS                                                                                      \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" \
	"\0\0\0"
#define RADIOTAP      "\x00\x00\x08\x00\x00\x00\x00\x00"
#define FRAME(octets) octets ZEROS, sizeof(octets ZEROS) - 1

static const struct {
	const char *what;
	int linktype;
	const char *octets;
	size_t len;
	int all, octets_only; /* 1: it is handed on */
} rows[] = {
    {"IPv4", DLT_EN10MB, FRAME(TO_CLIENT FROM "\x08\x00\x45"), 1, 1},
    {"IPv6", DLT_EN10MB, FRAME(TO_CLIENT FROM "\x86\xdd\x60"), 1, 1},
    {"ARP", DLT_EN10MB, FRAME("\xff\xff\xff\xff\xff\xff" FROM "\x08\x06"), 1, 1},
    {"VLAN", DLT_EN10MB, FRAME(TO_CLIENT FROM "\x81\x00\x00\x64\x08\x00\x45"), 1, 1},
    {"two tags", DLT_EN10MB, FRAME(TO_CLIENT FROM "\x88\xa8\x00\x64\x81\x00\x00\xc8\x08\x00\x45"),
	1, 1},
    {"SNAP", DLT_EN10MB, FRAME(TO_CLIENT FROM "\x00\x20\xaa\xaa\x03\0\0\0\x08\x00"), 1, 1},
    {"EAPOL to the port", DLT_EN10MB, FRAME("\x01\x80\xc2\x00\x00\x03" FROM "\x88\x8e\x02"), 1, 1},
    {"EAPOL to a client", DLT_EN10MB, FRAME(TO_CLIENT FROM "\x88\x8e\x02"), 1, 1},
    {"LLDP", DLT_EN10MB, FRAME("\x01\x80\xc2\x00\x00\x0e" FROM "\x88\xcc"), 1, 0},
    {"spanning tree", DLT_EN10MB, FRAME("\x01\x80\xc2\x00\x00\x00" FROM "\x00\x26\x42\x42\x03"), 0,
	0},
    {"LACP", DLT_EN10MB, FRAME("\x01\x80\xc2\x00\x00\x02" FROM "\x88\x09\x01"), 0, 0},
    {"a group beside", DLT_EN10MB, FRAME("\x01\x80\xc2\x00\x00\x10" FROM "\x08\x00\x45"), 1, 1},
    {"a beacon", DLT_IEEE802_11_RADIO, FRAME(RADIOTAP "\x80\x00"), 1, 0},
    {"data", DLT_IEEE802_11_RADIO, FRAME(RADIOTAP "\x08\x02"), 1, 1},
    {"QoS data", DLT_IEEE802_11_RADIO, FRAME(RADIOTAP "\x88\x02"), 1, 1},
    {"an acknowledgement", DLT_IEEE802_11_RADIO, FRAME(RADIOTAP "\xd4\x00"), 1, 0},
    {"an association", DLT_IEEE802_11, FRAME("\x00\x00"), 1, 0},
    {"raw IP", DLT_RAW, FRAME("\x45"), 1, 1},
    {"six tags", DLT_EN10MB,
	FRAME(TO_CLIENT FROM "\x88\xa8\x00\x01\x91\x00\x00\x02\x92\x00\x00\x03\x81\x00\x00\x04"
			     "\x81\x00\x00\x05\x81\x00\x00\x06\x08\x00\x45"),
	1, 1},
};

/* Whether a filter, compiled for a file, lets a packet through. */
static int
passes(int row, int octets_only, const char *more)
{
	struct pcap_pkthdr h = {
	    .caplen = (bpf_u_int32)rows[row].len, .len = (bpf_u_int32)rows[row].len};
	pcap_t *p = pcap_open_dead(rows[row].linktype, 65535);
	struct bpf_program program;
	char text[400];
	int yes;

	ck_assert(filter_expression(rows[row].linktype, octets_only, more, text, sizeof(text)));
	ck_assert_msg(pcap_compile(p, &program, text, 1, PCAP_NETMASK_UNKNOWN) == 0, "%s: %s", text,
	    pcap_geterr(p));
	yes = pcap_offline_filter(&program, &h, (const u_char *)rows[row].octets) != 0;
	pcap_freecode(&program);
	pcap_close(p);
	return yes;
}

START_TEST(what_passes)
{
	ck_assert_msg(passes(_i, 0, NULL) == rows[_i].all, "%s: all", rows[_i].what);
	ck_assert_msg(passes(_i, 1, NULL) == rows[_i].octets_only, "%s: octets", rows[_i].what);
	ck_assert_msg(passes(_i, 0, "") == rows[_i].all, "%s: with nothing more", rows[_i].what);
}
END_TEST

/* What is added takes away, and a VLAN in it moves nothing of ours. */
START_TEST(more)
{
	char text[40];

	ck_assert_int_eq(passes(0, 0, "ip"), 1);
	ck_assert_int_eq(passes(0, 0, "ip6"), 0);
	ck_assert_int_eq(passes(0, 0, "udp or (vlan and udp)"), 0);
	ck_assert_int_eq(passes(3, 0, "ip or (vlan and ip)"), 1);
	ck_assert_int_eq(passes(9, 0, "ip or stp"), 0);
	ck_assert_int_eq(passes(12, 0, "type data"), 0);
	ck_assert(!filter_expression(
	    DLT_RAW, 0, "host 192.0.2.1 or host 192.0.2.2 or host 192.0.2.3", text, sizeof(text)));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("filter");
	TCase *tc = tcase_create("packets");

	tcase_add_loop_test(tc, what_passes, 0, ROWS(rows));
	tcase_add_test(tc, more);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
