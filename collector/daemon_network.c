/* SPDX-License-Identifier: GPL-3.0-or-later */
/* daemon_network.c - what kkachid asks devices with: SNMP for all of them, and ICMP echo for those
 * whose agents are silent. */
#include "collector/daemon_in.h"

#define LANES 8 /* sockets that share the city: their buffers add up */

static int
may_send(void *ctx, const struct sockaddr_in6 *to)
{
	return engine_may_send(ctx, to);
}

/* Without it nothing fails: silent agents count as before. */
static void
open_echo(struct daemon *dm)
{
	struct echo_options o = {
	    .timeout_ms = dm->conf.snmp.timeout, .may_send = may_send, .ctx = dm->engine};
	struct diag why;
	struct net net;

	if (!dm->conf.snmp.echo)
		return;
	if (net_udp_icmp(&dm->icmp, &why) != KK_OK) {
		log_line(LOG_LV_NOTICE,
		    "hosts of silent agents are not asked by ICMP echo: %s "
		    "(see net.ipv4.ping_group_range in kkachi.yaml(5))",
		    why.text);
		return;
	}
	net = net_udp_net(dm->icmp);
	if ((dm->echo = echo_new(&net, NULL, &o)) == NULL)
		log_line(LOG_LV_WARNING, "out of memory for ICMP echo");
}

int
daemon_network_open(struct daemon *dm, struct diag *d)
{
	struct engine_options eo = {.timeout_ms = dm->conf.snmp.timeout,
	    .retries = dm->conf.snmp.retries,
	    .subnet_rate = dm->conf.snmp.subnet_rate};
	struct net net;
	int rc;

	if ((rc = net_udp_new(LANES, &dm->net, d)) != KK_OK)
		return rc;
	net = net_udp_net(dm->net);
	if ((rc = engine_new(&net, NULL, &eo, &dm->engine)) != KK_OK)
		return diag_set(d, rc, "engine: %s", kk_strerror(rc));
	open_echo(dm);
	return KK_OK;
}

int
daemon_network_run(struct daemon *dm)
{
	int engine = engine_run(dm->engine), echo = -1;

	if (dm->echo != NULL && echo_busy(dm->echo)) {
		echo = echo_run(dm->echo);
		engine = engine_run(dm->engine); /* who was told may have asked for more */
	}
	return engine < 0 || (echo >= 0 && echo < engine) ? echo : engine;
}

int
daemon_echo_fd(const struct daemon *dm)
{
	return dm->echo != NULL ? net_udp_net(dm->icmp).fd : -1;
}

void
daemon_network_retime(struct daemon *dm)
{
	engine_set_timeout(dm->engine, dm->conf.snmp.timeout, dm->conf.snmp.retries);
	if (dm->echo != NULL)
		echo_set_timeout(dm->echo, dm->conf.snmp.timeout);
	if (engine_set_subnet_rate(dm->engine, dm->conf.snmp.subnet_rate) != KK_OK)
		log_line(LOG_LV_ERROR, "no memory for another rate per subnet");
}

void
daemon_network_close(struct daemon *dm)
{
	engine_free(dm->engine);
	echo_free(dm->echo);
	net_udp_free(dm->net);
	net_udp_free(dm->icmp);
}
