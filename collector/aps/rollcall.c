/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/aps/rollcall.h"

#include <stdlib.h>

/* Serial numbers, firmware, and columns that were not needed are looked at so often. */
#define WHOLE_EVERY_MS (INT64_C(6) * 3600 * 1000)
/* Rows that do not come back are given up for a worse choice. */
#define WORSE_AFTER_MS (INT64_C(24) * 3600 * 1000)

struct rollcall {
	struct ask_peer peer;
	struct peer own;
	struct rollcall_wish wish;
	struct rollcall_memory *memory;
	rollcall_done_cb done;
	uint32_t mask[PROFILE_TABLES];
	int whole;
	unsigned table;
	uint8_t column[SCAN_COLUMNS]; /* of the table that is read */
	struct oid oid[SCAN_COLUMNS];
	struct scan *scan;
	struct rows rows;
};

static void go_on(struct rollcall *c);

void
rollcall_forget(struct rollcall_memory *m)
{
	*m = (struct rollcall_memory){.entry = ROLL_NO_ENTRY};
	scan_forget(&m->bulk);
}

void
rollcall_free(struct rollcall *c)
{
	if (c == NULL)
		return;
	scan_free(c->scan);
	rows_forget(&c->rows);
	free(c);
}

static int
on_value(void *ctx, unsigned i, const unsigned long *inst, size_t len, const struct varbind *vb)
{
	struct rollcall *c = ctx;
	struct column_ref ref = {(uint8_t)c->table, c->column[i]};

	c->rows.now_cs = clock_utc_cs(c->wish.clock);
	return rows_put(&c->rows, ref, inst, len, vb);
}

static int
on_may_ask(void *ctx)
{
	struct rollcall *c = ctx;

	return c->wish.may_ask(c->wish.ctx);
}

/* ---- the end ---- */

/* What the next reading may leave out. */
static void
remember(struct rollcall *c, const struct roll *r)
{
	struct rollcall_memory *m = c->memory;
	int64_t now = clock_mono_ms(c->wish.clock);

	if (r->entry == ROLL_NO_ENTRY && m->entry != ROLL_NO_ENTRY) {
		if (m->worse_since_ms == 0)
			m->worse_since_ms = now;
		return;
	}
	m->worse_since_ms = 0;
	if (c->whole) {
		m->entry = r->entry;
		m->ways = r->ways;
		m->whole_ms = now + WHOLE_EVERY_MS;
	}
}

static void
finish(struct rollcall *c, int rc)
{
	int64_t gone = c->memory->worse_since_ms, now = clock_mono_ms(c->wish.clock);
	int give_in = gone != 0 && now - gone > WORSE_AFTER_MS;
	struct roll r;

	if (rc == KK_OK)
		rc = roll_make(c->wish.rules, &c->rows, give_in ? ROLL_NO_ENTRY : c->memory->entry,
		    c->wish.salt, &r);
	if (rc != KK_OK) {
		c->done(c->wish.ctx, rc, NULL); /* may free it */
		return;
	}
	remember(c, &r);
	c->done(c->wish.ctx, KK_OK, &r);
	roll_forget(&r);
}

static void
on_scanned(void *ctx, int rc)
{
	struct rollcall *c = ctx;

	scan_free(c->scan);
	c->scan = NULL;
	if (rc != KK_OK) {
		finish(c, rc);
		return;
	}
	c->table++;
	go_on(c);
}

/* ---- table after table ---- */

static unsigned
columns_of(struct rollcall *c, const struct oid **out)
{
	unsigned n = 0;

	for (unsigned i = 0; i < c->rows.profile->table[c->table].n; i++) {
		struct column_ref ref = {(uint8_t)c->table, (uint8_t)i};

		if (!(c->mask[c->table] >> i & 1) || !rows_column(&c->rows, ref, &c->oid[n]))
			continue;
		c->column[n] = (uint8_t)i;
		out[n] = &c->oid[n];
		n++;
	}
	return n;
}

/* KK_END: nothing is left to be read. */
static int
next_table(struct rollcall *c)
{
	struct scan_calls calls = {c, on_value, on_may_ask, on_scanned};
	const struct oid *columns[SCAN_COLUMNS];

	for (; c->table < c->rows.profile->n_tables; c->table++) {
		unsigned n = columns_of(c, columns);

		if (n > 0)
			return scan_start(&c->peer, columns, n, &c->memory->bulk, &calls, &c->scan);
	}
	return KK_END;
}

static void
go_on(struct rollcall *c)
{
	int rc = next_table(c);

	if (rc != KK_OK)
		finish(c, rc == KK_END ? KK_OK : rc);
}

int
rollcall_start(const struct ask_peer *p, const struct rollcall_wish *wish,
    struct rollcall_memory *memory, rollcall_done_cb done, struct rollcall **out)
{
	struct rollcall *c = calloc(1, sizeof(*c));
	int rc;

	if (c == NULL)
		return KK_E_NOMEM;
	c->own = *p->peer;
	c->own.slot = NULL;
	c->peer = *p;
	c->peer.peer = &c->own;
	c->wish = *wish;
	c->memory = memory;
	c->done = done;
	c->whole = clock_mono_ms(wish->clock) >= memory->whole_ms || memory->worse_since_ms != 0;
	rows_init(&c->rows, wish->rules->rows);
	roll_needs(
	    wish->rules, c->whole ? ROLL_NO_ENTRY : memory->entry, memory->ways, c->whole, c->mask);
	*out = c; /* before: it is resumed by it */
	if ((rc = next_table(c)) != KK_OK) {
		*out = NULL;
		rollcall_free(c);
		return rc == KK_END ? KK_E_NOTFOUND : rc;
	}
	return KK_OK;
}

void
rollcall_resume(struct rollcall *c)
{
	if (c->scan != NULL)
		scan_resume(c->scan);
}
