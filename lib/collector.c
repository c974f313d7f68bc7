/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/collector.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/clock.h"

#define ANSWER_MAX (16 << 20)

static int
connect_collector(const struct conf *c)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd;

	if ((size_t)snprintf(at.sun_path, sizeof(at.sun_path), "%s/control", c->run_dir) >=
	    sizeof(at.sun_path))
		return -1;
	if ((fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) < 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* One line of any length, without its end. */
static int
read_line(int fd, int patience_ms, char **out, struct diag *d)
{
	int64_t until = clock_mono_ms(NULL) + patience_ms;
	size_t n = 0, room = 1 << 16;
	char *text = malloc(room), *more;

	while (text != NULL) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int64_t left = until - clock_mono_ms(NULL);
		ssize_t got = 0;

		if (left <= 0 || poll(&p, 1, (int)left) == 0) {
			free(text);
			return diag_set(d, KK_E_SILENT, "the collector does not answer");
		}
		got = read(fd, text + n, room - n - 1);
		if (got <= 0) {
			free(text);
			return diag_set(d, KK_E_CLOSED, "the collector went away");
		}
		n += (size_t)got;
		text[n] = '\0';
		if (text[n - 1] == '\n') {
			text[n - 1] = '\0';
			*out = text;
			return KK_OK;
		}
		if (room - n > 1)
			continue;
		more = room < ANSWER_MAX ? realloc(text, room *= 2) : NULL;
		if (more == NULL)
			free(text);
		text = more;
	}
	return KK_E_NOMEM;
}

int
collector_ask(const struct conf *c, const char *verb, const char *argument, int patience_ms,
    char **json, struct diag *d)
{
	char command[1024];
	int fd, rc, len;

	*json = NULL;
	len = snprintf(command, sizeof(command), "%s%s%s\n", verb, argument ? " " : "",
	    argument ? argument : "");
	if (len < 0 || (size_t)len >= sizeof(command) || (argument && strchr(argument, '\n')))
		return KK_E_CLOSED; /* not sayable in a line */
	if ((fd = connect_collector(c)) < 0)
		return KK_E_CLOSED;
	if (send(fd, command, (size_t)len, MSG_NOSIGNAL) != len)
		rc = KK_E_CLOSED;
	else
		rc = read_line(fd, patience_ms, json, d);
	close(fd);
	if (rc == KK_OK && *json != NULL && strncmp(*json, "error ", 6) == 0) {
		rc = diag_set(d, KK_E_REFUSED, "%s", *json + 6);
		free(*json);
		*json = NULL;
	}
	return rc;
}
