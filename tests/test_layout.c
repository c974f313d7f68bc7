/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans as octets and back, shared layouts, and how a plan becomes GETs. */
#include "collector/layout.h"

#include "tests/harness.h"

static const struct profile profile = {.name = "test"}, other = {.name = "other"};
static const unsigned long uptime[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};

/* So many counters, of four objects each, and clients from so many rows. */
static struct plan *
a_plan(unsigned counters, unsigned rows)
{
	unsigned long name[] = {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 0, 0};
	struct plan *p;

	ck_assert_int_eq(plan_new(&p), KK_OK);
	ck_assert_int_eq(plan_add(p, OBJECT_UPTIME, 0, uptime, 9), KK_OK);
	p->n_counters = counters;
	for (unsigned c = 0; c < counters; c++)
		for (unsigned w = 0; w < 4; w++) {
			name[10] = w + 6;
			name[11] = c + 1;
			p->counter[c] = (struct plan_counter){1000, 2500};
			ck_assert_int_eq(
			    plan_add(p, (enum object_what)(OBJECT_DOWN + w), c, name, 12), KK_OK);
		}
	p->n_values = rows > 0 ? 2 : 0;
	for (unsigned v = 0; v < p->n_values; v++)
		p->value[v] =
		    (struct plan_value){.metric = METRIC_CLIENTS + v, .times = -1, .low = 1};
	for (unsigned r = 0; r < rows; r++) {
		name[10] = 99;
		name[11] = r;
		ck_assert_int_eq(plan_add(p, OBJECT_METRIC, 0, name, 12), KK_OK);
		ck_assert_int_eq(plan_add(p, OBJECT_METRIC, 1, name, 12), KK_OK);
	}
	return p;
}

START_TEST(there_and_back)
{
	struct plan *p = a_plan(3, 4), *q;
	uint8_t *octets, *again;
	size_t len, len_again;

	ck_assert_uint_eq(p->n_objects, 1 + 12 + 4); /* two metrics, each row asked once */
	ck_assert_uint_eq(p->value[1].terms, 4);
	ck_assert_int_eq(plan_encode(p, &octets, &len), KK_OK);
	ck_assert_uint_lt(len, 260);
	ck_assert_int_eq(plan_decode(octets, len, &q), KK_OK);
	ck_assert_int_eq(plan_encode(q, &again, &len_again), KK_OK);
	ck_assert_uint_eq(len, len_again);
	ck_assert_mem_eq(octets, again, len);
	free(again);
	plan_free(q);
	for (size_t i = 0; i < len; i++) /* cut anywhere */
		ck_assert_int_ne(plan_decode(octets, i, &q), KK_OK);
	for (size_t i = 0; i < len * 8; i++) { /* any bit wrong: refused, or still a plan */
		octets[i / 8] ^= 1 << i % 8;
		if (plan_decode(octets, len, &q) == KK_OK)
			plan_free(q);
		octets[i / 8] ^= 1 << i % 8;
	}
	free(octets);
	plan_free(p);
}
END_TEST

static struct layout *
taken(struct layouts *l, const struct profile *f, int version, const char *community,
    const struct plan *p)
{
	struct layout *y = NULL;
	struct diag d = {{0}};
	uint8_t *octets;
	size_t len;

	ck_assert_int_eq(plan_encode(p, &octets, &len), KK_OK);
	ck_assert_msg(
	    layouts_take(l, f, version, community, octets, len, &y, &d) == KK_OK, "%s", d.text);
	free(octets);
	return y;
}

START_TEST(shared)
{
	struct plan *p = a_plan(2, 2), *q = a_plan(2, 3);
	struct layout *y[6];
	struct layouts *l;

	ck_assert_int_eq(layouts_new(&l), KK_OK);
	y[0] = taken(l, &profile, 2, "public", p);
	y[1] = taken(l, &profile, 2, "public", p);
	y[2] = taken(l, &profile, 2, "private", p);
	y[3] = taken(l, &profile, 1, "public", p);
	y[4] = taken(l, &other, 2, "public", p);
	y[5] = taken(l, &profile, 2, "public", q);
	ck_assert_ptr_eq(y[0], y[1]);
	ck_assert_uint_eq(layouts_count(l), 5);
	for (int i = 0; i < 6; i++)
		layout_release(l, y[i]);
	ck_assert_uint_eq(layouts_count(l), 0);
	layouts_free(l);
	plan_free(p);
	plan_free(q);
}
END_TEST

static const struct {
	unsigned counters, rows, chunk, gets;
} splits[] = {{2, 2, PLAN_CHUNK_MAX, 1}, {2, 2, 6, 3}, {2, 2, 1, 11}, {14, 4, PLAN_CHUNK_MAX, 2},
    {60, 60, 20, 18}};

/* Every object is asked once, sysUpTime first in each GET, a counter's objects in one of them. */
START_TEST(split)
{
	struct plan *p = a_plan(splits[_i].counters, splits[_i].rows);
	unsigned asked[PLAN_OBJECTS_MAX] = {0};
	struct layouts *l;
	struct layout *y;

	p->chunk = (uint8_t)splits[_i].chunk;
	ck_assert_int_eq(layouts_new(&l), KK_OK);
	y = taken(l, &profile, 2, "public", p);
	ck_assert_uint_eq(y->n_gets, splits[_i].gets);
	for (unsigned g = 0; g < y->n_gets; g++) {
		if (p->chunk > 1) {
			ck_assert_uint_le(y->get[g].n, p->chunk);
			ck_assert_uint_eq(y->get[g].object[0], 0);
		}
		for (unsigned i = 0; i < y->get[g].n; i++) {
			const struct plan_object *o = &p->object[y->get[g].object[i]];

			asked[y->get[g].object[i]]++;
			if (p->chunk > 4 && o->what == OBJECT_DOWN)
				ck_assert_uint_eq(
				    p->object[y->get[g].object[i + 1]].index, o->index);
		}
	}
	for (unsigned i = 1; i < p->n_objects; i++)
		ck_assert_uint_eq(asked[i], 1);
	layout_release(l, y);
	layouts_free(l);
	plan_free(p);
}
END_TEST

/* A dropped term leaves its metric unknown for good, not smaller. */
START_TEST(dropped)
{
	struct plan *p = a_plan(1, 3);

	plan_drop(p, p->n_objects - 1);
	ck_assert_uint_eq(p->value[0].terms, 3);
	ck_assert_uint_eq(p->n_objects, 1 + 4 + 2);
	plan_free(p);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("layout");
	TCase *tc = tcase_create("plans");

	tcase_add_test(tc, there_and_back);
	tcase_add_test(tc, shared);
	tcase_add_loop_test(tc, split, 0, ROWS(splits));
	tcase_add_test(tc, dropped);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
