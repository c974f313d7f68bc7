/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/daemon.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "collector/daemon_in.h"
#include "collector/layout.h"
#include "lib/zone.h"

#define LAYOUTS_PER_TXN 1000 /* rows */

/* ---- samples ---- */

static int
put_sample(void *ctx, const struct sample *s)
{
	struct daemon *dm = ctx;
	int rc = store_put(dm->store, s);

	if (rc == KK_OK) {
		dm->put++;
		dm->samples++;
	}
	return rc; /* the store counts and tells what it has no room for */
}

static void
on_sample(void *ctx, const struct sample *s)
{
	struct sample more = *s;

	surveys_enrich(((struct daemon *)ctx)->surveys, &more);
	controllers_enrich(((struct daemon *)ctx)->controllers, &more);
	(void)put_sample(ctx, &more);
}

static void
on_listed(void *ctx, const struct sample *s)
{
	(void)put_sample(ctx, s);
}

static void
on_polled(void *ctx, struct target *t, const struct sample *s)
{
	surveys_polled(((struct daemon *)ctx)->surveys, t, s);
	controllers_polled(((struct daemon *)ctx)->controllers, t, s);
}

static void
on_gone(void *ctx, const struct target *t)
{
	surveys_gone(((struct daemon *)ctx)->surveys, t);
	controllers_gone(((struct daemon *)ctx)->controllers, t);
}

static uint32_t
number_of(void *ctx, const char *id)
{
	const struct daemon *dm = ctx;
	const struct device *dev = dm->inventory ? inventory_by_id(dm->inventory, id) : NULL;

	return dev != NULL ? dev->num : 0;
}

void
daemon_commit(struct daemon *dm)
{
	int64_t batch;

	if (dm->put == 0)
		return;
	batch = store_commit(dm->store, NULL);
	dm->put = 0;
	if (dm->ingest != NULL)
		ingest_committed(dm->ingest, batch);
}

/* ---- the inventory ---- */

static void
restore_one(void *ctx, const struct sample *s)
{
	struct daemon *dm = ctx;

	fleet_restore(dm->fleet, s);
	flock_restore(controllers_flock(dm->controllers), s);
	if (dm->ingest != NULL)
		(void)ingest_restore(dm->ingest, s);
}

static void
restore_fresh(void *ctx, const struct sample *s)
{
	struct daemon *dm = ctx;

	fleet_restore(dm->fleet, s);
	flock_restore(controllers_flock(dm->controllers), s);
}

static void
set_layout(void *ctx, const struct layout_row *row)
{
	fleet_set_layout(ctx, row);
}

/* Devices that joined take up what is known of them, also those that had been retired for a while.
 */
static int
restore(struct daemon *dm, void (*each)(void *ctx, const struct sample *s), struct diag *d)
{
	struct diag why = {""};
	int rc = store_restore(dm->store, each, dm, d);

	if (rc != KK_OK)
		return rc;
	if (layout_cache_load(dm->db, set_layout, dm->fleet, &why) != KK_OK)
		log_line(LOG_LV_WARNING, "%s: all devices are learned anew", why.text);
	if (daemon_engines_restore(dm, &why) != KK_OK)
		log_line(LOG_LV_WARNING, "%s: all SNMPv3 engines are asked anew", why.text);
	fleet_restored(dm->fleet);
	flock_restored(controllers_flock(dm->controllers));
	return KK_OK;
}

int
daemon_take_up(struct daemon *dm, struct diag *d)
{
	daemon_commit(dm); /* what waits is known as well */
	return restore(dm, restore_fresh, d);
}

int
daemon_follow(struct daemon *dm, int force, struct diag *d)
{
	struct inventory *fresh = NULL;
	int64_t edition = 0;
	int rc = inventory_edition(dm->db, &edition, d);

	if (rc != KK_OK || (!force && edition == dm->edition))
		return rc;
	if ((rc = inventory_read(dm->db, &fresh, d)) != KK_OK)
		return rc;
	if (dm->traps != NULL && (rc = traps_follow(dm->traps, fresh)) != KK_OK) {
		inventory_free(fresh);
		return diag_set(d, rc, "inventory: %s", kk_strerror(rc));
	}
	store_inventory(dm->store, fresh); /* before the old one is freed */
	inventory_free(dm->inventory);
	dm->inventory = fresh;
	dm->edition = edition;
	if ((rc = fleet_update(dm->fleet, fresh)) != KK_OK)
		return diag_set(d, rc, "inventory: %s", kk_strerror(rc));
	if ((rc = controllers_follow(dm->controllers, fresh)) != KK_OK)
		return diag_set(d, rc, "inventory: %s", kk_strerror(rc));
	if ((rc = surveys_follow(dm->surveys, fresh, dm->db, d)) != KK_OK)
		return rc;
	log_line(LOG_LV_INFO, "inventory: %zu devices are polled", fleet_stats(dm->fleet)->devices);
	return KK_OK;
}

int
daemon_keep_layouts(struct daemon *dm)
{
	struct diag why = {""};
	size_t n;
	const struct layout_row *rows = fleet_layouts(dm->fleet, &n);
	size_t some = n < LAYOUTS_PER_TXN ? n : LAYOUTS_PER_TXN;
	int rc;

	if (n == 0)
		return 0;
	rc = layout_cache_save(dm->db, rows, some, clock_utc_cs(NULL) / 100, &why);
	if (rc == KK_OK) {
		complaint_over(&dm->layouts_trouble, "layouts are kept again");
		fleet_layouts_kept(dm->fleet, some);
		return some < n;
	}
	if (rc != KK_E_BUSY) /* else the next tick finds it free */
		complain(&dm->layouts_trouble, clock_mono_ms(NULL), LOG_LV_WARNING,
		    "layouts are not kept, and will be learned again after a restart: %s",
		    why.text);
	return 0;
}

int
daemon_keep_surveys(struct daemon *dm)
{
	struct diag why = {""};
	int rc = surveys_keep(dm->surveys, dm->db, &why);

	if (rc >= 0)
		complaint_over(&dm->surveys_trouble, "interfaces and neighbours are kept again");
	else if (rc != KK_E_BUSY) /* else the next tick finds it free */
		complain(&dm->surveys_trouble, clock_mono_ms(NULL), LOG_LV_WARNING,
		    "interfaces and neighbours are not kept: %s", why.text);
	return rc == KK_END;
}

/* ---- opening ---- */

static int
open_fleet(struct daemon *dm, struct diag *d)
{
	struct fleet_env env = {.target = &dm->target_env,
	    .ctx = dm,
	    .sample = on_sample,
	    .polled = on_polled,
	    .gone = on_gone};
	struct controllers_env listed = {
	    .conf = &dm->conf, .calls = {.ctx = dm, .sample = on_listed, .named = daemon_listed}};
	int rc;

	if ((rc = daemon_users_open(dm, d)) != KK_OK)
		return rc;
	if ((rc = profiles_read(dm->conf.snmp.profiles, &dm->profiles, d)) != KK_OK)
		return rc;
	if ((rc = layouts_new(&dm->layouts)) != KK_OK)
		return diag_set(d, rc, "layouts: %s", kk_strerror(rc));
	dm->target_env = (struct target_env){.engine = dm->engine,
	    .echo = dm->echo,
	    .conf = &dm->conf,
	    .profiles = dm->profiles,
	    .layouts = dm->layouts,
	    .usm = dm->usm,
	    .users = dm->users,
	    .named = daemon_named,
	    .named_ctx = dm};
	if ((rc = sightings_new(&dm->sightings)) != KK_OK)
		return diag_set(d, rc, "%s", kk_strerror(rc));
	if ((rc = surveys_new(NULL, &dm->conf, dm->profiles, &dm->surveys)) != KK_OK)
		return diag_set(d, rc, "surveys: %s", kk_strerror(rc));
	if ((rc = controllers_new(&listed, &dm->controllers)) != KK_OK)
		return diag_set(d, rc, "controllers: %s", kk_strerror(rc));
	if ((rc = fleet_new(&env, &dm->fleet)) != KK_OK)
		return diag_set(d, rc, "fleet: %s", kk_strerror(rc));
	return KK_OK;
}

static int
open_sockets(struct daemon *dm, struct diag *d)
{
	struct ingest_env env = {.run_dir = dm->store_conf.run_dir,
	    .ctx = dm,
	    .device = number_of,
	    .put = put_sample,
	    .key = daemon_key,
	    .sketches = daemon_sketches,
	    .event = daemon_take_event};
	int rc = control_new(dm->store_conf.run_dir, command_run, dm, &dm->control, d);

	daemon_distinct_open(dm);
	return rc != KK_OK ? rc : ingest_new(&env, &dm->ingest, d);
}

static int
watch(struct daemon *dm, int fd, struct diag *d)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.fd = fd};

	if (fd < 0 || epoll_ctl(dm->epoll, EPOLL_CTL_ADD, fd, &ev) != 0)
		return diag_set(d, kk_from_errno(errno), "epoll: %s", strerror(errno));
	return KK_OK;
}

static int
open_loop(struct daemon *dm, const sigset_t *mask, struct diag *d)
{
	int rc;

	dm->epoll = epoll_create1(EPOLL_CLOEXEC);
	dm->signals = signalfd(-1, mask, SFD_NONBLOCK | SFD_CLOEXEC);
	if (dm->epoll < 0 || dm->signals < 0)
		return diag_set(d, kk_from_errno(errno), "epoll: %s", strerror(errno));
	if ((rc = watch(dm, dm->signals, d)) != KK_OK ||
	    (rc = watch(dm, net_udp_net(dm->net).fd, d)) != KK_OK ||
	    (rc = watch(dm, control_fd(dm->control), d)) != KK_OK ||
	    (rc = watch(dm, ingest_fd(dm->ingest), d)) != KK_OK)
		return rc;
	if (daemon_echo_fd(dm) >= 0 && (rc = watch(dm, daemon_echo_fd(dm), d)) != KK_OK)
		return rc;
	if (daemon_traps_fd(dm) >= 0 && (rc = watch(dm, daemon_traps_fd(dm), d)) != KK_OK)
		return rc;
	return watch(dm, store_event_fd(dm->store), d);
}

static int
open_all(struct daemon *dm, struct diag *d)
{
	sigset_t mask;
	int rc;

	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGHUP);
	if (!dm->options.once)
		sigprocmask(SIG_BLOCK, &mask, NULL); /* before there are threads */
	signal(SIGPIPE, SIG_IGN);
	/* The store comes first: its lock decides whether this is the only kkachid here. */
	rc = store_open(&dm->store_conf, !dm->options.once, &dm->store, d);
	if (rc == KK_E_BUSY)
		return diag_set(d, rc, "%s: another kkachid is at work here", dm->conf.state_dir);
	if (rc != KK_OK || (rc = db_open(dm->conf.state_dir, DB_WRITE, &dm->db, d)) != KK_OK ||
	    (rc = daemon_network_open(dm, d)) != KK_OK || (rc = open_fleet(dm, d)) != KK_OK)
		return rc;
	if (!dm->options.once &&
	    ((rc = open_sockets(dm, d)) != KK_OK || (rc = daemon_traps_open(dm, d)) != KK_OK))
		return rc;
	if ((rc = daemon_follow(dm, 1, d)) != KK_OK || (rc = restore(dm, restore_one, d)) != KK_OK)
		return rc;
	return dm->options.once ? KK_OK : open_loop(dm, &mask, d);
}

int
daemon_open(
    const struct daemon_options *o, const struct conf *c, struct daemon **out, struct diag *d)
{
	struct daemon *dm = calloc(1, sizeof(*dm));
	int rc;

	if (dm == NULL)
		return diag_set(d, KK_E_NOMEM, "%s", kk_strerror(KK_E_NOMEM));
	dm->options = *o;
	dm->conf = dm->store_conf = *c;
	dm->epoll = dm->signals = -1;
	dm->started_s = clock_utc_cs(NULL) / 100;
	if ((rc = open_all(dm, d)) != KK_OK) {
		daemon_close(dm);
		return rc;
	}
	*out = dm;
	return KK_OK;
}

void
daemon_close(struct daemon *dm)
{
	if (dm == NULL)
		return;
	if (dm->control != NULL)
		command_close(dm);
	while (dm->fleet != NULL && daemon_keep_layouts(dm))
		;
	while (dm->surveys != NULL && dm->db != NULL && daemon_keep_surveys(dm))
		;
	while (dm->fleet != NULL && daemon_keep_engines(dm))
		;
	while (dm->sightings != NULL && dm->db != NULL && daemon_keep_plates(dm))
		;
	daemon_distinct_close(dm);
	daemon_traps_close(dm);
	fleet_free(dm->fleet);
	surveys_free(dm->surveys);
	controllers_free(dm->controllers);
	sightings_free(dm->sightings);
	daemon_network_close(dm);
	if (dm->store != NULL)
		daemon_commit(dm);
	ingest_free(dm->ingest);
	control_free(dm->control);
	store_close(dm->store);
	inventory_free(dm->inventory);
	layouts_free(dm->layouts);
	profiles_free(dm->profiles);
	usm_users_free(dm->users);
	usm_free(dm->usm);
	db_close(dm->db);
	if (dm->epoll >= 0)
		close(dm->epoll);
	if (dm->signals >= 0)
		close(dm->signals);
	free(dm);
}
