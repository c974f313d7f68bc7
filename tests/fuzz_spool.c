/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PARSES: probes/spool.c */
/* fuzz_spool.c - a spool of whole records that anybody may have written: opening and reading end,
 * what is read is a batch, what is put behind it comes out, and what was passed stays passed.
 * Records are a length (2 octets) and data. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/log.h"
#include "lib/seglog.h"
#include "lib/seglog_file.h"
#include "probes/spool.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SEQUENCE UINT64_C(0x123456789)

static char dir[64];

static void
remove_folder(void)
{
	char lock[80];

	snprintf(lock, sizeof(lock), "%s/lock", dir);
	unlink(lock);
	rmdir(dir);
}

static void
make_folder(void)
{
	if (dir[0] != '\0')
		return;
	snprintf(dir, sizeof(dir), "/dev/shm/kk-fuzz-XXXXXX");
	if (mkdtemp(dir) == NULL)
		abort();
	log_open("fuzz", LOG_LV_ERROR - 1);
	atexit(remove_folder);
}

static void
clean(void)
{
	struct seg_entry *all;
	char path[SEG_PATH_MAX];
	size_t n;

	if (seg_list(dir, &all, &n, NULL) != KK_OK)
		abort();
	for (size_t i = 0; i < n; i++) {
		seg_path(dir, all[i].number, SEG_PLAIN, path);
		unlink(path);
	}
	free(all);
}

static void
write_records(const uint8_t *data, size_t size)
{
	const struct seglog_options o = {0};
	struct seglog *l;

	if (seglog_open(dir, &o, &l, NULL) != KK_OK)
		abort();
	while (size > 2) {
		size_t len = (size_t)(data[0] << 8 | data[1]);

		data += 2;
		size -= 2;
		if (len > size)
			len = size;
		if (len > 0 && seglog_append(l, data, len, NULL) != KK_OK)
			abort();
		data += len;
		size -= len;
	}
	seglog_close(l);
}

static size_t
make_batch(uint8_t out[256])
{
	const struct batch_head head = {"fuzz", 1, SEQUENCE};
	struct batch_writer w;
	struct sample s = {.device = 1, .source = SOURCE_PROBE, .time_cs = INT64_C(162774000000)};

	if (batch_begin(&w, out, 256, &head) != KK_OK ||
	    batch_add(&w, "AP", s.time_cs - 6000, &s) != KK_OK)
		abort();
	return w.len;
}

/* Read all; the last one must be ours, if there is one. */
static unsigned
read_all(struct spool *s)
{
	struct spooled b = {.entries = 0};
	unsigned n = 0;
	int rc;

	while ((rc = spool_next(s, &b, NULL)) == KK_OK) {
		if (b.head.probe[0] == '\0' || b.head.sequence == 0 || ++n > 100000)
			abort();
	}
	if (rc != KK_END || spool_unread(s) != 0 || (n > 0 && b.head.sequence != SEQUENCE))
		abort();
	if (n > 0)
		spool_passed(s, b.behind);
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t batch[256];
	struct spool *s;
	uint64_t unread;

	make_folder();
	write_records(data, size);
	if (spool_open(dir, 0, &s, NULL) != KK_OK)
		abort();
	unread = spool_unread(s);
	if (spool_put(s, batch, make_batch(batch), NULL) != KK_OK || read_all(s) != unread + 1)
		abort();
	spool_close(s);
	if (spool_open(dir, 0, &s, NULL) != KK_OK || read_all(s) != 0)
		abort();
	spool_close(s);
	clean();
	return 0;
}
