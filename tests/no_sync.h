/* SPDX-License-Identifier: GPL-3.0-or-later */
/* no_sync.h - a disk that takes nothing when it is synced: for one file of a test that is linked
 * with -Wl,--wrap=fdatasync. */
#ifndef KK_TESTS_NO_SYNC_H
#define KK_TESTS_NO_SYNC_H

#include <errno.h>

int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);

static int no_sync; /* so many times */

int
__wrap_fdatasync(int fd)
{
	if (no_sync-- <= 0)
		return __real_fdatasync(fd);
	errno = EIO;
	return -1;
}

#endif
