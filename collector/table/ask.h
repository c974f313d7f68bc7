/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ask.h - objects that are asked for once, while a device is learned: GETs in pieces that fit, and
 * walks with guards. What a device lacks is left out; what it does wrong ends nothing but itself.
 */
#ifndef KK_COLLECTOR_ASK_H
#define KK_COLLECTOR_ASK_H

#include "collector/snmp/engine.h"
#include "collector/table/rows.h"
#include "lib/i18n.h"

/* Requests of one ask or walk at the most: a device that lies cannot keep us for ever. */
#define ASK_REQUESTS_MAX 600

/* Told of everything that is asked and answered, for kkachi poll. */
struct ask_trace {
	void *ctx;
	enum language lang;
	void (*object)(void *ctx, const struct varbind *vb);
	void (*say)(void *ctx, const char *text); /* one sentence, in `lang` */
};

/** Tell one sentence. @param t Trace; NULL: nobody listens. @param id TEXT_TELL_... @param words
 * Texts for its places, at most 10, then NULL. */
void ask_trace_words(const struct ask_trace *t, enum text_id id, const char *const *words);

/* The same, with the words one after another; NULL is the last. */
#define ask_trace_tell(t, id, ...) ask_trace_words((t), (id), (const char *const[]){__VA_ARGS__})

/** A number for a sentence. @param out Receives the text. @param v Number. @return `out`. */
const char *ask_number(char out[12], unsigned v);

/* What is wrong with a device's tables: nothing of it ends more than a column. */
#define ASK_TROUBLES(X)                                    \
	X(SOUND, "nothing")                                \
	X(CIRCLES, "a walk goes in circles, or backwards") \
	X(ENDLESS, "a walk takes too many requests")       \
	X(ROWS, "a table has more rows than are read")
#define ASK_AS_TROUBLE(id, text) ASK_##id,
#define ASK_AS_TEXT(id, text)	 text,
enum ask_trouble { ASK_TROUBLES(ASK_AS_TROUBLE) ASK_TROUBLE_COUNT };

/* Whom to ask and how; embedded in whatever asks. */
struct ask_peer {
	struct engine *engine;
	struct peer *peer;
	int version;
	const char *community;
	const struct ask_trace *trace; /* NULL: nobody listens */
	uint8_t *trouble; /* receives enum ask_trouble, the newest; NULL: nobody wants to know */
};

/** Note what is wrong with the device. @param p Peer. @param trouble enum ask_trouble. */
void ask_trouble(const struct ask_peer *p, enum ask_trouble trouble);

struct ask;

/* A value; not called for what the device lacks. `i` is the index of ask_add(). */
typedef void (*ask_got_cb)(void *ctx, unsigned i, const struct varbind *vb);

/* The end, exactly once: KK_OK, KK_E_SILENT, KK_E_REFUSED, KK_E_CLOSED, KK_E_NOMEM, KK_E_FULL. */
typedef void (*ask_end_cb)(void *ctx, int rc);

/**
 * @param p Peer; copied.
 * @param out Receives an empty list; ask_free() frees it.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int ask_new(const struct ask_peer *p, struct ask **out);

/** @param a List, NULL is allowed; a request in flight is given up. */
void ask_free(struct ask *a);

/** Forget all names. @param a List that is not running. */
void ask_clear(struct ask *a);

/**
 * Add a name.
 *
 * @param a      List.
 * @param name   Sub-identifiers; copied.
 * @param len    Count.
 * @param group  Its column: when v1 says that one is not there, the others are not asked for.
 * @return       Its index, or KK_E_NOMEM.
 */
int ask_add(struct ask *a, const unsigned long *name, size_t len, unsigned group);

/** How many names it has. @param a List. @return Count. */
size_t ask_count(const struct ask *a);

/** Ask for all of them. @param a List. @param got Per value. @param end Once. @param ctx For both.
 * @return KK_OK: `end` will be called. Else it will not be; KK_END: there is nothing to ask. */
int ask_get(struct ask *a, ask_got_cb got, ask_end_cb end, void *ctx);

/** Ask by one GETNEXT for what follows the first name alone; `got` has index 0. @param a List.
 * @param got Per value. @param end Once. @param ctx For both. @return As ask_get(). */
int ask_next(struct ask *a, ask_got_cb got, ask_end_cb end, void *ctx);

struct walk;

/**
 * Walk the columns of a table that decide, into rows.
 *
 * @param p      Peer; copied.
 * @param rows   Receives the values; borrowed.
 * @param table  Index in the profile.
 * @param who    Whose columns.
 * @param bulk   0: GETNEXT only. Set to 0 if GETBULK turned out not to work.
 * @param end    Once.
 * @param ctx    For `end`.
 * @param out    Receives the walk; walk_free() frees it.
 * @return       KK_OK: `end` will be called. Else it will not be, and there is nothing to free;
 *               KK_END: no column is there to be walked.
 */
int walk_start(const struct ask_peer *p, struct rows *rows, unsigned table, enum walked_by who,
    int *bulk, ask_end_cb end, void *ctx, struct walk **out);

/** @param w Walk, NULL is allowed; a request in flight is given up. */
void walk_free(struct walk *w);

#endif
