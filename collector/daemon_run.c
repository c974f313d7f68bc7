/* SPDX-License-Identifier: GPL-3.0-or-later */
/* daemon_run.c - kkachid at work: one loop, a tick a second, and what systemd is told. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "collector/daemon_in.h"

#define TICK_MS	  1000 /* what may be lost of resolution by kill -9 */
#define STATUS_MS 10000
#define STEP_MS	  1000 /* a wall clock that moved by more was set */

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
	    (fleet_fresh(dm->fleet) > 0 || flock_fresh(controllers_flock(dm->controllers)) > 0))
		rc = daemon_take_up(dm, &why);
	if (rc != KK_OK)
		complain(&dm->inventory_trouble, clock_mono_ms(NULL), LOG_LV_WARNING,
		    "the inventory cannot be read: %s", why.text);
	else
		complaint_over(&dm->inventory_trouble, "the inventory can be read again");
}

/* The loop itself says that it turns: at half of what systemd waits for. Returns milliseconds until
 * the next time; -1: nobody asks. */
static int
sign_of_life(struct daemon *dm)
{
	int64_t now_ms = clock_mono_ms(NULL);

	if (dm->watchdog_each <= 0)
		return -1;
	if (now_ms >= dm->watchdog_ms) {
		sd_notify(0, "WATCHDOG=1");
		dm->watchdog_ms = now_ms + dm->watchdog_each;
	}
	return (int)(dm->watchdog_ms - now_ms);
}

static void
tell_systemd(struct daemon *dm, int64_t now_ms)
{
	const struct fleet_stats *st = fleet_stats(dm->fleet);

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
	daemon_commit(dm);
	look_for_step(dm);
	follow_inventory(dm, 0);
	(void)daemon_keep_layouts(dm);
	(void)daemon_keep_surveys(dm);
	(void)daemon_keep_engines(dm);
	(void)daemon_keep_plates(dm);
	daemon_distinct_tick(dm);
	daemon_lapse_events(dm, now_ms);
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
		dm->watchdog_each =
		    watchdog_us / 2000 < INT_MAX ? (int64_t)(watchdog_us / 2000) : INT_MAX;
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
		wait = least(wait, sign_of_life(dm));
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
