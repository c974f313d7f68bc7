/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_decoded.c - who listens to the air hears what was said in a batch, and nothing else of it;
 * what comes of it is sent together. */
#include "probes/decoded.h"

#include <string.h>

#include "tests/decoding.h"

#define FRAMES 3 /* of a network, until it is told of */
#define NAME   "Public WiFi Free"

static struct pseudonyms *key;

struct scene {
	struct map *map;
	struct count *count;
	struct sender *sender;
	struct air_run *air;
	struct decoded *batch;
};

static void
ignore(void *ctx, const struct interval *iv, const struct ap_line *line)
{
	(void)ctx;
	(void)iv;
	(void)line;
}

static void
set_up(struct scene *s)
{
	static const char text[] = "key,value,ap\nbssid,02:11:22:33:44:50,WF-A\n";
	const struct count_options co = {.interval_s = 60, .clients_max = 16};
	const struct count_sink sink = {.ap = ignore};
	const struct sender_options so = {.socket = "/nonexistent", .probe = "gate"};
	const struct options o = {.legacy_ssids = NAME};
	struct diag d = {""};

	memset(s, 0, sizeof(*s));
	ck_assert_int_eq(map_over("map", text, strlen(text), key, &s->map, &d), KK_OK);
	ck_assert_ptr_nonnull(s->count = count_new(&co, s->map, &sink));
	ck_assert_int_eq(sender_new(&so, &s->sender, &d), KK_OK);
	ck_assert_int_eq(air_run_new(&o, s->map, NULL, s->sender, &s->air, &d), KK_OK);
	ck_assert_ptr_nonnull(s->batch = calloc(1, sizeof(*s->batch)));
}

static void
tear_down(struct scene *s)
{
	free(s->batch);
	air_run_free(s->air);
	sender_free(s->sender);
	count_free(s->count);
	map_free(s->map);
}

/* A packet that was decoded as a beacon of a network with a name that should be off the air. */
static void
beacon(struct decoded *to, uint64_t bssid)
{
	struct detail *said = &to->said[to->says];

	to->packet[to->n] = (struct packet){.time_us = (int64_t)to->n, .len = 100};
	to->seen[to->n] = (struct seen){.kind = SEEN_BEACON,
	    .next = DEC_DONE,
	    .flags = SEEN_AIR | SEEN_HAS_BSSID,
	    .direction = SEEN_DOWN,
	    .bssid = bssid,
	    .detail = (uint8_t)(to->says + 1)};
	*said = (struct detail){.kind = DETAIL_MANAGEMENT,
	    .management = {.flags = MANAGEMENT_ELEMENTS, .ssid = {.len = sizeof(NAME) - 1}}};
	memcpy(said->management.ssid.octets, NAME, sizeof(NAME) - 1);
	to->sayer[to->says++] = (uint8_t)to->n++;
	to->airs = 1;
}

/* A packet whose way is known: what is in `seen` a batch before left there. */
static void
silent(struct decoded *to, struct way *known)
{
	to->packet[to->n] = (struct packet){.time_us = (int64_t)to->n, .len = 100};
	to->front[to->n] = (struct front){.way = known->key, .octets = 60};
	to->way[to->n++] = known;
}

static void
count(struct scene *s, size_t at, size_t n)
{
	const struct counting to = {.count = s->count, .air = s->air};

	decoded_count(s->batch, &to, at, n);
}

START_TEST(events_are_sent_together)
{
	struct scene s;

	set_up(&s);
	for (unsigned i = 0; i < 3 * FRAMES; i++)
		beacon(s.batch, UINT64_C(0x066677889900) + i % 3);
	count(&s, 0, s.batch->n);
	ck_assert_uint_eq(sender_stats(s.sender)->batches, 1);
	/* They go on, which is nothing new. */
	count(&s, 0, s.batch->n);
	ck_assert_uint_eq(sender_stats(s.sender)->batches, 1);
	tear_down(&s);
}
END_TEST

/* Of a batch that is counted in parts each is heard once. */
START_TEST(parts_are_heard_once)
{
	struct scene s;

	set_up(&s);
	for (unsigned i = 0; i < FRAMES - 1; i++)
		beacon(s.batch, UINT64_C(0x066677889900));
	count(&s, 0, 1);
	count(&s, 1, s.batch->n - 1);
	ck_assert_uint_eq(sender_stats(s.sender)->batches, 0);
	beacon(s.batch, UINT64_C(0x066677889900));
	count(&s, s.batch->n - 1, 1);
	ck_assert_uint_eq(sender_stats(s.sender)->batches, 1);
	tear_down(&s);
}
END_TEST

/* What the batch before said is not heard again. */
START_TEST(nothing_else_is_heard)
{
	struct way known = {.key = 1, .direction = SEEN_DOWN, .place = 1};
	struct scene s;

	set_up(&s);
	for (unsigned i = 0; i < FRAMES - 1; i++)
		beacon(s.batch, UINT64_C(0x066677889900));
	count(&s, 0, s.batch->n);
	decoded_clear(s.batch);
	for (unsigned i = 0; i < FRAMES - 1; i++)
		silent(s.batch, &known);
	beacon(s.batch, UINT64_C(0x066677889907)); /* somebody speaks */
	s.batch->fronts = s.batch->n;
	count(&s, 0, s.batch->n);
	ck_assert_uint_eq(known.packets, FRAMES - 1);
	ck_assert_uint_eq(sender_stats(s.sender)->batches, 0);
	tear_down(&s);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("decoded");
	TCase *t = tcase_create("decoded");

	tcase_add_test(t, events_are_sent_together);
	tcase_add_test(t, parts_are_heard_once);
	tcase_add_test(t, nothing_else_is_heard);
	suite_add_tcase(s, t);
	return decoding_run(s, &key, NULL);
}
