/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usage_in.h - what the parts of `kkachi usage` share. */
#ifndef KK_CLI_USAGE_IN_H
#define KK_CLI_USAGE_IN_H

#include <stdio.h>

#include "cli/cli.h"
#include "usage/ask.h"

/* What a report is asked to be. Texts are those of the command line. */
struct usage_wish {
	struct ask ask;
	enum ask_format format;
	int format_set;
	int set;		     /* one of the options below was given */
	const char *from, *to, *out; /* as typed; NULL: none */
	const char *month;	     /* of `usage report`; NULL: the last one */
	int mail;		     /* and by mail */
	const char *open_data;	     /* folder; NULL: no open data */
	enum language lang;
	int lang_set;
	int bom;
};

/* The options of a report, for the command's list. */
enum {
	OPT_FROM = CLI_OWN,
	OPT_TO,
	OPT_BY,
	OPT_PER,
	OPT_SHOW,
	OPT_SOURCE,
	OPT_TOP,
	OPT_BOTTOM,
	OPT_DISTRICT,
	OPT_PHASE,
	OPT_TYPE,
	OPT_SITE,
	OPT_FORMAT,
	OPT_LANGUAGE,
	OPT_NO_BOM,
	OPT_MONTH,
	OPT_MAIL,
	OPT_OPEN_DATA,
	OPT_REPORT_END
};
#define USAGE_OPT_OUT 'o'

#define USAGE_REPORT_OPTIONS                                                                      \
	{"from", required_argument, NULL, OPT_FROM}, {"to", required_argument, NULL, OPT_TO},     \
	    {"by", required_argument, NULL, OPT_BY}, {"per", required_argument, NULL, OPT_PER},   \
	    {"show", required_argument, NULL, OPT_SHOW},                                          \
	    {"source", required_argument, NULL, OPT_SOURCE},                                      \
	    {"top", required_argument, NULL, OPT_TOP},                                            \
	    {"bottom", required_argument, NULL, OPT_BOTTOM},                                      \
	    {"district", required_argument, NULL, OPT_DISTRICT},                                  \
	    {"phase", required_argument, NULL, OPT_PHASE},                                        \
	    {"type", required_argument, NULL, OPT_TYPE},                                          \
	    {"site", required_argument, NULL, OPT_SITE},                                          \
	    {"format", required_argument, NULL, OPT_FORMAT},                                      \
	    {"language", required_argument, NULL, OPT_LANGUAGE},                                  \
	    {"no-bom", no_argument, NULL, OPT_NO_BOM},                                            \
	    {"month", required_argument, NULL, OPT_MONTH}, {"mail", no_argument, NULL, OPT_MAIL}, \
	    {"open-data", required_argument, NULL, OPT_OPEN_DATA},                                \
	{                                                                                         \
		"output", required_argument, NULL, USAGE_OPT_OUT                                  \
	}

/** Take an option of a report, with `optarg`. @param c Run. @param w Receives it. @param o One of
 * the above. @return 1, or 0: told of. */
int usage_take(struct cli *c, struct usage_wish *w, int o);

/** Whether the options go together. @param c Run. @param w Wish. @return 1, or 0: told of. */
int usage_sound(struct cli *c, struct usage_wish *w);

/** Make and print a report. @param c Opened run. @param w Wish. @return Exit code. */
int usage_report(struct cli *c, struct usage_wish *w);

/** A month's report into a folder, and by mail. @param c Opened run. @param w Wish: month, folder,
 * language, mail. @return Exit code. */
int usage_monthly(struct cli *c, const struct usage_wish *w);

/** A month of the ledger against the round-robin files. @param c Opened run. @param w Wish: month,
 * format, file. @return Exit code. */
int usage_reconcile(struct cli *c, struct usage_wish *w);

/** What may be published, into a folder. @param c Opened run. @param w Wish: folder, months.
 * @return Exit code. */
int usage_open(struct cli *c, struct usage_wish *w);

/** Fill in the first and the last period; zone_use() must have run. @param c Run. @param w Wish.
 * @return 1, or 0: told of. */
int usage_range(struct cli *c, struct usage_wish *w);

/** Which of close, reopen and closed a word is. @param word Word or NULL. @return For
 * usage_closing(); -1: none. */
int usage_verb(const char *word);

/** Close or reopen a month, or list those that are closed. @param c Run; opened here. @param verb
 * As usage_verb() gives it. @param month_arg As typed, or NULL. @param reason Of a reopening, or
 * NULL.
 * @return Exit code: CLI_FAILED too if a checksum is not that of its month. */
int usage_closing(struct cli *c, int verb, const char *month_arg, const char *reason);

/** Import the city's list of usage over a time. @param c Opened run. @param path File. @param first
 * First day as typed. @param last Last day. @param replace 1: replace the same period. @return Exit
 * code. */
int usage_list(
    const struct cli *c, const char *path, const char *first, const char *last, int replace);

/** Write the whole ledger. @param c Opened run. @param path File; "-": standard output. @return
 * Exit code. */
int usage_export(const struct cli *c, const char *path);

/** Read a whole ledger into an empty database. @param c Opened run. @param path File. @return Exit
 * code. */
int usage_restore(const struct cli *c, const char *path);

#endif
