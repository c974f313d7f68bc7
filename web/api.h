/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api.h - the handlers, one per route; see route.c for what each answers. */
#ifndef KK_WEB_API_H
#define KK_WEB_API_H

#include "web/http.h"

struct app;

/** GET /api/v1/summary. @param app Shared. @param rq Request. @param a Answer. */
void api_summary(struct app *app, const struct web_request *rq, struct web_answer *a);
/** GET /api/v1/devices. @param app Shared. @param rq Request. @param a Answer. */
void api_devices(struct app *app, const struct web_request *rq, struct web_answer *a);
/** GET /api/v1/devices/{id}. @param app Shared. @param rq Request. @param a Answer. */
void api_device(struct app *app, const struct web_request *rq, struct web_answer *a);
/** GET /api/v1/devices/{id}/series. @param app Shared. @param rq Request. @param a Answer. */
void api_device_series(struct app *app, const struct web_request *rq, struct web_answer *a);
/** GET /api/v1/devices/{id}/graph.png. @param app Shared. @param rq Request. @param a Answer. */
void api_device_graph(struct app *app, const struct web_request *rq, struct web_answer *a);
/** GET /api/v1/areas/city/series. @param app Shared. @param rq Request. @param a Answer. */
void api_city_series(struct app *app, const struct web_request *rq, struct web_answer *a);
/** GET /api/v1/areas/{kind}/{name}/series. @param app Shared. @param rq Request. @param a Answer.
 */
void api_area_series(struct app *app, const struct web_request *rq, struct web_answer *a);
/** GET /api/v1/usage. @param app Shared. @param rq Request. @param a Answer. */
void api_usage(struct app *app, const struct web_request *rq, struct web_answer *a);
/** GET /api/v1/events. @param app Shared. @param rq Request. @param a Answer. */
void api_events(struct app *app, const struct web_request *rq, struct web_answer *a);
/** GET /metrics. @param app Shared. @param rq Request. @param a Answer. */
void api_metrics(struct app *app, const struct web_request *rq, struct web_answer *a);
/** GET /healthz. @param app Shared. @param rq Request. @param a Answer. */
void api_health(struct app *app, const struct web_request *rq, struct web_answer *a);

#endif
