/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * daykey_wire.h - what else goes over the samples socket: the key of a local day, which kkachid
 * hands to its probes, and their sketches of who was there under it.
 *
 *     probe: hello                          once per connection
 *     kkachid: a key                        at once, and a new one before each local midnight
 *     probe: sketches under that key        from time to time; each says all since its key came
 *
 * None of it is answered, kept in a spool or numbered: sketches that are lost are said again with
 * the next ones, and are of no use to anybody when their key is gone. Pure.
 */
#ifndef KK_LIB_DAYKEY_WIRE_H
#define KK_LIB_DAYKEY_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/batch_wire.h"
#include "lib/err.h"
#include "lib/sketch.h"
#include "lib/zone.h"

#define DAYKEY_OCTETS	   16 /* of a key: SipHash-2-4's */
#define DAYKEY_WIRE_OCTETS 53 /* of its message */
#define DAYKEY_HELLO_MAX   (6 + BATCH_NAME_MAX)
#define DAYKEY_MAGIC	   4  /* octets that say what a message is */
#define DAYKEY_AP_BITS	   9  /* precision of an access point's sketch */
#define DAYKEY_ALL_BITS	   14 /* of that of all access points of a probe together */

/* A key and the local day that it is for. */
struct daykey {
	uint64_t epoch; /* which key it is: at random, says nothing about the key */
	kk_day day;
	int64_t from_s, to_s; /* of the day, UTC, seconds since the epoch */
	uint8_t key[DAYKEY_OCTETS];
};

/* What some sketches are of. */
struct sketches_head {
	char probe[BATCH_NAME_MAX + 1]; /* UTF-8 */
	uint64_t epoch;
	kk_day day;
	int64_t from_cs, to_cs; /* from when to when was counted, UTC, 1/100 s since the epoch */
	int partial;		/* 1: packets were lost, or somebody had no room */
};

struct sketches_writer {
	uint8_t *out;
	size_t room, len;
};

struct sketches_reader {
	const uint8_t *at, *end;
};

/* One sketch, checked, still encoded. */
struct sketches_entry {
	char id[BATCH_NAME_MAX + 1]; /* the city's id; "": all of the probe's together */
	const uint8_t *octets;	     /* sketch_decode() takes it; points into the message */
	size_t len;
};

/** What a message is. @param in Octets. @param len How many. @return 'H' hello, 'K' key, 'S'
 * sketches, 0: something else, as a batch. */
char daykey_message(const uint8_t *in, size_t len);

/** Write a hello. @param probe The probe's name. @param out Receives it. @return Octets; 0: it is
 * no name. */
size_t daykey_hello_encode(const char *probe, uint8_t out[DAYKEY_HELLO_MAX]);

/**
 * Read a hello.
 *
 * @param in     Octets.
 * @param len    How many.
 * @param probe  Receives the probe's name.
 * @retval KK_OK
 * @retval KK_E_VERSION
 * @retval KK_E_SYNTAX    And KK_E_TRUNCATED.
 */
int daykey_hello_decode(const uint8_t *in, size_t len, char probe[BATCH_NAME_MAX + 1]);

/** Write a key. @param k Key. @param out Receives it: wipe it when it is sent. */
void daykey_encode(const struct daykey *k, uint8_t out[DAYKEY_WIRE_OCTETS]);

/**
 * Read a key.
 *
 * @param in   Octets.
 * @param len  How many.
 * @param k    Receives it; undefined on error.
 * @retval KK_OK
 * @retval KK_E_VERSION
 * @retval KK_E_SYNTAX   Also a day that is none.
 */
int daykey_decode(const uint8_t *in, size_t len, struct daykey *k);

/**
 * Start a message of sketches.
 *
 * @param w     Receives the state.
 * @param out   Buffer; borrowed until the message is complete.
 * @param room  Octets in it; no more than BATCH_OCTETS_MAX are used.
 * @param head  What they are of.
 * @retval KK_OK
 * @retval KK_E_RANGE  A head that sketches_open() would refuse.
 * @retval KK_E_FULL
 */
int sketches_begin(
    struct sketches_writer *w, uint8_t *out, size_t room, const struct sketches_head *head);

/**
 * Append a sketch.
 *
 * @param w   Message; as it was on error.
 * @param id  The city's id; "": all together.
 * @param s   Sketch.
 * @retval KK_OK
 * @retval KK_E_FULL   Send this message, then go on with a new one.
 * @retval KK_E_RANGE  Not an id.
 */
int sketches_add(struct sketches_writer *w, const char *id, const struct sketch *s);

/**
 * Read what sketches are of; hostile input is refused, never read past.
 *
 * @param r     Receives the state.
 * @param in    Octets; borrowed while the message is read.
 * @param len   How many.
 * @param head  Receives the head.
 * @retval KK_OK
 * @retval KK_E_VERSION
 * @retval KK_E_SYNTAX    And KK_E_TRUNCATED.
 */
int sketches_open(
    struct sketches_reader *r, const uint8_t *in, size_t len, struct sketches_head *head);

/**
 * Read the next sketch.
 *
 * @param r  Reader.
 * @param e  Receives it.
 * @retval KK_OK
 * @retval KK_END         That was the last one.
 * @retval KK_E_SYNTAX    And KK_E_TRUNCATED.
 */
int sketches_next(struct sketches_reader *r, struct sketches_entry *e);

#endif
