/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * source.h - the octets of a file or a pipe, gzip or not, as a window that moves over them: what is
 * parsed lies in it, nothing is copied once more. Nobody outside probes/read/ includes it.
 */
#ifndef KK_PROBES_READ_SOURCE_H
#define KK_PROBES_READ_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "probes/read/cheaper.h"
#include "probes/read/mapped.h"
#include "probes/read/read.h"

#define SOURCE_ROOM (1 << 20) /* of the window, octets: libpcap reads files 4 KB at a time */

struct gunzip;

struct source {
	const uint8_t *at, *end; /* what is in the window and not consumed; `at` is the parser's */
	const uint8_t *window;	 /* `room`, or the map; the map: source_is_mapped() */
	uint8_t *room;
	const char *name;      /* for messages */
	uint64_t base;	       /* where the window begins, octets since the beginning (unpacked) */
	struct gunzip *gunzip; /* NULL: as it is */
	struct mapped mapped;
	int is_held;	   /* it may be mapped */
	int64_t looked_ms; /* when it was known to be */
	struct cheaper cheaper;
	uint64_t stretch;   /* where the one that is read now begins, octets since the beginning */
	int64_t stretch_ns; /* when, on this thread's processor time */
	int fd;
	const struct read_patience *wait; /* NULL: a read does not block, or nobody cares */
	int over;
};

/** Begin. @param s Receives the source; source_close() in any case. @param fd Where octets are read
 * from, not taken over. @param name Of the file, for messages; borrowed. @param wait As
 * of reader_open(). @param d Why not. @retval KK_OK Done. @retval KK_E_IO And its kin,
 * KK_E_CORRUPT: not gzip after all. */
int source_open(
    struct source *s, int fd, const char *name, const struct read_patience *wait, struct diag *d);

/** @param s Source, zeroed is allowed. */
void source_close(struct source *s);

/**
 * Move the window on, so that some octets are in it. `at` and `end` change.
 *
 * @param s  Source.
 * @param n  Octets, at most SOURCE_ROOM.
 * @param d  Why not.
 * @retval KK_OK Done.
 * @retval KK_END          There are not so many any more.
 * @retval KK_E_TRUNCATED  gzip is cut short.
 * @retval KK_E_CORRUPT    gzip is damaged.
 * @retval KK_E_CLOSED     Nobody waits any more.
 * @retval KK_E_IO         And its kin.
 */
int source_fill(struct source *s, size_t n, struct diag *d);

/** Look whether what is in the window is still what was there, as somebody may want to write to a
 * file that is mapped; then the window begins anew, and is empty. Before each batch of packets.
 * @param s Source. @param d Why not. @retval KK_OK Done. @retval KK_E_IO And its kin. */
int source_check(struct source *s, struct diag *d);

/** Step over octets, however many. @param s Source. @param n Octets. @param d Why not. @retval
 * KK_OK And the errors of source_fill(), KK_END too. */
int source_skip(struct source *s, uint64_t n, struct diag *d);

/** read(2), when whoever is asked has waited for it, and again when interrupted: for gunzip.c.
 * @param s Source. @param out Receives octets. @param room How many at most. @param got Receives
 * how many; 0 at the end. @param d Why not. @retval KK_OK Done. @retval KK_E_CLOSED Nobody waits
 * any more. @retval KK_E_IO And its kin. */
int source_take(const struct source *s, uint8_t *out, size_t room, size_t *got, struct diag *d);

/** Have octets in the window. As source_fill(), without a call where they are. @param s Source.
 * @param n Octets. @param d Why not. @return As source_fill(). */
static inline int
source_need(struct source *s, size_t n, struct diag *d)
{
	return (size_t)(s->end - s->at) >= n ? KK_OK : source_fill(s, n, d);
}

/** Whether what is in the window is the kernel's. @param s Source. @return 1 or 0. */
static inline int
source_is_mapped(const struct source *s)
{
	return s->mapped.p != NULL;
}

/** Where a message is about. @param s Source. @return Octets before `at`. */
static inline uint64_t
source_offset(const struct source *s)
{
	return s->base + (uint64_t)(s->at - s->window);
}

#endif
