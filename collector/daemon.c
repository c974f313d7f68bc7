/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/daemon.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "collector/daemon_in.h"
#include "collector/layout.h"
#include "lib/zone.h"

#define TICK_MS		1000 /* what may be lost of resolution by kill -9 */
#define STATUS_MS	10000
#define STEP_MS		1000 /* a wall clock that moved by more was set */
#define LAYOUTS_PER_TXN 1000

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

static void
commit(struct daemon *dm)
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
	struct ingest_env env = {
	    .run_dir = dm->store_conf.run_dir, .ctx = dm, .device = number_of, .put = put_sample};
	int rc = control_new(dm->store_conf.run_dir, command_run, dm, &dm->control, d);

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
	daemon_traps_close(dm);
	fleet_free(dm->fleet);
	surveys_free(dm->surveys);
	controllers_free(dm->controllers);
	sightings_free(dm->sightings);
	daemon_network_close(dm);
	if (dm->store != NULL)
		commit(dm);
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

/* ---- running ---- */

static int64_t
wall_offset(void)
{
	return clock_utc_cs(NULL) * 10 - clock_mono_ms(NULL);
}

/* Boot times are remembered in wall time: when that is set, they move along, or every device of the
 * city would seem to have rebooted. */
static void
look_for_step(struct daemon *dm)
{
	int64_t offset = wall_offset(), moved = offset - dm->wall_offset;

	if (moved > -STEP_MS && moved < STEP_MS)
		return;
	log_line(LOG_LV_NOTICE, "the wall clock was set by %+.1f s", (double)moved / 1000);
	fleet_clock_step(dm->fleet, moved / 10);
	surveys_clock_step(dm->surveys, moved / 10);
	flock_clock_step(controllers_flock(dm->controllers), moved / 10);
	dm->wall_offset = offset;
}

static void
follow_inventory(struct daemon *dm, int force)
{
	struct diag why = {""};
	int rc = daemon_follow(dm, force, &why);

	if (rc == KK_OK &&
	    (fleet_fresh(dm->fleet) > 0 || flock_fresh(controllers_flock(dm->controllers)) > 0)) {
		commit(dm);
		rc = restore(dm, restore_fresh, &why);
	}
	if (rc != KK_OK)
		complain(&dm->inventory_trouble, clock_mono_ms(NULL), LOG_LV_WARNING,
		    "the inventory cannot be read: %s", why.text);
	else
		complaint_over(&dm->inventory_trouble, "the inventory can be read again");
}

static void
tell_systemd(struct daemon *dm, int64_t now_ms)
{
	const struct fleet_stats *st = fleet_stats(dm->fleet);

	if (dm->watchdog_each > 0 && now_ms >= dm->watchdog_ms) {
		sd_notify(0, "WATCHDOG=1");
		dm->watchdog_ms = now_ms + dm->watchdog_each;
	}
	if (now_ms < dm->status_ms)
		return;
	sd_notifyf(0, "STATUS=%zu devices; last %d s: %llu answered, %llu silent", st->devices,
	    STATUS_MS / 1000, (unsigned long long)(st->answered - dm->told.answered),
	    (unsigned long long)(st->silent - dm->told.silent));
	dm->told = *st;
	dm->status_ms = now_ms + STATUS_MS;
}

/* Once a second: what was put becomes durable, and the world is looked at. */
static void
tick(struct daemon *dm, int64_t now_ms)
{
	commit(dm);
	look_for_step(dm);
	follow_inventory(dm, 0);
	(void)daemon_keep_layouts(dm);
	(void)daemon_keep_surveys(dm);
	(void)daemon_keep_engines(dm);
	(void)daemon_keep_plates(dm);
	tell_systemd(dm, now_ms);
	dm->tick_ms = now_ms + TICK_MS;
}

/* What cannot change while it runs stays; the rest is as the file says now. */
static void
reload(struct daemon *dm)
{
	struct diag why = {""};
	struct conf fresh;

	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)clock_mono_ms(NULL) * 1000);
	if (conf_read(dm->options.conf_path, &fresh, &why) != KK_OK ||
	    daemon_users_reload(dm, fresh.snmp.users_file, &why) != KK_OK) {
		log_line(LOG_LV_ERROR, "%s: the old configuration stays", why.text);
	} else {
		if (strcmp(fresh.state_dir, dm->conf.state_dir) != 0 ||
		    strcmp(fresh.run_dir, dm->conf.run_dir) != 0 ||
		    strcmp(fresh.timezone, dm->conf.timezone) != 0 ||
		    strcmp(fresh.snmp.traps, dm->conf.snmp.traps) != 0 ||
		    memcmp(&fresh.store, &dm->conf.store, sizeof(fresh.store)) != 0)
			log_line(LOG_LV_WARNING,
			    "state_dir, run_dir, timezone, snmp.traps and store change with a "
			    "restart only");
		dm->conf.snmp = fresh.snmp;
		daemon_network_retime(dm);
		if (sweep_retime(fleet_sweep(dm->fleet), fresh.snmp.interval) != KK_OK)
			log_line(LOG_LV_ERROR, "no memory for another interval");
		log_line(LOG_LV_NOTICE, "configuration read again");
	}
	follow_inventory(dm, 1);
	sd_notify(0, "READY=1");
}

static void
take_signals(struct daemon *dm)
{
	struct signalfd_siginfo si;

	while (read(dm->signals, &si, sizeof(si)) == (ssize_t)sizeof(si)) {
		if (si.ssi_signo == SIGHUP)
			dm->reload = 1;
		else
			dm->stop = 1;
	}
}

static void
take_store(struct daemon *dm)
{
	uint64_t count;

	if (read(store_event_fd(dm->store), &count, sizeof(count)) < 0)
		return;
	ingest_synced(dm->ingest, store_synced(dm->store));
	command_flushed(dm);
}

static void
dispatch(struct daemon *dm, const struct epoll_event *ev, int n)
{
	for (int i = 0; i < n; i++) {
		if (ev[i].data.fd == dm->signals)
			take_signals(dm);
		else if (ev[i].data.fd == control_fd(dm->control))
			control_run(dm->control);
		else if (ev[i].data.fd == ingest_fd(dm->ingest))
			ingest_run(dm->ingest);
		else if (ev[i].data.fd == store_event_fd(dm->store))
			take_store(dm);
		else if (ev[i].data.fd == daemon_traps_fd(dm))
			daemon_traps_run(dm);
		else if (ev[i].data.fd == daemon_echo_fd(dm))
			(void)echo_run(dm->echo);
		/* The network's descriptor only wakes: it is run in any case. */
	}
}

static int
least(int a, int b)
{
	if (a < 0)
		return b;
	return b < 0 || a < b ? a : b;
}

static void
start_clocks(struct daemon *dm)
{
	uint64_t watchdog_us = 0;

	if (sd_watchdog_enabled(0, &watchdog_us) > 0)
		dm->watchdog_each = (int64_t)(watchdog_us / 2000);
	dm->wall_offset = wall_offset();
	dm->tick_ms = clock_mono_ms(NULL);
}

int
daemon_run(struct daemon *dm, struct diag *d)
{
	struct epoll_event ev[16];

	start_clocks(dm);
	log_line(LOG_LV_NOTICE, "polling %zu devices every %u s", fleet_stats(dm->fleet)->devices,
	    dm->conf.snmp.interval);
	sd_notify(0, "READY=1");
	while (!dm->stop) {
		int wait = least(sweep_run(fleet_sweep(dm->fleet)), daemon_network_run(dm)), n;
		int64_t now = clock_mono_ms(NULL);

		wait = least(wait, dm->tick_ms > now ? (int)(dm->tick_ms - now) : 0);
		n = epoll_wait(dm->epoll, ev, sizeof(ev) / sizeof(ev[0]), wait);
		if (n < 0 && errno != EINTR)
			return diag_set(d, kk_from_errno(errno), "epoll: %s", strerror(errno));
		dispatch(dm, ev, n);
		if (dm->reload) {
			dm->reload = 0;
			reload(dm);
		}
		if (clock_mono_ms(NULL) >= dm->tick_ms)
			tick(dm, clock_mono_ms(NULL));
	}
	sd_notify(0, "STOPPING=1\nSTATUS=writing what waits");
	log_line(LOG_LV_NOTICE, "stopping");
	return KK_OK;
}
