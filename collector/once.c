/* SPDX-License-Identifier: GPL-3.0-or-later */
/* once.c - `kkachid --once`: one sweep, measured. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "collector/daemon_in.h"

/* CPU of the process since its start, microseconds. */
static int64_t
cpu_us(struct rusage *ru)
{
	getrusage(RUSAGE_SELF, ru);
	return (int64_t)(ru->ru_utime.tv_sec + ru->ru_stime.tv_sec) * 1000000 +
	       ru->ru_utime.tv_usec + ru->ru_stime.tv_usec;
}

/* Until everybody has answered or is silent. */
static int
sweep_once(struct daemon *dm, struct diag *d)
{
	struct pollfd p[2] = {{.fd = net_udp_net(dm->net).fd, .events = POLLIN},
	    {.fd = daemon_echo_fd(dm), .events = POLLIN}};
	struct sweep *s = fleet_sweep(dm->fleet);

	fleet_all(dm->fleet);
	for (;;) {
		int due = sweep_run(s), wait = daemon_network_run(dm);

		if (due < 0 && wait < 0)
			return KK_OK;
		if (due >= 0 && (wait < 0 || due < wait))
			wait = due;
		p[1].revents = 0;
		if (wait != 0 && poll(p, 2, wait) < 0 && errno != EINTR)
			return diag_set(d, kk_from_errno(errno), "poll: %s", strerror(errno));
		if (p[1].revents != 0)
			(void)echo_run(dm->echo);
	}
}

int
daemon_once(struct daemon *dm, struct daemon_report *out, struct diag *d)
{
	const struct engine_stats *st = engine_stats(dm->engine);
	const struct fleet_stats *fl = fleet_stats(dm->fleet);
	struct rusage ru;
	int64_t begun = cpu_us(&ru), polled, batch;
	int rc = sweep_once(dm, d);

	if (rc != KK_OK)
		return rc;
	polled = cpu_us(&ru);
	batch = dm->put > 0 ? store_commit(dm->store, d) : 0;
	dm->put = 0;
	if (batch < 0)
		return (int)batch;
	*out = (struct daemon_report){
	    .devices = fl->devices,
	    .answered = fl->answered,
	    .timeouts = fl->silent,
	    .requests = st->sent,
	    .samples = dm->samples,
	    .wall_ms = st->first_sent_ms > 0 ? st->last_event_ms - st->first_sent_ms : 0,
	    .poll_cpu_us = polled - begun,
	    .keep_cpu_us = cpu_us(&ru) - polled,
	};
	while (daemon_keep_layouts(dm) || daemon_keep_engines(dm) || daemon_keep_plates(dm))
		;
	while (daemon_keep_surveys(dm))
		;
	return KK_OK;
}

int
daemon_archives(struct daemon *dm, struct diag *d)
{
	return store_archives(dm->store, d);
}

void
daemon_print(const struct daemon_report *r, int json, void *out)
{
	struct rusage ru;
	int64_t cpu_ms = cpu_us(&ru) / 1000;
	int64_t poll_ms = r->poll_cpu_us / 1000, keep_ms = r->keep_cpu_us / 1000;

	if (json)
		fprintf(out,
		    "{\"devices\":%" PRIu64 ",\"answered\":%" PRIu64 ",\"timeouts\":%" PRIu64
		    ",\"requests\":%" PRIu64 ",\"samples\":%" PRIu64 ",\"wall_ms\":%" PRId64
		    ",\"poll_cpu_ms\":%" PRId64 ",\"keep_cpu_ms\":%" PRId64
		    ",\"load_cpu_ms\":%" PRId64 ",\"cpu_ms\":%" PRId64 ",\"max_rss_kb\":%ld}\n",
		    r->devices, r->answered, r->timeouts, r->requests, r->samples, r->wall_ms,
		    poll_ms, keep_ms, cpu_ms - poll_ms - keep_ms, cpu_ms, ru.ru_maxrss);
	else
		fprintf(out,
		    "%" PRIu64 " devices: %" PRIu64 " answered, %" PRIu64 " silent; %" PRIu64
		    " requests in %" PRId64 " ms\nCPU: %" PRId64 " ms polling, %" PRId64
		    " ms keeping, %" PRId64 " ms loading; memory: %ld KiB\n",
		    r->devices, r->answered, r->timeouts, r->requests, r->wall_ms, poll_ms, keep_ms,
		    cpu_ms - poll_ms - keep_ms, ru.ru_maxrss);
	fflush(out); /* the archives may take minutes yet */
}
