/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * event.h - something that a probe saw happen on the air, with its evidence, and the same as octets
 * for the samples socket and the spool.
 *
 * What belongs to infrastructure is in here only: BSSIDs, networks' names, ids of the city's access
 * points. No client, not even as a pseudonym.
 */
#ifndef KK_LIB_EVENT_H
#define KK_LIB_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "lib/ssid.h"

#define EVENT_KINDS(X)                                                                         \
	X(EVIL_TWIN, "evil_twin")	/* the city's network, sent by nobody of the city's */ \
	X(LEGACY_SSID, "legacy_ssid")	/* a name that should be off the air */                \
	X(DEAUTH_FLOOD, "deauth_flood") /* farewells by the dozen */
#define EVENT_AS_ENUM(id, name) EVENT_##id,
enum event_kind { EVENT_KINDS(EVENT_AS_ENUM) EVENT_KIND_COUNT };

/* What is told: it began, it goes on, it ended. */
#define EVENT_PHASES(X)		 X(BEGIN, "begin") X(STILL, "still") X(END, "end")
#define EVENT_AS_PHASE(id, name) EVENT_##id,
enum event_phase { EVENT_PHASES(EVENT_AS_PHASE) EVENT_PHASE_COUNT };

/* How an evil twin's security stands to ours. */
#define EVENT_DIFFERENCES(X)                                        \
	X(UNKNOWN, "unknown") /* ours, or its own, was not heard */ \
	X(SAME, "same")                                             \
	X(OPEN, "open_where_ours_is_encrypted")                     \
	X(OTHER, "other_security")
#define EVENT_AS_DIFFERENCE(id, name) EVENT_DIFFERS_##id,
enum event_difference { EVENT_DIFFERENCES(EVENT_AS_DIFFERENCE) EVENT_DIFFERENCE_COUNT };

#define EVENT_AP_MAX	   81 /* octets of an id, with NUL */
#define EVENT_SECURITY_MAX 97 /* octets of a security's text, with NUL */
#define EVENT_REASONS_MAX  4
#define EVENT_WIRE_MAX	   512 /* no encoded event is longer */
#define EVENT_NO_SIGNAL	   127 /* dBm: not heard with one */

struct event_reason {
	uint16_t code; /* of 802.11; 65535: it was encrypted, or not captured */
	uint64_t frames;
};

/*
 * An event is known by kind, BSSID, name and `since_cs`, within its probe. What is told later about
 * the same one takes the place of what was told before.
 */
struct event {
	uint8_t kind;			 /* enum event_kind */
	uint8_t phase;			 /* enum event_phase */
	uint8_t differs;		 /* enum event_difference, of an evil twin */
	uint8_t channel;		 /* 0: unknown */
	int8_t signal_last, signal_best; /* dBm, or EVENT_NO_SIGNAL */
	uint64_t bssid;			 /* 48 bits */
	struct ssid ssid;		 /* of a flood: none */
	int64_t since_cs, last_cs;	 /* first and last heard, UTC, 1/100 s since the epoch */
	/* The city's access point: whose BSSID it is; of a twin the one heard best beside it. */
	char ap[EVENT_AP_MAX];
	char security[EVENT_SECURITY_MAX];     /* "open", "WPA2-PSK+WPA3-SAE"; "": not heard */
	char own_security[EVENT_SECURITY_MAX]; /* that of the city's network of this name */
	uint64_t frames;    /* beacons and probe responses; of a flood its farewells */
	uint64_t broadcast; /* of a flood: to everybody */
	uint64_t peak;	    /* of a flood: most in one window */
	uint8_t reasons;
	struct event_reason reason[EVENT_REASONS_MAX]; /* most frequent first */
};

/** @param kind enum event_kind. @return Static text; "?" for another. */
const char *event_kind_name(unsigned kind);

/** @param name "evil_twin". @return enum event_kind, -1: none. */
int event_kind_of(const char *name);

/** @param phase enum event_phase. @return Static text; "?" for another. */
const char *event_phase_name(unsigned phase);

/** @param differs enum event_difference. @return Static text; "?" for another. */
const char *event_difference_name(unsigned differs);

/** A BSSID as text. @param bssid 48 bits. @param out Receives "02:11:22:33:44:55". @return `out`.
 */
const char *event_bssid(uint64_t bssid, char out[18]);

/** Reasons as text: "7 x 120, 3 x 8"; "" if there are none. @param e Event. @param out Receives it.
 * @return `out`. */
const char *event_reasons(const struct event *e, char out[128]);

/**
 * Write an event.
 *
 * @param e     Event.
 * @param out   Buffer.
 * @param room  Octets in it; EVENT_WIRE_MAX is enough for any.
 * @return      Octets written; KK_E_FULL; KK_E_RANGE if the event is not valid.
 */
int event_encode(const struct event *e, uint8_t *out, size_t room);

/**
 * Read an event; hostile input is refused, never read past.
 *
 * @param in   Octets.
 * @param len  How many: exactly the event's.
 * @param e    Receives it; undefined on error.
 * @retval KK_OK
 * @retval KK_E_TRUNCATED
 * @retval KK_E_SYNTAX   It cannot be, or something follows.
 * @retval KK_E_VERSION
 */
int event_decode(const uint8_t *in, size_t len, struct event *e);

#endif
