/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exchange.h - what takes more than one packet: a DHCP exchange, a login by EAP, a handshake, an
 * authentication. Each is begun, and then done, failed or given up, once, however often its packets
 * are repeated or seen.
 *
 * Pure, on the captures' time. All memory is taken at once: about 80 octets per open exchange.
 */
#ifndef KK_PROBES_EXCHANGE_H
#define KK_PROBES_EXCHANGE_H

#include <stddef.h>
#include <stdint.h>

#include "probes/dec/dec.h"
#include "probes/dec/detail.h"

/* Kinds, and after how many seconds of silence each is given up. */
#define EXCHANGE_KINDS(X)            \
	X(DHCP, "dhcp", 10)          \
	X(EAP, "eap", 30)            \
	X(HANDSHAKE, "handshake", 5) \
	X(AUTHENTICATION, "authentication", 2)
#define EXCHANGE_AS_ENUM(id, name, seconds) EXCHANGE_##id,
enum exchange_kind { EXCHANGE_KINDS(EXCHANGE_AS_ENUM) EXCHANGE_KIND_COUNT };
#define EXCHANGES_ALL ((1U << EXCHANGE_KIND_COUNT) - 1) /* a set of kinds has a bit for each */

enum exchange_step {
	EXCHANGE_BEGUN,
	EXCHANGE_DONE,
	EXCHANGE_FAILED,   /* refused, or the client was sent away in the middle of it */
	EXCHANGE_GIVEN_UP, /* silence */
	EXCHANGE_STEP_COUNT
};

struct exchange_event {
	uint8_t kind;	 /* enum exchange_kind */
	uint8_t step;	 /* enum exchange_step */
	uint16_t status; /* of an authentication that was refused; else 0 */
	uint64_t ap;	 /* as given to exchange_take(), 0: unknown */
	uint64_t client; /* pseudonym */
	int64_t took_us; /* from its beginning to this; -1: the beginning was not seen */
};

struct exchange_stats {
	uint64_t repeated; /* packets of a step that was counted */
	uint64_t unasked;  /* DHCP answers to nothing that was seen */
	uint64_t full;	   /* packets that found no room */
	uint64_t nobodys;  /* packets whose client is not known */
};

struct exchange;

/** What receives events. @param arg Its own. @param e Event; until it returns. */
typedef void exchange_sink(void *arg, const struct exchange_event *e);

/** @param capacity Open exchanges of each kind, 1 to 2^24. @return NULL: out of memory;
 * exchange_free() frees it. */
struct exchange *exchange_new(size_t capacity);

/** @param x Exchanges, NULL is allowed. */
void exchange_free(struct exchange *x);

/**
 * Take a packet.
 *
 * @param x       Exchanges.
 * @param s       What it is, and whose.
 * @param d       What it says; most kinds are passed over.
 * @param ap      Its access point, a key of the caller's, 0: unknown.
 * @param now_us  When it was captured.
 * @param sink    Receives what it begins or ends, and what was given up by now.
 * @param arg     For sink.
 */
void exchange_take(struct exchange *x, const struct seen *s, const struct detail *d, uint64_t ap,
    int64_t now_us, exchange_sink *sink, void *arg);

/** Give up what is silent. @param x Exchanges. @param now_us Time. @param sink Receives it. @param
 * arg For sink. */
void exchange_tick(struct exchange *x, int64_t now_us, exchange_sink *sink, void *arg);

/** @param x Exchanges. @return Its counters, as long as it lives. */
const struct exchange_stats *exchange_stats(const struct exchange *x);

/** @param kind enum exchange_kind. @return Static text: "dhcp". */
const char *exchange_name(unsigned kind);

#endif
