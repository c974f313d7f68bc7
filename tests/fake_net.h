/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fake_net.h - a network that is an array, and a clock that stands still: for the engine and all
 * above it. */
#ifndef KK_TESTS_FAKE_NET_H
#define KK_TESTS_FAKE_NET_H

#include <stddef.h>
#include <stdint.h>

#include "collector/snmp/engine.h"

#define FAKE_LANES 4

/* One datagram that was sent, or waits to be received. */
struct fake_datagram {
	struct sockaddr_in6 peer;
	uint8_t lane;
	uint32_t len;
	int64_t at_ms;
	uint8_t octets[2048];
};

struct fake_net {
	struct kk_clock clock;
	struct fake_datagram *sent;
	size_t n_sent, sent_room;
	struct fake_datagram *inbox;
	size_t n_inbox, inbox_at, inbox_room;
	int take;   /* how many more datagrams it takes; -1: any number */
	int refuse; /* 1: no route to anybody */
};

/** @param f Receives a network that takes everything, at one day after the epoch. */
void fake_net_init(struct fake_net *f);

/** @param f Network; gives its memory back. */
void fake_net_clear(struct fake_net *f);

/** @param f Network. @return As the engine wants it. */
struct net fake_net_net(struct fake_net *f);

/** The request-id of a message. @param d Datagram. @return Id, 0: no SNMP message. */
uint32_t fake_id(const struct fake_datagram *d);

/** Where the request-id's four octets stand. @param d Datagram. @return Offset, 0: nowhere. */
size_t fake_id_at(const struct fake_datagram *d);

/**
 * The honest answer to something that was sent: the same varbinds, in a Response. To be changed
 * before it is received, if a test wants a wrong one.
 *
 * @param f  Network.
 * @param i  Index in f->sent.
 * @return   It, in the inbox; valid until the next one.
 */
struct fake_datagram *fake_answer(struct fake_net *f, size_t i);

/** Room for a datagram in the inbox. @param f Network. @return It, zeroed. */
struct fake_datagram *fake_inbox(struct fake_net *f);

#endif
