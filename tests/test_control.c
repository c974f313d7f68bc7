/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The control socket, with real sockets in a folder of its own. */
#include "collector/control.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "tests/harness.h"

static char dir[64];
static struct control *control;
static struct diag d;

/* What came last. */
static uint64_t ticket;
static char command[CONTROL_LINE_MAX];
static unsigned commands;
static const char *at_once; /* answer from inside the callback */

static void
on_command(void *ctx, uint64_t t, const char *line)
{
	ck_assert_ptr_eq(ctx, dir);
	ticket = t;
	snprintf(command, sizeof(command), "%s", line);
	commands++;
	if (at_once != NULL)
		control_answer(control, t, at_once);
}

static void
setup(void)
{
	harness_dir(dir);
	ck_assert_int_eq(control_new(dir, on_command, dir, &control, &d), KK_OK);
	at_once = NULL;
	commands = 0;
}

static void
teardown(void)
{
	control_free(control);
	harness_remove(dir);
}

static int
client(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s/control", dir);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	return fd;
}

/* Serve until nothing is to be done. */
static void
run(void)
{
	struct pollfd p = {control_fd(control), POLLIN, 0};

	for (int i = 0; i < 100 && poll(&p, 1, 0) > 0; i++)
		control_run(control);
}

static void
say(int fd, const char *text)
{
	ck_assert_int_eq(write(fd, text, strlen(text)), strlen(text));
	run();
}

/* What has come back: "" for nothing yet, "EOF" for the end. */
static const char *
hear(int fd)
{
	static char text[4096];
	ssize_t n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	if (n == 0)
		return "EOF";
	text[n > 0 ? n : 0] = '\0';
	return text;
}

START_TEST(answered)
{
	struct stat st;
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/control", dir);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0660);
	fd = client();
	say(fd, "poll 서울5차-0152-1\r\n");
	ck_assert_str_eq(command, "poll 서울5차-0152-1");
	ck_assert_str_eq(hear(fd), "");
	control_answer(control, ticket + 1, "not for you");
	control_answer(control, ticket, "{}");
	ck_assert_str_eq(hear(fd), "{}\n");
	control_answer(control, ticket, "twice");
	ck_assert_str_eq(hear(fd), "");
	/* The same connection again, in pieces, and two at once. */
	say(fd, "sta");
	ck_assert_uint_eq(commands, 1);
	say(fd, "tus\nflush a\n");
	ck_assert_uint_eq(commands, 2);
	ck_assert_str_eq(command, "status");
	control_answer(control, ticket, "one");
	run();
	ck_assert_str_eq(command, "flush a");
	control_answer(control, ticket, "two");
	ck_assert_str_eq(hear(fd), "one\ntwo\n");
	close(fd);
	run();
}
END_TEST

START_TEST(at_once_and_half_closed)
{
	int fd = client();

	at_once = "ok";
	ck_assert_int_eq(write(fd, "flush k\n", 8), 8);
	shutdown(fd, SHUT_WR);
	run();
	ck_assert_str_eq(hear(fd), "ok\n");
	ck_assert_str_eq(hear(fd), "EOF");
	close(fd);
}
END_TEST

START_TEST(bad_lines)
{
	char line[CONTROL_LINE_MAX + 10];
	int fd = client();

	say(fd, "poll \xff\n");
	ck_assert_uint_eq(commands, 0);
	ck_assert_str_eq(hear(fd), "error the command is not UTF-8\n");
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	say(fd, line);
	ck_assert_str_eq(hear(fd), "error the command is too long\n");
	ck_assert_uint_eq(commands, 0);
	close(fd);
}
END_TEST

/* A client that goes while its command is worked on; the answer goes nowhere. */
START_TEST(gone)
{
	int fd = client(), other;

	say(fd, "poll a\n");
	close(fd);
	run();
	control_answer(control, ticket, "{}");
	other = client();
	say(other, "status\n");
	control_answer(control, ticket, "{}");
	ck_assert_str_eq(hear(other), "{}\n");
	close(other);
}
END_TEST

/* An answer that the socket has no room for is written on when it has. */
START_TEST(long_answer)
{
	static char text[1 << 20];
	size_t got = 0;
	int fd = client();

	memset(text, 'x', sizeof(text) - 1);
	say(fd, "poll a\n");
	control_answer(control, ticket, text);
	for (int i = 0; i < 10000 && got < sizeof(text); i++) {
		size_t n = strlen(hear(fd));

		got += n;
		run();
	}
	ck_assert_uint_eq(got, sizeof(text)); /* with the line end */
	close(fd);
}
END_TEST

START_TEST(many_clients)
{
	int fd[CONTROL_CLIENTS_MAX + 8];

	for (int i = 0; i < ROWS(fd); i++) {
		fd[i] = client();
		run();
	}
	at_once = "ok";
	say(fd[ROWS(fd) - 1], "status\n");
	ck_assert_str_eq(hear(fd[ROWS(fd) - 1]), "ok\n");
	ck_assert_str_eq(hear(fd[0]), "EOF"); /* idle longest */
	for (int i = 0; i < ROWS(fd); i++)
		close(fd[i]);
	run();
}
END_TEST

START_TEST(only_one)
{
	struct control *second = NULL;
	char path[128];
	int fd;

	ck_assert_int_eq(control_new(dir, on_command, dir, &second, &d), KK_E_BUSY);
	ck_assert_ptr_nonnull(strstr(d.text, "/control"));
	close(client()); /* the first one is still there */
	/* Left behind by a crash: taken over. A file that is no socket: not. */
	control_free(control);
	snprintf(path, sizeof(path), "%s/control", dir);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	memcpy(a.sun_path, path, strlen(path) + 1);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	close(fd);
	ck_assert_int_eq(control_new(dir, on_command, dir, &control, &d), KK_OK);
	control_free(control);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	close(fd);
	ck_assert_int_eq(control_new(dir, on_command, dir, &second, &d), KK_E_EXISTS);
	unlink(path);
	ck_assert_int_eq(control_new(dir, on_command, dir, &control, &d), KK_OK);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("control");
	TCase *tc = tcase_create("control");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, answered);
	tcase_add_test(tc, at_once_and_half_closed);
	tcase_add_test(tc, bad_lines);
	tcase_add_test(tc, gone);
	tcase_add_test(tc, long_answer);
	tcase_add_test(tc, many_clients);
	tcase_add_test(tc, only_one);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
