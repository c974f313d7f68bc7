/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http.h - requests and answers; the one file pair that knows libmicrohttpd is http.c. */
#ifndef KK_WEB_HTTP_H
#define KK_WEB_HTTP_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "lib/region.h"
#include "web/url.h"

struct web_request {
	struct region
	    *region; /* everything made for this request; given back when the answer is sent */
	struct url_path path;
	void *connection; /* http.c's */
};

/* What a handler fills. `body` is in the region, or static, or malloc'd with `owned` set. */
struct web_answer {
	unsigned status; /* HTTP status; 200 at first */
	const char *type;
	const void *body;
	size_t len;
	int owned;	      /* 1: http.c frees `body` */
	const char *download; /* file name for Content-Disposition; NULL: none */
	const char *etag;     /* quoted; NULL: not cached */
};

typedef void (*web_handler)(void *app, const struct web_request *rq, struct web_answer *a);

struct http;

/**
 * Listen and serve, in threads of its own.
 *
 * @param listen   "ADDRESS:PORT", "[::1]:8080"; port 0 picks one.
 * @param handler  Called for every GET and HEAD, from several threads at a time.
 * @param app      For `handler`.
 * @param out      Receives the server; http_stop() ends and frees it.
 * @param d        Why not: the address in use, ...
 * @retval KK_OK
 * @retval KK_E_RANGE
 * @retval KK_E_BUSY
 * @retval KK_E_DENIED
 */
int http_start(
    const char *listen, web_handler handler, void *app, struct http **out, struct diag *d);

/** The port that is listened on. @param h Server. @return Port. */
unsigned http_port(const struct http *h);

/** Stop: what is being answered is answered first. @param h Server, NULL is allowed. */
void http_stop(struct http *h);

/**
 * A query parameter, decoded.
 *
 * @param rq    Request.
 * @param name  Its name.
 * @return      Text in the region, NULL: absent, empty or malformed.
 */
const char *http_query(const struct web_request *rq, const char *name);

/** A whole number from the query. @param rq Request. @param name Name. @param min Least. @param max
 * Most. @param otherwise If absent. @param out Receives it. @return 1, or 0: not a number or out of
 * range. */
int http_query_int(const struct web_request *rq, const char *name, int64_t min, int64_t max,
    int64_t otherwise, int64_t *out);

/** Whether the client's If-None-Match fits. @param rq Request. @param etag Quoted tag. @return 1 or
 * 0. */
int http_not_modified(const struct web_request *rq, const char *etag);

/** Answer with JSON; takes the reference, NULL is "out of memory". @param a Answer. @param status
 * HTTP status. @param json Value. */
void answer_json(struct web_answer *a, unsigned status, json_t *json);

/** Answer with {"error": text}. @param a Answer. @param status HTTP status. @param fmt printf
 * format. */
void answer_error(struct web_answer *a, unsigned status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/** Answer with the status that fits a return code: 404, 400, 503, 500. @param a Answer. @param rc
 * KK_E_... @param text For the person. */
void answer_rc(struct web_answer *a, int rc, const char *text);

#endif
