/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * batch_wire.h - what goes over the samples socket: batches of a probe's samples and events, and
 * their answers.
 *
 * A probe has no inventory: its devices are named by the city's id. What a sample's odometers are
 * elsewhere (OCTETS_*, PACKETS_*, every DERIVE metric) are increments here, of the interval
 * [from_cs, time_cs), and so are the counters of
 * frame_code.h, which source `probe` alone has. One message of a SOCK_SEQPACKET socket is one batch
 * or one answer. Pure.
 */
#ifndef KK_LIB_BATCH_WIRE_H
#define KK_LIB_BATCH_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "lib/event.h"
#include "lib/sample.h"

#define BATCH_OCTETS_MAX 65536 /* no batch is longer */
#define BATCH_NAME_MAX	 80    /* octets of a probe's name or of an id, without NUL */
#define BATCH_ACK_OCTETS 21    /* every answer is as long */
#define BATCH_DEVICE	 1     /* samples carry this number on the wire: the id says who it is */

/* Who sends, and which batch this is: (run, sequence) is unique for a probe. */
struct batch_head {
	char probe[BATCH_NAME_MAX + 1]; /* UTF-8 */
	uint64_t run;	   /* chosen at random when the probe starts: sequences start again */
	uint64_t sequence; /* 1, 2, ... within a run */
};

/* A batch that is being written. */
struct batch_writer {
	uint8_t *out;
	size_t room;
	size_t len;
};

/* A batch that is being read. */
struct batch_reader {
	const uint8_t *at;
	const uint8_t *end;
	uint8_t version;
};

/* What an entry is; numbers of the wire. */
enum batch_kind { BATCH_SAMPLE = 1, BATCH_EVENT = 2 };

/* One entry of a batch. */
struct batch_entry {
	uint8_t kind; /* enum batch_kind */
	/* An event. */
	struct event event;
	/* A sample: whose, and of which interval. */
	char id[BATCH_NAME_MAX + 1]; /* the city's id, UTF-8 */
	int64_t from_cs;	     /* start of the interval; the sample's time is its end */
	struct sample sample;	     /* increments; its counters point into `counters` */
	struct counter counters[SAMPLE_COUNTERS_MAX];
};

/**
 * Start a batch.
 *
 * @param b     Receives the state.
 * @param out   Buffer; borrowed until the batch is complete.
 * @param room  Octets in it; no more than BATCH_OCTETS_MAX are used.
 * @param head  Whose batch.
 * @retval KK_OK
 * @retval KK_E_RANGE  The probe's name is empty, too long or not UTF-8, or the sequence is 0.
 * @retval KK_E_FULL   No room.
 */
int batch_begin(struct batch_writer *b, uint8_t *out, size_t room, const struct batch_head *head);

/**
 * Append a sample.
 *
 * @param b        Batch; as it was on error.
 * @param id       The city's id.
 * @param from_cs  Start of the interval, before the sample's time.
 * @param s        Increments; its device is not sent.
 * @retval KK_OK
 * @retval KK_E_FULL   Send this batch, then go on with a new one.
 * @retval KK_E_RANGE  Not a valid id, interval or sample.
 */
int batch_add(struct batch_writer *b, const char *id, int64_t from_cs, const struct sample *s);

/**
 * Append an event.
 *
 * @param b  Batch; as it was on error.
 * @param e  Event.
 * @retval KK_OK
 * @retval KK_E_FULL   Send this batch, then go on with a new one.
 * @retval KK_E_RANGE  Not a valid event.
 */
int batch_add_event(struct batch_writer *b, const struct event *e);

/**
 * Read a batch's head; hostile input is refused, never read past.
 *
 * @param r     Receives the state.
 * @param in    Octets; borrowed while the batch is read.
 * @param len   How many.
 * @param head  Receives the head.
 * @retval KK_OK
 * @retval KK_E_VERSION    Another version's batch.
 * @retval KK_E_SYNTAX     Not a batch.
 * @retval KK_E_TRUNCATED
 */
int batch_open(struct batch_reader *r, const uint8_t *in, size_t len, struct batch_head *head);

/**
 * Read the next entry.
 *
 * @param r  Reader.
 * @param e  Receives the entry.
 * @retval KK_OK
 * @retval KK_END          That was the last one.
 * @retval KK_E_SYNTAX
 * @retval KK_E_TRUNCATED
 */
int batch_next(struct batch_reader *r, struct batch_entry *e);

/** Write an answer: everything of this run up to `sequence` is durable. @param run Run. @param
 * sequence Last synced one; 0: none yet. @param out Receives it. */
void batch_ack_encode(uint64_t run, uint64_t sequence, uint8_t out[BATCH_ACK_OCTETS]);

/**
 * Read an answer.
 *
 * @param in        Octets.
 * @param len       How many.
 * @param run       Receives the run.
 * @param sequence  Receives the last synced sequence.
 * @retval KK_OK
 * @retval KK_E_VERSION
 * @retval KK_E_SYNTAX
 */
int batch_ack_decode(const uint8_t *in, size_t len, uint64_t *run, uint64_t *sequence);

#endif
