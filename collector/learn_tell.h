/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learn_tell.h - the reasoning of learn.c in sentences, for `kkachi poll`. Nobody listens to most
 * learning: a NULL trace costs nothing. */
#ifndef KK_COLLECTOR_LEARN_TELL_H
#define KK_COLLECTOR_LEARN_TELL_H

#include "collector/layout.h"
#include "collector/profile/profile.h"
#include "collector/table/ask.h"

/** What the device says of itself. @param t Trace. @param object_id sysObjectID, .len 0: none.
 * @param descr sysDescr. */
void tell_identity(const struct ask_trace *t, const struct oid *object_id, const char *descr);

/** A profile and the rule by which it fits. @param t Trace. @param id TEXT_TELL_... of both. @param
 * p Profile. @param m Its rule. */
void tell_match(const struct ask_trace *t, enum text_id id, const struct profile *p,
    const struct profile_match *m);

/** A rule of a profile fits, but for what should be below an object. @param t Trace. @param p
 * Profile.
 * @param m Rule. */
void tell_not_there(
    const struct ask_trace *t, const struct profile *p, const struct profile_match *m);

/** Which other profiles stand behind the one that was taken. @param t Trace. @param all Profiles.
 * @param object_id sysObjectID, .len 0: none. @param descr sysDescr. @param nth The next candidate.
 * @param p Taken. */
void tell_less_close(const struct ask_trace *t, const struct profiles *all,
    const struct oid *object_id, const char *descr, unsigned nth, const struct profile *p);

/** How far a profile can be believed, and what it counts. @param t Trace. @param p Profile. */
void tell_profile(const struct ask_trace *t, const struct profile *p);

/** What a profile looks for and the device does not have. @param t Trace. @param p Profile. @param
 * plan What it has. */
void tell_absent(const struct ask_trace *t, const struct profile *p, const struct plan *plan);

/** A table was walked. @param t Trace. @param p Profile. @param table Index of its table. @param r
 * Rows. @param rc How the walk ended. */
void tell_table(const struct ask_trace *t, const struct profile *p, unsigned table,
    const struct rows_table *r, int rc);

/** Which rule of `octets` it is about. @param t Trace. @param id TEXT_TELL_... with rule, table,
 * number. @param p Profile. @param entry Rule. @param n Number. */
void tell_rule(const struct ask_trace *t, enum text_id id, const struct profile *p, unsigned entry,
    unsigned n);

#endif
