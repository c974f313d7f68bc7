/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/archives.h"

#include <fcntl.h>
#include <inttypes.h>
#include <rrd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/conf.h"
#include "rrd/archive/archive.h"
#include "rrd/archive/schema.h"
#include "tests/bench/measure.h"

struct run {
	struct conf conf;
	struct archive *archive;
	unsigned devices;
	char dir[200];
	int dir_fd;
	uint64_t taken;
	int64_t now_s;
	uint64_t file_octets;
};

static void
add(struct spent *sum, const struct spent *more)
{
	sum->wall_us += more->wall_us;
	sum->cpu_us += more->cpu_us;
	sum->written += more->written;
}

/* Pages that are clean get dirty again, and count again: what the kernel does every half minute. */
static void
write_back(const struct run *r)
{
	if (syncfs(r->dir_fd) != 0)
		perror("kk-bench: syncfs");
}

static int
give_roster(struct run *r)
{
	struct device *all = calloc(r->devices, sizeof(*all));
	char(*id)[16] = calloc(r->devices, sizeof(*id));
	struct roster *roster;
	int ok = all != NULL && id != NULL;

	for (uint32_t i = 0; ok && i < r->devices; i++) {
		snprintf(id[i], sizeof(id[i]), "WF%06u", 200000 + i);
		all[i] = (struct device){.num = i + 1,
		    .id = id[i],
		    .name = "",
		    .kind = KIND_AP,
		    .district = "성동구",
		    .site = "",
		    .site_type = "",
		    .phase = "1"};
	}
	ok = ok && roster_make(all, r->devices, &roster) == KK_OK &&
	     archive_roster(r->archive, roster) == KK_OK;
	free(all);
	free(id);
	return ok;
}

/* One minute of ours: samples in, and the visits that are due. */
static int
our_minute(struct run *r)
{
	const struct sink *k = archive_sink(r->archive);
	struct counter counter[2];

	r->now_s += 60;
	for (uint32_t i = 1; i <= r->devices; i++) {
		struct sample s = bench_sample(i, r->now_s, 0, counter);

		if (k->take(k->ctx, &s, 1, (struct cursor){1, ++r->taken}) != KK_OK)
			return 0;
	}
	/* Samples of a sweep carry times up to 50 s later: the minute has passed. */
	while (archive_work(r->archive, r->now_s + 59, 256) > 0)
		;
	return 1;
}

static int
begin(struct run *r, const char *dir, unsigned devices)
{
	struct diag d = {""};

	conf_defaults(&r->conf);
	snprintf(r->conf.state_dir, sizeof(r->conf.state_dir), "%s", dir);
	snprintf(r->dir, sizeof(r->dir), "%s", dir);
	r->devices = devices;
	r->now_s = BENCH_START;
	r->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->dir_fd < 0 || archive_open(&r->conf, &r->archive, &d) != KK_OK) {
		fprintf(stderr, "kk-bench: %s: %s\n", dir, d.text);
		return 0;
	}
	return give_roster(r);
}

/* Every file is made, and every device's next visit is its turn. */
static int
warm_up(struct run *r, struct spent *took)
{
	struct archive_stats stats;
	struct spent from;
	int ok = 1;

	spent_now(&from);
	for (unsigned i = 0; ok && i < 20; i++)
		ok = our_minute(r);
	ok = ok && archive_flush_all(r->archive, r->now_s + 60) == KK_OK;
	write_back(r);
	*took = spent_since(&from);
	archive_stats(r->archive, &stats);
	if (ok && stats.ok)
		return 1;
	fprintf(stderr, "kk-bench: %" PRIu64 " visits failed\n", stats.failed);
	return 0;
}

static int
ours(struct run *r, unsigned minutes, struct spent *sum)
{
	int ok = 1;

	for (unsigned i = 0; ok && i < minutes; i++) {
		struct spent from, took;

		spent_now(&from);
		ok = our_minute(r);
		took = spent_since(&from);
		add(sum, &took);
		write_back(r);
	}
	return ok;
}

static char *
yard_path(const struct run *r, uint32_t i, char path[256])
{
	snprintf(path, 256, "%s/yard/%02x/%u.rrd", r->dir, i % 256, i);
	return path;
}

/* As any file is that has not just been made: not in the page cache in pieces larger than a page.
 */
static void
uncache(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return;
	fdatasync(fd);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	close(fd);
}

static int
make_yard(const struct run *r)
{
	struct diag d = {""};
	char path[256];

	snprintf(path, sizeof(path), "%s/yard", r->dir);
	mkdir(path, 0755);
	for (unsigned i = 0; i < 256; i++) {
		snprintf(path, sizeof(path), "%s/yard/%02x", r->dir, i);
		mkdir(path, 0755);
	}
	for (uint32_t i = 1; i <= r->devices; i++)
		if (schema_create(yard_path(r, i, path), SCHEMA_MAIN, 180, BENCH_START, NULL, &d) !=
		    KK_OK) {
			fprintf(stderr, "kk-bench: %s\n", d.text);
			return 0;
		}
	write_back(r);
	for (uint32_t i = 1; i <= r->devices; i++)
		uncache(yard_path(r, i, path));
	return 1;
}

static int
yard_update(const struct run *r, uint32_t i, int64_t time_s)
{
	struct counter counter[2];
	struct sample s = bench_sample(i, time_s, 0, counter);
	char path[256], text[160];
	const char *value = text;

	snprintf(text, sizeof(text), "%" PRId64 ":%" PRId64 ":%" PRId64 ":%" PRId64 ":%.6f",
	    s.time_cs / 100, s.value[METRIC_OCTETS_DOWN], s.value[METRIC_OCTETS_UP],
	    s.value[METRIC_CLIENTS], (double)s.value[METRIC_RTT] / 1e6);
	rrd_clear_error();
	if (rrd_updatex_r(yard_path(r, i, path), NULL, 0, 1, &value) == 0)
		return 1;
	fprintf(stderr, "kk-bench: %s\n", rrd_get_error());
	return 0;
}

/* The yardstick: a file is opened, changed and closed for every sample. */
static int
yard(const struct run *r, unsigned minutes, struct spent *sum)
{
	int ok = 1;

	for (unsigned m = 0; ok && m < minutes + 2; m++) {
		struct spent from, took;

		spent_now(&from);
		for (uint32_t i = 1; ok && i <= r->devices; i++)
			ok = yard_update(r, i, BENCH_START + 3600 + m * 60);
		took = spent_since(&from);
		if (m >= 2) /* the first ones fill the page cache */
			add(sum, &took);
		write_back(r);
	}
	return ok;
}

/* One minute with a cold page cache; -1: it cannot be emptied. */
static int64_t
cold_minute(struct run *r)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);
	struct spent from;
	int ok = 0;

	sync();
	if (fd >= 0) {
		ok = write(fd, "1", 1) == 1;
		close(fd);
	}
	if (!ok)
		return -1;
	spent_now(&from);
	return our_minute(r) ? spent_since(&from).wall_us / 1000 : -1;
}

static void
print(const struct run *r, unsigned minutes, unsigned yard_minutes, const struct spent *made,
    const struct spent *o, const struct spent *y, int64_t cold_ms)
{
	double n = (double)r->devices * minutes, ny = (double)r->devices * yard_minutes;

	printf("{\"devices\":%u,\"minutes\":%u,\"cpu_us_per_sample\":%.3f,"
	       "\"yard_cpu_us_per_sample\":%.3f,\"written_per_sample\":%.1f,"
	       "\"yard_written_per_sample\":%.1f,\"file_octets\":%" PRIu64
	       ",\"create_wall_ms\":%lld,\"cold_minute_ms\":%lld}\n",
	    r->devices, minutes, (double)o->cpu_us / n, (double)y->cpu_us / ny,
	    (double)o->written / n, (double)y->written / ny, r->file_octets,
	    (long long)made->wall_us / 1000, (long long)cold_ms);
}

int
bench_archives(const char *dir, unsigned devices, unsigned minutes, int cold)
{
	struct run *r = calloc(1, sizeof(*r));
	struct spent made = {0}, o = {0}, y = {0};
	unsigned yard_minutes = minutes >= 10 ? minutes / 5 : 2;
	int64_t cold_ms = -1;
	struct stat st;
	char path[256];
	int ok;

	if (r == NULL)
		return 1;
	r->dir_fd = -1;
	ok = begin(r, dir, devices) && warm_up(r, &made) && ours(r, minutes, &o);
	if (ok && cold)
		cold_ms = cold_minute(r);
	ok = ok && make_yard(r) && yard(r, yard_minutes, &y);
	if (ok && stat(yard_path(r, 1, path), &st) == 0)
		r->file_octets = (uint64_t)st.st_size;
	if (ok)
		print(r, minutes, yard_minutes, &made, &o, &y, cold_ms);
	archive_close(r->archive);
	if (r->dir_fd >= 0)
		close(r->dir_fd);
	free(r);
	return ok ? 0 : 1;
}
