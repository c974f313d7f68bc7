/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/archive/rrdlook.h"

#include <rrd.h>
#include <stdlib.h>
#include <string.h>

#include "rrd/archive/rrderr.h"
#include "rrd/archive/schema.h"

#define RRAS_MAX  16
#define YEAR_2100 INT64_C(4102444800)

/* What has been read of one file. */
struct look {
	struct rrdlook *out;
	unsigned heartbeat;
	int newest; /* metric of the data source before: the order is ours, or values go astray */
	struct schema_rra rra[RRAS_MAX];
	unsigned long row[RRAS_MAX];
	unsigned rras;
	int foreign;
};

/* "ds[NAME].what" */
static void
see_ds(struct look *l, const rrd_info_t *i)
{
	char name[32];
	size_t len = strcspn(i->key + 3, "]");
	const char *what = strstr(i->key, "].");
	int m;

	if (len >= sizeof(name))
		len = sizeof(name) - 1;
	memcpy(name, i->key + 3, len);
	name[len] = '\0';
	m = metric_by_name(name);
	if (m < 0 || what == NULL) {
		l->foreign = 1;
		return;
	}
	if (!(l->out->mask >> m & 1)) {
		if (m < l->newest)
			l->foreign = 1;
		l->newest = m;
		l->out->mask |= METRIC_BIT(m);
	}
	if (strcmp(what, "].minimal_heartbeat") == 0 && i->value.u_cnt != l->heartbeat)
		l->out->other_heartbeat |= METRIC_BIT(m);
	if (strcmp(what, "].type") == 0 &&
	    strcmp(i->value.u_str,
		metric_info((enum metric)m)->kind == METRIC_DERIVE ? "DERIVE" : "GAUGE") != 0)
		l->foreign = 1;
}

/* "rra[N].what" */
static void
see_rra(struct look *l, const rrd_info_t *i)
{
	unsigned long n = strtoul(i->key + 4, NULL, 10);
	const char *what = strstr(i->key, "].");

	if (n >= RRAS_MAX || what == NULL) {
		l->foreign = 1;
		return;
	}
	if (n >= l->rras)
		l->rras = (unsigned)n + 1;
	if (strcmp(what, "].cf") == 0)
		l->rra[n].maxima = strcmp(i->value.u_str, "MAX") == 0;
	else if (strcmp(what, "].rows") == 0)
		l->rra[n].rows = (unsigned)i->value.u_cnt;
	else if (strcmp(what, "].cur_row") == 0)
		l->row[n] = i->value.u_cnt;
	else if (strcmp(what, "].pdp_per_row") == 0)
		l->rra[n].steps = (unsigned)i->value.u_cnt;
}

static int
is_ours(const struct look *l)
{
	const struct schema_rra *want;
	unsigned n;

	want = schema_rras(l->out->mask, &n);
	if (l->foreign || l->out->mask == 0 || l->rras != n || l->out->last_s < 0 ||
	    l->out->last_s > YEAR_2100)
		return 0;
	for (unsigned i = 0; i < n; i++)
		if (l->rra[i].maxima != want[i].maxima || l->rra[i].rows != want[i].rows ||
		    l->rra[i].steps != want[i].steps || l->row[i] >= want[i].rows)
			return 0;
	return 1;
}

int
rrdlook(const char *path, unsigned heartbeat, struct rrdlook *out, struct diag *d)
{
	struct look l = {.out = out, .heartbeat = heartbeat, .newest = -1};
	rrd_info_t *all;
	int rc;

	*out = (struct rrdlook){0};
	for (unsigned attempt = 0;; attempt++) {
		rrd_clear_error();
		all = rrd_info_r(path);
		if (all != NULL)
			break;
		rc = rrderr_take(path, d);
		if (rc == KK_E_NOTFOUND)
			return diag_set(d, rc, "%s: no such archive yet", path);
		if (rc != KK_E_BUSY || !rrderr_wait(attempt))
			return rc;
	}
	for (const rrd_info_t *i = all; i != NULL; i = i->next) {
		if (strcmp(i->key, "last_update") == 0)
			out->last_s = (int64_t)i->value.u_cnt;
		else if (strcmp(i->key, "step") == 0 && i->value.u_cnt != SCHEMA_STEP_S)
			l.foreign = 1;
		else if (strncmp(i->key, "ds[", 3) == 0)
			see_ds(&l, i);
		else if (strncmp(i->key, "rra[", 4) == 0)
			see_rra(&l, i);
	}
	rrd_info_free(all);
	if (!is_ours(&l))
		return diag_set(d, KK_E_CORRUPT, "%s: damaged, or not an archive of Kkachi", path);
	if (heartbeat == 0)
		out->other_heartbeat = 0;
	return KK_OK;
}
