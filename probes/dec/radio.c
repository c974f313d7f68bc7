/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/dec/radio.h"

enum {
	FIELD_RATE = 2,
	FIELD_MCS = 19,
	FIELD_AMPDU = 20,
	FIELD_VHT = 21,
	FIELD_HE = 23,
	FIELDS = 24
};

#define FLAG_SHORT_PREAMBLE 0x02
#define DSSS_LONG_US	    192
#define DSSS_SHORT_US	    96
#define OFDM_US		    20 /* preamble and signal field of 802.11a */
#define SERVICE_BITS	    22 /* before and behind the octets of a frame */

/* Alignment and size of each field from the rate on (radiotap.org). */
static const uint8_t shape[FIELDS][2] = {[2] = {1, 1},
    [3] = {2, 4},
    [4] = {1, 2},
    [5] = {1, 1},
    [6] = {1, 1},
    [7] = {2, 2},
    [8] = {2, 2},
    [9] = {2, 2},
    [10] = {1, 1},
    [11] = {1, 1},
    [12] = {1, 1},
    [13] = {1, 1},
    [14] = {2, 2},
    [15] = {2, 2},
    [16] = {1, 1},
    [17] = {1, 1},
    [18] = {4, 8},
    [19] = {1, 3},
    [20] = {4, 8},
    [21] = {2, 12},
    [22] = {8, 12},
    [23] = {2, 12}};

/* Coded bits of a subcarrier times code rate, in twelfths, by MCS. */
static const uint8_t bits12[12] = {6, 12, 18, 24, 36, 48, 54, 60, 72, 80, 90, 100};

static void
take_mcs(struct radio *r, struct wire w)
{
	uint8_t known = wire_u8(&w), flags = wire_u8(&w), mcs = wire_u8(&w);

	/* Bandwidth, MCS and guard interval; 32 and up are of no use to anybody. */
	if ((known & 0x07) != 0x07 || mcs > 31)
		return;
	*r = (struct radio){.form = RADIO_HT,
	    .mcs = mcs % 8,
	    .streams = (uint8_t)(mcs / 8 + 1),
	    .subcarriers = (flags & 3) == 1 ? 108 : 52,
	    .symbol_ns = flags & 4 ? 3600 : 4000,
	    .aggregated = r->aggregated,
	    .ampdu = r->ampdu};
}

static uint16_t
vht_subcarriers(uint8_t bandwidth)
{
	/* 0: 20 MHz, and numbers for the parts of a wider channel: 20 of 40, 20 of 80, ... */
	switch (bandwidth) {
	case 1:
	case 5:
	case 6:
	case 14:
	case 15:
	case 16:
	case 17:
		return 108;
	case 4:
	case 12:
	case 13:
		return 234;
	case 11:
		return 468;
	default:
		return bandwidth <= 25 ? 52 : 0;
	}
}

static void
take_vht(struct radio *r, struct wire w)
{
	uint16_t known = wire_le16(&w);
	uint8_t flags = wire_u8(&w), bandwidth = wire_u8(&w), user = wire_u8(&w);
	uint16_t subcarriers = vht_subcarriers(bandwidth & 0x1f);

	if ((known & 0x44) != 0x44 || user >> 4 > 11 || (user & 15) == 0 || (user & 15) > 8 ||
	    subcarriers == 0)
		return;
	*r = (struct radio){.form = RADIO_VHT,
	    .mcs = user >> 4,
	    .streams = user & 15,
	    .subcarriers = subcarriers,
	    .symbol_ns = flags & 4 ? 3600 : 4000,
	    .aggregated = r->aggregated,
	    .ampdu = r->ampdu};
}

static void
take_he(struct radio *r, struct wire w)
{
	static const uint16_t carriers[] = {234, 468, 980, 1960, 24, 48, 102, 234, 468, 980, 1960};
	static const uint16_t symbols_ns[] = {13600, 14400, 16000};
	uint16_t data1 = wire_le16(&w), data2 = wire_le16(&w), data3 = wire_le16(&w), data5, data6;
	unsigned mcs = data3 >> 8 & 15, width, guard;

	wire_le16(&w);
	data5 = wire_le16(&w);
	data6 = wire_le16(&w);
	width = data5 & 15;
	guard = data5 >> 4 & 3;
	/* MCS, bandwidth, guard interval. */
	if ((data1 & 0x4020) != 0x4020 || (data2 & 2) == 0 || mcs > 11 || width > 10 || guard > 2 ||
	    (data6 & 15) == 0 || (data6 & 15) > 8)
		return;
	*r = (struct radio){.form = RADIO_HE,
	    .mcs = (uint8_t)mcs,
	    .streams = data6 & 15,
	    .subcarriers = carriers[width],
	    .symbol_ns = symbols_ns[guard],
	    .aggregated = r->aggregated,
	    .ampdu = r->ampdu};
}

static void
take_field(struct radio *r, unsigned field, struct wire w)
{
	switch (field) {
	case FIELD_RATE:
		r->rate = wire_u8(&w);
		r->form = r->rate > 0 && r->rate <= 108 ? RADIO_LEGACY : RADIO_UNKNOWN;
		break;
	case FIELD_MCS:
		take_mcs(r, w);
		break;
	case FIELD_AMPDU:
		r->ampdu = wire_le32(&w);
		r->aggregated = 1;
		break;
	case FIELD_VHT:
		take_vht(r, w);
		break;
	case FIELD_HE:
		take_he(r, w);
		break;
	default:
		break;
	}
}

struct radio
radio_read(struct wire w, const uint8_t *start, uint32_t present, uint8_t flags)
{
	struct radio r = {.short_preamble = (flags & FLAG_SHORT_PREAMBLE) != 0};

	for (unsigned field = FIELD_RATE; field < FIELDS; field++) {
		struct wire value;

		if ((present >> field & 1) == 0)
			continue;
		if (!w.failed)
			wire_take(&w, (size_t)(-(w.at - start) & (shape[field][0] - 1)));
		value = wire_sub(&w, shape[field][1]);
		if (w.failed)
			break;
		take_field(&r, field, value);
	}
	return r;
}

static int
is_dsss(uint8_t rate)
{
	return rate == 2 || rate == 4 || rate == 11 || rate == 22;
}

/* Before the octets. HE's training symbols are taken as 8 us each, as their form is not told. */
static uint32_t
preamble_us(const struct radio *r)
{
	uint32_t training = r->streams <= 2 ? r->streams : (r->streams + 1u) / 2 * 2;

	switch (r->form) {
	case RADIO_LEGACY:
		if (is_dsss(r->rate))
			return r->short_preamble && r->rate > 2 ? DSSS_SHORT_US : DSSS_LONG_US;
		return OFDM_US;
	case RADIO_HT:
		return OFDM_US + 12 + 4 * training;
	case RADIO_VHT:
		return OFDM_US + 16 + 4 * training;
	default:
		return OFDM_US + 16 + 8 * training;
	}
}

static uint64_t
ceiling(uint64_t a, uint64_t b)
{
	return (a + b - 1) / b;
}

uint32_t
radio_airtime_us(const struct radio *r, size_t octets, int continues)
{
	uint64_t bits = 8 * (uint64_t)octets, per_symbol, us;

	if (r->form == RADIO_UNKNOWN)
		return 0;
	if (r->form == RADIO_LEGACY && is_dsss(r->rate)) {
		us = ceiling(2 * bits, r->rate);
	} else if (r->form == RADIO_LEGACY) {
		us = 4 * ceiling(bits + SERVICE_BITS, 2u * r->rate);
	} else {
		per_symbol = (uint64_t)bits12[r->mcs] * r->subcarriers * r->streams / 12;
		us = continues
			 ? ceiling(bits * r->symbol_ns, per_symbol * 1000)
			 : ceiling(ceiling(bits + SERVICE_BITS, per_symbol) * r->symbol_ns, 1000);
	}
	if (!continues)
		us += preamble_us(r);
	return us < UINT32_MAX ? (uint32_t)us : UINT32_MAX;
}
