/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kk-bench: what is kept, against bare yardsticks. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log.h"
#include "tests/bench/archives.h"
#include "tests/bench/crypto.h"
#include "tests/bench/keep.h"
#include "tests/bench/years.h"

static const char usage[] =
    "Usage: kk-bench keep DIR [--devices N] [--sweeps N]\n"
    "       kk-bench archives DIR [--devices N] [--minutes N] [--cold]\n"
    "       kk-bench years DIR [--devices N] [--years N]\n"
    "       kk-bench crypto AUTH/PRIV --devices N --asked OCTETS --answered OCTETS\n"
    "                --plain-asked OCTETS --plain-answered OCTETS\n"
    "\n"
    "DIR is an empty folder on the disk that is meant. Prints one JSON object.\n";

enum {
	DEVICES = 1,
	SWEEPS,
	MINUTES,
	YEARS,
	COLD,
	ASKED,
	ANSWERED,
	PLAIN_ASKED,
	PLAIN_ANSWERED,
	NUMBERS
};

static const struct option options[] = {{"devices", 1, NULL, DEVICES}, {"sweeps", 1, NULL, SWEEPS},
    {"minutes", 1, NULL, MINUTES}, {"years", 1, NULL, YEARS}, {"cold", 0, NULL, COLD},
    {"asked", 1, NULL, ASKED}, {"answered", 1, NULL, ANSWERED},
    {"plain-asked", 1, NULL, PLAIN_ASKED}, {"plain-answered", 1, NULL, PLAIN_ANSWERED},
    {"help", 0, NULL, 'h'}, {NULL, 0, NULL, 0}};

int
main(int argc, char **argv)
{
	unsigned number[NUMBERS] = {[DEVICES] = 18450, [SWEEPS] = 11, [MINUTES] = 20, [YEARS] = 5};
	char *end = NULL;
	int c;

	log_open("kk-bench", LOG_LV_WARNING);
	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			return 0;
		}
		if (c == '?')
			return 2;
		number[c] = c == COLD ? 1 : (unsigned)strtoul(optarg, &end, 10);
		if (number[c] == 0 || (c != COLD && *end != '\0'))
			return 2;
	}
	if (optind + 2 == argc && strcmp(argv[optind], "keep") == 0)
		return bench_keep(argv[optind + 1], number[DEVICES], number[SWEEPS]);
	if (optind + 2 == argc && strcmp(argv[optind], "archives") == 0)
		return bench_archives(
		    argv[optind + 1], number[DEVICES], number[MINUTES], (int)number[COLD]);
	if (optind + 2 == argc && strcmp(argv[optind], "years") == 0)
		return bench_years(argv[optind + 1], number[DEVICES], number[YEARS]);
	if (optind + 2 == argc && strcmp(argv[optind], "crypto") == 0)
		return bench_crypto(argv[optind + 1],
		    &(struct crypto_load){number[DEVICES], number[ASKED], number[ANSWERED],
			number[PLAIN_ASKED], number[PLAIN_ANSWERED]});
	fputs(usage, stderr);
	return 2;
}
