/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The file: a head, then chunks of 256 devices; in a chunk the slots of one source stand together,
 * so that a source nobody uses costs no page. A slot is addressed by (device, source) alone.
 *
 * A slot is a sequence number and an entry as 64-bit words. The writer makes the number odd, stores
 * the words, makes it even; a reader takes the words between two equal even numbers. Words are
 * stored with release and loaded with acquire order, which costs nothing on x86 and needs no fence:
 * whoever sees a word of a new entry also sees that the number has moved.
 */
#include "rrd/live.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/log.h"
#include "lib/text.h"

#define LIVE_MAGIC    "KKLIVE\n"
#define LIVE_VERSION  2
#define CHUNK_DEVICES 256
#define CHUNKS_MAX    16384 /* 4,194,304 devices */
#define ENTRY_WORDS   (sizeof(struct live_entry) / 8)
#define AHEAD_CS      6000
#define TRIES	      10000 /* a tenth of a second: a slot that stays odd has lost its writer */

struct slot {
	_Atomic uint64_t seq;
	_Atomic uint64_t word[ENTRY_WORDS];
	uint64_t pad[(8 - (ENTRY_WORDS + 1) % 8) % 8]; /* whole cache lines */
};

struct head {
	char magic[8];
	uint32_t version, slot_size;
	uint64_t boot; /* of the machine: a table of another boot is not taken over */
	uint64_t spare;
	_Atomic int64_t touched_cs;
	_Atomic uint64_t chunks;  /* the file holds so many */
	_Atomic uint64_t writing; /* 1 + index of the slot in work; 0: none */
	/* Bit (chunk × sources + source): these slots have disk blocks, so that touching is safe.
	 */
	_Atomic uint64_t used[CHUNKS_MAX * SOURCE_COUNT / 64];
};

#define RUN_OCTETS   (CHUNK_DEVICES * sizeof(struct slot)) /* one source in one chunk */
#define CHUNK_OCTETS (RUN_OCTETS * SOURCE_COUNT)
#define HEAD_OCTETS  ((sizeof(struct head) + 65535) / 65536 * 65536)

_Static_assert(sizeof(struct live_entry) % 8 == 0, "an entry is whole words");
_Static_assert(RUN_OCTETS % 4096 == 0, "a source's slots are whole pages");

struct live {
	int fd, writer;
	struct head *head;
	size_t mapped; /* octets */
	char path[512];
	ino_t inode;
	int64_t looked_ms; /* readers: when the path was last compared with what is mapped */
};

static struct slot *
slot_at(const struct live *l, uint32_t device, unsigned source)
{
	size_t run = (size_t)(device / CHUNK_DEVICES) * SOURCE_COUNT + source;
	char *at = (char *)l->head + HEAD_OCTETS + run * RUN_OCTETS;

	return (struct slot *)at + device % CHUNK_DEVICES;
}

static int
run_used(const struct live *l, uint32_t device, unsigned source)
{
	size_t run = (size_t)(device / CHUNK_DEVICES) * SOURCE_COUNT + source;

	return atomic_load_explicit(&l->head->used[run / 64], memory_order_acquire) >> run % 64 & 1;
}

static void
slot_write(struct slot *s, const struct live_entry *e)
{
	uint64_t word[ENTRY_WORDS], seq = atomic_load_explicit(&s->seq, memory_order_relaxed);

	memcpy(word, e, sizeof(word));
	atomic_store_explicit(&s->seq, seq + 1, memory_order_relaxed);
	for (size_t i = 0; i < ENTRY_WORDS; i++)
		atomic_store_explicit(&s->word[i], word[i], memory_order_release);
	atomic_store_explicit(&s->seq, seq + 2, memory_order_release);
}

static int
slot_read(const struct slot *s, struct live_entry *e)
{
	uint64_t word[ENTRY_WORDS], seq;

	for (int i = 0; i < TRIES; i++) {
		if (i % 100 == 99) /* its writer was preempted in the middle: let it run */
			nanosleep(&(const struct timespec){0, 1000000}, NULL);
		seq = atomic_load_explicit(&s->seq, memory_order_acquire);
		if (seq & 1)
			continue;
		for (size_t w = 0; w < ENTRY_WORDS; w++)
			word[w] = atomic_load_explicit(&s->word[w], memory_order_acquire);
		if (atomic_load_explicit(&s->seq, memory_order_relaxed) == seq) {
			memcpy(e, word, sizeof(word));
			return KK_OK;
		}
	}
	return KK_E_NOTFOUND;
}

static uint64_t
this_boot(void)
{
	char id[64];
	ssize_t n = 0;
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		n = read(fd, id, sizeof(id));
		close(fd);
	}
	return n > 0 ? text_hash(id, (size_t)n) : 0;
}

/* Map the whole file as it is now. */
static int
map(struct live *l, struct diag *d)
{
	struct stat st;
	void *p;

	if (fstat(l->fd, &st) != 0)
		return diag_set(d, kk_from_errno(errno), "%s: %s", l->path, strerror(errno));
	if (st.st_size < (off_t)HEAD_OCTETS || (size_t)st.st_size < l->mapped)
		return diag_set(d, KK_E_CORRUPT, "%s: too short for a live table", l->path);
	if (l->head == NULL)
		p = mmap(NULL, (size_t)st.st_size, l->writer ? PROT_READ | PROT_WRITE : PROT_READ,
		    MAP_SHARED, l->fd, 0);
	else
		p = mremap(l->head, l->mapped, (size_t)st.st_size, MREMAP_MAYMOVE);
	if (p == MAP_FAILED)
		return diag_set(d, kk_from_errno(errno), "%s: %s", l->path, strerror(errno));
	l->head = p;
	l->mapped = (size_t)st.st_size;
	l->inode = st.st_ino;
	return KK_OK;
}

static void
unmap(struct live *l)
{
	if (l->head != NULL)
		munmap(l->head, l->mapped);
	if (l->fd >= 0)
		close(l->fd);
	l->head = NULL;
	l->mapped = 0;
	l->fd = -1;
}

/* Whether the mapped file is a table of this version, as long as it says. Its writer makes it
 * longer and then says so: one that grew since it was mapped is mapped once more. */
static int
fits(struct live *l)
{
	const struct head *h = l->head;
	uint64_t chunks = atomic_load(&h->chunks);

	if (memcmp(h->magic, LIVE_MAGIC, sizeof(h->magic)) != 0)
		return KK_E_CORRUPT;
	if (h->version != LIVE_VERSION || h->slot_size != sizeof(struct slot))
		return KK_E_VERSION;
	if (chunks > CHUNKS_MAX)
		return KK_E_CORRUPT;
	if (HEAD_OCTETS + chunks * CHUNK_OCTETS <= l->mapped)
		return KK_OK;
	if (map(l, NULL) != KK_OK || HEAD_OCTETS + chunks * CHUNK_OCTETS > l->mapped)
		return KK_E_CORRUPT;
	return KK_OK;
}

/* Take the existing file over: 1, or 0 if it does not fit. */
static int
take_over(struct live *l)
{
	uint64_t torn;

	l->fd = open(l->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (l->fd < 0)
		return 0;
	if (map(l, NULL) != KK_OK || fits(l) != KK_OK || l->head->boot != this_boot()) {
		log_line(LOG_LV_NOTICE, "%s: of another boot or version: made anew", l->path);
		unmap(l);
		return 0;
	}
	torn = atomic_load(&l->head->writing);
	if (torn != 0) { /* its writer was killed inside one slot: nothing in it can be trusted */
		log_line(LOG_LV_NOTICE, "%s: a slot was torn: made anew", l->path);
		unmap(l);
		return 0;
	}
	return 1;
}

/* Make an empty file beside it and put it in its place: who has the old one mapped is not hurt. */
static int
make_new(struct live *l, struct diag *d)
{
	char temp[544];
	int rc, err;

	snprintf(temp, sizeof(temp), "%s.new", l->path);
	l->fd = open(temp, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (l->fd < 0)
		return diag_set(d, kk_from_errno(errno), "%s: %s", temp, strerror(errno));
	err = posix_fallocate(l->fd, 0, HEAD_OCTETS);
	if (err != 0) {
		rc = diag_set(d, kk_from_errno(err), "%s: %s", temp, strerror(err));
		goto fail;
	}
	rc = map(l, d);
	if (rc != KK_OK)
		goto fail;
	memcpy(l->head->magic, LIVE_MAGIC, sizeof(l->head->magic));
	l->head->version = LIVE_VERSION;
	l->head->slot_size = sizeof(struct slot);
	l->head->boot = this_boot();
	if (rename(temp, l->path) != 0) {
		rc = diag_set(d, kk_from_errno(errno), "%s: %s", l->path, strerror(errno));
		goto fail;
	}
	return KK_OK;
fail:
	unmap(l);
	unlink(temp);
	return rc;
}

static struct live *
live_new(const char *run_dir, int writer)
{
	struct live *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->fd = -1;
	l->writer = writer;
	snprintf(l->path, sizeof(l->path), "%s/live", run_dir);
	return l;
}

int
live_open_writer(const char *run_dir, int *fresh, struct live **out, struct diag *d)
{
	struct live *l;
	int rc = KK_OK;

	*out = NULL;
	*fresh = 1;
	if (mkdir(run_dir, 0755) != 0 && errno != EEXIST)
		return diag_set(d, kk_from_errno(errno), "%s: %s", run_dir, strerror(errno));
	l = live_new(run_dir, 1);
	if (l == NULL)
		return diag_set(d, KK_E_NOMEM, "%s: %s", run_dir, kk_strerror(KK_E_NOMEM));
	if (take_over(l))
		*fresh = 0;
	else
		rc = make_new(l, d);
	if (rc != KK_OK) {
		live_close(l);
		return rc;
	}
	*out = l;
	return KK_OK;
}

static int
open_to_read(struct live *l, struct diag *d)
{
	int rc;

	l->fd = open(l->path, O_RDONLY | O_CLOEXEC);
	if (l->fd < 0)
		return diag_set(d, kk_from_errno(errno), "%s: %s", l->path, strerror(errno));
	rc = map(l, d);
	if (rc == KK_OK && (rc = fits(l)) != KK_OK)
		diag_set(d, rc, "%s: %s", l->path, kk_strerror(rc));
	if (rc != KK_OK)
		unmap(l);
	return rc;
}

int
live_open_reader(const char *run_dir, struct live **out, struct diag *d)
{
	struct live *l = live_new(run_dir, 0);
	int rc;

	*out = NULL;
	if (l == NULL)
		return diag_set(d, KK_E_NOMEM, "%s: %s", run_dir, kk_strerror(KK_E_NOMEM));
	rc = open_to_read(l, d);
	if (rc != KK_OK) {
		live_close(l);
		return rc;
	}
	l->looked_ms = clock_mono_ms(NULL);
	*out = l;
	return KK_OK;
}

void
live_close(struct live *l)
{
	if (l == NULL)
		return;
	unmap(l);
	free(l);
}

/* Make sure that a device's slot can be touched: the file is long enough and its blocks are there,
 * as a full disk under a mapping is a SIGBUS. */
static int
make_room(struct live *l, uint32_t device, unsigned source, struct diag *d)
{
	size_t chunk = device / CHUNK_DEVICES, run = chunk * SOURCE_COUNT + source;
	size_t had = atomic_load(&l->head->chunks), want = chunk + 1;
	int rc, err;

	if (chunk >= CHUNKS_MAX)
		return diag_set(d, KK_E_FULL, "%s: device number %u is beyond %u", l->path, device,
		    CHUNKS_MAX * CHUNK_DEVICES);
	if (want > had) {
		want = (want + 15) / 16 * 16;
		if (ftruncate(l->fd, (off_t)(HEAD_OCTETS + want * CHUNK_OCTETS)) != 0)
			return diag_set(
			    d, kk_from_errno(errno), "%s: %s", l->path, strerror(errno));
		rc = map(l, d);
		if (rc != KK_OK)
			return rc;
		atomic_store(&l->head->chunks, want);
	}
	err = posix_fallocate(l->fd, (off_t)(HEAD_OCTETS + run * RUN_OCTETS), RUN_OCTETS);
	if (err != 0)
		return diag_set(d, kk_from_errno(err), "%s: %s", l->path, strerror(err));
	atomic_fetch_or_explicit(
	    &l->head->used[run / 64], UINT64_C(1) << run % 64, memory_order_release);
	return KK_OK;
}

/* What a sample makes of an entry. Pure. 0: the sample is not newer. An entry that is ahead of the
 * clock (which was set back) would hide its device until the clock is there again: it begins anew.
 */
static int
entry_advance(struct live_entry *e, const struct sample *s, int64_t now_cs)
{
	if (e->asked_cs > now_cs + AHEAD_CS && s->time_cs <= now_cs + AHEAD_CS)
		memset(e, 0, sizeof(*e));
	if (e->device != 0 && s->time_cs <= e->asked_cs)
		return 0;
	e->device = s->device;
	e->source = s->source;
	e->asked_cs = s->time_cs;
	if (s->flags & SAMPLE_SILENT) {
		e->misses++;
		/* Why it is silent, if anybody said so; the rest is of the newest answer. */
		e->flags = (uint16_t)((e->flags & ((1u << SAMPLE_REASON_AT) - 1)) |
				      SAMPLE_REASON(s->flags) << SAMPLE_REASON_AT);
		if (e->silent_cs == 0)
			e->silent_cs = s->time_cs;
		return 1;
	}
	if (e->known >> METRIC_OCTETS_DOWN & e->known >> METRIC_OCTETS_UP & 1) {
		e->prev_cs = e->time_cs;
		e->prev_down = (uint64_t)e->value[METRIC_OCTETS_DOWN];
		e->prev_up = (uint64_t)e->value[METRIC_OCTETS_UP];
	}
	if (e->time_cs == 0 || e->silent_cs != 0)
		e->up_since_cs = s->time_cs;
	e->misses = 0;
	e->silent_cs = 0;
	e->time_cs = s->time_cs;
	e->boot_cs = s->boot_cs;
	e->flags = s->flags;
	e->known = s->known;
	for (int m = 0; m < METRIC_COUNT; m++)
		e->value[m] = s->known >> m & 1 ? s->value[m] : 0;
	return 1;
}

int
live_take(struct live *l, const struct sample *s, size_t n, struct diag *d)
{
	struct live_entry e;
	int64_t now_cs = clock_utc_cs(NULL);
	struct slot *slot;
	int rc, worst = KK_OK;

	for (size_t i = 0; i < n; i++) {
		if (s[i].source >= SOURCE_COUNT || s[i].device == 0)
			continue;
		if (s[i].device / CHUNK_DEVICES >= atomic_load(&l->head->chunks) ||
		    !run_used(l, s[i].device, s[i].source)) {
			rc = make_room(l, s[i].device, s[i].source, d);
			if (rc != KK_OK) { /* the others have room: they are told */
				worst = rc;
				continue;
			}
		}
		slot = slot_at(l, s[i].device, s[i].source);
		if (slot_read(slot, &e) != KK_OK)
			memset(&e, 0, sizeof(e));
		if (!entry_advance(&e, &s[i], now_cs))
			continue;
		atomic_store(
		    &l->head->writing, (uint64_t)s[i].device * SOURCE_COUNT + s[i].source + 1);
		slot_write(slot, &e);
		atomic_store(&l->head->writing, 0);
	}
	atomic_store(&l->head->touched_cs, now_cs);
	return worst;
}

/* Readers: once a second see whether the writer has put another file in this one's place. */
static void
follow(struct live *l)
{
	struct live next = {.fd = -1};
	struct timespec ts;
	struct stat st;
	int64_t now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	now = (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
	if (now - l->looked_ms < 1000)
		return;
	l->looked_ms = now;
	if (stat(l->path, &st) != 0 || st.st_ino == l->inode)
		return;
	memcpy(next.path, l->path, sizeof(next.path));
	next.looked_ms = now;
	if (open_to_read(&next, NULL) != KK_OK)
		return;
	unmap(l);
	*l = next;
}

int
live_get(struct live *l, uint32_t device, unsigned source, struct live_entry *out)
{
	uint64_t chunks;

	memset(out, 0, sizeof(*out));
	if (!l->writer)
		follow(l);
	chunks = atomic_load_explicit(&l->head->chunks, memory_order_acquire);
	if (source >= SOURCE_COUNT || device / CHUNK_DEVICES >= chunks)
		return KK_E_NOTFOUND;
	if (HEAD_OCTETS + chunks * CHUNK_OCTETS > l->mapped && map(l, NULL) != KK_OK)
		return KK_E_NOTFOUND;
	if (HEAD_OCTETS + chunks * CHUNK_OCTETS > l->mapped || !run_used(l, device, source))
		return KK_E_NOTFOUND;
	if (slot_read(slot_at(l, device, source), out) != KK_OK || out->device != device) {
		memset(out, 0, sizeof(*out));
		return KK_E_NOTFOUND;
	}
	return KK_OK;
}

int64_t
live_touched_cs(const struct live *l)
{
	return atomic_load(&l->head->touched_cs);
}

int
live_rate(const struct live_entry *e, double *down, double *up)
{
	double s = (double)(e->time_cs - e->prev_cs) / 100;

	if (!(e->known >> METRIC_OCTETS_DOWN & e->known >> METRIC_OCTETS_UP & 1))
		return 0;
	if (e->prev_cs == 0 || s <= 0 || (uint64_t)e->value[METRIC_OCTETS_DOWN] < e->prev_down ||
	    (uint64_t)e->value[METRIC_OCTETS_UP] < e->prev_up)
		return 0;
	*down = (double)((uint64_t)e->value[METRIC_OCTETS_DOWN] - e->prev_down) / s;
	*up = (double)((uint64_t)e->value[METRIC_OCTETS_UP] - e->prev_up) / s;
	return 1;
}
