/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_truth.c - kkachi-probe against tshark's numbers, over captures that others made. They stay
 * outside the project: without them this test is skipped. Prints a table; a difference that is not
 * in the list of those that are explained fails.
 */
#include <jansson.h>
#include <limits.h>

#include "tests/harness.h"

/* What is compared: a figure of ours, and tshark's. */
static const struct {
	const char *ours, *theirs;
} figures[] = {
    {"packets", "packets"},
    {"octets", "wire_bytes"},
    {"beacons", "n_beacon"},
    {"bssids", "bssids"},
    {"clients", "client_macs"},
    {"ssids", "ssids"},
    {"authentications", "n_auth"},
    {"association_requests", "n_assoc_req"},
    {"reassociation_requests", "n_reassoc_req"},
    {"associations", "n_assoc_resp + n_reassoc_resp"},
    {"disassociations", "n_disassoc"},
    {"deauthentications", "n_deauth"},
    {"dhcp", "dhcp"},
    {"radius_accounting", "radius"},
    {"octets_in_tunnels", "inner octets"},
};

#define OWN_GRE	 "GRE with plain IP or PPP is some client's own packet, and counts as that"
#define NO_LWAPP "LWAPP, which was before CAPWAP, is recognised, not decoded"

/* Where we say something else, and why. */
static const struct {
	const char *file, *figure;
	json_int_t ours;
	const char *why;
} explained[] = {
    {"80211__wswiki__wpa-Induction.pcap", "bssids", 1,
	"13 frames fail their checksum; tshark takes BSSIDs from damaged octets"},
    {"80211__wswiki__wpa-Induction.pcap", "clients", 1,
	"the same: a client with a damaged address"},
    {"80211__aircrack__test1.pcap", "clients", 5,
	"five stations in data frames, and the three that associate are among them"},
    {"80211__aircrack__80211ad_beacon.pcap", "bssids", 0,
	"a frame of 60 GHz WiFi (type 3), which the city does not have: counted as stopped"},
    {"dhcp__russo__dhcp_v4_relay.pcapng", "dhcp", 4,
	"the other four are inside GRE with plain IP, which is some client's own packet"},
    {"dhcp__russo__dhcp_v4_relay.pcapng", "octets_in_tunnels", 0, OWN_GRE},
    {"tunnel__zeek__gre-sample.pcap", "octets_in_tunnels", 0, OWN_GRE},
    {"tunnel__russo__gre_all_options.pcapng", "octets_in_tunnels", 0, OWN_GRE},
    {"tunnel__ndpi__gre.pcapng", "octets_in_tunnels", 0, OWN_GRE},
    {"tunnel__arkime__6-4-gre-ppp-udp-4-dns.pcap", "octets_in_tunnels", 0, OWN_GRE},
    {"tunnel__pcpp__GrePackets.pcap", "octets_in_tunnels", 40,
	"one packet has Ethernet in GRE, with IPv6, which tshark's figure leaves out; the others "
	"are "
	"clients' own"},
    {"capwap__tcpdump__lwapp-data.pcap", "bssids", 0, NO_LWAPP},
    {"capwap__tcpdump__lwapp-data.pcap", "clients", 0, NO_LWAPP},
    {"capwap__tcpdump__lwapp-data.pcap", "ssids", 0, NO_LWAPP},
    {"capwap__tcpdump__lwapp-data.pcap", "association_requests", 0, NO_LWAPP},
    {"capwap__russo__capwap-discovery_ipv4_broadcast.pcapng", "octets_in_tunnels", 168,
	"six ARP requests of 28 octets, which tshark's figure leaves out"},
    {"capwap__russo__capwap-discovery_ipv6_localmcast.pcapng", "octets_in_tunnels", 624,
	"six IPv6 packets of 104 octets, which tshark's figure leaves out"},
    {"capwap__russo__clientassoc_dot1x_wpa_peapv1_wired.pcapng", "octets_in_tunnels", 3562,
	"660 of IPv4 and 2902 of EAPOL, which tshark's figure leaves out"},
    {"capwap__russo__guest_anchor_eoip_data_wired.pcapng", "association_requests", 0,
	"tshark takes two later pieces for frames"},
    {"capwap__russo__guest_anchor_webpassthru_wired.pcapng", "octets_in_tunnels", 90070,
	"616 of IPv6 and 176 of ARP more; 94 less, as tshark takes the lengths that ICMP errors "
	"quote"},
    {"capwap__russo__qos_marking_samsungnote5_gold_wired.pcapng", "octets_in_tunnels", 13084,
	"28 of ARP more; 16 less, as tshark takes the length that an ICMP error quotes"},
    {"tunnel__russo__vxlan_basic_unicast.pcapng", "octets_in_tunnels", 2152,
	"twelve ARP packets of 46 octets with their padding, which tshark's figure leaves out"},
    {"tunnel__tcpdump__vxlan.pcap", "octets_in_tunnels", 728,
	"two ARP packets of 28 octets, which tshark's figure leaves out"},
    {"tunnel__zeek__gre-aruba-amsdu.pcap", "octets_in_tunnels", 356,
	"two packets in an A-MSDU, of which tshark's figure has the last"},
    {"tunnel__zeek__gre-aruba-ccmp.pcap", "octets_in_tunnels", 452,
	"encrypted: what is around the cipher's octets is known, not what is in there"},
};

static json_int_t
number(const json_t *o, const char *name)
{
	const json_t *v = json_object_get(o, name);

	return json_is_array(v) ? (json_int_t)json_array_size(v) : json_integer_value(v);
}

#define LAST_LENGTH "inner_ipv4_bytes(last ip.len)"

static json_int_t
theirs(const json_t *truth, const char *name)
{
	const json_t *codes = json_object_get(truth, "radius_codes");

	if (strcmp(name, "n_assoc_resp + n_reassoc_resp") == 0)
		return number(truth, "n_assoc_resp") + number(truth, "n_reassoc_resp");
	if (strcmp(name, "dhcp") == 0)
		return number(json_object_get(truth, "proto_frames"), "dhcp");
	if (strcmp(name, "radius") == 0)
		return number(codes, "4") + number(codes, "5");
	if (strcmp(name, "inner octets") == 0)
		return json_object_get(truth, LAST_LENGTH) != NULL
			   ? number(truth, LAST_LENGTH)
			   : number(truth, "capwap_inner_ip_bytes");
	return number(truth, name);
}

/* The totals that our program prints of a capture; NULL: it failed. */
static json_t *
totals(const char *path)
{
	const char *builddir = getenv("builddir") ? getenv("builddir") : ".";
	char command[2 * PATH_MAX], *line = NULL;
	size_t room = 0;
	json_t *last = NULL, *t;
	FILE *f;

	snprintf(command, sizeof(command), "'%s/kkachi-probe' -r '%s' 2>/dev/null", builddir, path);
	if ((f = popen(command, "r")) == NULL)
		return NULL;
	while (getline(&line, &room, f) > 0) {
		json_decref(last);
		last = json_loads(line, 0, NULL);
	}
	free(line);
	pclose(f);
	t = json_incref(json_object_get(last, "totals"));
	json_decref(last);
	return t;
}

static const char *
explanation(const char *file, const char *figure, json_int_t ours)
{
	for (int i = 0; i < ROWS(explained); i++)
		if (strcmp(explained[i].file, file) == 0 &&
		    strcmp(explained[i].figure, figure) == 0 && explained[i].ours == ours)
			return explained[i].why;
	return NULL;
}

/* One capture. Returns how many differences are not explained. */
static int
compare(const char *file, const char *path, const json_t *truth)
{
	json_t *ours = totals(path);
	int bad = 0, equal = 0;

	if (ours == NULL) {
		printf("%-62s no totals\n", file);
		return 1;
	}
	for (int i = 0; i < ROWS(figures); i++) {
		json_int_t a = number(ours, figures[i].ours), b = theirs(truth, figures[i].theirs);
		const char *why = a == b ? NULL : explanation(file, figures[i].ours, a);

		equal += a == b;
		if (a == b)
			continue;
		printf("%-62s %s %lld, tshark %lld: %s\n", file, figures[i].ours, (long long)a,
		    (long long)b, why != NULL ? why : "NOT EXPLAINED");
		bad += why == NULL;
	}
	printf("%-62s %d of %d figures equal\n", file, equal, ROWS(figures));
	json_decref(ours);
	return bad;
}

int
main(void)
{
	const char *srcdir = getenv("srcdir") ? getenv("srcdir") : ".";
	char path[PATH_MAX];
	json_t *truth, *of;
	const char *file;
	int bad = 0, seen = 0;

	snprintf(path, sizeof(path), "%s/../shared/data/pcap_truth.json", srcdir);
	if ((truth = json_load_file(path, 0, NULL)) == NULL) {
		printf("skipped: %s is not there\n", path);
		return 77;
	}
	json_object_foreach(truth, file, of)
	{
		snprintf(path, sizeof(path), "%s/../shared/data/pcap/%s", srcdir, file);
		bad += compare(file, path, of);
		seen++;
	}
	json_decref(truth);
	printf("%d captures, %d differences that are not explained\n", seen, bad);
	return bad == 0 && seen > 0 ? 0 : 1;
}
