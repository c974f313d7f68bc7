/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mapped.h - a file that is looked at where the kernel has it, instead of being copied. A map
 * changes under its reader when somebody writes to the file, and kills it when somebody cuts the
 * file short; so there is one only while a lease says that nobody has the file open to write.
 * Nobody outside probes/read/ includes it.
 */
#ifndef KK_PROBES_READ_MAPPED_H
#define KK_PROBES_READ_MAPPED_H

#include <stddef.h>
#include <stdint.h>

#define MAPPED_OCTETS (8 << 20) /* of a file, at once; a multiple of any page */

struct mapped {
	const uint8_t *p; /* NULL: nothing is mapped */
	size_t n;	  /* octets of the file that are there */
	uint64_t from;	  /* where in the file */
};

/** Ask to be told before anybody opens a file to write, or cuts it short; whoever wants to waits
 * meanwhile, 45 s at most (fcntl(2), F_SETLEASE; proc(5), lease-break-time). @param fd A file that
 * was opened to read only, by nobody else, at its beginning. @return 0: no such luck: somebody
 * writes already, it is no file, another one's, or not on a disk of this machine. */
int mapped_hold(int fd);

/** @param fd File. @return 1: nobody can have written since mapped_hold(). 0: somebody waits, or
 * waited for too long. */
int mapped_is_held(int fd);

/** Do not keep writers waiting any more. @param fd File. */
void mapped_let_go(int fd);

/** Have a part of a file that is held, instead of the one before. @param m Map, zeroed at first;
 * mapped_free() frees it. @param fd File. @param at Octet from which on it is wanted, and what is
 * before it on its page comes too. @return 0: that does not work, and nothing is mapped. */
int mapped_move(struct mapped *m, int fd, uint64_t at);

/** @param m Map, zeroed is allowed. */
void mapped_free(struct mapped *m);

#endif
