/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/poll_ask.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "collector/explain.h"
#include "collector/layout.h"
#include "collector/profile/profile.h"
#include "collector/snmp/engine.h"
#include "collector/snmp/net_udp.h"
#include "collector/target.h"
#include "collector/users.h"
#include "lib/clock.h"
#include "lib/collector.h"

#define PATIENCE_MS 120000 /* walks of a slow device, every request with all its tries */

int
poll_ask_collector(
    const struct conf *c, const char *id, enum language lang, char **json, struct diag *d)
{
	struct diag why = {{0}};
	char argument[600];
	int rc;

	snprintf(argument, sizeof(argument), "%s %s", lang == LANG_KO ? "ko" : "en", id);
	rc = collector_ask(c, "explain", argument, PATIENCE_MS, json, &why);

	if (rc == KK_E_REFUSED)
		return diag_set(d, rc, "%s: %s", id, why.text);
	*d = why;
	return rc;
}

/* What asking by ourselves needs, made and freed together. */
struct asker {
	struct net_udp *udp;
	struct net net;
	struct target_env env;
	struct explain *explain;
	struct usm_users *users;
	int done;
};

static void
on_done(void *ctx, struct explain *x)
{
	(void)x;
	((struct asker *)ctx)->done = 1;
}

/* Whoever may not read the secrets may still poll what needs none. */
static int
asker_users(struct asker *a, const struct conf *c, struct diag *d)
{
	int rc = users_read(c->snmp.users_file, &a->users, d);

	if (rc != KK_OK)
		return rc;
	a->env.users = a->users;
	rc = usm_new(&a->env.usm);
	return rc == KK_OK ? KK_OK : diag_set(d, rc, "SNMPv3: %s", kk_strerror(rc));
}

static int
asker_open(struct asker *a, const struct conf *c, const struct device *dev, struct diag *d)
{
	const char *version = dev->version[0] != '\0' ? dev->version : c->snmp.version;
	struct engine_options o = {.timeout_ms = c->snmp.timeout,
	    .retries = c->snmp.retries,
	    .slots_max = 16,
	    .subnet_rate = c->snmp.subnet_rate};
	int rc = net_udp_new(1, &a->udp, d);

	if (rc != KK_OK)
		return rc;
	a->net = net_udp_net(a->udp);
	a->env.conf = c;
	if ((rc = engine_new(&a->net, NULL, &o, &a->env.engine)) != KK_OK)
		return rc;
	if ((rc = profiles_read(c->snmp.profiles, &a->env.profiles, d)) != KK_OK)
		return rc;
	if (strchr(version, '3') != NULL && (rc = asker_users(a, c, d)) != KK_OK)
		return rc;
	return layouts_new(&a->env.layouts);
}

static void
asker_close(struct asker *a)
{
	explain_free(a->explain);
	engine_free(a->env.engine);
	layouts_free(a->env.layouts);
	profiles_free(a->env.profiles);
	usm_users_free(a->users);
	usm_free(a->env.usm);
	net_udp_free(a->udp);
}

static void
wait_for(struct asker *a)
{
	int64_t until = clock_mono_ms(NULL) + PATIENCE_MS;

	while (!a->done && clock_mono_ms(NULL) < until) {
		struct pollfd p = {.fd = a->net.fd, .events = POLLIN};
		int wait = engine_run(a->env.engine);

		if (!a->done && wait != 0)
			poll(&p, 1, wait < 0 || wait > 1000 ? 1000 : wait);
	}
}

int
poll_ask_self(
    const struct conf *c, const struct device *dev, enum language lang, char **json, struct diag *d)
{
	struct asker a = {0};
	int rc = asker_open(&a, c, dev, d);

	*json = NULL;
	if (rc == KK_OK)
		rc = explain_start(&a.env, dev, lang, on_done, &a, &a.explain, d);
	if (rc == KK_OK) {
		wait_for(&a);
		if (!a.done || !explain_answered(a.explain))
			rc = diag_set(d, KK_E_SILENT, "%s: no answer in time from %s, port %u",
			    dev->id, dev->host, dev->port ? dev->port : c->snmp.port);
		else if ((*json = explain_json(a.explain)) == NULL)
			rc = KK_E_NOMEM;
	}
	asker_close(&a);
	return rc;
}
