/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/errands.h"

static void
leave_line(struct errands *s, struct errand *e)
{
	struct errand **at = &s->first, *before = NULL;

	for (; *at != e; at = &(*at)->next)
		before = *at;
	*at = e->next;
	if (s->last == e)
		s->last = before;
	e->queued = 0;
}

static void
join_line(struct errands *s, struct errand *e)
{
	e->queued = 1;
	e->next = NULL;
	if (s->last != NULL)
		s->last->next = e;
	else
		s->first = e;
	s->last = e;
}

static void
begin(struct errands *s, struct errand *e)
{
	/* Before: it may end inside the call. */
	e->started_ms = clock_mono_ms(s->clock);
	e->running = 1;
	s->running++;
	if (s->calls.begin(s->ctx, e) || !e->running)
		return;
	e->running = 0;
	e->target = NULL;
	s->running--;
}

static void
begin_line(struct errands *s)
{
	while (s->first != NULL && s->running < s->most) {
		struct errand *e = s->first;

		leave_line(s, e);
		begin(s, e);
	}
}

void
errand_ended(struct errands *s, struct errand *e)
{
	e->running = 0;
	e->target = NULL;
	s->running--;
	begin_line(s);
}

void
errand_drop(struct errands *s, struct errand *e)
{
	if (e->queued)
		leave_line(s, e);
	e->target = NULL;
	if (!e->running)
		return;
	s->calls.drop(s->ctx, e);
	e->running = 0;
	s->running--;
}

int
errand_polled(struct errands *s, struct errand *e, struct target *t, int answered)
{
	int64_t now = clock_mono_ms(s->clock);
	int given_up = e->running && now - e->started_ms > s->patience_ms;

	if (given_up) {
		errand_drop(s, e);
		begin_line(s);
	}
	if (e->running) {
		s->calls.resume(s->ctx, e);
	} else if (answered && now >= e->due_ms && !e->queued) {
		e->target = t;
		if (s->running < s->most)
			begin(s, e);
		else
			join_line(s, e);
	}
	return given_up;
}
