/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packets.h - the datagrams that a collector sends in one sweep, as learned from it: whom it asks
 * what, in which order. */
#ifndef KK_BENCH_PACKETS_H
#define KK_BENCH_PACKETS_H

#include <stddef.h>
#include <stdint.h>

#define PACKET_MAX 2048

/* One distinct request; only the request-id differs between those who get it. */
struct packet {
	uint8_t *octets;
	uint32_t len;
	uint32_t id_at; /* the four octets of the request-id */
};

/* One request of the sweep. */
struct asked {
	uint32_t address; /* host byte order */
	uint32_t packet;  /* index */
};

struct packets {
	struct packet *packet;
	size_t n_packets;
	struct asked *asked; /* in the order sent; those of one address stand in their order */
	size_t n_asked, room;
};

/** Where the request-id of a v1 or v2c message is: headers are stepped over, nothing is decoded.
 * @param p Octets. @param len Count. @return Offset of its 4 octets; 0: not such a message. */
size_t packet_id_at(const uint8_t *p, size_t len);

/** The four octets of a request-id. @param p Message. @param at packet_id_at(). @return Id. */
uint32_t packet_id(const uint8_t *p, size_t at);

/** Write a request-id. @param p Message. @param at packet_id_at(). @param id Id. */
void packet_set_id(uint8_t *p, size_t at, uint32_t id);

/** Add a request. @param s Set. @param address Whom. @param p Octets. @param len Count. @return 1;
 * 0: not a message, or no memory. */
int packets_add(struct packets *s, uint32_t address, const uint8_t *p, size_t len);

/** Keep one of each: a sweep asks a device the same thing again only if it tries again. @param s
 * Set.
 * @return 1; 0: no memory, nothing changed. */
int packets_unique(struct packets *s);

/** Write to a file. @param s Set. @param path File. @return 1, or 0 with errno. */
int packets_write(const struct packets *s, const char *path);

/** Read from a file. @param s Empty set. @param path File. @return 1; 0: told on stderr. */
int packets_read(struct packets *s, const char *path);

/** @param s Set; empty afterwards. */
void packets_free(struct packets *s);

#endif
