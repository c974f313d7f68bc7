/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mark.h - why a figure is not the whole truth: one letter for people, one word for scripts. */
#ifndef KK_USAGE_MARK_H
#define KK_USAGE_MARK_H

#include <stddef.h>

#include "lib/i18n.h"

/* What may be said against a figure, in the order in which it is told. */
enum mark {
	MARK_IMPORTED = 1 << 0,	     /* all of it was measured before Kkachi */
	MARK_PART_IMPORTED = 1 << 1, /* some days were */
	MARK_PARTIAL = 1 << 2,	     /* not observed all the time */
	MARK_RESTARTS = 1 << 3,	     /* octets before a reboot are missing */
	MARK_UNSURE = 1 << 4,	     /* a 32-bit counter may have wrapped twice */
	MARK_LUMP = 1 << 5,	     /* octets that came in one lump after a gap */
	MARK_LATE = 1 << 6,	     /* octets that came after the month was closed stand apart */
	MARK_RUNNING = 1 << 7,	     /* the period is not over */
	MARK_SPREAD = 1 << 8,	     /* a period's total, spread over its days */
	MARK_FEW = 1 << 9	     /* withheld: too few clients */
};

#define MARKS 10

/* One mark, as people and scripts read it. */
struct mark_name {
	unsigned mark;	   /* enum mark */
	char letter;	   /* in the column of marks */
	const char *key;   /* in CSV and JSON */
	enum text_id note; /* the footnote */
};

/** All marks. @return Static array of MARKS rows. */
const struct mark_name *mark_names(void);

/** The letters of a set, as "jp". @param marks Set of enum mark. @param out Buffer. @return `out`,
 * "" for none. */
const char *mark_letters(unsigned marks, char out[MARKS + 1]);

#endif
