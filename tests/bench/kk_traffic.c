/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kk-traffic - captures with known truth, the empty loop they are measured against, and what a
 * command costs. */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/traffic.h"

#define APS	    1000
#define CLIENTS	    20000
#define INTERVAL_NS 20000
#define SPAN	    "100 s at 5,000,000 packets"

static const char usage[] =
    "Usage: kk-traffic make plain|capwap|eogre PACKETS FILE MAP TRUTH [APS CLIENTS]\n"
    "       kk-traffic loop FILE\n"
    "       kk-traffic spend COMMAND [ARGUMENT...]\n"
    "\n"
    "The first form writes a pcap file of 1000 access points and 20,000 clients if not given (" SPAN
    "),\n"
    "the map that kkachi-probe needs for it, and what each access point carried: its name and\n"
    "octets and packets down and up. The second is pcap_loop with an empty callback. The third\n"
    "says on standard error what a command took: {\"cpu_us\":...,\"max_rss_kb\":...}.\n";

/* ---- make ---- */

static int
write_frames(struct traffic *t, unsigned long packets, const char *path)
{
	pcap_t *p = pcap_open_dead(DLT_EN10MB, 65535);
	pcap_dumper_t *d = p != NULL ? pcap_dump_open(p, path) : NULL;
	uint8_t frame[TRAFFIC_FRAME_MAX];
	int64_t time_ns;
	int bad = 1;

	for (unsigned long i = 0; d != NULL && i < packets; i++) {
		bpf_u_int32 len = (bpf_u_int32)traffic_next(t, frame, &time_ns);
		struct pcap_pkthdr h = {.ts = {time_ns / 1000000000, time_ns / 1000 % 1000000},
		    .caplen = len,
		    .len = len};

		pcap_dump((u_char *)d, &h, frame);
	}
	if (d != NULL) {
		bad = pcap_dump_flush(d);
		pcap_dump_close(d);
	}
	if (p != NULL)
		pcap_close(p);
	return bad == 0;
}

static int
write_map(const struct traffic *t, unsigned aps, const char *path)
{
	FILE *f = fopen(path, "w");
	char line[100];

	if (f == NULL)
		return 0;
	fputs("key,value,ap\n", f);
	for (unsigned i = 0; i <= aps; i++) {
		traffic_map(t, i, line, sizeof(line));
		fprintf(f, "%s\n", line);
	}
	return fclose(f) == 0;
}

static int
write_truth(const struct traffic *t, unsigned aps, const char *path)
{
	FILE *f = fopen(path, "w");

	if (f == NULL)
		return 0;
	for (unsigned i = 0; i < aps; i++) {
		const struct traffic_truth *a = traffic_truth(t, i);

		fprintf(f, "AP%u %llu %llu %llu %llu\n", i + 1, (unsigned long long)a->down,
		    (unsigned long long)a->up, (unsigned long long)a->packets_down,
		    (unsigned long long)a->packets_up);
	}
	return fclose(f) == 0;
}

static int
make(char **arg, int n)
{
	static const char *const form[] = {"plain", "capwap", "eogre"};
	struct traffic_options o = {.aps = APS, .clients = CLIENTS, .interval = INTERVAL_NS};
	struct traffic *t;
	int ok;

	while (o.form <= TRAFFIC_EOGRE && strcmp(form[o.form], arg[0]) != 0)
		o.form++;
	if (n > 5) {
		o.aps = (unsigned)strtoul(arg[5], NULL, 10);
		o.clients = (unsigned)strtoul(arg[6], NULL, 10);
	}
	if (o.form > TRAFFIC_EOGRE || (t = traffic_new(&o)) == NULL)
		return 2;
	ok = write_frames(t, strtoul(arg[1], NULL, 10), arg[2]) && write_map(t, o.aps, arg[3]) &&
	     write_truth(t, o.aps, arg[4]);
	traffic_free(t);
	if (!ok)
		fprintf(
		    stderr, "kk-traffic: %s, %s, %s: cannot be written\n", arg[2], arg[3], arg[4]);
	return ok ? 0 : 1;
}

/* ---- loop, spend ---- */

static void
nothing(u_char *user, const struct pcap_pkthdr *h, const u_char *p)
{
	(void)user;
	(void)h;
	(void)p;
}

static int
loop(const char *path)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_open_offline(path, why);
	int rc;

	if (p == NULL) {
		fprintf(stderr, "kk-traffic: %s\n", why);
		return 1;
	}
	rc = pcap_loop(p, -1, nothing, NULL);
	pcap_close(p);
	return rc == 0 ? 0 : 1;
}

static int
spend(char **command)
{
	struct rusage u;
	int status = 1;
	pid_t pid = fork();

	if (pid == 0) {
		execvp(command[0], command);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || getrusage(RUSAGE_CHILDREN, &u) != 0)
		return 1;
	fprintf(stderr, "{\"cpu_us\":%lld,\"max_rss_kb\":%ld}\n",
	    (long long)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 + u.ru_utime.tv_usec +
		u.ru_stime.tv_usec,
	    u.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int
main(int argc, char **argv)
{
	int rc = 2;

	if ((argc == 7 || argc == 9) && strcmp(argv[1], "make") == 0)
		rc = make(argv + 2, argc - 2);
	else if (argc == 3 && strcmp(argv[1], "loop") == 0)
		rc = loop(argv[2]);
	else if (argc >= 3 && strcmp(argv[1], "spend") == 0)
		rc = spend(argv + 2);
	if (rc == 2)
		fputs(usage, stderr);
	return rc;
}
