/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_ingest_socket.c - the socket itself: messages that are no samples, connections that are
 * hostile or come anew. */
#include <sys/socket.h>
#include <sys/stat.h>

#include "tests/ingest_world.h"

/* Events go to who takes them; without room the batch comes again. */
START_TEST(events)
{
	static uint8_t out[BATCH_OCTETS_MAX];
	struct world *w = world_new();
	struct batch_head head = {"gate-1", 5, 1};
	struct event e = {.kind = EVENT_DEAUTH_FLOOD, .bssid = 0x0211};
	struct batch_writer b;
	int fd = world_dial(w);

	ck_assert_int_eq(batch_begin(&b, out, sizeof(out), &head), KK_OK);
	ck_assert_int_eq(batch_add_event(&b, &e), KK_OK);
	ck_assert_int_eq(batch_add_event(&b, &e), KK_OK);
	w->full = 1;
	ck_assert_int_eq(send(fd, out, b.len, MSG_NOSIGNAL), (ssize_t)b.len);
	world_turn(w, 1);
	ck_assert_int_eq(world_answered(fd), -1);
	ck_assert_int_eq(w->events, 0);
	w->full = 0;
	close(fd);
	fd = world_dial(w);
	ck_assert_int_eq(send(fd, out, b.len, MSG_NOSIGNAL), (ssize_t)b.len);
	world_turn(w, 1);
	ck_assert_int_eq(world_answered(fd), 1);
	ck_assert_int_eq(w->events, 2);
	ck_assert_uint_eq(ingest_stats(w->in)->events, 2);
	close(fd);
	world_free(w);
}
END_TEST

/* The epochs of the keys that have come, two digits each; -1: hung up. */
static int
keys_got(int fd)
{
	uint8_t in[64];
	struct daykey k;
	int got = 0;
	ssize_t n;

	while ((n = recv(fd, in, sizeof(in), MSG_DONTWAIT)) > 0) {
		ck_assert_int_eq(daykey_decode(in, (size_t)n, &k), KK_OK);
		got = got * 100 + (int)k.epoch;
	}
	return n == 0 ? -1 : got;
}

/* What this is answered with. */
static int
answer_to(struct world *w, int fd, const void *message, size_t len)
{
	ck_assert_int_eq(send(fd, message, len, MSG_NOSIGNAL), (ssize_t)len);
	world_turn(w, 1);
	return keys_got(fd);
}

/* Who says hello gets the keys, and the new ones; who does not never sees one. */
START_TEST(keys)
{
	struct world *w = world_new();
	uint8_t hello[DAYKEY_HELLO_MAX];
	size_t len = daykey_hello_encode("gate-1", hello);
	int fd = world_dial(w), other = world_dial(w);

	w->keys = 1;
	ck_assert_int_eq(answer_to(w, fd, hello, len), 70);
	ingest_keys(w->in, 0);
	ck_assert_int_eq(keys_got(fd), 0);
	w->keys = 2;
	ingest_keys(w->in, 1);
	ck_assert_int_eq(keys_got(fd), 7071);
	ck_assert_int_eq(keys_got(other), 0);
	/* Sketches go to who merges them; what is none ends the connection. */
	ck_assert_int_eq(answer_to(w, fd, "KKPS\1", 5), 0);
	ck_assert_int_eq(w->sketches, 1);
	ck_assert_int_eq(answer_to(w, fd, "KKPS", 4), -1);
	/* So does a hello without a name. */
	ck_assert_int_eq(answer_to(w, other, "KKPH\1\0", 6), -1);
	close(fd);
	/* And nobody gives kkachid a key. */
	fd = world_dial(w);
	ck_assert_int_eq(answer_to(w, fd, "KKPK\1", 5), -1);
	close(fd);
	close(other);
	world_free(w);
}
END_TEST

START_TEST(hostile_connections)
{
	struct world *w = world_new();
	static uint8_t big[BATCH_OCTETS_MAX + 100];
	int fd[INGEST_CLIENTS_MAX], extra;
	struct batch_head changed = {"gate-2", 5, 2};
	struct sample s = world_increments(T0_CS + 2 * MINUTE_CS, 7, 7, 1);

	fd[0] = world_dial(w);
	ck_assert_int_eq(send(fd[0], "hello", 5, 0), 5);
	fd[1] = world_dial(w);
	ck_assert_int_gt(send(fd[1], big, sizeof(big), 0), 0);
	/* A connection cannot become another probe. */
	fd[2] = world_dial(w);
	world_minute(fd[2], 5, 1, "AP-1", 0);
	world_deliver(fd[2], &changed, "AP-1", T0_CS + MINUTE_CS, &s);
	for (int i = 0; i < 4; i++)
		world_turn(w, 1);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(world_answered(fd[i]), -1);
		close(fd[i]);
	}
	ck_assert_uint_eq(ingest_stats(w->in)->drops[INGEST_DROP_MALFORMED], 3);
	ck_assert_uint_eq(ingest_stats(w->in)->clients, 0);
	for (int i = 0; i < INGEST_CLIENTS_MAX; i++) {
		fd[i] = world_dial(w);
		world_turn(w, 1);
	}
	extra = world_dial(w);
	world_turn(w, 1);
	ck_assert_int_eq(world_answered(extra), -1);
	ck_assert_uint_eq(ingest_stats(w->in)->drops[INGEST_DROP_CLIENTS], 1);
	close(extra);
	for (int i = 0; i < INGEST_CLIENTS_MAX; i++)
		close(fd[i]);
	world_free(w);
}
END_TEST

/* The same probe on a new connection: the old one is given up, answers go to the new one. */
START_TEST(reconnected)
{
	struct world *w = world_new();
	int a = world_dial(w), b;

	world_minute(a, 5, 1, "AP-1", 0);
	world_turn(w, 1);
	b = world_dial(w);
	world_minute(b, 5, 1, "AP-1", 0);
	world_turn(w, 1);
	ck_assert_int_eq(world_answered(a), -1);
	ingest_synced(w->in, w->batches);
	ck_assert_int_eq(world_answered(b), 1);
	close(a);
	close(b);
	world_free(w);
}
END_TEST

START_TEST(the_socket)
{
	struct world *w = world_new();
	struct ingest_env env = world_env(w);
	struct ingest *second = NULL;
	struct diag d = {""};
	struct stat st;
	char path[96], other[80];

	snprintf(path, sizeof(path), "%s/samples", w->dir);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0660);
	ck_assert_int_eq(ingest_new(&env, &second, &d), KK_E_BUSY);
	ck_assert_int_eq(stat(path, &st), 0);
	/* Left behind by one that was killed: taken over. */
	snprintf(other, sizeof(other), "%s/elsewhere", w->dir);
	ck_assert_int_eq(rename(path, other), 0);
	ingest_free(w->in);
	ck_assert_int_eq(rename(other, path), 0);
	world_start(w);
	ck_assert_int_eq(stat(path, &st), 0);
	/* What is no socket stays. */
	ingest_free(w->in);
	ck_assert_int_eq(stat(path, &st), -1);
	fclose(fopen(path, "w"));
	ck_assert_int_eq(ingest_new(&env, &second, &d), KK_E_EXISTS);
	ck_assert_ptr_nonnull(strstr(d.text, path));
	unlink(path);
	world_start(w);
	world_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ingest_socket");
	TCase *tc = tcase_create("samples socket");

	tcase_add_test(tc, events);
	tcase_add_test(tc, keys);
	tcase_add_test(tc, hostile_connections);
	tcase_add_test(tc, reconnected);
	tcase_add_test(tc, the_socket);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
