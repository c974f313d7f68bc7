/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/flood.h"

#include <stdlib.h>
#include <string.h>

#include "probes/book.h"

#define US	    INT64_C(1000000)
#define WINDOW_S    10
#define QUIET_S	    60	/* of few farewells, until a flood has ended */
#define STILL_S	    900 /* between two words on one that goes on */
#define LOW(high)   ((high) > 3 ? (high) / 4 : 1)
#define REASONS_MAX 8 /* told apart */

/* What belongs to a BSSID. */
struct suspect {
	uint64_t bssid;
	uint32_t ap; /* OWN_NONE: nobody's */
	int open;
	uint32_t second[WINDOW_S]; /* frames, at the second modulo WINDOW_S */
	uint32_t sum;		   /* of them */
	int64_t newest_s;
	/* Evidence, since there were as many as LOW. */
	struct hearing heard;
	uint64_t frames, broadcast, peak;
	uint8_t reasons;
	struct event_reason reason[REASONS_MAX];
	int64_t busy_us; /* of an open one: when there were as many last */
	int64_t told_us;
};

struct floods {
	struct flood_options o;
	struct book *book;
	struct suspect *suspect;
	unsigned open;
	uint64_t untold;
	int64_t now_us;
};

struct floods *
floods_new(const struct flood_options *o)
{
	struct floods *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->o = *o;
	f->book = book_new(FLOOD_BSSIDS_MAX);
	f->suspect = calloc(FLOOD_BSSIDS_MAX, sizeof(*f->suspect));
	if (f->book == NULL || f->suspect == NULL) {
		floods_free(f);
		return NULL;
	}
	return f;
}

void
floods_free(struct floods *f)
{
	if (f == NULL)
		return;
	book_free(f->book);
	free(f->suspect);
	free(f);
}

uint64_t
floods_untold(const struct floods *f)
{
	return f->untold;
}

/* ---- telling ---- */

static int
more_frames(const void *a, const void *b)
{
	const struct event_reason *x = a, *y = b;

	if (x->frames != y->frames)
		return x->frames < y->frames ? 1 : -1;
	return x->code - y->code;
}

static void
tell(struct floods *f, struct suspect *s, enum event_phase phase)
{
	struct event e = {.kind = EVENT_DEAUTH_FLOOD,
	    .phase = (uint8_t)phase,
	    .bssid = s->bssid,
	    .frames = s->frames,
	    .broadcast = s->broadcast,
	    .peak = s->peak};
	struct event_reason sorted[REASONS_MAX];

	hearing_tell(&s->heard, &e);
	memcpy(sorted, s->reason, sizeof(sorted));
	qsort(sorted, s->reasons, sizeof(sorted[0]), more_frames);
	e.reasons = s->reasons < EVENT_REASONS_MAX ? s->reasons : EVENT_REASONS_MAX;
	memcpy(e.reason, sorted, e.reasons * sizeof(e.reason[0]));
	if (s->ap != OWN_NONE) {
		const char *id = map_ap(f->o.map, s->ap);
		size_t len = strnlen(id, EVENT_AP_MAX - 1);

		memcpy(e.ap, id, len);
	}
	s->told_us = f->now_us;
	f->o.tell(f->o.ctx, &e);
}

static void
begin(struct floods *f, struct suspect *s)
{
	if (f->open == FLOOD_OPEN_MAX) {
		f->untold++;
		return;
	}
	f->open++;
	s->open = 1;
	tell(f, s, EVENT_BEGIN);
}

static void
end(struct floods *f, struct suspect *s)
{
	tell(f, s, EVENT_END);
	s->open = 0;
	f->open--;
}

/* ---- counting ---- */

/* Leave out the seconds that are no longer in the window. */
static void
turn(struct suspect *s, int64_t now_s)
{
	if (now_s - s->newest_s >= WINDOW_S) {
		memset(s->second, 0, sizeof(s->second));
		s->sum = 0;
		s->newest_s = now_s;
	}
	while (s->newest_s < now_s) {
		uint32_t *oldest = &s->second[++s->newest_s % WINDOW_S];

		s->sum -= *oldest;
		*oldest = 0;
	}
}

static void
add_reason(struct suspect *s, uint16_t code)
{
	unsigned i = 0;

	while (i < s->reasons && s->reason[i].code != code)
		i++;
	if (i == REASONS_MAX)
		return;
	if (i == s->reasons)
		s->reason[s->reasons++] = (struct event_reason){code, 0};
	s->reason[i].frames++;
}

static void
forget_evidence(struct suspect *s)
{
	memset(&s->heard, 0, sizeof(s->heard));
	s->frames = s->broadcast = s->peak = 0;
	s->reasons = 0;
}

static void
count(
    struct floods *f, struct suspect *s, const struct seen *seen, const struct detail_management *m)
{
	turn(s, f->now_us / US);
	if (!s->open && s->sum < LOW(f->o.threshold) && s->frames > s->sum)
		forget_evidence(s);
	hearing_add(&s->heard, f->now_us, m);
	s->second[s->newest_s % WINDOW_S]++;
	s->sum++;
	s->frames++;
	s->broadcast += seen->client == 0;
	if (s->sum > s->peak)
		s->peak = s->sum;
	add_reason(s, m->reason);
	if (s->sum >= LOW(f->o.threshold))
		s->busy_us = f->now_us;
	if (!s->open && s->sum >= f->o.threshold)
		begin(f, s);
}

/* Room for one more: the one not heard of for longest, but not a flood. */
static uint32_t
make_room(struct floods *f)
{
	uint32_t at = book_idle(f->book, INT64_MAX);

	/* There are fewer floods than places. */
	while (at != BOOK_NONE && f->suspect[at].open) {
		book_touch(f->book, at, f->now_us);
		at = book_idle(f->book, INT64_MAX);
	}
	return at;
}

static struct suspect *
suspect_of(struct floods *f, uint64_t bssid, uint32_t ap)
{
	uint64_t key = pseudonym_octets(f->o.key, (const uint8_t *)&bssid, sizeof(bssid));
	uint32_t at = book_find(f->book, key);

	if (at != BOOK_NONE) {
		book_touch(f->book, at, f->now_us);
		return &f->suspect[at];
	}
	at = book_add(f->book, key, f->now_us);
	if (at == BOOK_NONE) {
		book_close(f->book, make_room(f), f->now_us);
		at = book_add(f->book, key, f->now_us);
	}
	f->suspect[at] = (struct suspect){.bssid = bssid, .ap = ap};
	return &f->suspect[at];
}

void
floods_hear(
    struct floods *f, int64_t time_us, const struct seen *s, const struct detail_management *m)
{
	uint32_t ap;

	if ((s->flags & SEEN_RETRY) || (s->flags & SEEN_HAS_BSSID) == 0)
		return;
	ap = own_find(f->o.own, s->bssid);
	/* What happens to a stranger's network is nobody's business. */
	if (ap == OWN_NONE && own_known(f->o.own))
		return;
	if (time_us > f->now_us)
		f->now_us = time_us;
	count(f, suspect_of(f, s->bssid, ap), s, m);
}

void
floods_advance(struct floods *f, int64_t now_us)
{
	if (now_us > f->now_us)
		f->now_us = now_us;
	for (size_t i = 0; i < FLOOD_BSSIDS_MAX && f->open > 0; i++) {
		struct suspect *s = &f->suspect[i];

		if (!s->open)
			continue;
		if (f->now_us - s->busy_us >= QUIET_S * US)
			end(f, s);
		else if (f->now_us - s->told_us >= STILL_S * US)
			tell(f, s, EVENT_STILL);
	}
}

void
floods_map(struct floods *f, const struct map *map, const struct own *own)
{
	for (size_t i = 0; i < FLOOD_BSSIDS_MAX; i++) {
		struct suspect *s = &f->suspect[i];

		if (s->open)
			end(f, s);
		*s = (struct suspect){.bssid = s->bssid, .ap = own_find(own, s->bssid)};
	}
	f->o.map = map;
	f->o.own = own;
}
