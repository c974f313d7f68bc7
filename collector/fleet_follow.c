/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fleet_follow.c - who is polled, and how, as the inventory says. */
#include <stdlib.h>
#include <string.h>

#include "collector/fleet_in.h"
#include "collector/snmp/usm.h"
#include "lib/log.h"
#include "lib/text.h"

#define COMPLAINTS_MAX 20 /* devices named in the log per update; the others are only counted */

static void
drop_target(struct fleet *f, struct member *m)
{
	if (f->env.gone != NULL && m->target != NULL)
		f->env.gone(f->env.ctx, m->target);
	target_free(m->target);
	m->target = NULL;
}

void
fleet_member_free(struct fleet *f, struct member *m)
{
	if (m == NULL)
		return;
	sweep_remove(f->sweep, &m->item);
	f->fresh -= (size_t)m->fresh;
	drop_target(f, m);
	free(m);
}

static uint64_t
mix(uint64_t h, const char *text)
{
	return (h ^ text_hash(text, strlen(text))) * UINT64_C(0x9e3779b97f4a7c15);
}

/* Two devices with the same print are asked the same at the same address. */
static uint64_t
print_of(const struct device *d, const struct conf *c, const struct usm_users *users)
{
	const char *user = d->user[0] ? d->user : c->snmp.user;
	uint64_t h = d->capacity_mbps;

	h = mix(h, d->id);
	h = mix(h, d->host);
	h = (h ^ (d->port > 0 ? d->port : c->snmp.port)) * UINT64_C(0x9e3779b97f4a7c15);
	h = mix(h, d->version[0] ? d->version : c->snmp.version);
	h = mix(h, d->community[0] ? d->community : c->snmp.community);
	h = mix(h, user);
	if (usm_users_find(users, user) != NULL) /* with other secrets it is somebody else */
		h ^= usm_user_print(usm_users_find(users, user));
	h = mix(h, d->profile);
	h = mix(h, d->mac);
	h = mix(h, d->controller);
	return (h ^ (uint64_t)d->kind) * UINT64_C(0x9e3779b97f4a7c15);
}

static struct target *
make_target(struct fleet *f, const struct device *dev)
{
	struct target *t = NULL;
	struct diag d = {""};
	int rc = target_new(f->env.target, dev, &t, &d);

	if (rc == KK_OK)
		return t;
	if (f->stats.unusable++ < COMPLAINTS_MAX)
		log_line(LOG_LV_WARNING, "not polled: %s", d.text[0] ? d.text : kk_strerror(rc));
	return NULL;
}

static struct member *
join(struct fleet *f, const struct device *dev, uint64_t print)
{
	struct member *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	if ((m->target = make_target(f, dev)) == NULL) {
		free(m);
		return NULL;
	}
	m->fleet = f;
	m->num = dev->num;
	m->print = print;
	m->fresh = 1;
	f->fresh++;
	sweep_add(f->sweep, &m->item, dev->id);
	return m;
}

/* The same device, asked otherwise from now on. Returns NULL, and nothing is left, if it cannot. */
static struct member *
change(struct fleet *f, struct member *m, const struct device *dev, uint64_t print)
{
	struct target *t = make_target(f, dev);

	if (t == NULL) {
		fleet_member_free(f, m);
		return NULL;
	}
	target_inherit(t, m->target);
	drop_target(f, m); /* a poll in flight ends with it */
	if (m->item.flying)
		sweep_ended(f->sweep, &m->item);
	m->target = t;
	m->print = print;
	return m;
}

int
fleet_update(struct fleet *f, const struct inventory *inv)
{
	size_t n_dev, n = 0, old = 0;
	const struct device *dev = inventory_all(inv, &n_dev);
	struct member **all = calloc(n_dev > 0 ? n_dev : 1, sizeof(*all));

	if (all == NULL)
		return KK_E_NOMEM;
	f->stats.unusable = 0;
	for (size_t i = 0; i < n_dev; i++) { /* both are ordered by number */
		uint64_t print = print_of(&dev[i], f->env.target->conf, f->env.target->users);
		struct member *m = NULL;

		while (old < f->n && f->member[old]->num < dev[i].num)
			fleet_member_free(f, f->member[old++]);
		if (old < f->n && f->member[old]->num == dev[i].num)
			m = f->member[old++];
		if (dev[i].host[0] == '\0') {
			fleet_member_free(f, m);
			continue;
		}
		if (m == NULL)
			m = join(f, &dev[i], print);
		else if (m->print != print)
			m = change(f, m, &dev[i], print);
		if (m != NULL)
			all[n++] = m;
	}
	while (old < f->n)
		fleet_member_free(f, f->member[old++]);
	free(f->member);
	f->member = all;
	f->n = f->stats.devices = n;
	if (f->stats.unusable > COMPLAINTS_MAX)
		log_line(LOG_LV_WARNING, "%zu devices of the inventory are not polled",
		    f->stats.unusable);
	return KK_OK;
}
