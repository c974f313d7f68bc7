/* SPDX-License-Identifier: GPL-3.0-or-later */
/* findings.c - what was found, as it is gathered. */
#include <stdlib.h>

#include "topology/topology_in.h"

#define TOPOLOGY_AS_NAME(id, name) name,

const char *
topology_verdict_name(enum topology_verdict v)
{
	static const char *const names[] = {TOPOLOGY_VERDICTS(TOPOLOGY_AS_NAME)};

	return (unsigned)v < TOPOLOGY_VERDICT_COUNT ? names[v] : "?";
}

int
topology_find(struct topology *t, const struct topology_finding *f)
{
	if (t->n_findings == t->findings_room) {
		size_t room = t->findings_room > 0 ? t->findings_room * 2 : 256;
		struct topology_finding *more = realloc(t->finding, room * sizeof(*more));

		if (more == NULL)
			return KK_E_NOMEM;
		t->finding = more;
		t->findings_room = room;
	}
	t->finding[t->n_findings++] = *f;
	return KK_OK;
}
