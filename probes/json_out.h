/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_out.h - an object as a line of JSON, written straight to a stream: nothing is allocated, so
 * that nothing but the stream can fail. Every octet is as jansson's JSON_COMPACT has it.
 *
 * Keys are the program's own: they are not escaped. The caller gives each once per object, NULL in
 * a list, and ends what it begins. Meanwhile the stream is one thread's: it is not locked.
 */
#ifndef KK_PROBES_JSON_OUT_H
#define KK_PROBES_JSON_OUT_H

#include <stdint.h>
#include <stdio.h>

struct json_out {
	FILE *f;
	int comma; /* something stands before in what is open */
};

/** Begin a line: an object is open. @param f Stream; borrowed. @return Writer. */
struct json_out json_line(FILE *f);

/** End the line and its object. @param j Writer, all else that was begun in it ended. @return 0:
 * the stream has failed, now or before. What it still holds may fail when it is flushed. */
int json_end(struct json_out *j);

/** Begin an object or a list. @param j Writer. @param key Or NULL. @param bracket '{' or '['. */
void json_open(struct json_out *j, const char *key, char bracket);

/** End what was begun last. @param j Writer. @param bracket '}' or ']'. */
void json_close(struct json_out *j, char bracket);

/** @param j Writer. @param key Or NULL. */
void json_put_null(struct json_out *j, const char *key);

/** @param j Writer. @param key Or NULL. @param v 0: false. */
void json_put_flag(struct json_out *j, const char *key, int v);

/** @param j Writer. @param key Or NULL. @param v Any. */
void json_put_count(struct json_out *j, const char *key, uint64_t v);

/** @param j Writer. @param key Or NULL. @param v Any. */
void json_put_number(struct json_out *j, const char *key, int64_t v);

/** A count that may be unknown. @param j Writer. @param key Or NULL. @param v Negative: null. */
void json_put_known(struct json_out *j, const char *key, int64_t v);

/** @param j Writer. @param key Or NULL. @param text UTF-8; NULL, or what is not valid: null. */
void json_put_text(struct json_out *j, const char *key, const char *text);

#endif
