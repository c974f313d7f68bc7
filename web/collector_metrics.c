/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/collector_metrics.h"

#include <jansson.h>
#include <string.h>

#define NAME_ROOM 120
#define DEPTH_MAX 4

/* What goes up and down; all else counts up. */
static const char *const gauges[] = {"interval", "devices", "unusable", "slow_lane", "in_flight",
    "clients", "archive_waiting", "controllers", "running", "listed", "connected", "missing",
    "strangers", "elsewhere"};
/* Groups of which nothing counts up: the newest sweep. */
#define GAUGES_OF "kkachi_collector_sweep"

static int
is_gauge(const char *group, const char *key, const json_t *value)
{
	if (json_is_boolean(value) || strncmp(group, GAUGES_OF, strlen(GAUGES_OF)) == 0)
		return 1;
	for (size_t i = 0; i < sizeof(gauges) / sizeof(gauges[0]); i++)
		if (strcmp(key, gauges[i]) == 0)
			return 1;
	return 0;
}

/* Names are kkachid's own; nothing else may get into a line. */
static int
is_word(const char *key)
{
	return key[0] != '\0' && key[strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

static void
put_number(FILE *f, const char *group, const char *key, const json_t *value)
{
	int gauge = is_gauge(group, key, value);
	json_int_t n = json_is_boolean(value) ? json_is_true(value) : json_integer_value(value);

	fprintf(f, "# TYPE %s_%s %s\n%s_%s%s %" JSON_INTEGER_FORMAT "\n", group, key,
	    gauge ? "gauge" : "counter", group, key, gauge ? "" : "_total", n);
}

static void
put_drops(FILE *f, const char *group, json_t *drops)
{
	const char *reason;
	json_t *n;

	fprintf(f, "# TYPE %s_drops counter\n", group);
	json_object_foreach(drops, reason, n) if (is_word(reason) && json_is_integer(n))
	    fprintf(f, "%s_drops_total{reason=\"%s\"} %" JSON_INTEGER_FORMAT "\n", group, reason,
		json_integer_value(n));
}

static void
put_group(FILE *f, const char *group, json_t *all, int depth)
{
	const char *key;
	json_t *value;

	json_object_foreach(all, key, value)
	{
		char name[NAME_ROOM];

		if (!is_word(key))
			continue;
		if (json_is_integer(value) || json_is_boolean(value)) {
			put_number(f, group, key, value);
		} else if (json_is_object(value) && strcmp(key, "drops") == 0) {
			put_drops(f, group, value);
		} else if (json_is_object(value) && depth < DEPTH_MAX &&
			   snprintf(name, sizeof(name), "%s_%s", group, key) < (int)sizeof(name)) {
			put_group(f, name, value, depth + 1);
		}
	}
}

void
collector_metrics(FILE *f, const char *status)
{
	json_t *all = json_loads(status, 0, NULL);

	if (json_is_object(all))
		put_group(f, "kkachi_collector", all, 0);
	json_decref(all);
}
