/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target_echo.c - whether the host lives whose agent is silent. */
#include "collector/echo/echo.h"
#include "collector/target_in.h"

/* Echoes in vain, in a row, until a host that has answered one counts as gone: as many as polls. */
#define LOST_MAX 3

enum said { SAID_NOTHING, SAID_YES, SAID_NO };

static void
say(const struct target *t)
{
	ask_trace_tell(
	    t->trace, t->echo_said == SAID_YES ? TEXT_TELL_ECHO : TEXT_TELL_NO_ECHO, NULL);
}

static void
on_echo(void *ctx, int rc)
{
	struct target *t = ctx;

	t->echo = 0;
	if (rc == KK_OK) {
		t->echo_said = SAID_YES;
		t->echo_alive = LOST_MAX;
	} else if (rc != KK_E_CLOSED) {
		t->echo_said = SAID_NO;
		if (t->echo_alive > 0)
			t->echo_alive--;
	}
	if (!t->echo_awaited)
		return;
	t->echo_awaited = 0;
	if (rc == KK_E_CLOSED)
		t->done = NULL; /* kkachid ends: nothing was learned of the device */
	else
		target_deliver_silent(t);
}

void
target_echo_ask(struct target *t)
{
	if (t->env->echo != NULL && t->echo == 0)
		t->echo = (uint16_t)echo_ask(t->env->echo, &t->peer.addr, on_echo, t);
}

int
target_echo_await(struct target *t)
{
	if (t->echo_said == SAID_NOTHING)
		target_echo_ask(t);
	t->echo_awaited = t->echo != 0;
	return t->echo_awaited;
}

void
target_echo_stop(struct target *t)
{
	if (t->echo != 0)
		echo_cancel(t->env->echo, t->echo);
	t->echo = 0;
	t->echo_awaited = 0;
}

enum sample_reason
target_echo_end(struct target *t, int silent)
{
	enum said said = t->echo_said;

	if (said != SAID_NOTHING && silent)
		say(t);
	target_echo_stop(t);
	t->echo_said = SAID_NOTHING;
	if (!silent)
		t->echo_alive = 0;
	if (!silent || said == SAID_NOTHING)
		return REASON_NONE;
	return t->echo_alive > 0 ? REASON_AGENT_SILENT : REASON_NO_ECHO;
}
