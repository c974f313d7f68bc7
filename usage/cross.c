/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/cross.h"

#define SOME_OCTETS \
	UINT64_C(1000000) /* what a device says of itself (beacons, its own management) is less */
#define SOME_TRIES    20
#define UP_PERCENT    90
#define WATCH_PERCENT 50
#define LESS_PERCENT  70 /* tunnels, fragments and overhead explain no more than that */

#define CROSS_AS_WORD(id, word) word,
#define CROSS_AS_TEXT(id, word) TEXT_CROSS_##id,

static int
is_part(uint64_t part, uint64_t whole, unsigned percent)
{
	return (unsigned __int128)part * 100 < (unsigned __int128)whole * percent;
}

/* Nobody is there by night, in some places by day either: only where somebody would be. */
static int
would_be_used(const struct cross_day *c)
{
	return c->said_clients > 0 || c->said_octets >= SOME_OCTETS ||
	       (c->usual_octets != CROSS_UNKNOWN && (uint64_t)c->usual_octets >= SOME_OCTETS);
}

static int
is_useless(const struct cross_day *c)
{
	return (!c->seen || c->seen_octets == 0) && c->said_octets < SOME_OCTETS &&
	       would_be_used(c) && !is_part(c->up_s, c->said_s, UP_PERCENT);
}

static int
lacks_addresses(const struct cross_day *c)
{
	return c->dhcp_asked >= SOME_TRIES && c->dhcp_answered != CROSS_UNKNOWN &&
	       c->dhcp_answered < c->dhcp_asked - c->dhcp_answered;
}

static int
refuses_logins(const struct cross_day *c)
{
	return c->login_failures >= SOME_TRIES && c->associations != CROSS_UNKNOWN &&
	       c->login_failures > c->associations;
}

/* A map may be of the whole city and its probe of one district: only what it has heard is known to
 * pass there. And that it is silent says something only if the probe still listens: if half of
 * those of its district that were heard of late are heard on that day. */
static int
should_be_seen(const struct cross_day *c)
{
	return c->heard && c->beside_seen > 0 && c->beside_seen >= c->beside - c->beside_seen;
}

static enum cross_kind
judge_unseen(const struct cross_day *c, uint32_t past_s)
{
	if (!should_be_seen(c))
		return CROSS_NOT_SEEN;
	if (is_part(c->said_s, past_s, WATCH_PERCENT) ||
	    is_part(c->beside_s, past_s, WATCH_PERCENT))
		return CROSS_TOO_SHORT;
	if (is_useless(c))
		return CROSS_NO_TRAFFIC;
	return c->said_octets >= SOME_OCTETS ? CROSS_PROBE_LOST : CROSS_NOT_SEEN;
}

enum cross_kind
cross_judge(const struct cross_day *c, uint32_t past_s)
{
	if (!c->said)
		return c->seen ? CROSS_NOT_SAID : CROSS_NOT_SEEN;
	if (!c->seen)
		return judge_unseen(c, past_s);
	if (is_part(c->said_s, past_s, WATCH_PERCENT) || is_part(c->seen_s, past_s, WATCH_PERCENT))
		return CROSS_TOO_SHORT;
	if (is_useless(c))
		return CROSS_NO_TRAFFIC;
	if (lacks_addresses(c))
		return CROSS_NO_ADDRESS;
	if (refuses_logins(c))
		return CROSS_NO_LOGIN;
	if (c->said_octets >= SOME_OCTETS && is_part(c->seen_octets, c->said_octets, LESS_PERCENT))
		return CROSS_PROBE_LESS;
	if (c->seen_octets >= SOME_OCTETS && is_part(c->said_octets, c->seen_octets, LESS_PERCENT))
		return CROSS_PROBE_MORE;
	return CROSS_FITS;
}

int
cross_is_trouble(enum cross_kind kind)
{
	return kind <= CROSS_PROBE_MORE;
}

int
cross_is_judged(enum cross_kind kind)
{
	return cross_is_trouble(kind) || kind == CROSS_FITS;
}

const char *
cross_word(enum cross_kind kind)
{
	static const char *const words[] = {CROSS_KINDS(CROSS_AS_WORD)};

	return words[kind];
}

enum text_id
cross_text(enum cross_kind kind)
{
	static const enum text_id texts[] = {CROSS_KINDS(CROSS_AS_TEXT)};

	return texts[kind];
}
