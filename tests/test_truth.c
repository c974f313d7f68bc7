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
};

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
    {"dhcp__russo__dhcp_v4_relay.pcapng", "dhcp", 4, "the other four are inside GRE: issue 4"},
};

/* Captures of what this form decodes; tunnels come later. */
static const char *const kinds[] = {"80211", "vlan", "dhcp", "radius", "dot1x", "lldp"};

static int
is_covered(const char *file)
{
	for (int i = 0; i < ROWS(kinds); i++)
		if (strncmp(file, kinds[i], strlen(kinds[i])) == 0)
			return 1;
	return 0;
}

static json_int_t
number(const json_t *o, const char *name)
{
	const json_t *v = json_object_get(o, name);

	return json_is_array(v) ? (json_int_t)json_array_size(v) : json_integer_value(v);
}

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
		if (!is_covered(file))
			continue;
		snprintf(path, sizeof(path), "%s/../shared/data/pcap/%s", srcdir, file);
		bad += compare(file, path, of);
		seen++;
	}
	json_decref(truth);
	printf("%d captures, %d differences that are not explained\n", seen, bad);
	return bad == 0 && seen > 0 ? 0 : 1;
}
