/* SPDX-License-Identifier: GPL-3.0-or-later */
/* step.h - what the layer functions of this folder share. Nobody else includes it. */
#ifndef KK_PROBES_DEC_STEP_H
#define KK_PROBES_DEC_STEP_H

#include "lib/wire.h"
#include "probes/dec/dec.h"

struct detail;
struct radio;

/* A packet while it is decoded. */
struct dec {
	struct wire w;	   /* captured octets of this layer, from where reading stands */
	size_t uncaptured; /* octets of this layer that the snap length left out */
	struct wire parts; /* what is left of an A-MSDU */
	size_t parts_uncaptured;
	int in_amsdu;
	int fcs_present; /* the link header says so */
	int fcs_doubt;	 /* it does not fit */
	int fcs_checked; /* and found right */
	int fcs_bad;
	int padded;	 /* radiotap: the 802.11 header is padded to 4 octets */
	uint16_t fc;	 /* 802.11 frame control, little endian */
	uint16_t type;	 /* ethertype to look at next */
	unsigned tags;	 /* VLAN tags passed, priority tags too */
	uint32_t unit;	 /* octets of the unit that was counted last */
	int64_t time_us; /* of the capture */
	uint16_t mhz;	 /* radiotap: where it was heard, 0: unknown */
	int8_t signal;	 /* radiotap: dBm, if has_signal */
	int has_signal;
	struct detail *detail; /* for those packets that say much */
	const struct pseudonyms *key;
	struct pseudonym_cache *lately;
	struct radio *aired; /* how the frame before was sent */
	struct seen *out;
};

#define DEC_AS_PROTOTYPE(id, function)                                   \
	/** Decode a layer. @param d Packet. @return What comes next. */ \
	enum dec_next function(struct dec *d);
DEC_LAYERS(DEC_AS_PROTOTYPE)

/** Octets of this layer that are left on the wire, captured or not. @param d Packet. @return
 * Octets. */
static inline size_t
dec_left(const struct dec *d)
{
	return wire_left(&d->w) + d->uncaptured;
}

/** The stop of a read that failed: the snap length's doing, or the sender's. @param d Packet.
 * @param stop Reason if it is the sender's. @return Reason. */
static inline enum dec_next
dec_short(const struct dec *d, enum dec_next stop)
{
	return d->uncaptured > 0 ? DEC_STOP_CUT : stop;
}

/** Take octets off this layer's end: a trailer. @param d Packet. @param n Octets. @return 0: there
 * are not so many. */
int dec_trim(struct dec *d, size_t n);

/** Keep only the first octets of this layer: the rest is padding. @param d Packet. @param n Octets,
 * at most dec_left(). */
void dec_limit(struct dec *d, size_t n);

/** Count what a unit carries. @param d Packet. @param octets Octets. @return What comes next: the
 * next part of an A-MSDU, or DEC_DONE. */
enum dec_next dec_count(struct dec *d, size_t octets);

/** The unit that was counted last is a tunnel's, and no client's: take it back. @param d Packet.
 * @param stop Which tunnel. @return `stop`. */
enum dec_next dec_tunnel(struct dec *d, enum dec_next stop);

/** The end of a unit, nothing to add. @param d Packet. @return As dec_count(). */
enum dec_next dec_end(struct dec *d);

/** The end of a unit that was parsed for what it says. @param d Packet. @param next DEC_DONE, or
 * why parsing stopped. @return As dec_end(); `next` if it is a stop and no part follows. */
enum dec_next dec_unit(struct dec *d, enum dec_next next);

/** A management frame's elements, all that is left of it. @param d Packet; its detail is begun.
 * @param capability The frame's capabilities, 0: it has none. @return DEC_DONE or a stop. */
enum dec_next dec_elements(struct dec *d, uint16_t capability);

/** The layer of a link type. @param linktype DLT_... @return DEC_STOP_LINK_UNKNOWN: none. */
enum dec_next dec_first(int linktype);

#endif
