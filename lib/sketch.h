/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sketch.h - how many distinct numbers there were, in little memory: HyperLogLog over 64-bit
 * hashes.
 *
 * What is added must be a keyed hash, uniform over its 64 bits. Sketches of the same key and
 * precision merge: the union's is the greater of each register. A sketch tells who has the key
 * whether somebody may have been there, so it is to die with its key. Pure.
 */
#ifndef KK_LIB_SKETCH_H
#define KK_LIB_SKETCH_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

#define SKETCH_BITS_MIN 8
#define SKETCH_BITS_MAX 14

/* A sketch over registers of its owner's. */
struct sketch {
	unsigned bits; /* precision: SKETCH_BITS_MIN .. SKETCH_BITS_MAX */
	uint8_t *reg;  /* sketch_octets(bits) of them, zeroed: nothing was added */
};

/** Registers, an octet each. @param bits Precision. @return Octets: 256 .. 16384. */
static inline size_t
sketch_octets(unsigned bits)
{
	return (size_t)1 << bits;
}

/** No encoded sketch of a precision is longer. @param bits Precision. @return Octets. */
static inline size_t
sketch_wire_max(unsigned bits)
{
	return 2 + sketch_octets(bits);
}

/** Add one. @param s Sketch. @param hash Keyed hash. @return 1 if a register changed: the sketch
 * has not seen it before; 0: it may have. */
int sketch_add(struct sketch *s, uint64_t hash);

/**
 * Add what another one has seen.
 *
 * @param into  Sketch.
 * @param from  Sketch of the same key.
 * @retval KK_OK
 * @retval KK_E_TYPE  Another precision: nothing was added.
 */
int sketch_merge(struct sketch *into, const struct sketch *from);

/**
 * How many distinct numbers were added: Ertl's improved estimator, without bias over the whole
 * range; for few it is linear counting.
 *
 * @param s  Sketch.
 * @return   Rounded; 0 only if nothing was added; at most 10^18.
 */
uint64_t sketch_estimate(const struct sketch *s);

/** The standard error of an estimate of many, 1.04 / sqrt(registers); that of few is smaller.
 * @param bits Precision. @return Per mille, rounded up: 65 for 8 bits, 46 for 9, 9 for 14. */
unsigned sketch_error_permille(unsigned bits);

/**
 * Write a sketch: registers that are set, or all of them if that is shorter.
 *
 * @param s     Sketch.
 * @param out   Buffer.
 * @param room  Octets in it; sketch_wire_max() is enough for any.
 * @return      Octets written, or KK_E_FULL.
 */
int sketch_encode(const struct sketch *s, uint8_t *out, size_t room);

/**
 * Read a sketch and add what it has seen; hostile input is refused, never read past.
 *
 * @param in    Octets: one sketch.
 * @param len   How many.
 * @param into  Sketch; as it was on error. NULL: the octets are checked only.
 * @retval KK_OK
 * @retval KK_E_TYPE       Another precision.
 * @retval KK_E_SYNTAX     Not a sketch: also registers that no hash can lead to, or more octets.
 * @retval KK_E_TRUNCATED
 */
int sketch_decode(const uint8_t *in, size_t len, struct sketch *into);

#endif
