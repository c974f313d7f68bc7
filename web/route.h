/* SPDX-License-Identifier: GPL-3.0-or-later */
/* route.h - which address is answered by whom, as a table; the OpenAPI description is made from it.
 */
#ifndef KK_WEB_ROUTE_H
#define KK_WEB_ROUTE_H

#include "web/http.h"

struct app; /* app.h: what handlers share */

#define ROUTE_PARAMS_MAX 8

struct route_param {
	const char *name; /* NULL ends the list */
	const char *about;
};

struct route {
	const char *path; /* "/api/v1/devices/{id}": {} matches one part, handed on as rq->path */
	void (*handle)(struct app *app, const struct web_request *rq, struct web_answer *a);
	const char *about;
	struct route_param query[ROUTE_PARAMS_MAX];
};

/** Answer a request: the route that fits, else the page's files. A web_handler. @param app struct
 * app. @param rq Request. @param a Answer. */
void route_answer(void *app, const struct web_request *rq, struct web_answer *a);

/**
 * Whether a path fits a pattern. Pure.
 *
 * @param pattern  As in struct route.
 * @param p        Decoded path.
 * @return         1 or 0.
 */
int route_fits(const char *pattern, const struct url_path *p);

#endif
