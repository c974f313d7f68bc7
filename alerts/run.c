/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alerts/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "alerts/decide.h"

int
alert_lock(const char *state_dir, int *fd, struct diag *d)
{
	char path[4096];
	int rc;

	snprintf(path, sizeof(path), "%s/alert.lock", state_dir);
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0660);
	if (*fd < 0)
		return diag_set(d, kk_from_errno(errno), "%s: %s", path, strerror(errno));
	if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
		return KK_OK;
	if (errno == EWOULDBLOCK)
		rc = diag_set(d, KK_E_BUSY, "%s: another alert run holds it", path);
	else
		rc = diag_set(d, kk_from_errno(errno), "%s: %s", path, strerror(errno));
	close(*fd);
	*fd = -1;
	return rc;
}

static struct incident
incident_of(const struct outage *o, int64_t now_s)
{
	return (struct incident){.kind = outage_kind_name(o->kind),
	    .cause = o->dev ? o->dev->id : OUTAGE_COLLECTOR,
	    .state = "firing",
	    .since_s = o->since_s ? o->since_s : now_s,
	    .affected = o->affected,
	    .suppressed = o->suppressed};
}

static int
keep(const struct alert_run *r, const struct decision *x, struct diag *d)
{
	struct incident i;

	switch (x->what) {
	case DECISION_BEGIN:
		i = incident_of(x->outage, r->now_s);
		return incident_begin(r->db, &i, d);
	case DECISION_GROW:
		return incident_grow(
		    r->db, x->incident->num, x->outage->affected, x->outage->suppressed, d);
	default:
		return incident_end(r->db, x->incident->num, x->ended_s, d);
	}
}

/* Only what differs from the last run is written: mostly nothing. */
static int
keep_states(const struct alert_run *r, struct diag *d)
{
	struct kept_state *old = NULL, *fresh = NULL;
	const struct picture *p = r->picture;
	char(*reasons)[160] = NULL;
	size_t n_old = 0, n = 0, k = 0;
	int rc = kept_states_read(r->db, &old, &n_old, d);

	if (rc != KK_OK)
		return rc;
	fresh = calloc(p->n + 1, sizeof(*fresh));
	reasons = calloc(p->n + 1, sizeof(*reasons));
	if (fresh == NULL || reasons == NULL)
		rc = KK_E_NOMEM;
	for (size_t i = 0; i < p->n && rc == KK_OK; i++) {
		const struct standing *s = &p->rows[i];
		const char *name = state_name(s->verdict.state);

		while (k < n_old && old[k].device < s->dev->num)
			k++;
		if (k < n_old && old[k].device == s->dev->num && strcmp(old[k].state, name) == 0)
			continue;
		state_reason(&s->verdict, picture_cause(p, &s->verdict), LANG_EN, reasons[n],
		    sizeof(reasons[n]));
		fresh[n] = (struct kept_state){.device = s->dev->num,
		    .reason = reasons[n],
		    .since_s = s->verdict.since_s ? s->verdict.since_s : r->now_s};
		snprintf(fresh[n].state, sizeof(fresh[n].state), "%s", name);
		n++;
	}
	if (rc == KK_OK)
		rc = kept_states_write(r->db, fresh, n, d);
	free(old);
	free(fresh);
	free(reasons);
	return rc;
}

int
alert_decide(const struct alert_run *r, struct diag *d)
{
	struct decisions all = {NULL, 0};
	struct incidents *known = NULL;
	int rc;

	if (r->dry_run)
		return KK_OK;
	if ((rc = db_begin(r->db, d)) != KK_OK)
		return rc;
	rc = incidents_read(r->db, INT64_MAX, &known, d);
	if (rc == KK_OK)
		rc = decide(r->picture, r->inventory, known, r->now_s, &all);
	for (size_t i = 0; i < all.n && rc == KK_OK; i++)
		rc = keep(r, &all.rows[i], d);
	if (rc == KK_OK)
		rc = keep_states(r, d);
	if (rc == KK_OK)
		rc = db_commit_synced(r->db, d);
	else
		db_rollback(r->db);
	free(all.rows);
	incidents_free(known);
	return rc;
}

static void
add(struct alert_result *x, const struct alert_run *r, const struct incident *i)
{
	x->rows[x->n++] = notice_make(i, r->inventory, r->picture);
	if (i->num != 0 && i->changed > x->newest)
		x->newest = i->changed;
}

/* What the decisions would make of the incidents. */
static void
pretend(struct alert_result *x, const struct alert_run *r, const struct decisions *all)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct decision *k = &all->rows[i];
		struct incident begun;

		if (k->what == DECISION_BEGIN) {
			begun = incident_of(k->outage, r->now_s);
			begun.changed = INT64_MAX;
			add(x, r, &begun);
			continue;
		}
		for (size_t j = 0; j < x->n; j++) {
			struct incident *in = &x->rows[j].incident;

			if (in->num != k->incident->num)
				continue;
			if (k->what == DECISION_END) {
				in->state = "resolved";
				in->ended_s = k->ended_s;
				in->changed = INT64_MAX;
			} else {
				in->affected = k->outage->affected;
				in->suppressed = k->outage->suppressed;
			}
		}
	}
}

int
alert_notices(const struct alert_run *r, int64_t heard, struct alert_result *x, struct diag *d)
{
	struct decisions all = {NULL, 0};
	int rc;

	memset(x, 0, sizeof(*x));
	x->newest = heard;
	if ((rc = incidents_read(r->db, heard, &x->incidents, d)) != KK_OK)
		return rc;
	if (r->dry_run)
		rc = decide(r->picture, r->inventory, x->incidents, r->now_s, &all);
	x->rows = rc == KK_OK ? calloc(x->incidents->n + all.n + 1, sizeof(*x->rows)) : NULL;
	if (x->rows == NULL) {
		free(all.rows);
		alert_result_free(x);
		return rc == KK_OK ? KK_E_NOMEM : rc;
	}
	for (size_t i = 0; i < x->incidents->n; i++)
		add(x, r, &x->incidents->rows[i]);
	pretend(x, r, &all);
	free(all.rows);
	return KK_OK;
}

void
alert_result_free(struct alert_result *x)
{
	free(x->rows);
	incidents_free(x->incidents);
	memset(x, 0, sizeof(*x));
}
