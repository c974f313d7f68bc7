/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seglog_pack.c - closed segments as zstd frames. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "lib/seglog_file.h"

#define LEVEL	    3
#define SEGMENT_MAX (UINT64_C(1) << 30) /* octets that are held in memory at the most */

/* A whole file; NULL: errno (0: larger than SEGMENT_MAX). */
static uint8_t *
slurp(const char *path, size_t *len, struct stat *st)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t *p = NULL;
	size_t have = 0;
	ssize_t n = 1;

	if (fd < 0)
		return NULL;
	errno = 0;
	if (fstat(fd, st) != 0 || (uint64_t)st->st_size > SEGMENT_MAX ||
	    (p = malloc((size_t)st->st_size + 1)) == NULL)
		goto fail;
	while (have < (size_t)st->st_size && n != 0) {
		n = read(fd, p + have, (size_t)st->st_size - have);
		if (n < 0 && errno != EINTR)
			goto fail;
		have += n > 0 ? (size_t)n : 0;
	}
	close(fd);
	*len = have;
	return p;
fail:
	close(fd);
	free(p);
	return NULL;
}

/* Write a file whole and durable; -1: errno, and there is no such file. */
static int
put_file(const char *path, const uint8_t *p, size_t len, const struct stat *as)
{
	const struct timespec times[2] = {as->st_atim, as->st_mtim};
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, as->st_mode & 0777), err;

	if (fd < 0)
		return -1;
	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			goto fail;
		p += n;
		len -= (size_t)n;
	}
	if (futimens(fd, times) != 0 || fsync(fd) != 0)
		goto fail;
	if (close(fd) == 0)
		return 0;
	fd = -1;
fail:
	err = errno;
	if (fd >= 0)
		close(fd);
	unlink(path);
	errno = err;
	return -1;
}

static int
rename_over(const char *dir, const char *from, const char *to, const char *then_remove)
{
	if (rename(from, to) != 0 || seg_sync_dir(dir) != 0)
		return -1;
	return unlink(then_remove);
}

int
seg_pack(const char *dir, uint64_t number, struct diag *d)
{
	char plain[SEG_PATH_MAX], packed[SEG_PATH_MAX], temp[SEG_PATH_MAX + 8];
	uint8_t *in, *out = NULL;
	size_t len = 0, room, n;
	struct stat st;
	int rc = KK_OK;

	seg_path(dir, number, SEG_PLAIN, plain);
	seg_path(dir, number, SEG_PACKED, packed);
	snprintf(temp, sizeof(temp), "%s.tmp", packed);
	if ((in = slurp(plain, &len, &st)) == NULL)
		return diag_set(d, kk_from_errno(errno ? errno : EFBIG), "%s: %s", plain,
		    strerror(errno ? errno : EFBIG));
	room = ZSTD_compressBound(len);
	if ((out = malloc(room)) == NULL) {
		rc = diag_set(d, KK_E_NOMEM, "%s: %s", plain, kk_strerror(KK_E_NOMEM));
		goto out;
	}
	n = ZSTD_compress(out, room, in, len, LEVEL);
	if (ZSTD_isError(n))
		rc = diag_set(d, KK_E_NOMEM, "%s: %s", plain, ZSTD_getErrorName(n));
	else if (put_file(temp, out, n, &st) != 0)
		rc = diag_set(d, kk_from_errno(errno), "%s: %s", temp, strerror(errno));
	else if (rename_over(dir, temp, packed, plain) != 0)
		rc = diag_set(d, kk_from_errno(errno), "%s: %s", packed, strerror(errno));
out:
	free(in);
	free(out);
	return rc;
}

int
seg_unpack(const char *path, uint8_t **out, size_t *len, struct diag *d)
{
	unsigned long long size;
	size_t in_len = 0, n;
	struct stat st;
	uint8_t *in = slurp(path, &in_len, &st);
	int rc = KK_OK;

	*out = NULL;
	if (in == NULL)
		return diag_set(d, errno ? kk_from_errno(errno) : KK_E_CORRUPT, "%s: %s", path,
		    errno ? strerror(errno) : "too large");
	size = ZSTD_getFrameContentSize(in, in_len);
	if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR ||
	    size > SEGMENT_MAX) {
		rc = diag_set(d, KK_E_CORRUPT, "%s: not a segment that was compressed here", path);
		goto out;
	}
	if ((*out = malloc((size_t)size + 1)) == NULL) {
		rc = diag_set(d, KK_E_NOMEM, "%s: %s", path, kk_strerror(KK_E_NOMEM));
		goto out;
	}
	n = ZSTD_decompress(*out, (size_t)size, in, in_len);
	if (ZSTD_isError(n) || n != size)
		rc = diag_set(d, KK_E_CORRUPT, "%s: damaged: %s", path,
		    ZSTD_isError(n) ? ZSTD_getErrorName(n) : "cut short");
	*len = (size_t)size;
out:
	free(in);
	if (rc != KK_OK) {
		free(*out);
		*out = NULL;
	}
	return rc;
}
