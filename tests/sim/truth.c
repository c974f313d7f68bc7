/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/truth.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SHOWN_MAX 20

static void
put_device(FILE *out, const struct fleet *f, uint32_t i)
{
	const struct sim_device *d = &f->devices[i];
	const struct sim_truth *t = d->truth;
	int64_t first = t[0].first_cs, last = t[0].last_cs;
	char id[32];

	for (unsigned r = 1; r < SIM_RADIOS; r++) {
		if (t[r].first_cs && (first == 0 || t[r].first_cs < first))
			first = t[r].first_cs;
		if (t[r].last_cs > last)
			last = t[r].last_cs;
	}
	fprintf(out,
	    "{\"id\":\"%s\",\"profile\":\"%s\",\"requests\":%" PRIu64 ",\"answers\":%" PRIu64
	    ",\"reboots\":%u,\"first\":%" PRId64 ",\"last\":%" PRId64 ",\"octets_down\":%" PRIu64
	    ",\"octets_up\":%" PRIu64 ",\"raw_down\":[%" PRIu64 ",%" PRIu64 "],\"raw_up\":[%" PRIu64
	    ",%" PRIu64 "]}",
	    fleet_id(f, i, id), sim_profile_name(d->profile), d->requests, d->answers, t[0].reboots,
	    first, last, t[0].down + t[1].down, t[0].up + t[1].up, t[0].last_down, t[1].last_down,
	    t[0].last_up, t[1].last_up);
}

int
truth_write(const char *path, const struct fleet *f, const struct server_stats *s, struct diag *d)
{
	char temporary[1024];
	FILE *out;
	int bad;

	snprintf(temporary, sizeof(temporary), "%s.new", path);
	if ((out = fopen(temporary, "w")) == NULL)
		return diag_set(d, KK_E_IO, "%s: %s", temporary, strerror(errno));
	fprintf(out,
	    "{\"requests\":%" PRIu64 ",\"answers\":%" PRIu64 ",\"ignored\":%" PRIu64
	    ",\"lost\":%" PRIu64 ",\"twice\":%" PRIu64 ",\"late\":%" PRIu64 ",\"damaged\":%" PRIu64
	    ",\"forged\":%" PRIu64 ",\"octets_asked\":%" PRIu64 ",\"octets_answered\":%" PRIu64
	    ",\"span_ms\":%" PRId64 ",\"devices\":[\n",
	    s->requests, s->answers, s->ignored, s->lost, s->twice, s->late, s->damaged, s->forged,
	    s->octets_asked, s->octets_answered, s->last_ms - s->first_ms);
	for (uint32_t i = 0; i < f->n; i++) {
		put_device(out, f, i);
		fputs(i + 1 < f->n ? ",\n" : "\n", out);
	}
	fputs("]}\n", out);
	bad = ferror(out) != 0;
	if (fclose(out) != 0 || bad || rename(temporary, path) != 0) {
		unlink(temporary);
		return diag_set(d, KK_E_IO, "%s: %s", path, strerror(errno));
	}
	return KK_OK;
}

/* One device: -1 not polled, 0 equal, 1 different. */
static int
compare_one(const json_t *truth, const json_t *seen)
{
	const char *id = json_string_value(json_object_get(truth, "id"));
	json_int_t down = json_integer_value(json_object_get(truth, "octets_down"));
	json_int_t up = json_integer_value(json_object_get(truth, "octets_up"));
	const json_t *d, *u;

	if (json_integer_value(json_object_get(truth, "first")) == 0 ||
	    strcmp(json_string_value(json_object_get(truth, "profile")), "switch") == 0)
		return -1;
	d = json_object_get(seen, "odometer_down");
	u = json_object_get(seen, "odometer_up");
	if (json_is_integer(d) && json_is_integer(u) && json_integer_value(d) == down &&
	    json_integer_value(u) == up)
		return 0;
	printf("%s (%s): served %lld down %lld up, odometers %lld (%+lld) and %lld (%+lld)\n", id,
	    json_string_value(json_object_get(truth, "profile")), (long long)down, (long long)up,
	    (long long)json_integer_value(d), (long long)(json_integer_value(d) - down),
	    (long long)json_integer_value(u), (long long)(json_integer_value(u) - up));
	return 1;
}

static json_t *
load(const char *path, struct diag *d)
{
	json_error_t e;
	json_t *j = strcmp(path, "-") == 0 ? json_loadf(stdin, 0, &e) : json_load_file(path, 0, &e);

	if (j == NULL)
		diag_set(d, KK_E_SYNTAX, "%s:%d: %s", path, e.line, e.text);
	return j;
}

int
truth_compare(const char *report, const char *devices, struct diag *d)
{
	json_t *truth = load(report, d), *seen = truth ? load(devices, d) : NULL,
	       *by_id = json_object(), *item;
	json_int_t octets = 0;
	int differ = 0, equal = 0, not_polled = 0;
	size_t i;

	if (truth == NULL || seen == NULL) {
		differ = KK_E_SYNTAX;
		goto out;
	}
	json_array_foreach(seen, i, item)
	    json_object_set(by_id, json_string_value(json_object_get(item, "id")), item);
	json_array_foreach(json_object_get(truth, "devices"), i, item)
	{
		int rc = compare_one(
		    item, json_object_get(by_id, json_string_value(json_object_get(item, "id"))));

		differ += rc == 1;
		equal += rc == 0;
		not_polled += rc < 0;
		octets += json_integer_value(json_object_get(item, "octets_down")) +
			  json_integer_value(json_object_get(item, "octets_up"));
		if (differ > SHOWN_MAX && rc == 1) {
			printf("... and more\n");
			break;
		}
	}
	printf("%d equal, %d different, %d never served or not counted, %lld octets served\n",
	    equal, differ, not_polled, (long long)octets);
	if (equal + differ == 0)
		differ = diag_set(d, KK_E_NOTFOUND, "%s: no device was ever served", report);
out:
	json_decref(truth);
	json_decref(seen);
	json_decref(by_id);
	return differ;
}
