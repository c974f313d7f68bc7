/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine.h - asynchronous SNMP v1, v2c and v3: a few shared sockets, one timer structure, datagrams
 * in batches.
 *
 * One thread. An agent (address and port) has one request in flight, whoever asks; a second one
 * waits behind it. A subnet gets so many datagrams a second at the most. Nothing here knows what is
 * asked or why. A device that does not answer holds one slot
 * and delays nobody. The timeout model: each try waits `timeout_ms`; silent after timeout_ms ×
 * (retries + 1). Where there are retries, the last try is said once more half a timeout later: a
 * device is not silent because of a few datagrams that were lost on their way.
 */
#ifndef KK_COLLECTOR_SNMP_ENGINE_H
#define KK_COLLECTOR_SNMP_ENGINE_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/snmp/answer.h"
#include "lib/clock.h"
#include "lib/err.h"

struct engine;
struct request;
struct usm_peer;

struct datagram {
	struct sockaddr_in6 peer; /* IPv4 as ::ffff:a.b.c.d */
	uint8_t *data;
	uint32_t len;
	uint8_t lane; /* which of the shared sockets: an answer counts only on the one that asked */
};

/* Where datagrams go and come from: sockets, or a test's network. */
struct net {
	void *ctx;
	/* Send `n` datagrams, as many as possible at once. Returns how many were taken, 0 if it
	 * would block, or KK_E_REFUSED if the first of them can never be sent (no route). */
	int (*send)(void *ctx, const struct datagram *d, unsigned n);
	/* Receive up to `n` datagrams without waiting. Returns how many. `d[i].data` points to room
	 * of `d[i].len` octets; len is set. */
	int (*receive)(void *ctx, struct datagram *d, unsigned n);
	unsigned lanes; /* sockets that datagram.lane chooses among, 1 .. 256 */
	int fd;		/* readable when receive() has something; -1 for a test's network */
};

/* Whom to ask. Zeroed and filled by the owner; `slot` belongs to the engine. */
#define PEER_NEAR  4
#define CACHE_LINE 64 /* octets */

struct peer {
	struct sockaddr_in6 addr; /* port included */
	struct slot *slot;	  /* not NULL: a request is in flight */
	struct usm_peer *usm;	  /* its owner's, for requests of version 3; NULL: none are asked */
	/* What its owner looks at when an answer has come; NULL: nothing. Of a batch of answers all
	 * are brought near before the first one is read. */
	const void *near[PEER_NEAR];
	uint8_t single; /* 1: requests from now on have one try, whatever is configured */
	/* Why the newest datagram for the running, or last, request was not taken: enum
	 * engine_drop + 1; 0: none was refused. */
	uint8_t drop;
};

/* Called exactly once per accepted request. `a` is NULL unless rc is KK_OK, and lives only during
 * the call. */
typedef void (*ask_done_cb)(void *ctx, int rc, const struct answer *a);

struct engine_options {
	unsigned timeout_ms;
	unsigned retries;
	unsigned slots_max; /* requests in flight at the most; 0: 131072 */
	unsigned
	    subnet_rate; /* datagrams a second to one /24 or /64 that is not loopback; 0: any */
};

/* Why datagrams were not taken: each has a counter, a name in the status, and a meaning. */
#define ENGINE_DROPS(X)                                                                           \
	X(MALFORMED, "malformed")   /* snmp_parse refused it */                                   \
	X(UNKNOWN_ID, "unknown_id") /* no request with this id is in flight: late or duplicate */ \
	X(WRONG_PEER, "wrong_peer") /* address or port is not the device's: forged */             \
	X(WRONG_COMMUNITY, "wrong_community")                                                     \
	X(WRONG_PDU, "wrong_pdu")     /* version or PDU type is not a Response */                 \
	X(TOO_LONG, "too_long")	      /* more varbinds than asked, or than fit */                 \
	X(WRONG_NAMES, "wrong_names") /* a GET's answer names other objects than were asked */    \
	/* Of version 3. */                                                                       \
	X(WRONG_ENGINE, "wrong_engine_id")                                                        \
	X(WRONG_USER, "wrong_user")                                                               \
	X(WRONG_LEVEL, "wrong_security_level") /* less, or more, than was asked with */           \
	X(WRONG_DIGEST, "wrong_digest")	       /* not made with the user's key: forged */         \
	X(NOT_IN_WINDOW, "not_in_time_window") /* authentic, but too old */                       \
	X(UNDECRYPTABLE, "undecryptable")                                                         \
	X(OLD_REPORT, "old_report")	/* on a request that was corrected meanwhile */           \
	X(OTHER_ID, "other_request_id") /* inside than outside */
#define ENGINE_AS_DROP(id, name) ENGINE_DROP_##id,
enum engine_drop { ENGINE_DROPS(ENGINE_AS_DROP) ENGINE_DROP_COUNT };

struct engine_stats {
	uint64_t requests; /* accepted by engine_ask() */
	uint64_t sent;	   /* datagrams: retries and copies of the last try included */
	uint64_t answers;
	uint64_t silent; /* ended without an answer */
	uint64_t retries;
	uint64_t held;	  /* requests that waited for another one to the same agent */
	uint64_t crowded; /* datagrams that waited because of their subnet's rate */
	uint64_t send_errors;
	uint64_t drops[ENGINE_DROP_COUNT];
	int64_t first_sent_ms; /* monotonic; 0: nothing sent yet. Reset by engine_stats_reset() */
	int64_t last_event_ms; /* monotonic: last answer or final timeout */
};

/**
 * @param net  Network; borrowed.
 * @param c    Clock; NULL is the real one.
 * @param o    Options; copied.
 * @param out  Receives the engine; engine_free() frees it.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int engine_new(const struct net *net, const struct kk_clock *c, const struct engine_options *o,
    struct engine **out);

/** Frees; every request in flight ends with KK_E_CLOSED first. @param e Engine, NULL is allowed. */
void engine_free(struct engine *e);

/**
 * Queue one device's request for the next batch of datagrams.
 *
 * `done` runs exactly once, from inside engine_run() or engine_free(), if and only if this returned
 * KK_OK: with the answer, with KK_E_SILENT when every try's timeout has passed, with KK_E_REFUSED
 * if it cannot be sent (no route), with KK_E_DENIED if an SNMPv3 agent has told why it does not
 * answer (usm_peer_trouble()), or with KK_E_CLOSED from engine_free(), which takes nothing new
 * (KK_E_FULL). Only engine_cancel() keeps it from running. `done` may call engine_ask() for the
 * same peer, and engine_cancel() for others.
 *
 * @param e     Engine.
 * @param p     Whom to ask; borrowed until `done` has run.
 * @param r     Encoded request; borrowed likewise. Only the request-id is patched, in the copy that
 * is sent.
 * @param done  Callback.
 * @param ctx   For `done`.
 * @retval KK_OK
 * @retval KK_E_BUSY  The peer has a request in flight.
 * @retval KK_E_FULL  No free slot; nothing was queued.
 * @retval KK_E_UNSUPPORTED  A request of version 3, and the peer has no user.
 */
int engine_ask(
    struct engine *e, struct peer *p, const struct request *r, ask_done_cb done, void *ctx);

/**
 * Give up a peer's request: its `done` will not run, a late answer is dropped.
 *
 * @param e  Engine.
 * @param p  Peer; nothing happens if it has no request in flight. It may be freed afterwards.
 */
void engine_cancel(struct engine *e, struct peer *p);

/**
 * Send what is queued, take what has come, end what is due. Never waits.
 *
 * @param e  Engine.
 * @return   Milliseconds until the next timer is due, -1 if nothing is in flight or queued, 0 to be
 * called at once.
 */
int engine_run(struct engine *e);

/** Other timeouts, for tries that are sent from now on. @param e Engine. @param timeout_ms Per try.
 * @param retries 0 .. 10. */
void engine_set_timeout(struct engine *e, unsigned timeout_ms, unsigned retries);

/** Another rate per subnet. @param e Engine. @param rate As in struct engine_options.
 * @retval KK_OK
 * @retval KK_E_NOMEM The old one stays. */
int engine_set_subnet_rate(struct engine *e, unsigned rate);

/** Whether another kind of datagram may go to an address now: it counts for its subnet's rate.
 * @param e Engine. @param to Where. @return 0: not yet. */
int engine_may_send(struct engine *e, const struct sockaddr_in6 *to);

/** What a drop is called in the status. @param drop enum engine_drop. @return Its name. */
const char *engine_drop_name(unsigned drop);

/** Requests in flight or queued. @param e Engine. @return Count. */
size_t engine_busy(const struct engine *e);

/** @param e Engine. @return Borrowed counters. */
const struct engine_stats *engine_stats(const struct engine *e);

/** Set all counters to 0. @param e Engine. */
void engine_stats_reset(struct engine *e);

/* ---- requests ---- */

enum request_kind { REQUEST_GET, REQUEST_GETNEXT, REQUEST_GETBULK };

struct request_oid {
	const unsigned long *sub;
	size_t len;
};

/**
 * Encode a request once, by net-snmp's snmp_build(); the same one serves every device that is asked
 * the same.
 *
 * @param kind       What.
 * @param version    1, 2 (v2c) or 3.
 * @param community  NUL-terminated; of no meaning in version 3.
 * @param oids       Names; copied.
 * @param n          1 .. ANSWER_VARBINDS_MAX.
 * @param repeat     GETBULK's max-repetitions, else 0; n × repeat is ANSWER_VARBINDS_MAX at the
 * most.
 * @param out        Receives the request; request_free() frees it.
 * @param d          Why not.
 * @retval KK_OK
 * @retval KK_E_RANGE
 * @retval KK_E_NOMEM
 */
int request_new(enum request_kind kind, int version, const char *community,
    const struct request_oid *oids, size_t n, unsigned repeat, struct request **out,
    struct diag *d);

/** @param r Request, NULL is allowed. */
void request_free(struct request *r);

/** Octets on the wire. @param r Request. @return Octets. */
size_t request_octets(const struct request *r);

#endif
