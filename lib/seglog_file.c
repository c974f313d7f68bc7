/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/seglog_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "lib/seglog.h"
#include "lib/wire.h"

#define VERSION 1

static const uint8_t magic[8] = {'k', 'k', 's', 'e', 'g', 'l', 'o', 'g'};

void
seg_path(const char *dir, uint64_t number, enum seg_form form, char out[SEG_PATH_MAX])
{
	snprintf(out, SEG_PATH_MAX, "%s/%016llx.log%s", dir, (unsigned long long)number,
	    form == SEG_PACKED ? ".zst" : "");
}

/* A name that seg_path() makes; 0: another. */
static unsigned
parse_name(const char *name, uint64_t *number)
{
	uint64_t v = 0;

	for (int i = 0; i < 16; i++) {
		char c = name[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
			return 0;
		v = v << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	*number = v;
	if (strcmp(name + 16, ".log") == 0)
		return SEG_PLAIN;
	return strcmp(name + 16, ".log.zst") == 0 ? SEG_PACKED : 0;
}

static int
by_number(const void *a, const void *b)
{
	uint64_t x = ((const struct seg_entry *)a)->number;
	uint64_t y = ((const struct seg_entry *)b)->number;

	return x < y ? -1 : x > y;
}

/* Both files of one segment are one entry. */
static size_t
merge(struct seg_entry *e, size_t n)
{
	size_t kept = 0;

	if (n == 0)
		return 0;
	qsort(e, n, sizeof(*e), by_number);
	for (size_t i = 1; i < n; i++) {
		if (e[i].number == e[kept].number)
			e[kept].forms |= e[i].forms;
		else
			e[++kept] = e[i];
	}
	return kept + 1;
}

int
seg_list(const char *dir, struct seg_entry **out, size_t *n, struct diag *d)
{
	struct seg_entry *all = NULL, *more;
	struct dirent *entry;
	size_t room = 0, count = 0;
	DIR *folder = opendir(dir);

	*out = NULL;
	*n = 0;
	if (folder == NULL && errno == ENOENT)
		return KK_OK;
	if (folder == NULL)
		return diag_set(d, kk_from_errno(errno), "%s: %s", dir, strerror(errno));
	while ((entry = readdir(folder)) != NULL) {
		uint64_t number;
		unsigned form = parse_name(entry->d_name, &number);

		if (form == 0)
			continue;
		if (count == room) {
			room = room ? room * 2 : 64;
			if ((more = realloc(all, room * sizeof(*all))) == NULL) {
				free(all);
				closedir(folder);
				return diag_set(
				    d, KK_E_NOMEM, "%s: %s", dir, kk_strerror(KK_E_NOMEM));
			}
			all = more;
		}
		all[count++] = (struct seg_entry){number, form};
	}
	closedir(folder);
	*n = merge(all, count);
	*out = all;
	return KK_OK;
}

static void
put_le32(uint8_t *out, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		out[i] = (uint8_t)(v >> 8 * i);
}

static uint32_t
get_le32(const uint8_t *p)
{
	struct wire w = wire_over(p, 4);

	return wire_le32(&w);
}

void
seg_head(uint8_t out[SEG_HEAD])
{
	memcpy(out, magic, sizeof(magic));
	put_le32(out + 8, VERSION);
	put_le32(out + 12, 0);
}

int
seg_head_check(const uint8_t head[SEG_HEAD])
{
	if (memcmp(head, magic, sizeof(magic)) != 0)
		return KK_E_CORRUPT;
	return get_le32(head + 8) == VERSION ? KK_OK : KK_E_VERSION;
}

static uint32_t
record_crc(const uint8_t length[4], const void *p, size_t len)
{
	return (uint32_t)crc32_z(crc32_z(0, length, 4), p, len);
}

void
seg_record_head(uint8_t out[SEG_RECORD], const void *p, size_t len)
{
	put_le32(out, (uint32_t)len);
	put_le32(out + 4, record_crc(out, p, len));
}

size_t
seg_record_len(const uint8_t head[SEG_RECORD])
{
	uint32_t len = get_le32(head);

	return len <= SEGLOG_RECORD_MAX ? len : 0;
}

int
seg_record_ok(const uint8_t head[SEG_RECORD], const void *p)
{
	return get_le32(head + 4) == record_crc(head, p, seg_record_len(head));
}

/* Read exactly; 1: done, 0: the file ends before, -1: errno. */
static int
read_at(int fd, void *p, size_t len, uint64_t offset)
{
	uint8_t *to = p;

	while (len > 0) {
		ssize_t n = pread(fd, to, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return (int)n;
		to += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return 1;
}

/* The record at `offset`: its payload's length, 0 if there is no whole length, -1: errno. */
static int64_t
record_at(int fd, uint64_t offset, uint64_t size, uint8_t **buf, size_t *room, int *whole)
{
	uint8_t head[SEG_RECORD], *more;
	int got = read_at(fd, head, sizeof(head), offset);
	size_t len = got > 0 ? seg_record_len(head) : 0;

	*whole = 0;
	if (got < 0)
		return -1;
	if (len == 0 || offset + SEG_RECORD + len > size)
		return 0;
	if (len > *room) {
		if ((more = realloc(*buf, len)) == NULL)
			return -1;
		*buf = more;
		*room = len;
	}
	if ((got = read_at(fd, *buf, len, offset + SEG_RECORD)) < 0)
		return -1;
	*whole = got > 0 && seg_record_ok(head, *buf);
	return (int64_t)len;
}

int64_t
seg_whole(int fd, uint64_t size)
{
	uint64_t at = SEG_HEAD, end = SEG_HEAD;
	uint8_t *buf = NULL;
	size_t room = 0;
	int64_t len;
	int whole, damaged = 0;

	while ((len = record_at(fd, at, size, &buf, &room, &whole)) > 0) {
		at += SEG_RECORD + (uint64_t)len;
		if (!whole && damaged++)
			break; /* two in a row: the lengths themselves are damaged */
		if (whole) {
			damaged = 0;
			end = at;
		}
	}
	free(buf);
	return len < 0 ? -1 : (int64_t)end;
}

int
seg_sync_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	if (fd < 0)
		return -1;
	rc = fsync(fd);
	close(fd);
	return rc;
}
