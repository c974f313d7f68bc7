/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/text.h"

#define LISTENER UINT32_MAX

/* One connection: one command at a time, its answer before the next. */
struct client {
	int fd; /* -1: free */
	int eof;
	uint64_t ticket; /* of the command that waits for its answer; 0: none */
	char in[CONTROL_LINE_MAX];
	size_t in_len;
	char *out; /* what the socket had no room for; NULL: nothing */
	size_t out_at, out_len;
	uint64_t used; /* counts up: who was idle longest goes first */
};

struct control {
	int listener, epoll;
	struct sockaddr_un addr;
	control_command_cb command;
	void *ctx;
	uint64_t counter; /* tickets, uses */
	struct client client[CONTROL_CLIENTS_MAX];
};

int
control_fd(const struct control *c)
{
	return c->epoll;
}

/* ---- the socket ---- */

static int
remove_stale(const struct sockaddr_un *addr, struct diag *d)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), rc = KK_OK;
	struct stat st;

	if (fd < 0)
		return diag_set(d, kk_from_errno(errno), "socket: %s", strerror(errno));
	if (lstat(addr->sun_path, &st) != 0)
		rc = KK_OK;
	else if (!S_ISSOCK(st.st_mode))
		rc = diag_set(d, KK_E_EXISTS, "%s: exists and is not a socket", addr->sun_path);
	else if (connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) == 0)
		rc = diag_set(d, KK_E_BUSY, "%s: another collector listens", addr->sun_path);
	else if (errno != ECONNREFUSED)
		rc = diag_set(d, kk_from_errno(errno), "%s: %s", addr->sun_path, strerror(errno));
	else
		unlink(addr->sun_path);
	close(fd);
	return rc;
}

static int
watch(struct control *c, int op, int fd, uint32_t who, uint32_t events)
{
	struct epoll_event ev = {.events = events, .data.u32 = who};

	return epoll_ctl(c->epoll, op, fd, &ev);
}

static int
listen_at(struct control *c, struct diag *d)
{
	const char *path = c->addr.sun_path;
	int rc = remove_stale(&c->addr, d);

	if (rc != KK_OK)
		return rc;
	c->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	c->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (c->listener < 0 || c->epoll < 0)
		return diag_set(d, kk_from_errno(errno), "%s: %s", path, strerror(errno));
	/* The mode is set before there is a path, so that nobody slips in between. */
	if (fchmod(c->listener, 0660) != 0 ||
	    bind(c->listener, (const struct sockaddr *)&c->addr, sizeof(c->addr)) != 0 ||
	    chmod(path, 0660) != 0 || listen(c->listener, CONTROL_CLIENTS_MAX) != 0 ||
	    watch(c, EPOLL_CTL_ADD, c->listener, LISTENER, EPOLLIN) != 0)
		return diag_set(d, kk_from_errno(errno), "%s: %s", path, strerror(errno));
	return KK_OK;
}

int
control_new(const char *run_dir, control_command_cb command, void *ctx, struct control **out,
    struct diag *d)
{
	struct control *c = calloc(1, sizeof(*c));
	int n, rc;

	if (c == NULL)
		return diag_set(d, KK_E_NOMEM, "%s", kk_strerror(KK_E_NOMEM));
	c->command = command;
	c->ctx = ctx;
	c->listener = c->epoll = -1;
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++)
		c->client[i].fd = -1;
	c->addr.sun_family = AF_UNIX;
	n = snprintf(c->addr.sun_path, sizeof(c->addr.sun_path), "%s/control", run_dir);
	if (n < 0 || (size_t)n >= sizeof(c->addr.sun_path)) {
		rc = diag_set(d, KK_E_RANGE, "%s: too long for a socket's path", run_dir);
		goto fail;
	}
	(void)mkdir(run_dir, 0750); /* bind() tells if it is still absent */
	if ((rc = listen_at(c, d)) != KK_OK)
		goto fail;
	*out = c;
	return KK_OK;
fail:
	if (c->listener >= 0)
		close(c->listener);
	c->listener = -1; /* a socket of somebody else's must stay */
	control_free(c);
	return rc;
}

static void
drop(struct client *cl)
{
	if (cl->fd < 0)
		return;
	close(cl->fd);
	free(cl->out);
	*cl = (struct client){.fd = -1};
}

void
control_free(struct control *c)
{
	if (c == NULL)
		return;
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++)
		drop(&c->client[i]);
	if (c->listener >= 0) {
		unlink(c->addr.sun_path);
		close(c->listener);
	}
	if (c->epoll >= 0)
		close(c->epoll);
	free(c);
}

/* ---- connections ---- */

/* A free place, or that of who has been idle longest; NULL: all wait for an answer. */
static struct client *
find_place(struct control *c)
{
	struct client *oldest = NULL;

	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		struct client *cl = &c->client[i];

		if (cl->fd < 0)
			return cl;
		if (cl->ticket == 0 && (oldest == NULL || cl->used < oldest->used))
			oldest = cl;
	}
	if (oldest != NULL)
		drop(oldest);
	return oldest;
}

static void
accept_one(struct control *c)
{
	int fd = accept4(c->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct client *cl;

	if (fd < 0)
		return;
	if ((cl = find_place(c)) == NULL ||
	    watch(c, EPOLL_CTL_ADD, fd, (uint32_t)(cl - c->client), EPOLLIN) != 0) {
		close(fd);
		return;
	}
	cl->fd = fd;
	cl->used = ++c->counter;
}

/* What is waited for: the client's next command, or room for the answer to the last one; a command
 * that has come already is served in the next turn. */
static void
rewatch(struct control *c, struct client *cl)
{
	uint32_t events = EPOLLIN;

	if (cl->out != NULL || (cl->ticket == 0 && memchr(cl->in, '\n', cl->in_len) != NULL))
		events = EPOLLOUT;
	else if (cl->ticket != 0)
		events = 0;
	if (cl->fd >= 0 && watch(c, EPOLL_CTL_MOD, cl->fd, (uint32_t)(cl - c->client), events) != 0)
		drop(cl);
}

static void
write_some(struct client *cl)
{
	ssize_t n = send(
	    cl->fd, cl->out + cl->out_at, cl->out_len - cl->out_at, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			drop(cl);
		return;
	}
	cl->out_at += (size_t)n;
	if (cl->out_at < cl->out_len)
		return;
	free(cl->out);
	cl->out = NULL;
	if (cl->eof && cl->in_len == 0)
		drop(cl);
}

void
control_answer(struct control *c, uint64_t ticket, const char *text)
{
	struct client *cl = c->client;
	size_t len = strlen(text);

	while (cl < c->client + CONTROL_CLIENTS_MAX && (cl->fd < 0 || cl->ticket != ticket))
		cl++;
	if (cl == c->client + CONTROL_CLIENTS_MAX || ticket == 0)
		return;
	cl->ticket = 0;
	cl->used = ++c->counter;
	if ((cl->out = malloc(len + 1)) == NULL) {
		drop(cl);
		return;
	}
	memcpy(cl->out, text, len);
	cl->out[len] = '\n';
	cl->out_at = 0;
	cl->out_len = len + 1;
	write_some(cl);
	rewatch(c, cl);
}

/* The first line of what was read, as a command. Returns 0 if there is no whole line. */
static int
take_line(struct control *c, struct client *cl)
{
	char line[CONTROL_LINE_MAX], *end = memchr(cl->in, '\n', cl->in_len);
	size_t len;

	if (end == NULL)
		return 0;
	len = (size_t)(end - cl->in);
	memcpy(line, cl->in, len);
	cl->in_len -= len + 1;
	memmove(cl->in, end + 1, cl->in_len);
	if (len > 0 && line[len - 1] == '\r')
		len--;
	line[len] = '\0';
	cl->ticket = ++c->counter;
	if (text_is_utf8(line, len))
		c->command(c->ctx, cl->ticket, line);
	else
		control_answer(c, cl->ticket, "error the command is not UTF-8");
	return 1;
}

static void
read_some(struct client *cl)
{
	ssize_t n = recv(cl->fd, cl->in + cl->in_len, sizeof(cl->in) - cl->in_len, MSG_DONTWAIT);

	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			drop(cl);
		return;
	}
	cl->in_len += (size_t)n;
	cl->eof |= n == 0;
}

static void
serve(struct control *c, struct client *cl)
{
	if (cl->out != NULL)
		write_some(cl);
	else if (cl->ticket == 0 && !cl->eof)
		read_some(cl);
	else if (cl->ticket != 0)
		drop(cl); /* hung up before the answer came: nothing else is reported now */
	while (cl->fd >= 0 && cl->ticket == 0 && cl->out == NULL && take_line(c, cl))
		;
	if (cl->fd < 0)
		return;
	if (cl->in_len == sizeof(cl->in) && cl->ticket == 0 && cl->out == NULL) {
		cl->in_len = 0;
		cl->eof = 1; /* and that is the end of it */
		cl->ticket = ++c->counter;
		control_answer(c, cl->ticket, "error the command is too long");
		return;
	}
	if (cl->eof && cl->ticket == 0 && cl->out == NULL)
		drop(cl);
	rewatch(c, cl);
}

void
control_run(struct control *c)
{
	struct epoll_event ev[CONTROL_CLIENTS_MAX + 1];
	int n = epoll_wait(c->epoll, ev, CONTROL_CLIENTS_MAX + 1, 0);

	for (int i = 0; i < n; i++) {
		if (ev[i].data.u32 == LISTENER)
			accept_one(c);
		else if (c->client[ev[i].data.u32].fd >= 0)
			serve(c, &c->client[ev[i].data.u32]);
	}
}
