/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target_lane.c - the slow lane of those that do not answer, and what is said of a poll that was
 * not what it should have been. */
#include <stdio.h>

#include "collector/target_in.h"

/* Whole polls with all their tries that are not answered before the slow lane begins. */
#define SLOW_AFTER 3
/* In the slow lane a whole poll comes at 4, 8, 16, 32 and then every so many polls: an agent may
 * answer, but not to what the look asks for. */
#define WHOLE_EVERY 64

unsigned
target_silent(const struct target *t)
{
	return t->silent;
}

int
target_slow_lane(const struct target *t)
{
	return t->silent >= SLOW_AFTER;
}

void
target_wake(struct target *t)
{
	t->woken = 1;
}

int
lane_is_slow(const struct target *t)
{
	unsigned n = t->silent;

	if (n < SLOW_AFTER || t->woken)
		return 0;
	return n % WHOLE_EVERY != 0 && (n & (n - 1)) != 0;
}

int
lane_look(struct target *t, ask_done_cb done)
{
	static const unsigned long uptime[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};
	struct request_oid oid = {uptime, sizeof(uptime) / sizeof(uptime[0])};
	int rc = request_new(REQUEST_GET, t->version, t->community, &oid, 1, 0, &t->look, NULL);

	if (rc != KK_OK)
		return rc;
	t->peer.single = 1;
	if ((rc = engine_ask(t->env->engine, &t->peer, t->look, done, t)) != KK_OK)
		lane_looked(t);
	return rc;
}

void
lane_looked(struct target *t)
{
	request_free(t->look);
	t->look = NULL;
	t->peer.single = 0;
}

void
lane_judge(struct target *t, int silent)
{
	if (silent && t->peer.drop != 0) {
		t->trouble = TROUBLE_DROPPED;
		t->trouble_arg = (uint8_t)(t->peer.drop - 1);
	} else if (!silent && t->trouble == TROUBLE_NONE && t->learn_trouble != ASK_SOUND) {
		t->trouble = TROUBLE_LEARNING;
	}
}

#define AS_NAME(id, name, text) name,
#define AS_TEXT(id, name, text) text,

const char *
target_trouble(const struct target *t, char *text, size_t len)
{
	static const char *const name[] = {TARGET_TROUBLES(AS_NAME)};
	static const char *const format[] = {TARGET_TROUBLES(AS_TEXT)};
	static const char *const learning[] = {ASK_TROUBLES(ASK_AS_TEXT)};
	const char *f = format[t->trouble], *argument = "";
	char number[8];
	int before = 0;

	if (t->trouble == TROUBLE_NONE)
		return NULL;
	snprintf(number, sizeof(number), "%u", t->trouble_arg);
	if (t->trouble == TROUBLE_DROPPED)
		argument = engine_drop_name(t->trouble_arg);
	else if (t->trouble == TROUBLE_LEARNING)
		argument = learning[t->learn_trouble];
	else if (t->trouble == TROUBLE_REFUSES)
		argument = number;
	while (f[before] != '\0' && f[before] != '%')
		before++;
	snprintf(
	    text, len, "%.*s%s%s", before, f, argument, f[before] != '\0' ? f + before + 2 : "");
	return name[t->trouble];
}
