/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fleet follows an inventory; its targets are this file's own. */
#include "collector/fleet.h"

#include "tests/harness.h"

/* What stands for a target here: every promise of target.h that the fleet uses. */
struct target {
	uint32_t num;
	char id[32], host[64];
	uint64_t odometer; /* what it remembers */
	int64_t step_cs;
	unsigned silent; /* polls */
	unsigned woken;
	const char *trouble;
	enum target_expired expires;
	char layout[32]; /* "" : nothing new */
	char profile[32];
	poll_done_cb done;
	void *ctx;
};

static int alive;		  /* targets that are not freed */
static struct target *polled[16]; /* by number: whose poll is in flight, or was last */

int
target_new(
    const struct target_env *env, const struct device *dev, struct target **out, struct diag *d)
{
	struct target *t;

	(void)env;
	if (strcmp(dev->host, "bad") == 0)
		return diag_set(d, KK_E_RANGE, "%s: no address", dev->id);
	t = calloc(1, sizeof(*t));
	t->num = dev->num;
	snprintf(t->id, sizeof(t->id), "%s", dev->id);
	snprintf(t->host, sizeof(t->host), "%s", dev->host);
	alive++;
	*out = t;
	return KK_OK;
}

void
target_free(struct target *t)
{
	alive -= t != NULL;
	free(t);
}

void
target_restore(struct target *t, const struct sample *s)
{
	t->odometer = (uint64_t)s->value[METRIC_OCTETS_DOWN];
}

void
target_inherit(struct target *t, const struct target *from)
{
	t->odometer = from->odometer;
}

int
target_set_layout(struct target *t, const char *profile, const void *data, size_t len)
{
	snprintf(t->profile, sizeof(t->profile), "%s %.*s", profile, (int)len, (const char *)data);
	return KK_OK;
}

const void *
target_layout(struct target *t, const char **profile, size_t *len)
{
	static char layout[32];

	if (t->layout[0] == '\0')
		return NULL;
	memcpy(layout, t->layout, sizeof(layout));
	t->layout[0] = '\0';
	*profile = "unifi";
	*len = strlen(layout);
	return layout;
}

int
target_poll(struct target *t, poll_done_cb done, void *ctx)
{
	t->done = done;
	t->ctx = ctx;
	polled[t->num] = t;
	return KK_OK;
}

unsigned
target_silent(const struct target *t)
{
	return t->silent;
}

void
target_foresee(const struct target *t)
{
	(void)t;
}

void
target_wake(struct target *t)
{
	t->woken++;
}

int
target_slow_lane(const struct target *t)
{
	return t->silent >= 3;
}

const char *
target_id(const struct target *t)
{
	return t->id;
}

const char *
target_trouble(const struct target *t, char *text, size_t len)
{
	if (t->trouble == NULL)
		return NULL;
	snprintf(text, len, "%s!", t->trouble);
	return t->trouble;
}

enum target_expired
target_expire(struct target *t)
{
	static const struct sample empty;

	if (t->expires == TARGET_ENDED)
		t->done(t->ctx, t, &empty);
	return t->expires;
}

void
target_clock_step(struct target *t, int64_t cs)
{
	t->step_cs += cs;
}

static char dir[64];
static struct db *db;
static struct diag d;
static struct conf conf;
static struct kk_clock now = {1, 1000, 8640000};
static struct target_env target_env = {.clock = &now, .conf = &conf};
static struct fleet *fleet;
static unsigned samples;

static void
on_sample(void *ctx, const struct sample *s)
{
	(void)ctx;
	(void)s;
	samples++;
}

static void
setup(void)
{
	struct fleet_env env = {.target = &target_env, .sample = on_sample};

	harness_dir(dir);
	ck_assert_int_eq(db_open(dir, DB_WRITE, &db, &d), KK_OK);
	conf_defaults(&conf);
	ck_assert_int_eq(fleet_new(&env, &fleet), KK_OK);
}

static void
teardown(void)
{
	fleet_free(fleet);
	ck_assert_int_eq(alive, 0);
	db_close(db);
	harness_remove(dir);
}

/* Change the inventory, and let the fleet follow. */
static void
follow(const char *sql)
{
	struct inventory *inv;

	ck_assert_msg(db_exec(db, sql, &d) == KK_OK, "%s", d.text);
	ck_assert_int_eq(inventory_read(db, &inv, &d), KK_OK);
	ck_assert_int_eq(fleet_update(fleet, inv), KK_OK);
	inventory_free(inv);
}

static void
add(const char *id, const char *host)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
	    "INSERT INTO device (id, host, added) VALUES ('%s', '%s', 1);"
	    "INSERT INTO belonging (device, since) VALUES (last_insert_rowid(), 0)",
	    id, host);
	follow(sql);
}

/* Turn the wheel once around: everybody is due. */
static void
round_the_wheel(void)
{
	int64_t end = now.mono_ms + 60000;

	while (now.mono_ms <= end) {
		sweep_run(fleet_sweep(fleet));
		clock_advance(&now, 10);
	}
}

static struct sweep_stats
schedule_now(void)
{
	struct sweep_stats st;

	sweep_stats(fleet_sweep(fleet), &st);
	return st;
}

static void
restore(uint32_t device, uint8_t source, int64_t down)
{
	struct sample s = {.device = device, .source = source};

	s.value[METRIC_OCTETS_DOWN] = down;
	fleet_restore(fleet, &s);
}

START_TEST(follows)
{
	add("a", "10.0.0.1");
	add("b", "");
	add("c", "bad");
	add("d", "10.0.0.4");
	ck_assert_uint_eq(fleet_stats(fleet)->devices, 2);
	ck_assert_uint_eq(fleet_stats(fleet)->unusable, 1);
	ck_assert_int_eq(alive, 2);
	follow("UPDATE device SET host = '10.0.0.2' WHERE id = 'b'");
	ck_assert_uint_eq(fleet_stats(fleet)->devices, 3);
	follow("UPDATE device SET host = '10.0.0.3' WHERE id = 'c'");
	ck_assert_uint_eq(fleet_stats(fleet)->unusable, 0);
	ck_assert_int_eq(alive, 4);
	follow("UPDATE device SET retired = 5 WHERE id = 'a'");
	follow("UPDATE device SET host = 'bad' WHERE id = 'd'");
	ck_assert_uint_eq(fleet_stats(fleet)->devices, 2);
	ck_assert_int_eq(alive, 2);
	ck_assert_uint_eq(schedule_now().items, 2);
	follow("UPDATE device SET retired = 5");
	ck_assert_uint_eq(schedule_now().items, 0);
}
END_TEST

START_TEST(odometers_stay)
{
	struct sample answer = {.device = 1}, silent = {.device = 1, .flags = SAMPLE_SILENT};

	add("a", "10.0.0.1");
	ck_assert_uint_eq(fleet_fresh(fleet), 1);
	restore(1, SOURCE_PROBE, 5); /* not this source's business */
	restore(1, SOURCE_SNMP, 1000);
	restore(99, SOURCE_SNMP, 7); /* nobody */
	fleet_restored(fleet);
	ck_assert_uint_eq(fleet_fresh(fleet), 0);
	restore(1, SOURCE_SNMP, 3); /* too late */
	round_the_wheel();
	ck_assert_uint_eq(schedule_now().flying, 1);
	/* In the middle of a poll it gets another address: the poll ends without a sample. */
	follow("UPDATE device SET host = '10.0.0.9'");
	ck_assert_uint_eq(schedule_now().flying, 0);
	ck_assert_uint_eq(samples, 0);
	ck_assert_uint_eq(fleet_fresh(fleet), 0);
	round_the_wheel();
	ck_assert_ptr_nonnull(polled[1]);
	ck_assert_str_eq(polled[1]->host, "10.0.0.9");
	ck_assert_uint_eq(polled[1]->odometer, 1000);
	polled[1]->done(polled[1]->ctx, polled[1], &answer);
	ck_assert_uint_eq(samples, 1);
	ck_assert_uint_eq(fleet_stats(fleet)->answered, 1);
	round_the_wheel();
	polled[1]->done(polled[1]->ctx, polled[1], &silent);
	ck_assert_uint_eq(fleet_stats(fleet)->silent, 1);
	ck_assert_uint_eq(schedule_now().flying, 0);
}
END_TEST

/* What is asked is decided by the configuration, too. */
START_TEST(another_community)
{
	add("a", "10.0.0.1");
	fleet_restored(fleet);
	round_the_wheel();
	follow("UPDATE device SET name = 'another name'");
	ck_assert_uint_eq(schedule_now().flying, 1); /* nothing that matters */
	snprintf(conf.snmp.community, sizeof(conf.snmp.community), "secret");
	follow("UPDATE device SET name = 'yet another'");
	ck_assert_uint_eq(schedule_now().flying, 0);
	ck_assert_int_eq(alive, 1);
}
END_TEST

START_TEST(layouts)
{
	struct sample answer = {.device = 1};
	struct layout_row known = {2, "if-mib", "xyz", 3}, nobody = {77, "if-mib", "xyz", 3};
	const struct layout_row *rows;
	size_t n;

	add("a", "10.0.0.1");
	add("b", "10.0.0.2");
	fleet_set_layout(fleet, &known);
	fleet_set_layout(fleet, &nobody);
	fleet_clock_step(fleet, -500);
	round_the_wheel();
	ck_assert_str_eq(polled[2]->profile, "if-mib xyz");
	ck_assert_int_eq(polled[2]->step_cs, -500);
	snprintf(polled[1]->layout, 32, "one");
	polled[1]->done(polled[1]->ctx, polled[1], &answer);
	snprintf(polled[2]->layout, 32, "two");
	polled[2]->done(polled[2]->ctx, polled[2], &answer);
	rows = fleet_layouts(fleet, &n);
	ck_assert_uint_eq(n, 2);
	ck_assert_uint_eq(rows[0].device, 1);
	ck_assert_str_eq(rows[0].profile, "unifi");
	ck_assert_mem_eq(rows[0].data, "one", 3);
	fleet_layouts_kept(fleet, 1);
	rows = fleet_layouts(fleet, &n);
	ck_assert_uint_eq(n, 1);
	ck_assert_uint_eq(rows[0].device, 2); /* and teardown shows that none leaks */
}
END_TEST

/* A poll that runs when its device's next moment comes: ended, told of, and begun anew. */
START_TEST(left_and_told)
{
	static const struct sample answer = {.device = 1};
	const struct sweep_health *last = fleet_last_sweep(fleet);
	struct fleet_device dev;

	ck_assert_int_eq(last->begun_s, 0);
	add("a", "10.0.0.1");
	add("b", "10.0.0.2");
	fleet_restored(fleet);
	round_the_wheel();
	polled[1]->expires = TARGET_ENDED;
	polled[2]->expires = TARGET_GOES_ON;
	round_the_wheel();
	ck_assert_uint_eq(samples, 1);
	ck_assert_uint_eq(schedule_now().started, 3);
	ck_assert_uint_eq(schedule_now().overruns, 1);
	polled[1]->expires = TARGET_NOT_ASKED;
	round_the_wheel();
	ck_assert_uint_eq(samples, 1);
	ck_assert_uint_eq(schedule_now().started, 4);
	ck_assert_uint_eq(fleet_stats(fleet)->ended, 2);
	ck_assert_uint_eq(fleet_stats(fleet)->not_asked, 1);
	round_the_wheel();
	ck_assert_uint_eq(last->n_left, 1);
	ck_assert_uint_eq(last->left[0], 1);
	ck_assert_uint_le(last->lag.max, 100);
	/* How the devices are. */
	polled[2]->trouble = "odd";
	polled[2]->silent = 5;
	polled[1]->done(polled[1]->ctx, polled[1], &answer);
	ck_assert_int_eq(fleet_device(fleet, 2, &dev), KK_OK);
	ck_assert_str_eq(dev.id, "b");
	ck_assert_str_eq(dev.trouble, "odd");
	ck_assert_str_eq(dev.text, "odd!");
	ck_assert_int_eq(dev.slow_lane, 1);
	ck_assert_uint_eq(fleet_slow_lane(fleet), 1);
	ck_assert_int_eq(fleet_device(fleet, 3, &dev), KK_E_NOTFOUND);
}
END_TEST

/* The slowest first; and no more than there is room for. */
START_TEST(slowest)
{
	static const struct sample answer = {0};
	struct fleet_device worst[2];

	add("a", "10.0.0.1");
	add("b", "10.0.0.2");
	add("c", "10.0.0.3");
	fleet_restored(fleet);
	fleet_all(fleet);
	sweep_run(fleet_sweep(fleet));
	for (int i = 0; i < 3; i++) {
		struct target *t = polled[(i + 1) % 3 + 1]; /* b, c, a */

		clock_advance(&now, 100);
		t->done(t->ctx, t, &answer);
	}
	ck_assert_uint_eq(fleet_slowest(fleet, worst, 2), 2);
	ck_assert_str_eq(worst[0].id, "a");
	ck_assert_int_eq(worst[0].mean_ms, 300);
	ck_assert_str_eq(worst[1].id, "c");
	ck_assert_int_eq(worst[1].took_ms, 200);
}
END_TEST

/* A trap: at once, once, and wholly. */
START_TEST(nudged)
{
	static const struct sample answer = {.device = 1};

	add("a", "10.0.0.1");
	fleet_restored(fleet);
	round_the_wheel();
	ck_assert_int_eq(fleet_nudge(fleet, 1), KK_E_BUSY);
	polled[1]->done(polled[1]->ctx, polled[1], &answer);
	ck_assert_int_eq(fleet_nudge(fleet, 1), KK_OK);
	ck_assert_int_eq(fleet_nudge(fleet, 1), KK_E_BUSY);
	ck_assert_uint_eq(polled[1]->woken, 3);
	ck_assert_int_eq(fleet_nudge(fleet, 2), KK_E_NOTFOUND);
	sweep_run(fleet_sweep(fleet));
	ck_assert_uint_eq(schedule_now().started, 2);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("fleet");
	TCase *tc = tcase_create("fleet");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, follows);
	tcase_add_test(tc, odometers_stay);
	tcase_add_test(tc, another_community);
	tcase_add_test(tc, layouts);
	tcase_add_test(tc, left_and_told);
	tcase_add_test(tc, slowest);
	tcase_add_test(tc, nudged);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
