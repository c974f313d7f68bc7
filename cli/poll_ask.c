/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/poll_ask.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "collector/explain.h"
#include "collector/layout.h"
#include "collector/profile/profile.h"
#include "collector/snmp/engine.h"
#include "collector/snmp/net_udp.h"
#include "collector/target.h"
#include "lib/clock.h"

#define ANSWER_MAX  (16 << 20)
#define PATIENCE_MS 120000 /* walks of a slow device, every request with all its tries */

static int
connect_collector(const struct conf *c)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd;

	if ((size_t)snprintf(at.sun_path, sizeof(at.sun_path), "%s/control", c->run_dir) >=
	    sizeof(at.sun_path))
		return -1;
	if ((fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) < 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* One line of any length, without its end. */
static int
read_line(int fd, char **out, struct diag *d)
{
	int64_t until = clock_mono_ms(NULL) + PATIENCE_MS;
	size_t n = 0, room = 1 << 16;
	char *text = malloc(room), *more;

	while (text != NULL) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int64_t left = until - clock_mono_ms(NULL);
		ssize_t got = 0;

		if (left <= 0 || poll(&p, 1, (int)left) == 0) {
			free(text);
			return diag_set(d, KK_E_SILENT, "the collector does not answer");
		}
		got = read(fd, text + n, room - n - 1);
		if (got <= 0) {
			free(text);
			return diag_set(d, KK_E_CLOSED, "the collector went away");
		}
		n += (size_t)got;
		text[n] = '\0';
		if (text[n - 1] == '\n') {
			text[n - 1] = '\0';
			*out = text;
			return KK_OK;
		}
		if (room - n > 1)
			continue;
		more = room < ANSWER_MAX ? realloc(text, room *= 2) : NULL;
		if (more == NULL)
			free(text);
		text = more;
	}
	return KK_E_NOMEM;
}

int
poll_ask_collector(const struct conf *c, const char *id, char **json, struct diag *d)
{
	char command[1024];
	int fd, rc, len;

	len = snprintf(command, sizeof(command), "poll %s\n", id);
	if (len < 0 || (size_t)len >= sizeof(command) || strchr(id, '\n') != NULL)
		return KK_E_CLOSED; /* not sayable in a line: ask it ourselves */
	if ((fd = connect_collector(c)) < 0)
		return KK_E_CLOSED;
	*json = NULL;
	if (send(fd, command, (size_t)len, MSG_NOSIGNAL) != len)
		rc = KK_E_CLOSED;
	else
		rc = read_line(fd, json, d);
	close(fd);
	if (rc == KK_OK && *json != NULL && strncmp(*json, "error ", 6) == 0) {
		rc = diag_set(d, KK_E_REFUSED, "%s: %s", id, *json + 6);
		free(*json);
		*json = NULL;
	}
	return rc;
}

/* What asking by ourselves needs, made and freed together. */
struct asker {
	struct net_udp *udp;
	struct net net;
	struct target_env env;
	struct explain *explain;
	int done;
};

static void
on_done(void *ctx, struct explain *x)
{
	(void)x;
	((struct asker *)ctx)->done = 1;
}

static int
asker_open(struct asker *a, const struct conf *c, struct diag *d)
{
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
	return layouts_new(&a->env.layouts);
}

static void
asker_close(struct asker *a)
{
	explain_free(a->explain);
	engine_free(a->env.engine);
	layouts_free(a->env.layouts);
	profiles_free(a->env.profiles);
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
poll_ask_self(const struct conf *c, const struct device *dev, char **json, struct diag *d)
{
	struct asker a = {0};
	int rc = asker_open(&a, c, d);

	*json = NULL;
	if (rc == KK_OK)
		rc = explain_start(&a.env, dev, on_done, &a, &a.explain, d);
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
