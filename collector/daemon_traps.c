/* SPDX-License-Identifier: GPL-3.0-or-later */
/* daemon_traps.c - the port that notifications come to. */
#include <stdlib.h>
#include <string.h>

#include "collector/daemon_in.h"

#define BATCH	64
#define BATCHES 16 /* at a time: a flood must not keep polls waiting */

struct trap_port {
	struct net_udp *udp;
	struct net net;
	struct datagram in[BATCH];
	uint8_t room[BATCH][TRAPS_ROOM];
};

static int
nudge(void *ctx, uint32_t num)
{
	struct daemon *dm = ctx;

	return fleet_nudge(dm->fleet, num) == KK_OK;
}

static int
as_mapped(const struct sockaddr_storage *from, struct sockaddr_in6 *to)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)from;

	if (from->ss_family == AF_INET6) {
		memcpy(to, from, sizeof(*to));
		return 1;
	}
	*to = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = v4->sin_port};
	to->sin6_addr.s6_addr[10] = to->sin6_addr.s6_addr[11] = 0xff;
	memcpy(&to->sin6_addr.s6_addr[12], &v4->sin_addr, 4);
	return from->ss_family == AF_INET;
}

int
daemon_traps_open(struct daemon *dm, struct diag *d)
{
	struct traps_env env = {.conf = &dm->conf, .usm = dm->usm, .ctx = dm, .nudge = nudge};
	const char *where = dm->conf.snmp.traps;
	struct sockaddr_storage listen;
	struct sockaddr_in6 at;
	struct diag why = {""};
	socklen_t len;
	int rc;

	if (where[0] == '\0')
		return KK_OK;
	if (conf_address(where, &listen, &len) != KK_OK || !as_mapped(&listen, &at))
		return diag_set(d, KK_E_SYNTAX, "snmp.traps: %s: no address", where);
	dm->trap_port = calloc(1, sizeof(*dm->trap_port));
	if (dm->trap_port == NULL || traps_new(&env, &dm->traps) != KK_OK)
		return diag_set(d, KK_E_NOMEM, "snmp.traps: %s", kk_strerror(KK_E_NOMEM));
	if ((rc = net_udp_listen(&at, &dm->trap_port->udp, &why)) != KK_OK)
		return diag_set(d, rc, "snmp.traps: %s: %s", where, why.text);
	if ((rc = daemon_be_engine(dm, d)) != KK_OK)
		return rc;
	dm->trap_port->net = net_udp_net(dm->trap_port->udp);
	for (unsigned i = 0; i < BATCH; i++)
		dm->trap_port->in[i].data = dm->trap_port->room[i];
	log_line(LOG_LV_INFO, "notifications are taken at %s", where);
	return KK_OK;
}

int
daemon_traps_fd(const struct daemon *dm)
{
	return dm->trap_port != NULL ? dm->trap_port->net.fd : -1;
}

/* Responses go out behind one another; one that does not fit into the socket is as good as lost. */
static void
take_batch(struct daemon *dm, int n)
{
	struct trap_port *p = dm->trap_port;
	struct datagram out[BATCH];
	unsigned n_out = 0;

	for (int i = 0; i < n; i++)
		if (traps_take(dm->traps, dm->users, &p->in[i]))
			out[n_out++] = p->in[i];
	if (n_out > 0)
		(void)p->net.send(p->net.ctx, out, n_out);
}

void
daemon_traps_run(struct daemon *dm)
{
	struct trap_port *p = dm->trap_port;

	for (int batches = 0; batches < BATCHES; batches++) {
		int n;

		for (unsigned i = 0; i < BATCH; i++)
			p->in[i].len = TRAPS_ROOM;
		n = p->net.receive(p->net.ctx, p->in, BATCH);
		take_batch(dm, n);
		if (n < BATCH)
			return;
	}
}

void
daemon_traps_close(struct daemon *dm)
{
	if (dm->trap_port != NULL)
		net_udp_free(dm->trap_port->udp);
	free(dm->trap_port);
	traps_free(dm->traps);
}
