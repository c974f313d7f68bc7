/* SPDX-License-Identifier: GPL-3.0-or-later */
/* out_file.h - an answer as a stream: to standard output, or to a file that appears whole or not at
 * all. */
#ifndef KK_CLI_OUT_FILE_H
#define KK_CLI_OUT_FILE_H

#include "cli/cli.h"

/* Where it goes, beside the file until it is whole. */
struct out_file {
	FILE *stream;
	char *beside;
	const char *path; /* NULL: standard output */
};

/** Open. @param c Run. @param path File, borrowed; NULL: standard output. @param f Receives it;
 * out_file_close() ends it. @return 1, or 0: told of. */
int out_file_open(const struct cli *c, const char *path, struct out_file *f);

/** End it: the file takes its name if all is well. @param c Run. @param f Opened. @param code Exit
 * code so far; other than CLI_DONE leaves no file. @return Exit code. */
int out_file_close(const struct cli *c, struct out_file *f, int code);

#endif
