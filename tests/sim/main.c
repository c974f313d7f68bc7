/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kkachi-sim: a fleet of access points and switches on 127.0.0.0/8 with known ground truth, or one
 * recorded device. */
#include "tests/sim/options.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/log.h"
#include "tests/sim/city.h"
#include "tests/sim/recording.h"
#include "tests/sim/truth.h"

static volatile sig_atomic_t stop, report_now, quiet;

static void
on_signal(int sig)
{
	if (sig == SIGUSR1)
		report_now = 1;
	else if (sig == SIGUSR2)
		quiet = 1;
	else
		stop = 1;
}

static int
fail(const struct diag *d)
{
	log_line(LOG_LV_ERROR, "%s", d->text);
	return 1;
}

/* Serve until a signal or the end of --seconds; reports when asked and at the end. */
static int
serve(const struct sim_options *o, struct server *s, struct fleet *f, struct faults *faults,
    struct script *script)
{
	int64_t start_ms = clock_mono_ms(NULL), start_cs = clock_utc_cs(NULL), report_ms = start_ms;
	struct diag d = {""};

	while (!stop) {
		int64_t now_ms = clock_mono_ms(NULL);

		if (o->seconds > 0 && now_ms - start_ms >= (int64_t)o->seconds * 1000)
			break;
		if (f != NULL)
			script_run(script, start_cs, clock_utc_cs(NULL), f, faults);
		if (quiet)
			server_quiet(s);
		if (server_run(s, 50, &d) != KK_OK)
			return fail(&d);
		if (f != NULL && o->report &&
		    (report_now || (o->report_every > 0 &&
				       now_ms - report_ms >= (int64_t)o->report_every * 1000))) {
			report_now = 0;
			report_ms = now_ms;
			if (truth_write(o->report, f, server_stats(s), &d) != KK_OK)
				log_line(LOG_LV_ERROR, "%s", d.text);
			server_new_span(s);
		}
	}
	if (f != NULL && o->report && truth_write(o->report, f, server_stats(s), &d) != KK_OK)
		return fail(&d);
	return 0;
}

/* Its users, for whoever asks. */
static int
open_usm(const struct sim_options *o, struct fleet *f, struct sim_usm **out, struct diag *d)
{
	int rc = sim_usm_new(o->snmpv3, o->users, f->n, out, d);

	if (rc != KK_OK)
		return rc;
	f->usm_users = o->users;
	return o->users_file != NULL ? sim_usm_users(*out, o->users_file, d) : KK_OK;
}

static int
run_fleet(const struct sim_options *o)
{
	struct fleet f = {0};
	struct fleet_options fo = o->fleet;
	struct faults faults = o->faults;
	struct server_options so = {
	    .port = o->port, .agent = o->agent, .fleet = &f, .faults = &faults};
	struct script *script = NULL;
	struct sim_usm *usm = NULL;
	struct server *s = NULL;
	struct diag d = {""};
	int code = 1;

	if (fo.now_cs == 0)
		fo.now_cs = clock_utc_cs(NULL);
	if (!fleet_init(&f, &fo)) {
		log_line(LOG_LV_ERROR, "out of memory for %u devices", fo.aps + fo.switches);
		return 1;
	}
	if ((o->snmpv3 && open_usm(o, &f, &usm, &d) != KK_OK) ||
	    (o->script && script_read(o->script, &f, &script, &d) != KK_OK) ||
	    ((so.usm = usm) == NULL && o->snmpv3 != NULL) ||
	    (!o->write_only && server_new(&so, &s, &d) != KK_OK) ||
	    (o->inventory && city_inventory(o->inventory, &f, s ? server_port(s) : o->port,
				 o->agent.community, o->districts, &d) != KK_OK) ||
	    (o->history && city_history(o->history, &f, &d) != KK_OK)) {
		fail(&d);
	} else if (o->write_only) {
		code = 0;
	} else {
		log_line(LOG_LV_NOTICE,
		    "%u access points and %u switches from 127.1.0.1 on, UDP port %u", fo.aps,
		    fo.switches, server_port(s));
		printf("%u\n", server_port(s));
		fflush(stdout);
		code = serve(o, s, &f, &faults, script);
	}
	server_free(s);
	script_free(script);
	sim_usm_free(usm);
	fleet_free(&f);
	return code;
}

/* The recording as it is served: what was left out is told, what moves moves. */
static int
open_recording(const struct sim_options *o, struct recording **out, struct diag *d)
{
	unsigned line;
	size_t left_out;
	int rc = recording_read(o->recording, out, d);

	if (rc != KK_OK)
		return rc;
	left_out = recording_left_out(*out, &line);
	if (left_out > 0)
		log_line(LOG_LV_WARNING,
		    "%s:%u: a value that is none of its type is left out, and %zu more",
		    o->recording, line, left_out - 1);
	for (unsigned i = 0; i < o->n_moves && rc == KK_OK; i++)
		rc = recording_move(*out, o->move[i], NULL, d);
	if (rc != KK_OK)
		recording_free(*out);
	return rc;
}

static int
run_recording(const struct sim_options *o)
{
	struct recording *r = NULL;
	struct server *s = NULL;
	struct diag d = {""};
	struct agent_view view;
	struct faults faults = o->faults;
	struct server_options so = {.address = o->address,
	    .port = o->port,
	    .agent = o->agent,
	    .recording = &view,
	    .faults = &faults};
	int code;

	if (open_recording(o, &r, &d) != KK_OK)
		return fail(&d);
	view = recording_view(r);
	if (server_new(&so, &s, &d) != KK_OK) {
		recording_free(r);
		return fail(&d);
	}
	log_line(LOG_LV_NOTICE, "%s: %zu values, UDP port %u", o->recording, recording_size(r),
	    server_port(s));
	printf("%u\n", server_port(s));
	fflush(stdout);
	code = serve(o, s, NULL, &faults, NULL);
	server_free(s);
	recording_free(r);
	return code;
}

int
main(int argc, char **argv)
{
	struct sim_options o;
	struct diag d = {""};
	int code = sim_options_read(argc, argv, &o);

	if (code >= 0)
		return code;
	log_open("kkachi-sim", LOG_LV_NOTICE);
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	signal(SIGUSR1, on_signal);
	signal(SIGUSR2, on_signal);
	if (o.compare) {
		int differ = truth_compare(o.compare, o.compare_with, &d);

		return differ < 0 ? fail(&d) : differ > 0;
	}
	return o.recording ? run_recording(&o) : run_fleet(&o);
}
