/* SPDX-License-Identifier: GPL-3.0-or-later */
/* err.h - what can go wrong, in one list, and the words that tell a person where. */
#ifndef KK_LIB_ERR_H
#define KK_LIB_ERR_H

/* Outcomes that are no failures: 0 and up. */
#define KK_OUTCOMES(KK_ERR)                                                                    \
	KK_ERR(OK, "done")                                                                     \
	KK_ERR(RESTART, "the counter started from 0 between two readings")                     \
	KK_ERR(REBASED, "the counter was taken over without counting: what passed is unknown") \
	KK_ERR(END, "nothing more to read")

/* Failures: -1 and down. Add at the end; the number never leaves the process. */
#define KK_ERRORS(KK_ERR)                               \
	KK_ERR(NOMEM, "out of memory")                  \
	KK_ERR(IO, "input or output error")             \
	KK_ERR(FULL, "no room left")                    \
	KK_ERR(NOTFOUND, "not found")                   \
	KK_ERR(EXISTS, "exists already")                \
	KK_ERR(SYNTAX, "malformed")                     \
	KK_ERR(RANGE, "out of range")                   \
	KK_ERR(TYPE, "wrong type")                      \
	KK_ERR(ORDER, "not newer than what is known")   \
	KK_ERR(CORRUPT, "damaged or not ours")          \
	KK_ERR(VERSION, "made by another version")      \
	KK_ERR(BUSY, "in use")                          \
	KK_ERR(DENIED, "permission denied")             \
	KK_ERR(SILENT, "no answer in time")             \
	KK_ERR(REFUSED, "refused by the peer")          \
	KK_ERR(CLOSED, "closed")                        \
	KK_ERR(UNSUPPORTED, "not supported")            \
	KK_ERR(TRUNCATED, "cut short")                  \
	KK_ERR(FORGED, "not from whom it claims to be") \
	KK_ERR(DB, "database error")

#define KK_AS_OUTCOME(name, text) KK_##name,
#define KK_AS_INDEX(name, text)	  KK_INDEX_##name,
#define KK_AS_ERROR(name, text)	  KK_E_##name = -KK_INDEX_##name - 1,

enum kk_outcome { KK_OUTCOMES(KK_AS_OUTCOME) };
enum kk_error_index { KK_ERRORS(KK_AS_INDEX) KK_INDEX_COUNT };
enum kk_error { KK_ERRORS(KK_AS_ERROR) };

/**
 * The words for a return code.
 *
 * @param rc  KK_OK, another outcome, or KK_E_...; any other int is allowed.
 * @return    Static text in English, never NULL.
 */
const char *kk_strerror(int rc);

/**
 * The KK_E_... that fits an errno value.
 *
 * @param err  errno; 0 gives KK_OK, an unknown one KK_E_IO.
 * @return     KK_OK or a negative KK_E_... code.
 */
int kk_from_errno(int err);

/* Where and why: a text for a person that names file, line, key or device. A plain value. */
struct diag {
	char text[512]; /* UTF-8, NUL-terminated, cut at a character */
};

/**
 * Say why, and pass the return code on: `return diag_set(d, KK_E_SYNTAX, "%s:%u: ...", ...);`
 *
 * @param d    Receives the text; NULL is allowed.
 * @param rc   Return code to hand back.
 * @param fmt  printf format of the text.
 * @return     `rc`.
 */
int diag_set(struct diag *d, int rc, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
