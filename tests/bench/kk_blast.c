/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kk-blast: learns the packets of a collector's sweep, and sends them as fast as a bare loop can.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/blast.h"
#include "tests/bench/learn.h"

static const char usage[] =
    "Usage: kk-blast --learn FILE --listen PORT --upstream PORT\n"
    "       kk-blast FILE --port PORT [--timeout MS] [--retries N] [--window N] [--runs N]\n"
    "\n"
    "The first form relays between a collector and a simulated fleet, both on addresses of\n"
    "127.0.0.0/8, until it is terminated, and writes down what was asked. The second form asks\n"
    "the same again, decodes nothing, and prints one JSON object per run.\n";

enum { LEARN = 1, LISTEN, UPSTREAM, PORT, TIMEOUT, RETRIES, WINDOW, RUNS, NUMBERS };

static const struct option options[] = {{"learn", 1, NULL, LEARN}, {"listen", 1, NULL, LISTEN},
    {"upstream", 1, NULL, UPSTREAM}, {"port", 1, NULL, PORT}, {"timeout", 1, NULL, TIMEOUT},
    {"retries", 1, NULL, RETRIES}, {"window", 1, NULL, WINDOW}, {"runs", 1, NULL, RUNS},
    {"help", 0, NULL, 'h'}, {NULL, 0, NULL, 0}};

static int
runs(const char *file, const unsigned *number)
{
	struct blast_options o = {number[PORT], number[TIMEOUT], number[RETRIES], number[WINDOW]};
	struct packets s = {0};
	struct blast_result r;
	unsigned i;
	int ok = packets_read(&s, file);

	for (i = 0; ok && i < number[RUNS]; i++) {
		ok = blast(&s, &o, &r);
		if (!ok)
			break;
		printf("{\"devices\":%u,\"answered\":%u,\"requests\":%zu,\"sent\":%llu,"
		       "\"retries\":%llu,\"wall_us\":%lld,\"cpu_us\":%lld}\n",
		    r.devices, r.answered, s.n_asked, (unsigned long long)r.sent,
		    (unsigned long long)r.retries, (long long)r.wall_us, (long long)r.cpu_us);
	}
	packets_free(&s);
	return ok ? 0 : 1;
}

int
main(int argc, char **argv)
{
	unsigned number[NUMBERS] = {[TIMEOUT] = 1000, [RETRIES] = 2, [WINDOW] = 1024, [RUNS] = 1};
	const char *file = NULL;
	char *end;
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == LEARN) {
			file = optarg;
		} else if (c > LEARN && c < NUMBERS) {
			number[c] = (unsigned)strtoul(optarg, &end, 10);
			if (*end != '\0' || end == optarg)
				c = '?';
		}
		if (c == 'h' || c == '?') {
			fputs(usage, c == 'h' ? stdout : stderr);
			return c == 'h' ? 0 : 2;
		}
	}
	if (file != NULL && number[LISTEN] && number[UPSTREAM] && optind == argc)
		return learn(number[LISTEN], number[UPSTREAM], file);
	if (file == NULL && number[PORT] && optind + 1 == argc)
		return runs(argv[optind], number);
	fputs(usage, stderr);
	return 2;
}
