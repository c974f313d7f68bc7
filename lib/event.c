/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Version 1. leb is unsigned LEB128, zz zigzag:
 *
 *   u8 version  u8 kind  u8 phase  u8 differs  u8 channel  u8 signal_last  u8 signal_best
 *   leb bssid  u8 length, ssid  zz since_cs  leb last_cs - since_cs
 *   u8 length, ap   u8 length, security   u8 length, own_security
 *   leb frames  leb broadcast  leb peak
 *   u8 reasons, and for each: leb code  leb frames
 */
#include "lib/event.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/sample_wire.h"
#include "lib/text.h"
#include "lib/wire.h"

#define EVENT_VERSION 1
#define BSSID_MAX     ((UINT64_C(1) << 48) - 1)

#define AS_NAME(id, name) name,

static const char *const kinds[] = {EVENT_KINDS(AS_NAME)};
static const char *const phases[] = {EVENT_PHASES(AS_NAME)};
static const char *const differences[] = {EVENT_DIFFERENCES(AS_NAME)};

const char *
event_kind_name(unsigned kind)
{
	return kind < EVENT_KIND_COUNT ? kinds[kind] : "?";
}

int
event_kind_of(const char *name)
{
	for (int i = 0; i < EVENT_KIND_COUNT; i++)
		if (strcmp(name, kinds[i]) == 0)
			return i;
	return -1;
}

const char *
event_phase_name(unsigned phase)
{
	return phase < EVENT_PHASE_COUNT ? phases[phase] : "?";
}

const char *
event_difference_name(unsigned differs)
{
	return differs < EVENT_DIFFERENCE_COUNT ? differences[differs] : "?";
}

const char *
event_bssid(uint64_t bssid, char out[18])
{
	snprintf(out, 18, "%02x:%02x:%02x:%02x:%02x:%02x", (unsigned)(bssid >> 40 & 255),
	    (unsigned)(bssid >> 32 & 255), (unsigned)(bssid >> 24 & 255),
	    (unsigned)(bssid >> 16 & 255), (unsigned)(bssid >> 8 & 255), (unsigned)(bssid & 255));
	return out;
}

const char *
event_reasons(const struct event *e, char out[128])
{
	size_t used = 0;

	out[0] = '\0';
	for (unsigned i = 0; i < e->reasons && i < EVENT_REASONS_MAX; i++)
		used += (size_t)snprintf(out + used, 128 - used, "%s%u x %" PRIu64,
		    used > 0 ? ", " : "", e->reason[i].code, e->reason[i].frames);
	return out;
}

/* ---- the wire ---- */

/* Text of infrastructure that a person reads: UTF-8 without controls. */
static int
is_text(const char *p, size_t len)
{
	uint32_t c;

	while (len > 0) {
		size_t n = text_char((const uint8_t *)p, len, &c);

		if (n == 0 || c < 0x20 || (c >= 0x7f && c < 0xa0))
			return 0;
		p += n;
		len -= n;
	}
	return 1;
}

static int
is_time(int64_t cs)
{
	return cs > -SAMPLE_TIME_MAX && cs < SAMPLE_TIME_MAX;
}

static int
is_valid(const struct event *e)
{
	return e->kind < EVENT_KIND_COUNT && e->phase < EVENT_PHASE_COUNT &&
	       e->differs < EVENT_DIFFERENCE_COUNT && e->bssid <= BSSID_MAX &&
	       e->ssid.len <= SSID_MAX && is_time(e->since_cs) && is_time(e->last_cs) &&
	       e->last_cs >= e->since_cs && e->reasons <= EVENT_REASONS_MAX &&
	       e->broadcast <= e->frames;
}

static size_t
put_octets(uint8_t *out, const void *p, size_t len)
{
	out[0] = (uint8_t)len;
	memcpy(out + 1, p, len);
	return len + 1;
}

static size_t
put_event(const struct event *e, uint8_t *out)
{
	size_t n = 0;

	out[n++] = EVENT_VERSION;
	out[n++] = e->kind;
	out[n++] = e->phase;
	out[n++] = e->differs;
	out[n++] = e->channel;
	out[n++] = (uint8_t)e->signal_last;
	out[n++] = (uint8_t)e->signal_best;
	n += wire_put_leb(out + n, e->bssid);
	n += put_octets(out + n, e->ssid.octets, e->ssid.len);
	n += wire_put_zigzag(out + n, e->since_cs);
	n += wire_put_leb(out + n, (uint64_t)(e->last_cs - e->since_cs));
	n += put_octets(out + n, e->ap, strlen(e->ap));
	n += put_octets(out + n, e->security, strlen(e->security));
	n += put_octets(out + n, e->own_security, strlen(e->own_security));
	n += wire_put_leb(out + n, e->frames);
	n += wire_put_leb(out + n, e->broadcast);
	n += wire_put_leb(out + n, e->peak);
	out[n++] = e->reasons;
	for (unsigned i = 0; i < e->reasons; i++) {
		n += wire_put_leb(out + n, e->reason[i].code);
		n += wire_put_leb(out + n, e->reason[i].frames);
	}
	return n;
}

/* Fixed octets, three texts, a name, and numbers. */
_Static_assert(
    8 + 3 * 97 + SSID_MAX + 1 + (6 + 2 * EVENT_REASONS_MAX) * WIRE_LEB_MAX <= EVENT_WIRE_MAX,
    "EVENT_WIRE_MAX");

int
event_encode(const struct event *e, uint8_t *out, size_t room)
{
	uint8_t whole[EVENT_WIRE_MAX];
	size_t n;

	if (!is_valid(e) || strnlen(e->ap, EVENT_AP_MAX) == EVENT_AP_MAX ||
	    strnlen(e->security, EVENT_SECURITY_MAX) == EVENT_SECURITY_MAX ||
	    strnlen(e->own_security, EVENT_SECURITY_MAX) == EVENT_SECURITY_MAX ||
	    !is_text(e->ap, strlen(e->ap)) || !is_text(e->security, strlen(e->security)) ||
	    !is_text(e->own_security, strlen(e->own_security)))
		return KK_E_RANGE;
	n = put_event(e, whole);
	if (n > room)
		return KK_E_FULL;
	memcpy(out, whole, n);
	return (int)n;
}

/* 0: it is too long, or no text. */
static int
take_text(struct wire *w, char *out, size_t room)
{
	size_t len = wire_u8(w);
	const uint8_t *p = wire_take(w, len);

	if (p == NULL || len >= room || !is_text((const char *)p, len))
		return 0;
	memcpy(out, p, len);
	out[len] = '\0';
	return 1;
}

static int
take_head(struct wire *w, struct event *e)
{
	const uint8_t *name;
	uint64_t span;

	e->kind = wire_u8(w);
	e->phase = wire_u8(w);
	e->differs = wire_u8(w);
	e->channel = wire_u8(w);
	e->signal_last = (int8_t)wire_u8(w);
	e->signal_best = (int8_t)wire_u8(w);
	e->bssid = wire_leb(w);
	e->ssid.len = wire_u8(w);
	name = wire_take(w, e->ssid.len);
	if (name == NULL || e->ssid.len > SSID_MAX)
		return 0;
	memcpy(e->ssid.octets, name, e->ssid.len);
	e->since_cs = wire_zigzag(w);
	span = wire_leb(w);
	if (!is_time(e->since_cs) || span >= (uint64_t)SAMPLE_TIME_MAX)
		return 0;
	e->last_cs = e->since_cs + (int64_t)span;
	return 1;
}

static int
take_numbers(struct wire *w, struct event *e)
{
	e->frames = wire_leb(w);
	e->broadcast = wire_leb(w);
	e->peak = wire_leb(w);
	e->reasons = wire_u8(w);
	if (e->reasons > EVENT_REASONS_MAX)
		return 0;
	for (unsigned i = 0; i < e->reasons; i++) {
		uint64_t code = wire_leb(w);

		if (code > UINT16_MAX)
			return 0;
		e->reason[i] = (struct event_reason){(uint16_t)code, wire_leb(w)};
	}
	return 1;
}

int
event_decode(const uint8_t *in, size_t len, struct event *e)
{
	struct wire w = wire_over(in, len);
	uint8_t version = wire_u8(&w);
	int ok;

	memset(e, 0, sizeof(*e));
	if (!w.failed && version != EVENT_VERSION)
		return KK_E_VERSION;
	ok = take_head(&w, e) && take_text(&w, e->ap, sizeof(e->ap)) &&
	     take_text(&w, e->security, sizeof(e->security)) &&
	     take_text(&w, e->own_security, sizeof(e->own_security)) && take_numbers(&w, e);
	if (w.failed)
		return KK_E_TRUNCATED;
	return ok && is_valid(e) && wire_left(&w) == 0 ? KK_OK : KK_E_SYNTAX;
}
