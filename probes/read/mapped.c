/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/read/mapped.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

/* Where nobody can write past this machine's kernel, as to a folder of another machine's. */
static int
is_local(int fd)
{
	static const uint32_t local[] = {EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC,
	    F2FS_SUPER_MAGIC, TMPFS_MAGIC, OVERLAYFS_SUPER_MAGIC};
	struct statfs s;

	if (fstatfs(fd, &s) != 0)
		return 0;
	for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++)
		if ((uint32_t)s.f_type == local[i])
			return 1;
	return 0;
}

int
mapped_hold(int fd)
{
	if (!is_local(fd))
		return 0;
	/* The signal that comes with a writer would otherwise kill; this one nobody notices, as
	 * the lease is looked at anyway. */
	return fcntl(fd, F_SETSIG, SIGURG) == 0 && fcntl(fd, F_SETLEASE, F_RDLCK) == 0;
}

int
mapped_is_held(int fd)
{
	return fcntl(fd, F_GETLEASE) == F_RDLCK;
}

void
mapped_let_go(int fd)
{
	(void)fcntl(fd, F_SETLEASE, F_UNLCK);
}

int
mapped_move(struct mapped *m, int fd, uint64_t at)
{
	uint64_t from = at - at % (uint64_t)sysconf(_SC_PAGESIZE), left;
	struct stat st;
	void *p;

	mapped_free(m);
	if (fstat(fd, &st) != 0 || (uint64_t)st.st_size <= from)
		return 0;
	left = (uint64_t)st.st_size - from;
	m->n = left < MAPPED_OCTETS ? (size_t)left : MAPPED_OCTETS;
	p = mmap(NULL, m->n, PROT_READ, MAP_SHARED, fd, (off_t)from);
	if (p == MAP_FAILED)
		return 0;
	m->p = p;
	m->from = from;
	/* All its pages at once, and a disk that cannot be read says so here, not by a signal. */
	if (madvise(p, m->n, MADV_POPULATE_READ) == 0)
		return 1;
	mapped_free(m);
	return 0;
}

void
mapped_free(struct mapped *m)
{
	if (m->p != NULL)
		munmap((void *)(uintptr_t)m->p, m->n);
	*m = (struct mapped){0};
}
