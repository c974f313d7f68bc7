/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rows.h - tables as walked from a device: rows by instance, and which of them a rule means. */
#ifndef KK_COLLECTOR_ROWS_H
#define KK_COLLECTOR_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "collector/profile/profile.h"
#include "collector/snmp/answer.h"

/* One value. */
struct cell {
	uint8_t type; /* enum vb_type; 0: the device lacks it */
	uint8_t len;  /* octets of a text, cut at 255 */
	uint32_t at;  /* they start here in the rows' store */
	int64_t number;
};

struct rows_table {
	unsigned n, room;
	uint8_t *inst_len;
	uint32_t *inst_at; /* in rows.sub */
	struct cell *cell; /* room × columns */
	int64_t *when_cs;  /* when a row was put last; see rows.now_cs */
	uint32_t *slot;	   /* instances to rows + 1, open addressing; 0: free */
	unsigned slots;	   /* a power of two, at least twice the room */
	unsigned cursor;   /* where the last row was found: columns come in the same order */
	int cut;	   /* it had more rows than the profile allows */
};

struct rows {
	const struct profile *profile;
	struct oid own; /* sysObjectID of the device; .len 0: unknown */
	int64_t now_cs; /* what rows that are put get as their time; the caller's, any unit */
	struct rows_table table[PROFILE_TABLES];
	uint8_t *octets;
	size_t n_octets, octets_room;
	unsigned long *sub;
	size_t n_sub, sub_room;
};

/** Empty tables. @param r Receives them; rows_forget() frees what they hold. @param p Profile;
 * borrowed. */
void rows_init(struct rows *r, const struct profile *p);

/** @param r Tables. */
void rows_forget(struct rows *r);

/**
 * The object of a column.
 * @param r Tables.
 * @param c Column.
 * @param out Receives it.
 * @return 1, or 0: it is an index, or stands below a sysObjectID that is not known.
 */
int rows_column(const struct rows *r, struct column_ref c, struct oid *out);

/**
 * Take a value in.
 * @param r Tables.
 * @param c Its column.
 * @param inst Instance: the sub-identifiers after the column's.
 * @param len Count, 1 .. OID_MAX.
 * @param vb Value.
 * @retval KK_OK
 * @retval KK_E_FULL The table has as many rows as the profile allows.
 * @retval KK_E_NOMEM
 */
int rows_put(struct rows *r, struct column_ref c, const unsigned long *inst, size_t len,
    const struct varbind *vb);

/** A value. @param r Tables. @param c Column. @param row Index. @return Borrowed; type 0: unknown.
 */
const struct cell *rows_cell(const struct rows *r, struct column_ref c, unsigned row);

/** A text's octets. @param r Tables. @param c Cell. @return Borrowed, c->len of them. */
const uint8_t *rows_text(const struct rows *r, const struct cell *c);

/** Whether a cell holds a number: of any numeric type, or decimal text. @param r Tables. @param c
 * Cell. @param out Receives it. @return 1 or 0. */
int rows_number(const struct rows *r, const struct cell *c, int64_t *out);

/** Whether two cells hold the same text or number. @param r Tables. @param a Cell. @param b Cell.
 * @return 1 or 0; empty texts are equal to nothing. */
int rows_equal(const struct rows *r, const struct cell *a, const struct cell *b);

/**
 * The name of an object in a row: the column's, then the row's instance.
 *
 * @param r    Tables.
 * @param c    Column.
 * @param row  Row of the column's table.
 * @param out  Receives the sub-identifiers.
 * @return     Count, 0: too long.
 */
size_t rows_name(
    const struct rows *r, struct column_ref c, unsigned row, unsigned long out[OID_MAX]);

/** The row that is joined to a row. @param r Tables. @param via How. @param row Row of the table
 * that `via->here` is of. @return Row of via->table; UINT_MAX: none. */
unsigned rows_join(const struct rows *r, const struct join *via, unsigned row);

/** Whether a row is meant. @param r Tables. @param s Rule. @param row Row of its table. @return 1
 * or 0. */
int rows_selected(const struct rows *r, const struct selection *s, unsigned row);

/** A number as an agent wrote it. @param vb Value. @param out Receives it. @return 1, or 0: it is
 * none. */
int varbind_number(const struct varbind *vb, int64_t *out);

#endif
