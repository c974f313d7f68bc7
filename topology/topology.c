/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "topology/topology.h"

#include <stdlib.h>

#include "topology/topology_in.h"

/* By device, those of none last; what came first stays first. */
static int
by_device(const void *x, const void *y)
{
	const struct topology_finding *p = x, *q = y;

	if ((p->device == NULL) != (q->device == NULL))
		return p->device == NULL ? 1 : -1;
	if (p->device != q->device)
		return p->device < q->device ? -1 : 1;
	if (p->second != q->second)
		return p->second - q->second;
	if (p->verdict != q->verdict)
		return (int)p->verdict - (int)q->verdict;
	return p->by < q->by ? -1 : p->by > q->by;
}

int
topology_make(const struct topology_view *v, struct topology **out)
{
	struct topology *t = calloc(1, sizeof(*t));
	size_t n = v->n_devices > 0 ? v->n_devices : 1;
	int rc = KK_E_NOMEM;

	*out = NULL;
	if (t == NULL)
		return rc;
	t->view = *v;
	t->meaning = calloc(v->told->n + 1, sizeof(*t->meaning));
	t->reports = calloc(n, sizeof(*t->reports));
	t->sees_kinds = calloc(n, sizeof(*t->sees_kinds));
	if (t->meaning != NULL && t->reports != NULL && t->sees_kinds != NULL)
		rc = who_new(v, &t->who);
	if (rc == KK_OK)
		rc = topology_link_lldp(t);
	if (rc == KK_OK)
		rc = topology_link_bridges(t);
	if (rc == KK_OK)
		rc = topology_judge(t);
	if (rc != KK_OK) {
		topology_free(t);
		return rc;
	}
	if (t->n_findings > 0)
		qsort(t->finding, t->n_findings, sizeof(*t->finding), by_device);
	*out = t;
	return KK_OK;
}

void
topology_free(struct topology *t)
{
	if (t == NULL)
		return;
	who_free(t->who);
	free(t->meaning);
	free(t->reports);
	free(t->sees_kinds);
	free(t->link);
	free(t->finding);
	free(t);
}

const struct topology_finding *
topology_findings(const struct topology *t, size_t *n)
{
	*n = t->n_findings;
	return t->finding;
}

size_t
topology_reporters(const struct topology *t)
{
	return t->reporters;
}
