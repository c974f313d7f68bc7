/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * book.h - a bounded table of things that are open for a while, and for another while known to be
 * closed. It holds keys, order and times; what belongs to an entry stands in an array of its user,
 * at the same place. All memory is taken at once; every operation takes constant time.
 *
 * Keys are pseudonyms, so that nobody from outside can choose ones that collide.
 */
#ifndef KK_PROBES_BOOK_H
#define KK_PROBES_BOOK_H

#include <stddef.h>
#include <stdint.h>

#define BOOK_NONE UINT32_MAX

struct book;

/** @param capacity Entries, 1 to 2^24. @return NULL: out of memory; book_free() frees it. */
struct book *book_new(size_t capacity);

/** @param b Book, NULL is allowed. */
void book_free(struct book *b);

/** @param b Book. @param key Key. @return Its place, BOOK_NONE: it is not in it. */
uint32_t book_find(const struct book *b, uint64_t key);

/** @param b Book. @param at Place in use. @return 1: open, 0: closed. */
int book_is_open(const struct book *b, uint32_t at);

/** Add an open entry; in a full book in place of what was closed longest ago. @param b Book. @param
 * key Key that is not in it. @param now_us Time. @return Place; BOOK_NONE: all are open. */
uint32_t book_add(struct book *b, uint64_t key, int64_t now_us);

/** Something was heard of an entry: it is open, and last in its order. @param b Book. @param at
 * Place in use. @param now_us Time. */
void book_touch(struct book *b, uint32_t at, int64_t now_us);

/** Close an entry. @param b Book. @param at Place in use. @param now_us Time. */
void book_close(struct book *b, uint32_t at, int64_t now_us);

/** The open entry that was not heard of for longest. @param b Book. @param before_us Heard of
 * before this. @return Place; BOOK_NONE: there is none. */
uint32_t book_idle(const struct book *b, int64_t before_us);

/** Forget entries that were closed. @param b Book. @param before_us Closed before this. */
void book_forget(struct book *b, int64_t before_us);

#endif
