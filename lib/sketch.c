/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * leb is unsigned LEB128:
 *
 *   sketch:  u8 precision  u8 form
 *   form 0:  1 << precision registers, u8 each
 *   form 1:  leb n  n times: leb (registers stepped over)  u8 register, not 0
 */
#include "lib/sketch.h"

#include <math.h>

#include "lib/wire.h"

#define DENSE  0
#define SPARSE 1

#define ESTIMATE_MAX 1e18 /* registers that somebody made up */

/* The greatest value of a register: that of a hash whose other bits are all 0. */
static unsigned
rank_max(unsigned bits)
{
	return 64 - bits + 1;
}

int
sketch_add(struct sketch *s, uint64_t hash)
{
	uint64_t rest = hash << s->bits;
	uint8_t *reg = &s->reg[hash >> (64 - s->bits)];
	unsigned rank = rest != 0 ? (unsigned)__builtin_clzll(rest) + 1 : rank_max(s->bits);

	if (rank <= *reg)
		return 0;
	*reg = (uint8_t)rank;
	return 1;
}

static void
merge_registers(uint8_t *into, const uint8_t *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (from[i] > into[i])
			into[i] = from[i];
}

int
sketch_merge(struct sketch *into, const struct sketch *from)
{
	if (into->bits != from->bits)
		return KK_E_TYPE;
	merge_registers(into->reg, from->reg, sketch_octets(into->bits));
	return KK_OK;
}

/* ---- the estimate: O. Ertl, "New cardinality estimation algorithms for HyperLogLog sketches",
 * 2017, algorithm 6 ---- */

/* x + x^2 + 2 x^4 + 4 x^8 + ..., for registers that nothing led to; 0 <= x < 1. */
static double
sigma(double x)
{
	double sum = x, before, weight = 1;

	do {
		x *= x;
		before = sum;
		sum += x * weight;
		weight += weight;
	} while (sum > before);
	return sum;
}

/* The same for registers that are full; 0 <= x <= 1. */
static double
tau(double x)
{
	double sum = 1 - x, before, weight = 1;

	if (x <= 0 || x >= 1)
		return 0;
	do {
		x = sqrt(x);
		before = sum;
		weight /= 2;
		sum -= (1 - x) * (1 - x) * weight;
	} while (sum < before);
	return sum / 3;
}

uint64_t
sketch_estimate(const struct sketch *s)
{
	size_t m = sketch_octets(s->bits), of[64] = {0};
	unsigned full = rank_max(s->bits);
	double z, n;

	for (size_t i = 0; i < m; i++)
		of[s->reg[i]]++;
	if (of[0] == m)
		return 0;
	z = (double)m * tau(1 - (double)of[full] / (double)m);
	for (unsigned k = full - 1; k > 0; k--)
		z = (z + (double)of[k]) / 2;
	z += (double)m * sigma((double)of[0] / (double)m);
	n = (double)m * (double)m / (2 * log(2) * z);
	return n < ESTIMATE_MAX ? (uint64_t)llround(n) : (uint64_t)ESTIMATE_MAX;
}

unsigned
sketch_error_permille(unsigned bits)
{
	return (unsigned)ceil(1040 / sqrt((double)sketch_octets(bits)));
}

/* ---- as octets ---- */

/* Registers that are set, as form 1; 0 if form 0 is shorter. */
static size_t
encode_sparse(const struct sketch *s, uint8_t *out)
{
	size_t m = sketch_octets(s->bits), set = 0, n = 0, next = 0;

	for (size_t i = 0; i < m; i++)
		set += s->reg[i] != 0;
	n += wire_put_leb(out, set);
	for (size_t i = 0; i < m; i++) {
		if (s->reg[i] == 0)
			continue;
		if (n + 3 > m) /* a step takes at most 2 octets */
			return 0;
		n += wire_put_leb(out + n, i - next);
		out[n++] = s->reg[i];
		next = i + 1;
	}
	return n;
}

int
sketch_encode(const struct sketch *s, uint8_t *out, size_t room)
{
	size_t m = sketch_octets(s->bits), n;

	if (room < sketch_wire_max(s->bits))
		return KK_E_FULL;
	out[0] = (uint8_t)s->bits;
	out[1] = SPARSE;
	n = encode_sparse(s, out + 2);
	if (n > 0)
		return (int)(2 + n);
	out[1] = DENSE;
	for (size_t i = 0; i < m; i++)
		out[2 + i] = s->reg[i];
	return (int)(2 + m);
}

static int
decode_dense(struct wire w, unsigned bits, struct sketch *into)
{
	size_t m = sketch_octets(bits);
	const uint8_t *reg = wire_take(&w, m);

	if (reg == NULL)
		return KK_E_TRUNCATED;
	if (wire_left(&w) > 0)
		return KK_E_SYNTAX;
	for (size_t i = 0; i < m; i++)
		if (reg[i] > rank_max(bits))
			return KK_E_SYNTAX;
	if (into != NULL)
		merge_registers(into->reg, reg, m);
	return KK_OK;
}

/* With `into` only what was checked without it. */
static int
decode_sparse(struct wire w, unsigned bits, struct sketch *into)
{
	uint64_t set = wire_leb(&w), m = sketch_octets(bits), at = 0;

	if (set > m)
		return KK_E_SYNTAX;
	for (uint64_t i = 0; i < set; i++, at++) {
		uint64_t step = wire_leb(&w);
		uint8_t rank = wire_u8(&w);

		if (w.failed)
			return KK_E_TRUNCATED;
		if (step >= m - at || rank == 0 || rank > rank_max(bits))
			return KK_E_SYNTAX;
		at += step;
		if (into != NULL)
			merge_registers(&into->reg[at], &rank, 1);
	}
	if (w.failed)
		return KK_E_TRUNCATED;
	return wire_left(&w) > 0 ? KK_E_SYNTAX : KK_OK;
}

int
sketch_decode(const uint8_t *in, size_t len, struct sketch *into)
{
	struct wire w = wire_over(in, len);
	unsigned bits = wire_u8(&w), form = wire_u8(&w);
	int rc;

	if (w.failed)
		return KK_E_TRUNCATED;
	if (bits < SKETCH_BITS_MIN || bits > SKETCH_BITS_MAX || form > SPARSE)
		return KK_E_SYNTAX;
	if (into != NULL && into->bits != bits)
		return KK_E_TYPE;
	if (form == DENSE)
		return decode_dense(w, bits, into);
	if ((rc = decode_sparse(w, bits, NULL)) == KK_OK && into != NULL)
		rc = decode_sparse(w, bits, into);
	return rc;
}
