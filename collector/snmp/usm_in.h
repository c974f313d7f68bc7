/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usm_in.h - what the files of the user-based security model share, and the engine's way into it.
 */
#ifndef KK_COLLECTOR_SNMP_USM_IN_H
#define KK_COLLECTOR_SNMP_USM_IN_H

#include <stddef.h>
#include <stdint.h>

#include "collector/snmp/engine.h"
#include "collector/snmp/usm.h"
#include "collector/snmp/usm_wire.h"

/* How much an authentic message may be late, seconds (RFC 3414 section 2.2.3). */
#define USM_WINDOW_S 150
/* An engine time that is the same for so long stands still. */
#define USM_FROZEN_MS 10000
/* For so long a fall of boots or time is told. */
#define USM_FELL_MS (INT64_C(24) * 3600 * 1000)

/* A table of what has a hash; whoever is in it embeds a link. */
struct usm_link {
	struct usm_link *next;
	uint64_t hash;
};
struct usm_table {
	struct usm_link **bucket;
	size_t n, buckets; /* a power of two, or 0 */
};

/** Put in. @param t Table. @param l Link of no table. @param hash Its hash. @retval KK_OK Done.
 * @retval KK_E_NOMEM */
int usm_table_add(struct usm_table *t, struct usm_link *l, uint64_t hash);

/** Take out. @param t Table. @param l Link of this table. */
void usm_table_remove(struct usm_table *t, struct usm_link *l);

/** The first of those with a hash; the next one is found by usm_table_next(). @param t Table.
 * @param hash Hash. @return NULL: none. */
struct usm_link *usm_table_first(const struct usm_table *t, uint64_t hash);

/** @param l Link of a table. @return The next one with the same hash, NULL: none. */
struct usm_link *usm_table_next(const struct usm_link *l);

/* A user's keys for one engine. */
struct usm_keys {
	uint8_t auth[USM_KEY_MAX], priv[USM_PRIV_MAX];
};

struct usm_user {
	struct usm_link link; /* in its set, by name */
	unsigned refs;
	char name[USM_USER_MAX + 1];
	uint8_t name_len, auth, priv;
	uint8_t ready; /* ku holds the keys; else the secrets are still here */
	char *auth_secret, *priv_secret;
	uint8_t ku_auth[USM_KEY_MAX], ku_priv[USM_KEY_MAX];
	uint8_t at_home; /* `home` are its keys for the engine that we are ourselves */
	struct usm_keys home;
	uint64_t print;
};

/* The engine that this process is itself, for informs. */
struct usm_own {
	uint8_t engine[USM_ENGINE_MAX];
	uint8_t engine_len; /* 0: it is none */
	uint32_t boots;
	int64_t start_ms;	       /* monotonic: when its time was 0 */
	uint32_t reports[USM_REPORTS]; /* what each kind of Report counts */
};

struct usm {
	struct usm_crypt *crypt;
	struct usm_own own;
	struct usm_table by_sender; /* who sent traps: usm_notice.c */
	struct usm_table by_address, by_engine;
	struct usm_peer *keep_first, *keep_last;
	uint64_t salt;
};

struct usm_peer {
	struct usm_link by_address, by_engine; /* the latter while `known` */
	struct usm *usm;
	unsigned refs;
	struct usm_user *user;
	struct in6_addr addr;
	in_port_t port;
	uint8_t known;	/* the engine's id, and keys for it */
	uint8_t sure;	/* an answer has confirmed it */
	uint8_t synced; /* boots and time are of an authentic message, not only of a discovery */
	uint8_t frozen;
	uint8_t shared;
	uint8_t denied; /* enum usm_trouble of the newest request, if it was denied */
	uint8_t to_keep;
	uint8_t engine_len;
	uint8_t engine[USM_ENGINE_MAX];
	struct usm_keys keys;
	uint32_t boots, time;
	int64_t at_ms;	  /* monotonic: when `time` was heard first */
	int64_t fell_ms;  /* monotonic; INT64_MIN: never */
	int64_t start_ms; /* monotonic: when the engine, as it was kept, said that its time was 0 */
	struct usm_peer *keep_next, *keep_prev;
};

/** Hold a user. @param user User. @return It. */
struct usm_user *usm_user_hold(struct usm_user *user);

/** @param user User, NULL is allowed. */
void usm_user_drop(struct usm_user *user);

/** @param user User. @return USM_FLAG_AUTH and USM_FLAG_PRIV, as his level of security has them. */
unsigned usm_user_level(const struct usm_user *user);

/** Make the user's keys, if that was not done yet. @param user User. @param c Crypt. @retval KK_OK
 * Done. @retval KK_E_UNSUPPORTED */
int usm_user_ready(struct usm_user *user, struct usm_crypt *c);

/** Keys of a user for an engine. @param c Crypt. @param user User that is ready. @param engine
 * Engine id. @param len Its octets. @param out Receives them. @retval KK_OK Done. @retval
 * KK_E_UNSUPPORTED */
int usm_make_keys(struct usm_crypt *c, const struct usm_user *user, const uint8_t *engine,
    size_t len, struct usm_keys *out);

/** Who sent traps is forgotten. @param u State. */
void usm_senders_free(struct usm *u);

/**
 * Take over an engine id that an agent showed, and what it says of boots and time.
 *
 * @param p       Peer.
 * @param engine  Engine id; may be the peer's own.
 * @param len     Octets, USM_ENGINE_MIN .. USM_ENGINE_MAX.
 * @param boots   Engine boots.
 * @param time    Engine time, seconds.
 * @param now_ms  Monotonic.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 * @retval KK_E_UNSUPPORTED
 */
int usm_learn(struct usm_peer *p, const uint8_t *engine, size_t len, uint32_t boots, uint32_t time,
    int64_t now_ms);

/** The engine's time by our clock. @param p Peer. @param now_ms Monotonic. @return Seconds. */
uint32_t usm_time(const struct usm_peer *p, int64_t now_ms);

/** Whether a trap's boots and time fit what an agent's answers said of its engine (RFC 3414 section
 * 3.2, 7b). @param u State. @param from Sender. @param m Trap. @param now_ms Monotonic. @return 1
 * or 0; -1: no agent with this engine was asked at this address. */
int usm_fits_answers(
    const struct usm *u, const struct in6_addr *from, const struct usm_message *m, int64_t now_ms);

/** Take boots and time of an authentic message. @param p Peer. @param boots Boots. @param time
 * Time. @param now_ms Monotonic. @return 1: it is timely; 0: outside the window, and nothing was
 * taken. */
int usm_timely(struct usm_peer *p, uint32_t boots, uint32_t time, int64_t now_ms);

/** Take over boots and time, even if they fell. @param p Peer. @param boots Boots. @param time
 * Time. @param now_ms Monotonic. */
void usm_adopt(struct usm_peer *p, uint32_t boots, uint32_t time, int64_t now_ms);

/** A request ended in vain: what was not confirmed is forgotten. @param p Peer. */
void usm_gave_up(struct usm_peer *p);

/* ---- messages ---- */

/* What a request has been through; zeroed by its owner. */
struct usm_course {
	uint8_t discovered : 1; /* an engine id was taken over */
	uint8_t synced : 1;	/* boots and time were */
};

/**
 * Write a message around a PDU, or a discovery if the engine is not known.
 *
 * @param p       Peer.
 * @param id      Message id and request-id.
 * @param r       Request of version 3.
 * @param now_ms  Monotonic.
 * @param room    At least r->len + USM_AROUND octets.
 * @param out     Receives the datagram, within `room`; its peer and lane are left alone.
 * @return        1: it is a discovery. 0: it is the request. KK_E_UNSUPPORTED: libcrypto failed.
 */
int usm_seal(struct usm_peer *p, uint32_t id, const struct request *r, int64_t now_ms,
    uint8_t *room, struct datagram *out);

/** Encrypt and sign what was written. @param c Crypt. @param user User. @param k Its keys. @param
 * level USM_FLAG_AUTH, and USM_FLAG_PRIV: which of both. @param s Vector; its key is filled in.
 * @param w Message. @retval KK_OK Done. @retval KK_E_UNSUPPORTED */
int usm_protect(struct usm_crypt *c, const struct usm_user *user, const struct usm_keys *k,
    unsigned level, struct usm_seal *s, struct usm_written *w);

/** Check a message's digest, whose place is zero afterwards. @param c Crypt. @param user User that
 * authenticates. @param k Its keys. @param m Message. @param data Its datagram. @param len Octets.
 * @return 1: it was made with this key. */
int usm_is_authentic(struct usm_crypt *c, const struct usm_user *user, const struct usm_keys *k,
    const struct usm_message *m, uint8_t *data, size_t len);

/** Decrypt a message, if it is encrypted, and read what is inside. @param c Crypt. @param user User
 * that encrypts, if the message says so. @param k Its keys. @param m Message. @param data Its
 * datagram. @param out Receives it. @retval KK_OK Done. @return Or why not. */
int usm_unseal(struct usm_crypt *c, const struct usm_user *user, const struct usm_keys *k,
    const struct usm_message *m, uint8_t *data, struct usm_scoped *out);

/* What a message means for its request. */
enum usm_outcome {
	USM_ANSWERED, /* `pdu` is a Response */
	USM_AGAIN,    /* something was learned: send the request once more */
	USM_DENIED,   /* it ends, with the peer's trouble */
	USM_DROPPED   /* for the reason in `drop` */
};

struct usm_opened {
	uint8_t *pdu;
	size_t pdu_len;
	enum engine_drop drop; /* ENGINE_DROP_COUNT: nothing to count */
};

/**
 * Check and open a message that claims to answer a request, by id and address.
 *
 * @param p       Peer.
 * @param m       Message.
 * @param data    Its datagram; changed.
 * @param len     Octets.
 * @param probe   The try that it answers was a discovery.
 * @param stale   That try was sent before something was learned: a Report on it has nothing new to
 * say.
 * @param course  The request's; changed.
 * @param now_ms  Monotonic.
 * @param out     Receives what is inside.
 * @return        What it means.
 */
enum usm_outcome usm_open(struct usm_peer *p, const struct usm_message *m, uint8_t *data,
    size_t len, int probe, int stale, struct usm_course *course, int64_t now_ms,
    struct usm_opened *out);

#endif
