/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lockdown.h - the last step before hostile octets are parsed: which files, and which system calls,
 * are left. Neither can be taken back, and both hold for every thread. */
#ifndef KK_PROBES_LOCKDOWN_H
#define KK_PROBES_LOCKDOWN_H

#include "lib/err.h"

/* What may still be opened; NULL: nothing of the kind. */
struct lockdown_paths {
	const char *map;   /* a file that is read again: its folder may be read */
	const char *iface; /* an interface, whose counters in sysfs may be read */
	const char *spool; /* a folder in which files may be read, made and removed */
};

/**
 * Leave the process nothing of the file system but this, by Landlock. What is open stays open. Call
 * it after privileges_drop() and before threads are started: it holds for the caller and for what
 * the caller starts. A kernel without Landlock is told in the log, once; then user and unit guard
 * alone.
 *
 * @param paths  What stays.
 * @param d      Why not.
 * @retval KK_OK
 * @retval KK_E_NOTFOUND  And its kin: one of the paths is not there.
 * @retval KK_E_DENIED
 */
int lockdown_paths(const struct lockdown_paths *paths, struct diag *d);

/**
 * Kill this process at any system call that its loop does not need: new programs, processes,
 * traces, sockets but UNIX ones, memory that is executable. For all threads, so call it when they
 * have been started. Left out, and said so, in a build with sanitizers, which need others.
 *
 * @param d  Why not.
 * @retval KK_OK
 * @retval KK_E_DENIED
 */
int lockdown_calls(struct diag *d);

/** Whether this build has the filter of lockdown_calls(). @return 1 or 0. */
int lockdown_has_calls(void);

#endif
