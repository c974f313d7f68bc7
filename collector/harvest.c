/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/harvest.h"

#include <stdlib.h>
#include <string.h>

void
harvest_free(struct harvest *h)
{
	if (h == NULL)
		return;
	told_free(&h->told);
	free(h->port);
	free(h->pair);
	free(h);
}

static int64_t
known(const struct port *p, unsigned flag, int64_t value)
{
	return p->known & flag ? value : PORT_UNKNOWN;
}

static struct port_row
row_of(const struct harvest *h, size_t i)
{
	const struct port *p = &h->port[i];
	struct port_row r = {
	    .name = p->name,
	    .descr = p->descr,
	    .alias = p->alias,
	    .mac = p->mac,
	    .index = p->index,
	    .type = known(p, PORT_HAS_TYPE, p->type),
	    .admin = known(p, PORT_HAS_ADMIN, p->admin),
	    .oper = known(p, PORT_HAS_OPER, p->oper),
	    .mbps = known(p, PORT_HAS_MBPS, p->mbps),
	    .rx_mdbm = known(p, PORT_HAS_RX, p->rx_mdbm),
	    .poe = known(p, PORT_HAS_POE, p->poe),
	    .poe_mw = known(p, PORT_HAS_POE_MW, p->poe_mw),
	    .time_s = h->time_s,
	};

	memcpy(r.pair, h->pair[i], sizeof(r.pair));
	return r;
}

static int
keep_ports(const struct harvest *h, struct db *db, struct diag *d)
{
	struct port_row *rows = calloc(h->n + 1, sizeof(*rows));
	int rc;

	if (rows == NULL)
		return diag_set(d, KK_E_NOMEM, "%s", kk_strerror(KK_E_NOMEM));
	for (size_t i = 0; i < h->n; i++)
		rows[i] = row_of(h, i);
	rc = port_rows_keep(db, h->device, rows, h->n, d);
	free(rows);
	return rc;
}

int
harvest_keep(const struct harvest *h, struct db *db, struct diag *d)
{
	struct reporter self = h->told.self;
	int rc = keep_ports(h, db, d);

	self.device = h->device;
	self.lldp_s = h->has_lldp ? h->time_s : 0;
	self.bridge_s = h->has_bridge ? h->time_s : 0;
	if (rc != KK_OK || (!h->has_lldp && !h->has_bridge))
		return rc;
	return neighbours_keep(db, &self, h->told.row, h->told.n, h->time_s, d);
}
