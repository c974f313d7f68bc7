/* SPDX-License-Identifier: GPL-3.0-or-later */
/* elements.c - what management frames say in their elements: network, channel, security, and which
 * generation of WiFi a client is of. */
#include <string.h>

#include "probes/dec/detail.h"
#include "probes/dec/step.h"

#define CAPABILITY_PRIVACY 0x0010
#define RSN_PMF_REQUIRED   0x0040
#define RSN_PMF_CAPABLE	   0x0080
#define FRAGMENTED	   255 /* octets of an element that goes on in the next */

enum {
	ELEMENT_SSID = 0,
	ELEMENT_RATES = 1,
	ELEMENT_CHANNEL = 3,
	ELEMENT_HT = 45,
	ELEMENT_RSN = 48,
	ELEMENT_MORE_RATES = 50,
	ELEMENT_MOBILITY = 54,
	ELEMENT_CLASSES = 59,
	ELEMENT_HT_OPERATION = 61,
	ELEMENT_VHT = 191,
	ELEMENT_VENDOR = 221,
	ELEMENT_FRAGMENT = 242,
	ELEMENT_EXTENSION = 255,
	EXTENSION_HE = 35,
	EXTENSION_HE_OPERATION = 36,
	EXTENSION_HE_6GHZ = 59,
	EXTENSION_MULTI_LINK = 107,
	EXTENSION_EHT = 108
};

#define HE_HAS_VHT    0x4000
#define HE_HAS_COHOST 0x8000
#define HE_HAS_6GHZ   0x02 /* in the third octet */

enum has {
	HAS_B_RATES = 1 << 0,
	HAS_G_RATES = 1 << 1,
	HAS_HT = 1 << 2,
	HAS_VHT = 1 << 3,
	HAS_HE = 1 << 4,
	HAS_6GHZ = 1 << 5,
	HAS_EHT = 1 << 6
};

/* What was found while walking. */
struct walk {
	struct detail_management *m;
	unsigned has; /* enum has */
	unsigned security;
	unsigned rsn;  /* one was read */
	uint8_t class; /* current operating class, 0: not said */
	uint64_t ssid; /* pseudonym */
	int saw_ssid;
	int keep_ssid;
	const struct pseudonyms *key;
};

static void
take_ssid(struct walk *k, struct wire e)
{
	size_t len = wire_left(&e);
	const uint8_t *name = wire_take(&e, len);
	uint8_t any = 0;

	if (k->saw_ssid)
		return;
	k->saw_ssid = 1;
	for (size_t i = 0; i < len; i++)
		any |= name[i];
	if (any == 0) /* hidden */
		return;
	k->ssid = pseudonym_octets(k->key, name, len);
	if (k->keep_ssid) {
		k->m->ssid.len = (uint8_t)len;
		memcpy(k->m->ssid.octets, name, len);
	}
}

static void
take_rates(struct walk *k, struct wire e)
{
	while (wire_left(&e) > 0) {
		uint8_t rate = wire_u8(&e) & 0x7f;

		if (rate == 2 || rate == 4 || rate == 11 || rate == 22)
			k->has |= HAS_B_RATES;
		else if (rate >= 12 && rate <= 108) /* above: selectors, as "HT only" */
			k->has |= HAS_G_RATES;
	}
}

/* An authentication suite of 00-0f-ac. */
static unsigned
suite(uint8_t type)
{
	switch (type) {
	case 1:
	case 3:
	case 5:
	case 14: /* FILS */
	case 15:
	case 16:
	case 17:
	case 22:
	case 23:
		return SECURITY_WPA2_ENTERPRISE;
	case 2:
	case 4:
	case 6:
	case 19:
	case 20:
		return SECURITY_WPA2_PSK;
	case 8:
	case 9:
	case 24:
	case 25:
		return SECURITY_WPA3_SAE;
	case 11:
	case 12:
	case 13:
		return SECURITY_WPA3_ENTERPRISE;
	case 18:
		return SECURITY_OWE;
	default:
		return SECURITY_OTHER;
	}
}

/* RSN: each part may be missing, with all behind it. 0: a count runs past the end. */
static int
take_rsn(struct walk *k, struct wire e)
{
	unsigned found = 0;
	uint16_t n, capabilities = 0;

	if (k->rsn)
		return 1;
	k->rsn = 1;
	wire_le16(&e); /* version */
	if (wire_left(&e) > 0)
		wire_take(&e, 4); /* group cipher */
	if (wire_left(&e) > 0)
		wire_take(&e, 4 * (size_t)wire_le16(&e));
	if (wire_left(&e) > 0) {
		for (n = wire_le16(&e); n > 0 && !e.failed; n--) {
			uint32_t akm = wire_be32(&e);

			if (!e.failed)
				found |= akm >> 8 == 0x000fac ? suite(akm & 0xff) : SECURITY_OTHER;
		}
	}
	if (wire_left(&e) > 0)
		capabilities = wire_le16(&e);
	if (e.failed)
		return 0;
	k->security |= found != 0 ? found : SECURITY_WPA2_ENTERPRISE; /* the default of 802.11 */
	if (capabilities & RSN_PMF_CAPABLE)
		k->security |= SECURITY_PMF_CAPABLE;
	if (capabilities & RSN_PMF_REQUIRED)
		k->security |= SECURITY_PMF_REQUIRED;
	return 1;
}

static int
take_vendor(struct walk *k, struct wire e)
{
	uint32_t type = wire_be32(&e);

	if (type == 0x0050f201)
		k->security |= SECURITY_WPA;
	else if (type == 0x506f9a1c)
		k->security |= SECURITY_OWE_TRANSITION;
	return 1; /* one that is too short to have a type says nothing */
}

/* HE operation: in 6 GHz the channel stands here. */
static int
take_he_operation(struct walk *k, struct wire e)
{
	uint16_t low = wire_le16(&e);
	uint8_t high = wire_u8(&e), channel;

	wire_take(&e, 3); /* colour, basic rates */
	if (low & HE_HAS_VHT)
		wire_take(&e, 3);
	if (low & HE_HAS_COHOST)
		wire_take(&e, 1);
	if (!e.failed && high & HE_HAS_6GHZ) {
		channel = wire_u8(&e);
		wire_take(&e, 4);
		if (!e.failed)
			k->m->channel = channel;
	}
	return !e.failed;
}

static int
take_extension(struct walk *k, struct wire e)
{
	uint8_t id = wire_u8(&e);
	size_t left = wire_left(&e);

	if (e.failed)
		return 0;
	switch (id) {
	case EXTENSION_HE:
		if (left < 21)
			return 0;
		k->has |= HAS_HE;
		return 1;
	case EXTENSION_HE_OPERATION:
		return take_he_operation(k, e);
	case EXTENSION_HE_6GHZ:
		if (left < 2)
			return 0;
		k->has |= HAS_6GHZ;
		return 1;
	case EXTENSION_EHT:
		if (left < 11)
			return 0;
		k->has |= HAS_EHT;
		return 1;
	case EXTENSION_MULTI_LINK:
		k->m->flags |= MANAGEMENT_MULTI_LINK; /* its addresses are a client's */
		return 1;
	default:
		return 1;
	}
}

static int
take_channel(struct walk *k, struct wire e)
{
	uint8_t channel = wire_u8(&e);

	if (k->m->channel == 0)
		k->m->channel = channel;
	return !e.failed;
}

/* One element. 0: of a length that it cannot have. */
static int
take(struct walk *k, uint8_t id, struct wire e)
{
	size_t len = wire_left(&e);

	switch (id) {
	case ELEMENT_SSID:
		if (len > SSID_MAX)
			return 0;
		take_ssid(k, e);
		return 1;
	case ELEMENT_RATES:
	case ELEMENT_MORE_RATES:
		take_rates(k, e);
		return 1;
	case ELEMENT_CHANNEL:
	case ELEMENT_HT_OPERATION:
		return take_channel(k, e);
	case ELEMENT_HT:
		k->has |= len == 26 ? HAS_HT : 0;
		return len == 26;
	case ELEMENT_VHT:
		k->has |= len == 12 ? HAS_VHT : 0;
		return len == 12;
	case ELEMENT_RSN:
		return take_rsn(k, e);
	case ELEMENT_MOBILITY:
		if (len != 3)
			return 0;
		k->m->mobility = wire_le16(&e);
		k->m->flags |= MANAGEMENT_MOBILITY;
		return 1;
	case ELEMENT_CLASSES:
		k->class = wire_u8(&e);
		return !e.failed;
	case ELEMENT_VENDOR:
		return take_vendor(k, e);
	case ELEMENT_EXTENSION:
		return take_extension(k, e);
	default:
		return 1;
	}
}

/* All of them. A stop, or DEC_DONE; DEC_STOP_CUT if the snap length ends them. */
static enum dec_next
walk_all(struct walk *k, struct dec *d)
{
	enum dec_next worst = DEC_DONE;
	int goes_on = 0;

	while (wire_left(&d->w) > 0) {
		uint8_t id = wire_u8(&d->w), len = wire_u8(&d->w);
		struct wire e = wire_sub(&d->w, len);

		if (e.failed)
			return dec_short(d, DEC_STOP_WLAN_ELEMENT);
		if (id == ELEMENT_FRAGMENT) {
			if (!goes_on)
				worst = DEC_STOP_WLAN_FRAGMENT;
		} else if (!take(k, id, e)) {
			worst = DEC_STOP_WLAN_ELEMENT_SIZE;
		}
		/* What is told of an element stands in its first part. */
		goes_on = len == FRAGMENTED && (id != ELEMENT_FRAGMENT || goes_on);
	}
	return worst == DEC_DONE && d->uncaptured > 0 ? DEC_STOP_CUT : worst;
}

/* Which band: where it was heard, the operating class it names, else the rates, as those of 802.11b
 * are not used elsewhere. */
static int
is_2ghz(const struct walk *k)
{
	if (k->m->mhz != 0)
		return k->m->mhz < 3000;
	if (k->class >= 81 && k->class <= 84)
		return 1;
	return k->class == 0 && (k->has & HAS_B_RATES) != 0;
}

static int
is_6ghz(const struct walk *k)
{
	if (k->m->mhz != 0)
		return k->m->mhz >= 5925 && k->m->mhz < 7200;
	return k->class >= 131 && k->class <= 137;
}

static enum detail_generation
generation(const struct walk *k)
{
	if (k->has & HAS_EHT)
		return WIFI_7;
	if (k->m->flags & MANAGEMENT_CUT)
		return WIFI_UNKNOWN; /* a newer one's element may be what is missing */
	if (k->has & HAS_HE)
		return k->has & HAS_6GHZ || is_6ghz(k) ? WIFI_6E : WIFI_6;
	if (k->has & HAS_VHT && !is_2ghz(k))
		return WIFI_5;
	if (k->has & (HAS_HT | HAS_VHT))
		return WIFI_4;
	if (k->has & HAS_G_RATES)
		return WIFI_3;
	return k->has & HAS_B_RATES ? WIFI_1 : WIFI_UNKNOWN;
}

/* A phone that offers Wi-Fi Direct answers under this name (the P2P wildcard SSID) and with its own
 * address as the BSSID: it is no access point. */
static int
is_peer(const struct ssid *name)
{
	static const char wildcard[] = "DIRECT-";

	return name->len == sizeof(wildcard) - 1 &&
	       memcmp(name->octets, wildcard, sizeof(wildcard) - 1) == 0;
}

enum dec_next
dec_elements(struct dec *d, uint16_t capability)
{
	struct detail_management *m = &d->detail->management;
	uint8_t kind = d->out->kind;
	struct walk k = {
	    .m = m, .key = d->key, .keep_ssid = kind == SEEN_BEACON || kind == SEEN_PROBE_RESPONSE};
	enum dec_next next = walk_all(&k, d);

	d->out->ssid = k.ssid;
	if (k.keep_ssid && is_peer(&m->ssid)) {
		d->out->flags &= (uint16_t)~SEEN_HAS_BSSID;
		d->out->bssid = 0;
	}
	if (next == DEC_STOP_CUT || next == DEC_STOP_WLAN_ELEMENT)
		m->flags |= MANAGEMENT_CUT;
	if (kind == SEEN_ASSOCIATION_REQUEST || kind == SEEN_REASSOCIATION_REQUEST)
		m->generation = (uint8_t)generation(&k);
	if (kind != SEEN_PROBE_REQUEST && (m->flags & MANAGEMENT_CUT) == 0) {
		unsigned means =
		    k.security & ~(unsigned)(SECURITY_PMF_CAPABLE | SECURITY_PMF_REQUIRED |
					     SECURITY_OWE_TRANSITION);

		if (means == 0)
			k.security |=
			    capability & CAPABILITY_PRIVACY ? SECURITY_WEP : SECURITY_OPEN;
		m->security = (uint16_t)k.security;
		m->flags |= MANAGEMENT_ELEMENTS;
	}
	/* A long frame whose name was captured is what a snap length is for. */
	return next == DEC_STOP_CUT && k.saw_ssid ? DEC_DONE : next;
}
