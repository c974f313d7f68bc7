/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metrics.c - /metrics in OpenMetrics text: districts and the city, not every AP (USERS.md,
 * "Cardinality"). */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/collector.h"
#include "web/api.h"
#include "web/app.h"
#include "web/collector_metrics.h"
#include "web/model.h"

/* A label's value: backslash, quote and line feed are escaped (OpenMetrics 1.0.0, ABNF
 * escaped-string). */
static void
put_label(FILE *f, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\\' || *text == '"')
			fputc('\\', f);
		if (*text == '\n')
			fputs("\\n", f);
		else
			fputc(*text, f);
	}
}

static void
put_state(FILE *f, const struct view_sum *s, const char *state, uint32_t n)
{
	fputs("kkachi_access_points{district=\"", f);
	put_label(f, s->name);
	fprintf(f, "\",state=\"%s\"} %u\n", state, n);
}

static void
put_states(FILE *f, const struct view *v)
{
	fputs("# TYPE kkachi_access_points gauge\n# HELP kkachi_access_points Access points by "
	      "district and state.\n",
	    f);
	for (size_t i = 0; i < v->n_districts; i++)
		for (int state = 0; state < STATE_COUNT; state++)
			put_state(f, &v->districts[i], state_name(state),
			    v->districts[i].in_state[state]);
}

/* One gauge per district; `known` tells how many access points the figure was known of: none, no
 * line. */
static void
put_gauge(
    FILE *f, const struct view *v, const char *name, const char *unit, const char *help, int which)
{
	fprintf(f, "# TYPE %s gauge\n", name);
	if (unit)
		fprintf(f, "# UNIT %s %s\n", name, unit);
	fprintf(f, "# HELP %s %s\n", name, help);
	for (size_t i = 0; i < v->n_districts; i++) {
		const struct view_sum *s = &v->districts[i];
		double value = which == 0   ? (double)s->clients
			       : which == 1 ? s->down_rate
					    : s->up_rate;

		if ((which == 0 ? s->clients_known : s->rate_known) == 0)
			continue;
		fprintf(f, "%s{district=\"", name);
		put_label(f, s->name);
		fprintf(f, "\"} %.0f\n", value);
	}
}

/* A scraper waits for kkachid no longer than that. */
#define PATIENCE_MS 500

/* What kkachid says of itself; nothing where none runs. */
static void
put_collector(FILE *f, const struct conf *c)
{
	struct diag why;
	char *status;

	if (collector_ask(c, "status", NULL, PATIENCE_MS, &status, &why) != KK_OK)
		return;
	collector_metrics(f, status);
	free(status);
}

void
api_metrics(struct app *app, const struct web_request *rq, struct web_answer *a)
{
	const struct view *v = model_view(app->model);
	char *text = NULL;
	size_t len = 0;
	FILE *f;

	(void)rq;
	if (v == NULL || (f = open_memstream(&text, &len)) == NULL) {
		model_release(app->model, v);
		answer_error(a, 503, "the store cannot be read");
		return;
	}
	fputs("# TYPE kkachi_build info\n# HELP kkachi_build "
	      "Version.\nkkachi_build_info{version=\"" PACKAGE_VERSION "\"} 1\n",
	    f);
	fprintf(f,
	    "# TYPE kkachi_collector_up gauge\n# HELP kkachi_collector_up Whether the collector "
	    "wrote of late.\n"
	    "kkachi_collector_up %d\n",
	    !v->picture->collector_silent);
	if (v->picture->touched_cs != 0)
		fprintf(f,
		    "# TYPE kkachi_data_timestamp_seconds gauge\n# UNIT "
		    "kkachi_data_timestamp_seconds seconds\n"
		    "# HELP kkachi_data_timestamp_seconds When the collector last wrote.\n"
		    "kkachi_data_timestamp_seconds %lld.%02d\n",
		    (long long)(v->picture->touched_cs / 100), (int)(v->picture->touched_cs % 100));
	put_states(f, v);
	put_gauge(f, v, "kkachi_clients", NULL, "Stations associated now.", 0);
	put_gauge(
	    f, v, "kkachi_down_bytes_per_second", NULL, "Octets per second towards clients.", 1);
	put_gauge(f, v, "kkachi_up_bytes_per_second", NULL, "Octets per second from clients.", 2);
	put_collector(f, app->conf);
	fputs("# EOF\n", f);
	model_release(app->model, v);
	if (fclose(f) != 0 || text == NULL) {
		free(text);
		answer_error(a, 503, "out of memory");
		return;
	}
	a->type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
	a->body = text;
	a->len = len;
	a->owned = 1;
}

void
api_health(struct app *app, const struct web_request *rq, struct web_answer *a)
{
	const struct view *v = model_view(app->model);
	int alive = v != NULL && !v->picture->collector_silent;

	(void)rq;
	if (v == NULL)
		answer_error(a, 503, "the store cannot be read");
	else if (!alive)
		answer_error(a, 503, "the collector has not written of late");
	else
		answer_json(a, 200, json_pack("{s:s}", "status", "ok"));
	model_release(app->model, v);
}
