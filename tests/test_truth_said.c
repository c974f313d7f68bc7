/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_truth_said.c - what packets say at length against tshark's figures, over captures that
 * others made: reasons and statuses, EAPOL and DHCP messages, generations. Without the captures,
 * which stay outside the project, it is skipped.
 */
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>

#include "probes/dec/dec.h"
#include "probes/dec/detail.h"
#include "probes/read/read.h"
#include "tests/harness.h"

#define AT_ONCE		 64
#define BLOCK_ACK	 3 /* category of action frames */
#define BLOCK_ACK_ANSWER 1

static const struct {
	const char *file, *figure, *key;
	json_int_t ours;
	const char *why;
} explained[] = {
    {"dhcp__russo__dhcp_v4_relay.pcapng", "dhcp_types", "1", 1, "the other one is in GRE with IP"},
    {"dhcp__russo__dhcp_v4_relay.pcapng", "dhcp_types", "2", 1, "the other one is in GRE with IP"},
    {"dhcp__russo__dhcp_v4_relay.pcapng", "dhcp_types", "3", 1, "the other one is in GRE with IP"},
    {"dhcp__russo__dhcp_v4_relay.pcapng", "dhcp_types", "5", 1, "the other one is in GRE with IP"},
};

static void
count(json_t *all, const char *figure, int hex, unsigned v)
{
	json_t *o = json_object_get(all, figure);
	char key[16];

	if (o == NULL)
		json_object_set_new(all, figure, o = json_object());
	if (hex)
		snprintf(key, sizeof(key), "0x%04x", v);
	else
		snprintf(key, sizeof(key), "%u", v);
	json_object_set_new(o, key, json_integer(json_integer_value(json_object_get(o, key)) + 1));
}

static void
count_said(json_t *all, const struct seen *s, const struct detail *d)
{
	if (s->flags & SEEN_HAS_STATUS)
		count(all, "status_codes", 1, s->status);
	switch (d->kind) {
	case DETAIL_MANAGEMENT:
		if ((s->kind == SEEN_DEAUTHENTICATION || s->kind == SEEN_DISASSOCIATION) &&
		    d->management.reason != REASON_UNKNOWN)
			count(all, "reason_codes", 1, d->management.reason);
		if (s->kind == SEEN_ACTION && d->management.category == BLOCK_ACK &&
		    d->management.action == BLOCK_ACK_ANSWER)
			count(all, "status_codes", 1, 0); /* tshark takes its status for one */
		if (d->management.generation != WIFI_UNKNOWN)
			count(all, "generations", 0, d->management.generation);
		break;
	case DETAIL_EAPOL:
		if (d->eapol.message == EAPOL_START)
			count(all, "eapol_types", 0, 1);
		else if (d->eapol.message >= EAPOL_REQUEST && d->eapol.message <= EAPOL_FAILURE)
			count(all, "eapol_types", 0, 0);
		else if (d->eapol.message >= EAPOL_M1)
			count(all, "eapol_types", 0, 3);
		break;
	case DETAIL_DHCP:
		if (d->dhcp.version == 4 && d->dhcp.type != 0)
			count(all, "dhcp_types", 0, d->dhcp.type);
		break;
	default:
		break;
	}
}

/* What all packets of a capture say; NULL: it cannot be read at all. */
static json_t *
said(const char *path, const struct pseudonyms *key)
{
	struct decoder *dec = decoder_new(key);
	struct packet packet[AT_ONCE];
	struct reader *r = NULL;
	json_t *all = NULL;
	struct diag why;
	size_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (dec != NULL && fd >= 0 && reader_open(fd, path, NULL, &r, &why) == KK_OK)
		all = json_object();
	while (all != NULL && reader_next(r, packet, AT_ONCE, &n, &why) == KK_OK) {
		for (size_t i = 0; i < n; i++) {
			struct seen s;

			dec_frame(dec, packet[i].linktype, packet[i].time_us, packet[i].p,
			    packet[i].caplen, packet[i].len, &s);
			count_said(all, &s, decoder_detail(dec));
		}
	}
	reader_free(r);
	decoder_free(dec);
	if (fd >= 0)
		close(fd);
	return all;
}

static const char *
explanation(const char *file, const char *figure, const char *code, json_int_t ours)
{
	for (int i = 0; i < ROWS(explained); i++)
		if (strcmp(explained[i].file, file) == 0 &&
		    strcmp(explained[i].figure, figure) == 0 &&
		    strcmp(explained[i].key, code) == 0 && explained[i].ours == ours)
			return explained[i].why;
	return NULL;
}

/* One figure of one capture, either's keys. Returns differences that are not explained. */
static int
compare(const char *file, const char *figure, json_t *ours, json_t *theirs)
{
	json_t *all = json_object(), *v;
	const char *code;
	int bad = 0;

	json_object_update(all, ours);
	json_object_update(all, theirs);
	json_object_foreach(all, code, v)
	{
		json_int_t a = json_integer_value(json_object_get(ours, code));
		json_int_t b = json_integer_value(json_object_get(theirs, code));
		const char *why = a == b ? "equal" : explanation(file, figure, code, a);

		printf("%-62s %s %s: %lld, tshark %lld: %s\n", file, figure, code, (long long)a,
		    (long long)b, why != NULL ? why : "NOT EXPLAINED");
		bad += why == NULL;
	}
	json_decref(all);
	return bad;
}

/* Captures of one client each, whose capabilities tshark listed: HT, VHT, HE, EHT. */
static int
compare_generation(const char *file, const json_t *ours, const json_t *caps)
{
	static const char *const key[] = {"3", "4", "5", "7"}; /* enum detail_generation */
	const char *want = NULL;

	_Static_assert(WIFI_4 == 3 && WIFI_5 == 4 && WIFI_6 == 5 && WIFI_7 == 7, "keys above");
	for (size_t i = 0; i < 4; i++)
		if (json_integer_value(json_array_get(caps, i)) > 0)
			want = key[i];
	if (strncmp(file, "80211he", 7) != 0 || want == NULL)
		return 0;
	printf("%-62s generation: %s\n", file, want);
	return json_integer_value(json_object_get(ours, want)) == 0;
}

static int
compare_all(const char *file, const char *path, const struct pseudonyms *key, const json_t *truth)
{
	static const char *const figures[] = {
	    "status_codes", "reason_codes", "eapol_types", "dhcp_types"};
	json_t *ours = said(path, key);
	int bad = 0;

	if (ours == NULL)
		return 1;
	for (int i = 0; i < ROWS(figures); i++) {
		json_t *theirs = json_deep_copy(json_object_get(truth, figures[i]));

		if (theirs == NULL)
			theirs = json_object();
		if (i == 2)
			json_object_del(theirs, "5"); /* MACsec: no WiFi's */
		bad += compare(file, figures[i], json_object_get(ours, figures[i]), theirs);
		json_decref(theirs);
	}
	bad += compare_generation(file, json_object_get(ours, "generations"),
	    json_object_get(truth, "ht_vht_he_eht_cap_frames"));
	json_decref(ours);
	return bad;
}

int
main(void)
{
	const char *srcdir = getenv("srcdir") ? getenv("srcdir") : ".";
	struct pseudonyms *key = NULL;
	char path[PATH_MAX];
	json_t *truth, *of;
	const char *file;
	int bad = 0, seen = 0;

	snprintf(path, sizeof(path), "%s/../shared/data/pcap_truth.json", srcdir);
	if ((truth = json_load_file(path, 0, NULL)) == NULL) {
		printf("skipped: %s is not there\n", path);
		return 77;
	}
	if (pseudonyms_new(&key, NULL) != KK_OK)
		return 77;
	json_object_foreach(truth, file, of)
	{
		snprintf(path, sizeof(path), "%s/../shared/data/pcap/%s", srcdir, file);
		bad += compare_all(file, path, key, of);
		seen++;
	}
	json_decref(truth);
	pseudonyms_free(key);
	printf("%d captures, %d differences that are not explained\n", seen, bad);
	return bad == 0 && seen > 0 ? 0 : 1;
}
