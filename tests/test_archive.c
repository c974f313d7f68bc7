/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <rrd.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/log.h"
#include "rrd/archive/archive.h"
#include "rrd/archive/schema.h"
#include "tests/fleet.h"
#include "tests/harness.h"

static char dir[64];
static struct conf conf;
static struct archive *archive;
static uint64_t taken; /* a cursor that counts samples */

static void
give_roster(uint32_t devices)
{
	struct device *all = calloc(devices, sizeof(*all));
	struct roster *r;

	for (uint32_t i = 0; i < devices; i++)
		all[i] = fleet_device(i + 1);
	ck_assert_int_eq(roster_make(all, devices, &r), KK_OK);
	ck_assert_int_eq(archive_roster(archive, r), KK_OK);
	free(all);
}

static void
begin(uint32_t devices)
{
	struct diag d = {""};

	ck_assert_msg(archive_open(&conf, &archive, &d) == KK_OK, "%s", d.text);
	if (devices > 0)
		give_roster(devices);
}

static void
setup(void)
{
	harness_dir(dir);
	conf = fleet_conf(dir, 60);
	taken = 0;
	archive = NULL;
}

static void
teardown(void)
{
	archive_close(archive);
	harness_remove(dir);
}

static int
give(struct sample s)
{
	const struct sink *k = archive_sink(archive);
	int rc = k->take(k->ctx, &s, 1, (struct cursor){1, taken + 1});

	taken += rc == KK_OK;
	return rc;
}

/* `minutes` polls of devices 1 .. n, from `from` minutes after T0. */
static void
sweep(uint32_t n, int from, int minutes)
{
	for (int m = from; m < from + minutes; m++)
		for (uint32_t num = 1; num <= n; num++)
			ck_assert_int_eq(
			    give(fleet_sample(num, FLEET_T0 + m * 60 + num % 7)), KK_OK);
}

static const char *
path_of(uint32_t num, unsigned source, int extra, const char *ending)
{
	static char path[400];
	struct device d = fleet_device(num);
	char key[ROSTER_KEY];

	snprintf(path, sizeof(path), "%s/rrd/%s.rrd%s", dir,
	    archive_key(&d, source, extra, key, sizeof(key)), ending);
	return path;
}

/* Rows [from, to) minutes after T0 of one data source: how many are known, and the mean. */
static int
rows_known(const char *path, const char *ds, int from, int to, double *mean)
{
	time_t a = FLEET_T0 + from * 60, b = FLEET_T0 + to * 60 - 60;
	unsigned long step = 60, n = 0;
	char **names;
	rrd_value_t *v;
	int known = 0, seen = 0;

	rrd_clear_error();
	ck_assert_msg(rrd_fetch_r(path, "AVERAGE", &a, &b, &step, &n, &names, &v) == 0, "%s",
	    rrd_get_error());
	ck_assert_uint_eq(step, 60);
	*mean = 0;
	for (unsigned long i = 0; i < n; i++) {
		for (time_t t = a; strcmp(names[i], ds) == 0 && t < b; t += 60) {
			double x = v[(unsigned long)(t - a) / 60 * n + i];

			seen = 1;
			known += !isnan(x);
			*mean += isnan(x) ? 0 : x;
		}
		rrd_freemem(names[i]);
	}
	rrd_freemem(names);
	rrd_freemem(v);
	ck_assert_msg(seen, "no %s in %s", ds, path);
	*mean = known > 0 ? *mean / known : NAN;
	return known;
}

static int
is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

START_TEST(written)
{
	double mean;
	struct stat st;

	begin(4);
	sweep(4, 0, 20);
	ck_assert_int_eq(archive_flush_all(archive, FLEET_T0 + 1200), KK_OK);
	for (uint32_t num = 1; num <= 4; num++) {
		const char *p = path_of(num, SOURCE_SNMP, 0, "");

		ck_assert_int_eq(stat(p, &st), 0);
		ck_assert_int_eq(st.st_size, 963312);
		ck_assert_int_ge(rows_known(p, "octets_down", 1, 19, &mean), 17);
		ck_assert_double_eq_tol(mean, 1000.0 * num, 1e-6);
		rows_known(p, "octets_up", 1, 19, &mean);
		ck_assert_double_eq_tol(mean, 100.0 * num, 1e-6);
		rows_known(p, "clients", 1, 19, &mean);
		ck_assert_double_eq_tol(mean, num, 1e-6);
		rows_known(p, "rtt", 1, 19, &mean);
		ck_assert_double_eq_tol(mean, 0.0015, 1e-9);
		ck_assert(!is_there(path_of(num, SOURCE_SNMP, 1, "")));
	}
}
END_TEST

/* An odometer beyond what a double can count goes through to the octet. */
START_TEST(large_odometers)
{
	struct sample s;
	double mean;

	begin(1);
	for (int m = 0; m < 10; m++) {
		s = fleet_sample(1, FLEET_T0 + m * 60);
		sample_set(&s, METRIC_OCTETS_DOWN, INT64_C(9000000000000000000) + m * 60 * 7);
		ck_assert_int_eq(give(s), KK_OK);
	}
	ck_assert_int_eq(archive_flush_all(archive, FLEET_T0 + 600), KK_OK);
	rows_known(path_of(1, SOURCE_SNMP, 0, ""), "octets_down", 1, 9, &mean);
	ck_assert_double_eq_tol(mean, 7, 1e-9);
}
END_TEST

/* In ten minutes of turns every file is visited once, some every second, never more than asked. */
START_TEST(turns)
{
	struct archive_stats st;
	unsigned most = 0, n;

	begin(100);
	archive_work(archive, FLEET_T0, 1000);
	sweep(100, 0, 10);
	for (int s = 1; s <= 600; s++) {
		n = archive_work(archive, FLEET_T0 + s, 1000);
		most = n > most ? n : most;
		/* Woken again in the same second: its turn is over. */
		ck_assert_uint_eq(archive_work(archive, FLEET_T0 + s, 1000), 0);
	}
	archive_stats(archive, &st);
	ck_assert_uint_eq(st.visits, 100 + 4); /* and city, two districts, a site */
	ck_assert_uint_eq(st.waiting, 0);
	ck_assert_uint_lt(most, 5);
	sweep(100, 10, 10);
	for (int s = 0; s < 300; s++)
		ck_assert_uint_le(archive_work(archive, FLEET_T0 + 1200, 7), 7);
	archive_stats(archive, &st);
	ck_assert_uint_eq(st.waiting, 0);
}
END_TEST

START_TEST(gap)
{
	const char *p = path_of(2, SOURCE_SNMP, 0, "");
	double mean;

	begin(2);
	sweep(2, 0, 10);
	for (int m = 10; m < 20; m++)
		ck_assert_int_eq(give(fleet_silent(2, FLEET_T0 + m * 60)), KK_OK);
	sweep(2, 20, 10);
	ck_assert_int_eq(archive_flush_all(archive, FLEET_T0 + 1800), KK_OK);
	ck_assert_int_eq(rows_known(p, "octets_down", 10, 20, &mean), 0);
	ck_assert_int_ge(rows_known(p, "octets_down", 21, 30, &mean), 8);
	ck_assert_double_eq_tol(mean, 2000, 1e-6); /* no spike behind the gap */
}
END_TEST

/* One missed poll is no gap: the odometer knows what passed. */
START_TEST(one_miss)
{
	const char *p = path_of(1, SOURCE_SNMP, 0, "");
	double mean;

	begin(1);
	sweep(1, 0, 10);
	sweep(1, 11, 10);
	ck_assert_int_eq(archive_flush_all(archive, FLEET_T0 + 1800), KK_OK);
	ck_assert_int_eq(rows_known(p, "octets_down", 5, 15, &mean), 10);
	ck_assert_double_eq_tol(mean, 1000, 1e-6);
}
END_TEST

static char *
dump(const char *path)
{
	char out[80], *text = calloc(1, 4 << 20);
	FILE *f;

	snprintf(out, sizeof(out), "%s/dump", dir);
	rrd_clear_error();
	ck_assert_msg(rrd_dump_r(path, out) == 0, "%s", rrd_get_error());
	f = fopen(out, "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_gt(fread(text, 1, (4 << 20) - 1, f), 1000);
	fclose(f);
	return text;
}

/* The copy of a template is what librrd itself makes. */
START_TEST(as_librrd_makes_it)
{
	char *ours, *theirs, path[80];
	struct sample s = fleet_sample(1, FLEET_T0);
	const char *value[1] = {"1625065200.00:1000000000:100000000:1.000000000:0.001500000"};
	struct diag d = {""};

	begin(1);
	ck_assert_int_eq(give(s), KK_OK);
	ck_assert_int_eq(archive_flush_all(archive, FLEET_T0), KK_OK);
	ours = dump(path_of(1, SOURCE_SNMP, 0, ""));
	snprintf(path, sizeof(path), "%s/own.rrd", dir);
	ck_assert_int_eq(schema_create(path, SCHEMA_MAIN, 180, FLEET_T0 - 60, NULL, &d), KK_OK);
	rrd_clear_error();
	ck_assert_msg(rrd_updatex_r(path, NULL, 0, 1, value) == 0, "%s", rrd_get_error());
	theirs = dump(path);
	ck_assert_str_eq(ours, theirs);
	free(ours);
	free(theirs);
}
END_TEST

static const char *
city_path(void)
{
	static char path[400];
	char key[ROSTER_KEY];

	snprintf(path, sizeof(path), "%s/rrd/%s.rrd", dir,
	    archive_area_key("city", "", key, sizeof(key)));
	return path;
}

/* Killed at some moment: what the state file's cursor names is fed again, and the files end as if
 * nothing had happened. */
START_TEST(replayed)
{
	char *want[3], *got;
	struct cursor c;
	pid_t pid;
	int status;

	begin(2);
	sweep(2, 0, 40);
	archive_close(archive);
	want[0] = dump(path_of(1, SOURCE_SNMP, 0, ""));
	want[1] = dump(path_of(2, SOURCE_SNMP, 0, ""));
	want[2] = dump(city_path());
	harness_remove(dir);
	mkdir(dir, 0755);
	pid = fork();
	if (pid == 0) {
		taken = 0;
		begin(2);
		for (int m = 0; m < 30; m++) {
			sweep(2, m, 1);
			for (int s = 0; s < 60; s++)
				archive_work(archive, FLEET_T0 + m * 60 + s, 100);
		}
		_exit(0);
	}
	waitpid(pid, &status, 0);
	ck_assert_int_eq(status, 0);
	begin(2);
	ck_assert_int_eq(archive_sink(archive)->where(archive, &c), KK_OK);
	ck_assert_uint_gt(c.offset, 0);	 /* not all of it again */
	ck_assert_uint_lt(c.offset, 60); /* but what waited */
	taken = c.offset;
	while (taken < 80) {
		int64_t m = (int64_t)taken / 2;
		uint32_t num = (uint32_t)(taken % 2 + 1);

		ck_assert_int_eq(give(fleet_sample(num, FLEET_T0 + m * 60 + num % 7)), KK_OK);
	}
	archive_close(archive);
	archive = NULL;
	for (uint32_t i = 0; i < 3; i++) {
		got = dump(i < 2 ? path_of(i + 1, SOURCE_SNMP, 0, "") : city_path());
		ck_assert_str_eq(got, want[i]);
		free(got);
		free(want[i]);
	}
}
END_TEST

/* What stands where an archive should be. */
static const struct {
	const char *why;
	int keep;	    /* octets of the good file that stay; -1: all */
	const char *octets; /* written at offset 0 */
	const char *other;  /* the DS of a foreign RRD */
} damages[] = {
    {"empty", 0, "", NULL},
    {"cut short", 100000, "", NULL},
    {"header only", 200, "", NULL},
    {"no RRD", -1, "hello, world", NULL},
    {"text", 0, "a text file\n", NULL},
    {"foreign", 0, NULL, "DS:load:GAUGE:180:0:U"},
    {"one DS of ours", 0, NULL, "DS:clients:GAUGE:180:0:U"},
};

static int
count_aside(uint32_t num)
{
	char folder[400], *base;
	struct dirent *e;
	DIR *f;
	int n = 0;

	snprintf(folder, sizeof(folder), "%s", path_of(num, SOURCE_SNMP, 0, ""));
	base = strrchr(folder, '/');
	*base++ = '\0';
	f = opendir(folder);
	ck_assert_ptr_nonnull(f);
	while ((e = readdir(f)) != NULL)
		n += strncmp(e->d_name, base, strlen(base)) == 0 &&
		     strstr(e->d_name, ".bad-") != NULL;
	closedir(f);
	return n;
}

START_TEST(damaged)
{
	const char *p = path_of(1, SOURCE_SNMP, 0, ""),
		   *arg[2] = {damages[_i].other, "RRA:AVERAGE:0.5:1:100"};
	double mean;
	int fd;

	begin(2);
	sweep(2, 0, 10);
	archive_close(archive);
	if (damages[_i].other != NULL) {
		rrd_clear_error();
		ck_assert_int_eq(rrd_create_r(p, 60, FLEET_T0, 2, arg), 0);
	} else {
		fd = open(p, O_WRONLY);
		if (damages[_i].keep >= 0)
			ck_assert_int_eq(ftruncate(fd, damages[_i].keep), 0);
		ck_assert_int_ge(pwrite(fd, damages[_i].octets, strlen(damages[_i].octets), 0), 0);
		close(fd);
	}
	begin(2);
	sweep(2, 10, 20);
	ck_assert_msg(archive_flush_all(archive, FLEET_T0 + 1800) == KK_OK, "%s", damages[_i].why);
	ck_assert_msg(count_aside(1) == 1, "%s: %d put aside", damages[_i].why, count_aside(1));
	p = path_of(1, SOURCE_SNMP, 0, "");
	ck_assert_int_ge(rows_known(p, "octets_down", 11, 29, &mean), 17);
	ck_assert_double_eq_tol(mean, 1000, 1e-6);
	ck_assert_int_eq(count_aside(2), 0);
	ck_assert_int_ge(
	    rows_known(path_of(2, SOURCE_SNMP, 0, ""), "octets_down", 1, 29, &mean), 27);
}
END_TEST

/* Every word of the header damaged in turn, in a child as librrd trusts what it reads: no visit may
 * crash, and the other device's file is written. */
START_TEST(damaged_header)
{
	static const char *const words[] = {"\377\376\377\377\377\377\377\177",
	    "\240\206\1\0\0\0\0", "\0\0\0\0\0\0\0"}; /* huge, 100000, 0 */
	const char *p = path_of(1, SOURCE_SNMP, 0, "");
	static char good[1 << 20];
	int fd, status;
	ssize_t n;
	pid_t pid;

	begin(1);
	sweep(1, 0, 10);
	archive_close(archive);
	archive = NULL;
	fd = open(p, O_RDONLY);
	n = read(fd, good, sizeof(good));
	close(fd);
	for (off_t at = 0; at < 3312; at += 8) {
		fd = open(p, O_WRONLY | O_CREAT | O_TRUNC, 0644);
		ck_assert_int_eq(write(fd, good, (size_t)n), n);
		ck_assert_int_eq(pwrite(fd, words[_i], 8, at), 8);
		close(fd);
		pid = fork();
		if (pid == 0) {
			log_open("test", LOG_LV_ERROR - 1);
			begin(1);
			sweep(1, 10, 5);
			archive_flush_all(archive, FLEET_T0 + 900);
			_exit(0);
		}
		waitpid(pid, &status, 0);
		ck_assert_msg(status == 0, "damaged at %lld: status %x", (long long)at, status);
	}
}
END_TEST

/* A file that is removed under the running archives is made again. */
START_TEST(removed)
{
	double mean;

	begin(1);
	sweep(1, 0, 10);
	ck_assert_int_eq(archive_flush_all(archive, FLEET_T0 + 600), KK_OK);
	unlink(path_of(1, SOURCE_SNMP, 0, ""));
	sweep(1, 10, 10);
	ck_assert_int_eq(archive_flush_all(archive, FLEET_T0 + 1200), KK_OK);
	ck_assert_int_ge(
	    rows_known(path_of(1, SOURCE_SNMP, 0, ""), "octets_down", 11, 19, &mean), 7);
}
END_TEST

/* One file that cannot be made: the others are written, and it comes when it can. */
START_TEST(one_in_trouble)
{
	const char *p = path_of(1, SOURCE_SNMP, 0, "");
	struct archive_stats st;
	char folder[400];
	double mean;
	int fd;

	begin(4);
	snprintf(folder, sizeof(folder), "%s/rrd/ap", dir);
	ck_assert_int_eq(mkdir(folder, 0755), 0);
	snprintf(folder, sizeof(folder), "%s", p);
	*strrchr(folder, '/') = '\0';
	fd = open(folder, O_CREAT | O_WRONLY, 0644); /* a file where its folder should be */
	close(fd);
	sweep(4, 0, 10);
	ck_assert_int_lt(archive_flush_all(archive, FLEET_T0 + 600), 0);
	archive_stats(archive, &st);
	ck_assert_uint_eq(st.visits, 3 + 4);
	ck_assert_uint_eq(st.waiting, 1);
	unlink(folder);
	sweep(4, 10, 10);
	ck_assert_int_eq(archive_flush_all(archive, FLEET_T0 + 1200), KK_OK);
	ck_assert_int_ge(
	    rows_known(path_of(1, SOURCE_SNMP, 0, ""), "octets_down", 1, 19, &mean), 17);
}
END_TEST

/* Run in a mount namespace with `state_dir` on a tmpfs of that many megabytes. */
static int
small_disk(const char *options)
{
	return unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("tmpfs", dir, "tmpfs", 0, options) == 0;
}

static int
known_minutes(int to, int least)
{
	double mean;

	for (uint32_t num = 1; num <= 4; num++)
		if (rows_known(path_of(num, SOURCE_SNMP, 0, ""), "octets_down", 1, to, &mean) <
		    least)
			return 0;
	return 1;
}

/* Sweeps and turns, until the sink says "later": its code, or KK_OK at the end. */
static int
live_through(int to)
{
	int rc;

	for (int m = (int)(taken / 4); m < to; m++) {
		for (uint32_t num = 1; num <= 4; num++)
			if ((rc = give(fleet_sample(num, FLEET_T0 + m * 60 + num))) != KK_OK)
				return rc;
		for (int s = 0; s < 60; s++)
			archive_work(archive, FLEET_T0 + m * 60 + s, 100);
	}
	return KK_OK;
}

/* A disk that is full, so that two files cannot be made: the others go on. A read-only one: the
 * sink waits at its place in the journal. In the end nothing is missing. */
static int
in_trouble(void)
{
	struct archive_stats st;

	if (!small_disk("size=2500k"))
		return 77;
	begin(4);
	sweep(4, 0, 10);
	if (archive_flush_all(archive, FLEET_T0 + 600) != KK_E_FULL)
		return 1;
	archive_stats(archive, &st);
	if (st.visits != 2 || live_through(50) != KK_OK)
		return 2;
	archive_stats(archive, &st);
	if (st.visits < 2 + 2 * 3)
		return 3;
	if (mount(NULL, dir, NULL, MS_REMOUNT, "size=100m") != 0 || live_through(70) != KK_OK)
		return 4;
	if (archive_flush_all(archive, FLEET_T0 + 4200) != KK_OK || !known_minutes(69, 67))
		return 5;
	if (mount(NULL, dir, NULL, MS_REMOUNT | MS_RDONLY, "size=100m") != 0)
		return 6;
	if (live_through(200) != KK_E_DENIED)
		return 7;
	if (mount(NULL, dir, NULL, MS_REMOUNT, "size=100m") != 0)
		return 8;
	archive_work(archive, FLEET_T0 + 12000, 100);
	if (live_through(220) != KK_OK || archive_flush_all(archive, FLEET_T0 + 13200) != KK_OK)
		return 9;
	archive_stats(archive, &st);
	if (st.dropped != 0 || !known_minutes(219, 217))
		return 10;
	archive_close(archive);
	return 0;
}

START_TEST(disk_in_trouble)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(in_trouble());
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		fprintf(stderr, "disk_in_trouble skipped: no mount namespace without root\n");
		return;
	}
	ck_assert_msg(status == 0, "failed at step %d", WEXITSTATUS(status));
}
END_TEST

static unsigned long
heartbeat_of(const char *path)
{
	rrd_info_t *all;
	unsigned long h = 0;

	rrd_clear_error();
	all = rrd_info_r(path);
	ck_assert_ptr_nonnull(all);
	for (rrd_info_t *i = all; i != NULL; i = i->next)
		if (strcmp(i->key, "ds[rtt].minimal_heartbeat") == 0)
			h = i->value.u_cnt;
	rrd_info_free(all);
	return h;
}

START_TEST(heartbeat)
{
	const char *p = path_of(1, SOURCE_SNMP, 0, "");

	begin(1);
	sweep(1, 0, 10);
	archive_close(archive);
	ck_assert_uint_eq(heartbeat_of(p), 180);
	conf.snmp.interval = 300;
	begin(1);
	sweep(1, 10, 2);
	ck_assert_int_eq(archive_flush_all(archive, FLEET_T0 + 900), KK_OK);
	ck_assert_uint_eq(heartbeat_of(p), 900);
}
END_TEST

/* A reader that holds the file's lock: waited for; if it holds it long, the point comes later. */
START_TEST(locked)
{
	const char *p = path_of(1, SOURCE_SNMP, 0, "");
	struct archive_stats st;
	struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
	char c = 0;
	int go[2], fd;
	pid_t pid;

	begin(1);
	sweep(1, 0, 5);
	ck_assert_int_eq(archive_flush_all(archive, FLEET_T0 + 300), KK_OK);
	ck_assert_int_eq(pipe(go), 0);
	pid = fork();
	if (pid == 0) {
		fd = open(p, O_RDWR);
		c = fcntl(fd, F_SETLK, &lock) == 0;
		if (write(go[1], &c, 1) == 1)
			pause();
		_exit(1);
	}
	ck_assert_int_eq(read(go[0], &c, 1), 1);
	ck_assert_int_eq(c, 1);
	sweep(1, 5, 5);
	ck_assert_int_eq(archive_flush_all(archive, FLEET_T0 + 600), KK_E_BUSY);
	archive_stats(archive, &st);
	ck_assert_uint_eq(st.waiting, 1);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	archive_work(archive, FLEET_T0 + 601, 10); /* not its turn: the retry */
	archive_stats(archive, &st);
	ck_assert_uint_eq(st.waiting, 0);
	close(go[0]);
	close(go[1]);
}
END_TEST

START_TEST(second_file)
{
	const char *x = path_of(1, SOURCE_PROBE, 1, "");
	struct sample s;
	char *text;

	begin(1);
	for (int m = 0; m < 40; m++) {
		s = fleet_sample(1, FLEET_T0 + m * 60);
		s.source = SOURCE_PROBE;
		sample_set(&s, METRIC_UPTIME, m);
		if (m >= 5)
			sample_set(&s, METRIC_CLIENTS_5G, 9);
		if (m >= 20)
			sample_set(&s, METRIC_CHANNEL_BUSY_2G, 40);
		ck_assert_int_eq(give(s), KK_OK);
		if (m == 4 || m == 19 || m == 39)
			ck_assert_int_eq(archive_flush_all(archive, FLEET_T0 + m * 60), KK_OK);
		ck_assert_int_eq(is_there(x), m >= 19);
	}
	ck_assert(is_there(path_of(1, SOURCE_PROBE, 0, "")));
	ck_assert(!is_there(path_of(1, SOURCE_SNMP, 0, "")));
	text = dump(path_of(1, SOURCE_PROBE, 1, ""));
	ck_assert_ptr_nonnull(strstr(text, "<name> clients_5g </name>"));
	ck_assert_ptr_nonnull(strstr(text, "<name> channel_busy_2g </name>"));
	ck_assert_ptr_null(strstr(text, "<name> uptime </name>"));
	/* The first rows have clients only, later ones both: nothing was lost by the widening. */
	ck_assert_ptr_nonnull(strstr(text, "<row><v>9.0000000000e+00</v><v>NaN</v></row>"));
	ck_assert_ptr_nonnull(
	    strstr(text, "<row><v>9.0000000000e+00</v><v>4.0000000000e+01</v></row>"));
	free(text);
}
END_TEST

START_TEST(wishes)
{
	struct device dev = fleet_device(1);
	char key[ROSTER_KEY];
	struct archive_stats st;
	double mean;

	begin(4);
	sweep(4, 0, 10);
	archive_key(&dev, SOURCE_SNMP, 0, key, sizeof(key));
	ck_assert_int_eq(archive_flush(archive, key), KK_OK);
	archive_stats(archive, &st);
	ck_assert_uint_eq(st.visits, 1);
	ck_assert_int_ge(rows_known(path_of(1, SOURCE_SNMP, 0, ""), "clients", 1, 9, &mean), 7);
	ck_assert_int_eq(archive_flush(archive, key), KK_OK);
	ck_assert_int_eq(archive_flush(archive, "ap/00/nobody"), KK_E_NOTFOUND);
	ck_assert_int_eq(archive_flush(archive, "../../etc/passwd"), KK_E_NOTFOUND);
	archive_area_key("district", "성동구", key, sizeof(key));
	ck_assert_int_eq(archive_flush(archive, key), KK_OK);
	archive_area_key("district", "부산", key, sizeof(key));
	ck_assert_int_eq(archive_flush(archive, key), KK_E_NOTFOUND);
}
END_TEST

START_TEST(left_out)
{
	struct archive_stats st;
	struct sample s = fleet_sample(1, (int64_t)time(NULL) + 3600);

	begin(0);
	ck_assert_int_eq(give(fleet_sample(1, FLEET_T0)), KK_E_BUSY); /* no names yet */
	give_roster(2);
	ck_assert_int_eq(give(s), KK_OK);			  /* of the future */
	ck_assert_int_eq(give(fleet_sample(3, FLEET_T0)), KK_OK); /* of nobody */
	archive_stats(archive, &st);
	ck_assert_uint_eq(st.samples, 0);
	ck_assert_uint_eq(st.waiting, 0);
}
END_TEST

START_TEST(damaged_state)
{
	struct cursor c;
	char path[80];
	int fd;

	begin(2);
	sweep(2, 0, 10);
	archive_close(archive);
	begin(2);
	archive_sink(archive)->where(archive, &c);
	ck_assert_uint_eq(c.offset, 20);
	archive_close(archive);
	snprintf(path, sizeof(path), "%s/rrd/.state", dir);
	fd = open(path, O_WRONLY);
	ck_assert_int_eq(pwrite(fd, "XX", 2, 100 + _i * 100), 2);
	close(fd);
	begin(2);
	archive_sink(archive)->where(archive, &c);
	ck_assert_uint_eq(c.segment, 0);
	ck_assert_uint_eq(c.offset, 0);
	sweep(2, 0, 12); /* again from the begin: known values are no error */
	ck_assert_int_eq(archive_flush_all(archive, FLEET_T0 + 720), KK_OK);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("archive");
	TCase *tc = tcase_create("files");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, written);
	tcase_add_test(tc, large_odometers);
	tcase_add_test(tc, turns);
	tcase_add_test(tc, gap);
	tcase_add_test(tc, one_miss);
	tcase_add_test(tc, as_librrd_makes_it);
	tcase_add_test(tc, replayed);
	tcase_add_loop_test(tc, damaged, 0, ROWS(damages));
	tcase_add_loop_test(tc, damaged_header, 0, 3);
	tcase_add_test(tc, removed);
	tcase_add_test(tc, one_in_trouble);
	tcase_add_test(tc, disk_in_trouble);
	tcase_add_test(tc, heartbeat);
	tcase_add_test(tc, locked);
	tcase_add_test(tc, second_file);
	tcase_add_test(tc, wishes);
	tcase_add_test(tc, left_out);
	tcase_add_loop_test(tc, damaged_state, 0, 3);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
