/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cheaper.h - whether a file is better mapped or read. That depends on the machine and on how the
 * kernel happens to keep the file: mapping pages one by one can cost more than copying them, and
 * large ones nearly nothing. So both are tried, some stretches of the file each by turns, and the
 * rest goes the way that took less processor time; every half a gigabyte anew. Pure.
 */
#ifndef KK_PROBES_READ_CHEAPER_H
#define KK_PROBES_READ_CHEAPER_H

#include <stdint.h>

enum cheaper_way { CHEAPER_MAP, CHEAPER_READ, CHEAPER_WAYS };

struct cheaper {
	unsigned stretch;	  /* of this round, from 0 */
	unsigned round;		  /* trial and what follows from it */
	int64_t ns[CHEAPER_WAYS]; /* of this round's trial */
	uint64_t octets[CHEAPER_WAYS];
	enum cheaper_way now, best; /* of this stretch; of the newest trial */
};

/** A stretch is done. @param c Zeroed at first: then stretches are mapped. @param ns What it took.
 * @param octets How long it was. @return How the next one is read. */
enum cheaper_way cheaper_next(struct cheaper *c, int64_t ns, uint64_t octets);

#endif
