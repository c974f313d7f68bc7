/* SPDX-License-Identifier: GPL-3.0-or-later */
/* daemon_in.h - inside kkachid: what daemon*.c, once.c and command.c share. Nobody else includes
 * it.
 */
#ifndef KK_COLLECTOR_DAEMON_IN_H
#define KK_COLLECTOR_DAEMON_IN_H

#include <stdint.h>

#include "collector/control.h"
#include "collector/controllers.h"
#include "collector/daemon.h"
#include "collector/daykeys.h"
#include "collector/distinct.h"
#include "collector/echo/echo.h"
#include "collector/explain.h"
#include "collector/fleet.h"
#include "collector/ingest.h"
#include "collector/profile/profile.h"
#include "collector/sightings.h"
#include "collector/snmp/engine.h"
#include "collector/snmp/net_udp.h"
#include "collector/snmp/usm.h"
#include "collector/surveys.h"
#include "collector/trap/traps.h"
#include "lib/log.h"
#include "rrd/db/db.h"
#include "rrd/db/events.h"
#include "rrd/db/inventory.h"
#include "rrd/store.h"

#define WISHES_MAX 64

/* A command that is being worked on; free: ticket 0. */
struct wish {
	uint64_t ticket;	 /* control_answer()'s */
	int64_t flush;		 /* store_flush()'s ticket; 0: it is a poll */
	struct explain *explain; /* the poll */
	struct daemon *daemon;
};

/* Why what a probe says of the air is passed over. */
enum event_drop { EVENT_DROP_FUTURE, EVENT_DROP_OWN, EVENT_DROPS };

/* Events of the air. */
struct event_counts {
	uint64_t began, ended;
	uint64_t drops[EVENT_DROPS];
};

struct daemon {
	struct daemon_options options;
	struct conf conf;	/* the poller's; read again on SIGHUP */
	struct conf store_conf; /* the store's threads read it: never changed */
	struct net_udp *net;
	struct engine *engine;
	struct net_udp *icmp; /* NULL: the kernel, or the configuration, wants none */
	struct echo *echo;    /* likewise */
	struct profiles *profiles;
	struct layouts *layouts;
	struct usm *usm;
	struct usm_users *users;
	struct target_env target_env;
	struct fleet *fleet;
	struct surveys *surveys;
	struct controllers *controllers;
	struct sightings *sightings;
	struct trap_port *trap_port; /* NULL: no notifications are taken */
	struct traps *traps;	     /* likewise */
	struct store *store;
	struct db *db;
	struct inventory *inventory;
	int64_t edition; /* of the inventory */
	struct ingest *ingest;
	struct daykeys *daykeys;   /* NULL: distinct clients are not counted */
	struct distinct *distinct; /* likewise */
	struct control *control;
	struct wish wish[WISHES_MAX];
	int epoll, signals;
	int stop, reload;
	uint64_t put;		 /* samples since the newest store_commit() */
	uint64_t samples;	 /* samples since the start */
	int64_t started_s;	 /* UTC */
	int64_t tick_ms;	 /* monotonic: the next tick */
	int64_t status_ms;	 /* monotonic: the next word to systemd */
	int64_t watchdog_ms;	 /* monotonic: the next sign of life; 0: nobody asks */
	int64_t watchdog_each;	 /* ms */
	int64_t wall_offset;	 /* wall clock minus monotonic clock, ms, as last agreed */
	struct fleet_stats told; /* counters at the last status */
	struct event_counts events;
	int64_t lapse_ms; /* monotonic: when events that nobody speaks of lapse */
	struct complaint events_trouble, old_map;
	struct complaint layouts_trouble, inventory_trouble, surveys_trouble, engines_trouble,
	    plates_trouble, distinct_trouble;
};

/** Read the inventory again if it has changed, and let fleet and store follow. @param dm Daemon.
 * @param force 1: also if it has not changed. @param d Why not. @retval KK_OK */
int daemon_follow(struct daemon *dm, int force, struct diag *d);

/** What was put into the store becomes durable. @param dm Daemon. */
void daemon_commit(struct daemon *dm);

/** Devices that joined take up what is known of them. @param dm Daemon. @param d Why not. @retval
 * KK_OK Done. @return Or what store_restore() says. */
int daemon_take_up(struct daemon *dm, struct diag *d);

/** Open what asks devices: SNMP, and ICMP echo where it may. @param dm Daemon. @param d Why not.
 * @retval KK_OK Done. @return Or what net_udp_new() says. */
int daemon_network_open(struct daemon *dm, struct diag *d);

/** Ask, and take what has come. @param dm Daemon. @return Milliseconds until it is due again; -1:
 * not before something comes. */
int daemon_network_run(struct daemon *dm);

/** @param dm Daemon. @return Readable when echo_run() has something to read; -1: never. */
int daemon_echo_fd(const struct daemon *dm);

/** The configured timeouts may have changed. @param dm Daemon. */
void daemon_network_retime(struct daemon *dm);

/** Close all of it; whoever waits for an answer is told first. @param dm Daemon. */
void daemon_network_close(struct daemon *dm);

/** Make the day's key, and be ready for sketches; without memory that can be locked none are taken,
 * and the log says so. @param dm Daemon. */
void daemon_distinct_open(struct daemon *dm);

/** An ingest_env's `key`. @param ctx Daemon. @param which Which. @param out Receives it. @return 0:
 * there is no such key. */
int daemon_key(void *ctx, unsigned which, uint8_t out[DAYKEY_WIRE_OCTETS]);

/** An ingest_env's `sketches`. @param ctx Daemon. @param in Octets. @param len How many. @retval
 * KK_OK Done. @return Or what distinct_take() says. */
int daemon_sketches(void *ctx, const uint8_t *in, size_t len);

/** Once a second: keys that are due, to the probes as well, and counts to the database. @param dm
 * Daemon. */
void daemon_distinct_tick(struct daemon *dm);

/** Keep what was counted; wipe the rest. @param dm Daemon. */
void daemon_distinct_close(struct daemon *dm);

/** Listen for notifications, if that is configured. @param dm Daemon. @param d Why not. @retval
 * KK_OK Done. @return Or what net_udp_listen() says. */
int daemon_traps_open(struct daemon *dm, struct diag *d);

/** @param dm Daemon. @return Readable when there are any; -1: nobody listens. */
int daemon_traps_fd(const struct daemon *dm);

/** Take what has come. @param dm Daemon that listens. */
void daemon_traps_run(struct daemon *dm);

/** @param dm Daemon. */
void daemon_traps_close(struct daemon *dm);

/** Keep the layouts that were learned, a part of them at a time; complains by itself. @param dm
 * Daemon. @return 1 if more are left. */
int daemon_keep_layouts(struct daemon *dm);

/** Keep what surveys have found, a part of it at a time; complains by itself. @param dm Daemon.
 * @return 1 if more is left. */
int daemon_keep_surveys(struct daemon *dm);

/** Be an SNMPv3 engine, to which informs can be sent. @param dm Daemon, its database open. @param d
 * Why not. @retval KK_OK Done. @retval KK_E_IO No random numbers. @return Or what usm_cache_start()
 * says. */
int daemon_be_engine(struct daemon *dm, struct diag *d);

/** Read SNMPv3's users. @param dm Daemon. @param d Why not. @retval KK_OK Done. @return Or what
 * users_read() says. */
int daemon_users_open(struct daemon *dm, struct diag *d);

/** Read them again; who is as before keeps its keys, and whoever asks in its name its targets.
 * @param dm Daemon. @param path File. @param d Why not: the old ones stay. @retval KK_OK Done.
 * @return Or what users_read() says. */
int daemon_users_reload(struct daemon *dm, const char *path, struct diag *d);

/** Take up what earlier runs knew of SNMPv3 engines. @param dm Daemon. @param d Why not. @retval
 * KK_OK */
int daemon_engines_restore(struct daemon *dm, struct diag *d);

/** Keep what is new of SNMPv3 engines, a part of it at a time; complains by itself. @param dm
 * Daemon. @return 1 if more is left. */
int daemon_keep_engines(struct daemon *dm);

/** A device was learned: a target_env's `named`. @param ctx Daemon. @param t Target. @param n What
 * stands on it. */
void daemon_named(void *ctx, const struct target *t, const struct nameplate *n);

/** A controller's list told what stands on an access point's nameplate. One that is asked itself
 * speaks for itself: in other words for the same box, and with another of its addresses. @param ctx
 * Daemon. @param device Number. @param n What stands on it. */
void daemon_listed(void *ctx, uint32_t device, const struct nameplate *n);

/** Keep what devices are, a part of it at a time, and log what has changed; complains by itself.
 * @param dm Daemon. @return 1 if more is left. */
int daemon_keep_plates(struct daemon *dm);

/** A probe says what happens on the air: an ingest_env's `event`. @param ctx Daemon. @param probe
 * Who says it. @param e What. @retval KK_OK It is kept, or cannot be. @retval KK_E_FULL Not now. */
int daemon_take_event(void *ctx, const char *probe, const struct event *e);

/** Once a minute: let lapse what no probe speaks of any more. @param dm Daemon. @param now_ms
 * Monotonic milliseconds. */
void daemon_lapse_events(struct daemon *dm, int64_t now_ms);

/** A command from the control socket: a control_command_cb. @param ctx Daemon. @param ticket Whom
 * to answer. @param line Command. */
void command_run(void *ctx, uint64_t ticket, const char *line);

/** Answer the flushes that have ended. @param dm Daemon. */
void command_flushed(struct daemon *dm);

/** Give up all commands. @param dm Daemon. */
void command_close(struct daemon *dm);

#endif
