/* SPDX-License-Identifier: GPL-3.0-or-later */
/* daemon.h - kkachid: engine, targets, schedule, store, control and samples sockets, wired
 * together.
 */
#ifndef KK_COLLECTOR_DAEMON_H
#define KK_COLLECTOR_DAEMON_H

#include <stdint.h>

#include "lib/conf.h"
#include "lib/err.h"

struct daemon;

struct daemon_options {
	const char *conf_path; /* as conf_read() takes it; read again on SIGHUP */
	int once;	       /* one sweep, no threads, no sockets but those to the devices */
};

/* One sweep, as `--once --json` prints it. */
struct daemon_report {
	uint64_t devices;  /* polled */
	uint64_t answered; /* devices */
	uint64_t timeouts; /* devices */
	uint64_t requests; /* datagrams sent, retries included */
	uint64_t samples;
	int64_t wall_ms; /* from the first datagram to the last answer or final timeout */
	int64_t poll_cpu_us, keep_cpu_us; /* polling; journal and sinks */
};

/**
 * Open everything and take up where the last run left off. Blocks the signals that daemon_run()
 * handles; the process's zone is set.
 *
 * @param o    Options; copied, the path is borrowed.
 * @param c    Configuration; copied.
 * @param out  Receives the daemon; daemon_close() frees it.
 * @param d    Why not.
 * @retval KK_OK
 * @retval KK_E_BUSY  Another kkachid has this state directory.
 * @return            Or what store_open(), profiles_read() ... say.
 */
int daemon_open(
    const struct daemon_options *o, const struct conf *c, struct daemon **out, struct diag *d);

/** Commit what waits, end the threads, free. @param dm Daemon, NULL is allowed. */
void daemon_close(struct daemon *dm);

/** Poll until SIGTERM or SIGINT; SIGHUP reads configuration and inventory again. @param dm Daemon.
 * @param d Why it ended before. @retval KK_OK */
int daemon_run(struct daemon *dm, struct diag *d);

/**
 * One sweep, every poll started at once. Journal, live table and ledger are committed when it
 * returns, archives are not: daemon_archives().
 *
 * @param dm   Daemon, opened with `once`.
 * @param out  Receives the figures.
 * @param d    Why not.
 * @retval KK_OK  The sweep ran, whoever answered.
 */
int daemon_once(struct daemon *dm, struct daemon_report *out, struct diag *d);

/** Write the archives of daemon_once()'s sweep. @param dm Daemon. @param d Why not. @retval KK_OK
 */
int daemon_archives(struct daemon *dm, struct diag *d);

/** Print a report with the process's CPU and memory: one JSON object on one line, or words. @param
 * r Report. @param json 1: JSON. @param out A FILE *. */
void daemon_print(const struct daemon_report *r, int json, void *out);

#endif
