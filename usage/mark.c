/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/mark.h"

static const struct mark_name names[MARKS] = {
    {MARK_IMPORTED, 'i', "imported", TEXT_NOTE_IMPORTED},
    {MARK_PART_IMPORTED, 'j', "imported_in_part", TEXT_NOTE_PART_IMPORTED},
    {MARK_PARTIAL, 'p', "partial", TEXT_NOTE_PARTIAL},
    {MARK_RESTARTS, 'r', "restarts", TEXT_NOTE_RESTARTS},
    {MARK_UNSURE, 'u', "unsure", TEXT_NOTE_UNSURE},
    {MARK_LUMP, 'g', "lump", TEXT_NOTE_LUMP},
    {MARK_LATE, 'l', "late", TEXT_NOTE_LATE},
    {MARK_RUNNING, 't', "running", TEXT_NOTE_RUNNING},
    {MARK_SPREAD, 's', "spread", TEXT_NOTE_SPREAD},
    {MARK_FEW, 'k', "few_clients", TEXT_NOTE_FEW},
};

const struct mark_name *
mark_names(void)
{
	return names;
}

const char *
mark_letters(unsigned marks, char out[MARKS + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < MARKS; i++)
		if (marks & names[i].mark)
			out[n++] = names[i].letter;
	out[n] = '\0';
	return out;
}
