/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ingest_world.h"

#include <sys/socket.h>
#include <sys/un.h>

static uint32_t
device(void *ctx, const char *id)
{
	(void)ctx;
	return strcmp(id, "AP-1") == 0 ? 1 : strcmp(id, "AP-2") == 0 ? 2 : 0;
}

static int
put(void *ctx, const struct sample *s)
{
	struct world *w = ctx;

	if (w->full)
		return KK_E_FULL;
	if (w->room > 0 && --w->room == 0)
		w->full = 1;
	ck_assert_int_lt(w->n, ROWS(w->kept));
	for (int i = 0; i < w->n; i++)
		if (w->kept[i].device == s->device && w->kept[i].source == s->source)
			ck_assert(w->set_back || s->time_cs >= w->kept[i].time_cs);
	w->kept[w->n] = *s;
	ck_assert_uint_le(s->n_counters, ROWS(w->reason[0]));
	if (s->n_counters > 0)
		memcpy(w->reason[w->n], s->counters, s->n_counters * sizeof(struct counter));
	w->kept[w->n].counters = w->reason[w->n];
	w->n++;
	return KK_OK;
}

static int
take_event(void *ctx, const char *probe, const struct event *e)
{
	struct world *w = ctx;

	if (w->full)
		return KK_E_FULL;
	ck_assert_str_eq(probe, "gate-1");
	ck_assert_uint_eq(e->bssid, 0x0211);
	w->events++;
	return KK_OK;
}

static int
key(void *ctx, unsigned which, uint8_t out[DAYKEY_WIRE_OCTETS])
{
	const struct world *w = ctx;
	struct daykey k = {.epoch = 70 + which, .day = 20260801, .from_s = 0, .to_s = 86400};

	if ((int)which >= w->keys)
		return 0;
	daykey_encode(&k, out);
	return 1;
}

static int
take_sketches(void *ctx, const uint8_t *in, size_t len)
{
	struct world *w = ctx;

	w->sketches++;
	return daykey_message(in, len) == 'S' && len > 4 ? KK_OK : KK_E_SYNTAX;
}

struct ingest_env
world_env(struct world *w)
{
	return (struct ingest_env){.clock = &w->clock,
	    .run_dir = w->dir,
	    .group = "no-such-group-here",
	    .ctx = w,
	    .device = device,
	    .put = put,
	    .event = take_event,
	    .key = key,
	    .sketches = take_sketches};
}

void
world_start(struct world *w)
{
	struct ingest_env env = world_env(w);
	struct diag d = {""};

	ck_assert_msg(ingest_new(&env, &w->in, &d) == KK_OK, "%s", d.text);
	for (int i = 0; i < w->n; i++)
		ck_assert_int_eq(ingest_restore(w->in, &w->kept[i]), KK_OK);
}

struct world *
world_new(void)
{
	struct world *w = calloc(1, sizeof(*w));

	ck_assert_ptr_nonnull(w);
	harness_dir(w->dir);
	w->clock = (struct kk_clock){1, 1000000, T0_CS + 100 * MINUTE_CS};
	world_start(w);
	return w;
}

void
world_free(struct world *w)
{
	ingest_free(w->in);
	harness_remove(w->dir);
	free(w);
}

int
world_dial(const struct world *w)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/samples", w->dir);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

void
world_turn(struct world *w, int commit)
{
	size_t put_now = ingest_run(w->in);

	put_now += ingest_run(w->in); /* the first may only have accepted */
	if (!commit)
		ingest_committed(w->in, -1);
	else if (put_now > 0)
		ingest_committed(w->in, ++w->batches);
	else
		ingest_committed(w->in, 0);
}

struct sample
world_increments(int64_t end_cs, int64_t down, int64_t up, int64_t clients)
{
	struct sample s = {.device = 1, .source = SOURCE_PROBE, .time_cs = end_cs};

	sample_set(&s, METRIC_OCTETS_DOWN, down);
	sample_set(&s, METRIC_OCTETS_UP, up);
	sample_set(&s, METRIC_CLIENTS, clients);
	return s;
}

void
world_deliver(
    int fd, const struct batch_head *head, const char *id, int64_t from_cs, const struct sample *s)
{
	static uint8_t out[BATCH_OCTETS_MAX];
	struct batch_writer b;

	ck_assert_int_eq(batch_begin(&b, out, sizeof(out), head), KK_OK);
	ck_assert_int_eq(batch_add(&b, id, from_cs, s), KK_OK);
	ck_assert_int_eq(send(fd, out, b.len, MSG_NOSIGNAL), (ssize_t)b.len);
}

void
world_minute(int fd, uint64_t run, uint64_t sequence, const char *id, int m)
{
	struct batch_head head = {"gate-1", run, sequence};
	struct sample s =
	    world_increments(T0_CS + (m + 1) * MINUTE_CS, 100 * (m + 1), 10 * (m + 1), m);

	world_deliver(fd, &head, id, T0_CS + m * MINUTE_CS, &s);
}

int64_t
world_answered(int fd)
{
	uint8_t in[64];
	uint64_t run, sequence = 0;
	ssize_t n;

	while ((n = recv(fd, in, sizeof(in), MSG_DONTWAIT)) > 0)
		ck_assert_int_eq(batch_ack_decode(in, (size_t)n, &run, &sequence), KK_OK);
	return n == 0 ? -1 : (int64_t)sequence;
}

void
world_check_last(const struct world *w, int64_t down, int64_t up)
{
	ck_assert_int_gt(w->n, 0);
	ck_assert_int_eq(w->kept[w->n - 1].value[METRIC_OCTETS_DOWN], down);
	ck_assert_int_eq(w->kept[w->n - 1].value[METRIC_OCTETS_UP], up);
}
