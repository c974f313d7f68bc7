/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * usm.h - SNMPv3's users, and what is known of every agent's engine: id, boots, time, localized
 * keys (RFC 3414).
 *
 * State is per device, and reached by a pointer: neither the number of users nor that of engines
 * costs a message anything. Times are learned from an agent once and move on with the monotonic
 * clock. Our freshness is the message id, which nobody can guess and which is only valid while its
 * request is in flight; so an authentic answer may even tell that an engine's boots or time fell,
 * which is then a named trouble of the device and not its silence (docs/decisions/0061).
 */
#ifndef KK_COLLECTOR_SNMP_USM_H
#define KK_COLLECTOR_SNMP_USM_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/snmp/usm_crypt.h"
#include "lib/err.h"

struct usm;
struct usm_users;
struct usm_user;
struct usm_peer;

/* What is wrong with an agent, in the order of lib/sample.h's reasons from USM_USER on. */
enum usm_trouble {
	USM_FINE,
	USM_NO_USER,	/* the agent does not know the user */
	USM_BAD_DIGEST, /* its key for the user's digests is another */
	USM_BAD_LEVEL,	/* it does not grant the user this level */
	USM_BAD_PRIV,	/* its key for the user's encryption is another */
	USM_BAD_ENGINE, /* its engine id cannot be used, or is another in every answer */
	USM_BAD_TIME,	/* no agreement about boots and time, although they were taken over */
	USM_REFUSED,	/* a report of another kind */
	USM_FROZEN,	/* answers; its engine time stands still */
	USM_BOOTS,	/* answers; its engine boots or time fell within the last day */
	USM_SHARED,	/* answers; another device has the same engine id */
	USM_TROUBLES
};

/** @param out Receives an empty state; usm_free() frees it. @retval KK_OK Done. @retval KK_E_NOMEM
 * @retval KK_E_UNSUPPORTED libcrypto lacks what is needed. */
int usm_new(struct usm **out);

/** @param u State, NULL is allowed; no peer may be held any more. */
void usm_free(struct usm *u);

/* ---- users ---- */

/* A user as configured. */
struct usm_identity {
	const char *name; /* 1 .. 32 octets */
	unsigned auth, priv;
	const char *auth_secret,
	    *priv_secret; /* 8 .. 255 octets; NULL where the protocol is none */
};

/** @param out Receives an empty set; usm_users_free() frees it. @retval KK_OK Done. @retval
 * KK_E_NOMEM */
int usm_users_new(struct usm_users **out);

/** Frees the set; users that peers hold live on. @param s Set, NULL is allowed. */
void usm_users_free(struct usm_users *s);

/**
 * Add a user. Its keys are made when the first peer needs them.
 *
 * @param s   Set.
 * @param id  User; copied.
 * @param d   Why not; names no secret.
 * @retval KK_OK
 * @retval KK_E_EXISTS
 * @retval KK_E_RANGE   Name or secret too short or too long, encryption without authentication.
 * @retval KK_E_NOMEM
 */
int usm_users_add(struct usm_users *s, const struct usm_identity *id, struct diag *d);

/** Take over from an older set the keys of users that are the same. @param s Set. @param old Older
 * set. */
void usm_users_inherit(struct usm_users *s, const struct usm_users *old);

/** @param s Set. @return How many users. */
size_t usm_users_count(const struct usm_users *s);

/** Find a user. @param s Set, NULL: an empty one. @param name Name. @return Borrowed from the set;
 * NULL: none. */
struct usm_user *usm_users_find(const struct usm_users *s, const char *name);

/** What tells whether a user is still the same, secrets included. @param user User. @return Some
 * number; of no use to guess a secret with, as it never leaves the process. */
uint64_t usm_user_print(const struct usm_user *user);

/* ---- peers ---- */

/**
 * The agent at an address, as a user sees it; the same one while anybody holds it.
 *
 * @param u     State.
 * @param addr  Address and port.
 * @param user  User; held as long as the peer.
 * @param out   Receives it; usm_peer_give() gives it back.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 * @retval KK_E_UNSUPPORTED  libcrypto lacks one of the user's protocols.
 */
int usm_peer_take(
    struct usm *u, const struct sockaddr_in6 *addr, struct usm_user *user, struct usm_peer **out);

/** @param p Peer, NULL is allowed. */
void usm_peer_give(struct usm_peer *p);

/** What is wrong with it now. @param p Peer. @param now_ms Monotonic. @return enum usm_trouble. */
enum usm_trouble usm_peer_trouble(const struct usm_peer *p, int64_t now_ms);

/** Words for a trouble. @param t enum usm_trouble. @return Static English text, "" for USM_FINE. */
const char *usm_trouble_text(unsigned t);

/* ---- what is kept between runs ---- */

/* An agent's engine at one moment. */
struct usm_kept {
	struct in6_addr addr;
	uint16_t port; /* host byte order */
	char user[USM_USER_MAX + 1];
	uint8_t engine[USM_ENGINE_MAX];
	uint8_t engine_len;
	uint8_t frozen;
	uint32_t boots, time;
	int64_t at_ms;	 /* monotonic: when the engine's time was this */
	int64_t fell_ms; /* monotonic: when boots or time fell; INT64_MIN: never */
};

/**
 * Agents of which something has to be kept, the first ones of a line.
 *
 * @param u    State.
 * @param out  Receives them.
 * @param max  How many at the most.
 * @return     How many; they stay in line until usm_kept().
 */
size_t usm_to_keep(const struct usm *u, struct usm_kept *out, size_t max);

/** The first ones of usm_to_keep() are kept now. @param u State. @param n How many. */
void usm_kept(struct usm *u, size_t n);

/** Take up what was kept; of no effect if nobody holds the agent, or it is known better already.
 * @param u State.
 * @param k What was kept; checked. */
void usm_restore(struct usm *u, const struct usm_kept *k);

#endif
