/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decoding.h - what every test of the packet decoder repeats. */
#ifndef KK_TESTS_DECODING_H
#define KK_TESTS_DECODING_H

#include "probes/dec/dec.h"
#include "tests/harness.h"

/** Run a suite that needs pseudonyms, and perhaps a decoder; the body of its main(). @param s
 * Suite. @param key Receives them before the tests begin. @param dec The same; NULL: no decoder.
 * @return Exit code; 77, skipped, where no locked memory can be had for a key. */
static inline int
decoding_run(Suite *s, struct pseudonyms **key, struct decoder **dec)
{
	struct diag d;
	int failed;

	if (pseudonyms_new(key, &d) != KK_OK) {
		fprintf(stderr, "%s\n", d.text);
		return 77;
	}
	if (dec != NULL && (*dec = decoder_new(*key)) == NULL)
		return EXIT_FAILURE;
	failed = harness_run(s);
	if (dec != NULL)
		decoder_free(*dec);
	pseudonyms_free(*key);
	return failed;
}

/** What a row of a table wants of a packet. */
struct decoding_want {
	const char *why; /* names the row */
	enum dec_next next;
	uint32_t octets, packets;
	unsigned vlans;
};

/** How decoding ended, and what was counted. @param s Packet. @param want Row. */
static inline void
decoding_check(const struct seen *s, const struct decoding_want *want)
{
	ck_assert_msg(
	    s->next == want->next, "%s: stopped as \"%s\"", want->why, dec_stop_name(s->next));
	ck_assert_msg(s->octets == want->octets, "%s: %u octets", want->why, s->octets);
	ck_assert_msg(s->packets == want->packets, "%s: %u packets", want->why, s->packets);
	ck_assert_msg(s->vlans == want->vlans, "%s: %u tags", want->why, s->vlans);
}

/** What is left of a packet that is in order tells of nobody and of no way that the whole one does
 * not. Octets are the caller's to check: one that ends before a tunnel's port is a packet like any
 * other. */
static inline void
decoding_less(const struct seen *s, const struct seen *all, size_t there, size_t on_wire)
{
	if (all->next != DEC_DONE || s->flags & SEEN_ESTIMATED)
		return;
	ck_assert_msg(s->packets <= all->packets, "%zu of %zu: packets", there, on_wire);
	ck_assert_msg(
	    s->client == 0 || s->client == all->client, "%zu of %zu: client", there, on_wire);
	ck_assert_msg((s->flags & SEEN_HAS_BSSID) == 0 || s->bssid == all->bssid,
	    "%zu of %zu: bssid", there, on_wire);
	ck_assert_msg(s->direction == 0 || s->direction == all->direction, "%zu of %zu: direction",
	    there, on_wire);
}

/** Decode a packet cut at every octet, by the sender and by the snap length, each in a copy of the
 * exact size, so that one octet too far is seen. @param dec Decoder. @param linktype DLT_.
 * @param whole Packet. @param len Its octets. @param check Called after each: octets that the
 * packet had on the wire, which are more than `there` if the snap length cut it. */
static inline void
decoding_cut(struct decoder *dec, int linktype, const uint8_t *whole, size_t len,
    void (*check)(const struct seen *s, size_t there, size_t on_wire))
{
	struct seen all;

	dec_frame(dec, linktype, 0, whole, len, len, &all);
	for (size_t n = 0; n < len; n++) {
		uint8_t *p = malloc(n > 0 ? n : 1);
		struct seen s;

		ck_assert_ptr_nonnull(p);
		memcpy(p, whole, n);
		dec_frame(dec, linktype, 0, p, n, n, &s);
		decoding_less(&s, &all, n, n);
		check(&s, n, n);
		dec_frame(dec, linktype, 0, p, n, len, &s);
		decoding_less(&s, &all, n, len);
		check(&s, n, len);
		free(p);
	}
}

/** What holds of every cut packet: decoding ended, with no more octets than there were on the wire,
 * and no more tags than there is room for. A `check` of decoding_cut(). */
static inline void
decoding_bounded(const struct seen *s, size_t there, size_t on_wire)
{
	(void)there;
	ck_assert_uint_ge(s->next, DEC_DONE);
	ck_assert_uint_le(s->octets, on_wire);
	ck_assert_uint_le(s->vlans, DEC_VLANS_MAX);
}

#endif
