/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/log.h"

#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

/* The only writable global of the library: set once in main, read by everybody. See
 * docs/decisions/0003. */
static struct {
	const char *program;
	enum log_level most;
	int terminal;
} log_state = {"kkachi", LOG_LV_INFO, 0};

void
log_open(const char *program, enum log_level most)
{
	log_state.program = program;
	log_state.most = most;
	log_state.terminal = isatty(STDERR_FILENO);
}

static void __attribute__((format(printf, 2, 0)))
put(enum log_level level, const char *fmt, va_list ap)
{
	char line[1200];
	size_t at;
	int n;

	if (level > log_state.most)
		return;
	if (log_state.terminal)
		n = snprintf(line, sizeof(line), "%s: ", log_state.program);
	else
		n = snprintf(line, sizeof(line), "<%d>", (int)level);
	at = (size_t)n;
	n = vsnprintf(line + at, sizeof(line) - at - 1, fmt, ap);
	if (n < 0)
		return;
	n = n < (int)(sizeof(line) - at - 1) ? n : (int)(sizeof(line) - at - 2);
	for (char *p = line + at; p < line + at + n; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	at += (size_t)n;
	line[at++] = '\n';
	if (write(STDERR_FILENO, line, at) < 0)
		return; /* nobody listens: there is nowhere to say so */
}

void
log_line(enum log_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(level, fmt, ap);
	va_end(ap);
}

void
complain(struct complaint *c, int64_t now_ms, enum log_level level, const char *fmt, ...)
{
	char text[1000];
	va_list ap;

	if (c->interval_ms != 0 && now_ms < c->next_ms) {
		c->unsaid++;
		return;
	}
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (c->unsaid > 0)
		log_line(level, "%s (and %llu times before)", text, (unsigned long long)c->unsaid);
	else
		log_line(level, "%s", text);
	c->unsaid = 0;
	c->interval_ms = c->interval_ms == 0 ? 10000 : c->interval_ms * 2;
	if (c->interval_ms > 3600000)
		c->interval_ms = 3600000;
	c->next_ms = now_ms + c->interval_ms;
}

void
complaint_over(struct complaint *c, const char *fmt, ...)
{
	va_list ap;

	if (c->interval_ms == 0)
		return;
	va_start(ap, fmt);
	put(LOG_LV_NOTICE, fmt, ap);
	va_end(ap);
	*c = (struct complaint){0};
}
