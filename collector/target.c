/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/target_in.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "collector/snmp/usm.h"
#include "lib/text.h"

/* A device that is slow, or has many rows, is learned over so many of its moments. */
#define LEARN_INTERVALS 10

/* ---- making one ---- */

static int
read_host(const struct target_env *env, const struct device *dev, struct sockaddr_in6 *out,
    struct diag *d)
{
	unsigned port = dev->port > 0 ? dev->port : env->conf->snmp.port;
	struct in_addr v4;

	*out = (struct sockaddr_in6){.sin6_family = AF_INET6};
	if (port == 0 || port > 65535)
		return diag_set(d, KK_E_RANGE, "%s: port %u is none", dev->id, port);
	out->sin6_port = htons((uint16_t)port);
	if (inet_pton(AF_INET, dev->host, &v4) == 1) {
		out->sin6_addr.s6_addr[10] = out->sin6_addr.s6_addr[11] = 0xff;
		memcpy(&out->sin6_addr.s6_addr[12], &v4, sizeof(v4));
	} else if (inet_pton(AF_INET6, dev->host, &out->sin6_addr) != 1) {
		return diag_set(d, KK_E_RANGE, "%s: host \"%s\" is no address", dev->id, dev->host);
	}
	return KK_OK;
}

static int
read_version(const char *version)
{
	if (strcmp(version, "2c") == 0 || strcmp(version, "2") == 0 || strcmp(version, "v2c") == 0)
		return 2;
	if (strcmp(version, "3") == 0 || strcmp(version, "v3") == 0)
		return 3;
	return strcmp(version, "1") == 0 || strcmp(version, "v1") == 0 ? 1 : 0;
}

/* Who asks an SNMPv3 agent. */
static int
take_user(struct target *t, const struct device *dev, struct diag *d)
{
	const char *name = dev->user[0] != '\0' ? dev->user : t->env->conf->snmp.user;
	struct usm_user *user = usm_users_find(t->env->users, name);
	int rc;

	if (name[0] == '\0')
		return diag_set(d, KK_E_RANGE, "%s: SNMP version 3 needs a user", dev->id);
	if (t->env->usm == NULL || user == NULL)
		return diag_set(d, KK_E_NOTFOUND,
		    "%s: the SNMPv3 user \"%s\" is not in the users file", dev->id, name);
	if ((rc = usm_peer_take(t->env->usm, &t->peer.addr, user, &t->peer.usm)) != KK_OK)
		return diag_set(
		    d, rc, "%s: SNMPv3 user \"%s\": %s", dev->id, name, kk_strerror(rc));
	t->community = "";
	return KK_OK;
}

static int
read_profile(const struct target_env *env, const struct device *dev, const struct profile **out,
    struct diag *d)
{
	*out = NULL;
	if (dev->profile[0] == '\0')
		return KK_OK;
	*out = profiles_by_name(env->profiles, dev->profile);
	if (*out == NULL)
		return diag_set(
		    d, KK_E_NOTFOUND, "%s: there is no profile \"%s\"", dev->id, dev->profile);
	return KK_OK;
}

int
target_new(
    const struct target_env *env, const struct device *dev, struct target **out, struct diag *d)
{
	const char *version = dev->version[0] != '\0' ? dev->version : env->conf->snmp.version;
	size_t id_len = strlen(dev->id) + 1, own = strlen(dev->community);
	const struct profile *fixed;
	struct sockaddr_in6 addr;
	struct target *t;
	int rc;

	if ((rc = read_host(env, dev, &addr, d)) != KK_OK ||
	    (rc = read_profile(env, dev, &fixed, d)) != KK_OK)
		return rc;
	if (read_version(version) == 0)
		return diag_set(
		    d, KK_E_RANGE, "%s: SNMP version \"%s\" is not spoken", dev->id, version);
	if (own > 255)
		return diag_set(d, KK_E_RANGE, "%s: community of %zu octets", dev->id, own);
	if ((t = calloc(1, sizeof(*t) + id_len + own + 1)) == NULL)
		return diag_set(d, KK_E_NOMEM, "%s: %s", dev->id, kk_strerror(KK_E_NOMEM));
	memcpy(t->id, dev->id, id_len);
	memcpy(t->id + id_len, dev->community, own + 1);
	t->env = env;
	t->peer.addr = addr;
	t->num = dev->num;
	t->fixed = fixed;
	t->version = (uint8_t)read_version(version);
	t->community = own > 0 ? t->id + id_len : env->conf->snmp.community;
	t->entry = 0xff;
	t->spread = (uint32_t)text_hash(dev->id, id_len - 1);
	meter_init(&t->meter);
	if (t->version == 3 && (rc = take_user(t, dev, d)) != KK_OK) {
		free(t);
		return rc;
	}
	*out = t;
	return KK_OK;
}

void
target_free(struct target *t)
{
	if (t == NULL)
		return;
	learn_free(t->learn);
	tally_free(t->tally);
	engine_cancel(t->env->engine, &t->peer);
	target_echo_stop(t);
	lane_looked(t);
	usm_peer_give(t->peer.usm);
	layout_release(t->env->layouts, t->layout);
	meter_free(&t->meter);
	free(t->take);
	free(t->kept);
	free(t->key);
	free(t);
}

uint32_t
target_device(const struct target *t)
{
	return t->num;
}

const char *
target_id(const struct target *t)
{
	return t->id;
}

void
target_trace(struct target *t, const struct ask_trace *trace)
{
	t->trace = trace;
}

const struct profile *
target_profile(const struct target *t, int *fits)
{
	if (fits != NULL)
		*fits = t->fits;
	return t->profile;
}

const struct layout *
target_layout_used(const struct target *t)
{
	return t->layout;
}

struct ask_peer
target_as_peer(struct target *t)
{
	return (struct ask_peer){
	    .engine = t->env->engine,
	    .peer = &t->peer,
	    .version = t->version,
	    .community = t->community,
	    .trace = t->trace,
	    .trouble = &t->learn_trouble,
	};
}

struct ask_peer
target_peer(struct target *t)
{
	struct ask_peer p = target_as_peer(t);

	p.trace = NULL;
	return p;
}

int
target_is_busy(const struct target *t)
{
	return t->done != NULL;
}

/* ---- polling ---- */

/* What a poll is, once the device is known to be worth it. */
static int
start_poll(struct target *t, int64_t now_ms)
{
	if (t->layout == NULL || now_ms >= t->learn_at_ms)
		return target_start_learn(t);
	return target_start_gets(t);
}

static void
on_look(void *ctx, int rc, const struct answer *a)
{
	struct target *t = ctx;

	lane_looked(t);
	if (rc == KK_OK) {
		t->rtt_us = a->rtt_us;
		rc = start_poll(t, clock_mono_ms(t->env->clock));
	}
	if (rc != KK_OK)
		target_give_up(t, rc);
}

/* Nothing of the running poll runs any more. */
static void
stop_asking(struct target *t)
{
	learn_free(t->learn);
	tally_free(t->tally);
	engine_cancel(t->env->engine, &t->peer);
	target_echo_stop(t);
	lane_looked(t);
	t->learn = NULL;
	t->tally = NULL;
}

enum target_expired
target_expire(struct target *t)
{
	const struct conf *c = t->env->conf;
	int64_t now = clock_mono_ms(t->env->clock), age = now - t->begun_ms;

	if (t->done == NULL || age < (int64_t)c->snmp.timeout * (c->snmp.retries + 1) ||
	    (t->learn != NULL && age < (int64_t)c->snmp.interval * 1000 * LEARN_INTERVALS))
		return TARGET_GOES_ON;
	if (t->echo_awaited) { /* its silence is known, its host's answer is not */
		target_echo_stop(t);
		target_deliver_silent(t);
		return TARGET_ENDED;
	}
	if (t->learn != NULL)
		t->learn_at_ms = now + MISSING_EVERY_MS;
	stop_asking(t);
	t->trouble = TROUBLE_SLOW;
	if (t->rtt_us < 0 && t->take == NULL) {
		t->done = NULL;
		return TARGET_NOT_ASKED;
	}
	t->relearned = 1;
	if (t->take != NULL && t->get > 0)
		target_conclude(t, t->take, clock_utc_cs(t->env->clock));
	else
		target_deliver_empty(t);
	return TARGET_ENDED;
}

void
target_foresee(const struct target *t)
{
	for (size_t at = 0; at < sizeof(*t); at += CACHE_LINE)
		__builtin_prefetch((const char *)t + at, 1);
}

int
target_poll(struct target *t, poll_done_cb done, void *ctx)
{
	int rc;

	if (t->done != NULL)
		return KK_E_BUSY;
	t->done = done;
	t->ctx = ctx;
	t->begun_ms = clock_mono_ms(t->env->clock);
	t->rtt_us = -1;
	t->trouble = TROUBLE_NONE;
	t->trouble_arg = 0;
	t->tries = 0;
	t->early = 0;
	t->relearned = t->moved = t->lost = t->rebooted = 0;
	if (t->silent > 0)
		target_echo_ask(t);
	rc = lane_is_slow(t) ? lane_look(t, on_look) : start_poll(t, t->begun_ms);
	if (rc != KK_OK) {
		target_echo_stop(t);
		t->done = NULL;
	} else {
		t->woken = 0;
	}
	return rc;
}
