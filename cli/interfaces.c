/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/interfaces.h"

#include <inttypes.h>
#include <stdio.h>

#include "alerts/device_json.h"
#include "cli/person.h"
#include "lib/grid.h"
#include "lib/text.h"
#include "rrd/db/port.h"

/* Names of ifOperStatus and ifAdminStatus (RFC 2863), and of pethPsePortDetectionStatus (RFC 3621);
 * NULL: unknown. */
static const char *
status_name(int64_t n)
{
	static const char *const names[] = {
	    NULL, "up", "down", "testing", "unknown", "dormant", "not_present", "lower_layer_down"};

	return n > 0 && n < (int64_t)(sizeof(names) / sizeof(names[0])) ? names[n] : NULL;
}

static const char *
poe_name(int64_t n)
{
	static const char *const names[] = {
	    NULL, "disabled", "searching", "delivering", "fault", "test", "other_fault"};

	return n > 0 && n < (int64_t)(sizeof(names) / sizeof(names[0])) ? names[n] : NULL;
}

static json_t *
number(int64_t n)
{
	return n == PORT_UNKNOWN ? json_null() : json_integer(n);
}

/* in + out, if both are known. */
static int64_t
sum(const struct port_counter *c)
{
	return c->in == PORT_UNKNOWN || c->out == PORT_UNKNOWN ? PORT_UNKNOWN : c->in + c->out;
}

static void
put_json(void *ctx, const struct port_row *r)
{
	json_t *list = ctx, *o = json_object();

	json_object_set_new(o, "name", device_json_text(r->name));
	json_object_set_new(o, "descr", device_json_text(r->descr));
	json_object_set_new(o, "alias", device_json_text(r->alias));
	json_object_set_new(o, "mac", device_json_text(r->mac));
	json_object_set_new(o, "index", number(r->index));
	json_object_set_new(o, "type", number(r->type));
	json_object_set_new(o, "admin", device_json_text(status_name(r->admin)));
	json_object_set_new(o, "oper", device_json_text(status_name(r->oper)));
	json_object_set_new(o, "speed_mbps", number(r->mbps));
	json_object_set_new(o, "octets_in", number(r->pair[PAIR_OCTETS].in));
	json_object_set_new(o, "octets_out", number(r->pair[PAIR_OCTETS].out));
	json_object_set_new(o, "errors", number(sum(&r->pair[PAIR_ERRORS])));
	json_object_set_new(o, "errors_in", number(r->pair[PAIR_ERRORS].in));
	json_object_set_new(o, "errors_out", number(r->pair[PAIR_ERRORS].out));
	json_object_set_new(o, "discards", number(sum(&r->pair[PAIR_DISCARDS])));
	json_object_set_new(o, "optical_rx_dbm",
	    r->rx_mdbm == PORT_UNKNOWN ? json_null() : json_real((double)r->rx_mdbm / 1000));
	json_object_set_new(o, "poe", device_json_text(poe_name(r->poe)));
	json_object_set_new(o, "poe_mw", number(r->poe_mw));
	json_object_set_new(o, "time", device_json_time(r->time_s));
	json_array_append_new(list, o);
}

json_t *
interfaces_json(const struct cli *c, struct db *db, uint32_t device)
{
	json_t *list = json_array();
	struct diag d = {""};

	if (list == NULL || port_rows_read(db, device, put_json, list, &d) == KK_OK)
		return list;
	cli_say(c, "%s", d.text);
	json_decref(list);
	return NULL;
}

/* ---- for a person ---- */

struct table {
	const struct cli *c;
	struct grid *g;
	size_t n;
};

static void
cell_number(struct grid *g, int64_t n)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64, n);
	grid_cell(g, n == PORT_UNKNOWN ? NULL : text);
}

static void
put_row(void *ctx, const struct port_row *r)
{
	struct table *t = ctx;
	char text[64];

	grid_cell(t->g, r->name);
	grid_coloured(t->g, status_name(r->oper), r->oper == 2 ? "31" : NULL);
	cell_number(t->g, r->mbps);
	for (int out = 0; out < 2; out++) {
		int64_t n = out ? r->pair[PAIR_OCTETS].out : r->pair[PAIR_OCTETS].in;

		grid_cell(t->g, n == PORT_UNKNOWN ? NULL : text_si((double)n, "B", text));
	}
	cell_number(t->g, sum(&r->pair[PAIR_ERRORS]));
	cell_number(t->g, sum(&r->pair[PAIR_DISCARDS]));
	snprintf(text, sizeof(text), "%.2f", (double)r->rx_mdbm / 1000);
	grid_cell(t->g, r->rx_mdbm == PORT_UNKNOWN ? NULL : text);
	grid_cell(t->g, poe_name(r->poe));
	grid_cell(t->g, r->alias);
	grid_cell(t->g, person_time(r->time_s, text));
	t->n++;
}

int
interfaces_print(const struct cli *c, struct db *db, uint32_t device)
{
	static const enum text_id headings[] = {TEXT_INTERFACE, TEXT_STATE, TEXT_MBPS,
	    TEXT_OCTETS_IN, TEXT_OCTETS_OUT, TEXT_ERRORS, TEXT_DISCARDS, TEXT_OPTICAL_RX, TEXT_POE,
	    TEXT_ALIAS, TEXT_SAMPLE_TIME};
	struct table t = {.c = c, .g = grid_new(11, "llrrrrrrlll")};
	struct diag d = {""};
	int rc = t.g == NULL ? KK_E_NOMEM : KK_OK;

	for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]) && rc == KK_OK; i++)
		grid_cell(t.g, i18n(c->lang, headings[i]));
	if (rc == KK_OK)
		rc = port_rows_read(db, device, put_row, &t, &d);
	if (rc == KK_OK && t.n > 0) {
		putchar('\n');
		rc = grid_print(t.g, stdout, c->colour);
	}
	grid_free(t.g);
	if (rc == KK_OK)
		return CLI_DONE;
	cli_say(c, "%s", d.text[0] ? d.text : kk_strerror(rc));
	return CLI_FAILED;
}
