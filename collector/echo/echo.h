/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * echo.h - asks hosts whether they are there, by ICMP echo. Many at once, over one socket per
 * family, in memory of a fixed size.
 *
 * One thread. An answer says that the host's IP stack lives, and nothing of its agent. It counts
 * only with the number, the nonce and the address of a request that is in flight.
 */
#ifndef KK_COLLECTOR_ECHO_ECHO_H
#define KK_COLLECTOR_ECHO_ECHO_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/snmp/engine.h"
#include "lib/clock.h"

#define ECHO_IN_FLIGHT_MAX 4096 /* hosts that are asked at once */
#define ECHO_TRIES	   2

struct echo;

/* Told once per accepted echo_ask(): KK_OK it answered, KK_E_SILENT it did not, KK_E_REFUSED it
 * cannot be sent to (no route), KK_E_CLOSED from echo_free(). It may ask and cancel others. */
typedef void (*echo_done_cb)(void *ctx, int rc);

struct echo_options {
	unsigned timeout_ms; /* of each of the ECHO_TRIES tries */
	/* Whether a datagram may go to a host now; NULL: always. What may not waits a little. */
	int (*may_send)(void *ctx, const struct sockaddr_in6 *to);
	void *ctx;
};

struct echo_stats {
	uint64_t asked;	      /* hosts */
	uint64_t sent;	      /* requests, second tries included */
	uint64_t answered;    /* hosts */
	uint64_t silent;      /* hosts */
	uint64_t full;	      /* hosts that were not asked: too many at once */
	uint64_t malformed;   /* datagrams that are no reply to anything of ours */
	uint64_t late;	      /* replies to what is not in flight: late, twice, or made up */
	uint64_t wrong_peer;  /* replies from another address than was asked: forged */
	uint64_t wrong_nonce; /* replies that guess: forged */
	uint64_t send_errors;
};

/**
 * @param net  Network of one lane; borrowed.
 * @param c    Clock; NULL is the real one.
 * @param o    Options; copied.
 * @return     NULL: out of memory; echo_free() frees it.
 */
struct echo *echo_new(
    const struct net *net, const struct kk_clock *c, const struct echo_options *o);

/** Frees; whoever waits is told KK_E_CLOSED first. @param e NULL is allowed. */
void echo_free(struct echo *e);

/** Whether a host may be asked at all: not this one (127.0.0.0/8 and ::1, where the kernel answers
 * for every address), not a group, not a broadcast, not nobody. @param to Address; IPv4 as an
 * IPv4-mapped one. @return 1 or 0. */
int echo_may_ask(const struct sockaddr_in6 *to);

/**
 * Ask a host.
 *
 * @param e     Echo.
 * @param to    Address; the port is of no meaning.
 * @param done  Told what came of it, from inside echo_run() or echo_free().
 * @param ctx   For `done`.
 * @return      Ticket for echo_cancel(), 1 and up; 0: it is not asked, and `done` not told.
 */
unsigned echo_ask(struct echo *e, const struct sockaddr_in6 *to, echo_done_cb done, void *ctx);

/** Forget a question; nobody is told. @param e Echo, NULL is allowed. @param ticket Of echo_ask(),
 * not yet told; 0 is allowed. */
void echo_cancel(struct echo *e, unsigned ticket);

/** Send, receive, end what is due. Never waits. @param e Echo. @return Milliseconds until the next
 * timer; -1: none. */
int echo_run(struct echo *e);

/** Whether somebody waits for an answer. @param e Echo. @return 1 or 0. */
int echo_busy(const struct echo *e);

/** Another timeout, from the next try on. @param e Echo. @param timeout_ms Per try. */
void echo_set_timeout(struct echo *e, unsigned timeout_ms);

/** @param e Echo. @return Borrowed counters. */
const struct echo_stats *echo_stats(const struct echo *e);

#endif
