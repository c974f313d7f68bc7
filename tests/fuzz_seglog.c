/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_seglog.c - a folder of damaged segments: reading ends, cursors go up, and a writer can go on
 * behind it. The first octet says whether a second segment stands behind (the first is closed then)
 * and whether it is packed. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/log.h"
#include "lib/seglog.h"
#include "lib/seglog_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[64];

static void
remove_folder(void)
{
	char lock[80];

	snprintf(lock, sizeof(lock), "%s/lock", dir);
	unlink(lock);
	rmdir(dir);
}

/* In memory where there is such a thing, as every input syncs. */
static void
make_folder(void)
{
	if (dir[0] != '\0')
		return;
	snprintf(dir, sizeof(dir), "/dev/shm/kk-fuzz-XXXXXX");
	if (mkdtemp(dir) == NULL) {
		snprintf(dir, sizeof(dir), "/tmp/kk-fuzz-XXXXXX");
		if (mkdtemp(dir) == NULL)
			abort();
	}
	log_open("fuzz", LOG_LV_ERROR - 1);
	atexit(remove_folder);
}

static void
put(const char *path, const uint8_t *p, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, p, len) != (ssize_t)len)
		abort();
	close(fd);
}

static unsigned
read_all(void)
{
	struct seglog_reader *r;
	struct cursor last = {0, 0}, next;
	const void *p;
	unsigned n = 0;
	size_t len;
	int rc;

	if (seglog_read_from(dir, last, &r, NULL) != KK_OK)
		abort();
	for (unsigned rounds = 0; (rc = seglog_next(r, NULL, &p, &len, &next, NULL)) != KK_END;) {
		if (++rounds > 100000)
			abort();
		if (rc != KK_OK)
			continue;
		if (cursor_cmp(next, last) <= 0 || len == 0)
			abort();
		last = next;
		n++;
	}
	seglog_reader_free(r);
	return n;
}

static void
clean(void)
{
	struct seg_entry *all;
	char path[SEG_PATH_MAX];
	size_t n;

	if (seg_list(dir, &all, &n, NULL) != KK_OK)
		abort();
	for (size_t i = 0; i < n; i++)
		for (unsigned form = SEG_PLAIN; form <= SEG_PACKED; form++) {
			seg_path(dir, all[i].number, form, path);
			unlink(path);
		}
	free(all);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seglog_options o = {0};
	char path[SEG_PATH_MAX];
	struct seglog *l;
	unsigned before;
	int how, rc;

	if (size < 1)
		return 0;
	make_folder();
	how = data[0] & 3;
	seg_path(dir, 1, how == 3 ? SEG_PACKED : SEG_PLAIN, path);
	put(path, data + 1, size - 1);
	if (how >= 1) {
		seg_path(dir, 2, SEG_PLAIN, path);
		put(path, data + 1, size - 1);
	}
	before = read_all();
	rc = seglog_open(dir, &o, &l, NULL);
	if (rc == KK_OK) {
		if (seglog_append(l, "x", 1, NULL) != KK_OK)
			abort();
		seglog_close(l);
		if (read_all() < (before > 0 ? 1 : 0))
			abort();
	} else if (rc != KK_E_VERSION) {
		abort();
	}
	clean();
	return 0;
}
