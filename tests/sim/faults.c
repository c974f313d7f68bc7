/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/faults.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/ber.h"

#define SHARE \
	UINT32_MAX /* in place of a device: a share of the access points, `number` per mille */

struct event {
	int64_t at_cs;
	char what[16];
	uint32_t device;
	unsigned number;
};

struct script {
	struct event *events;
	size_t n, done;
};

static uint64_t throw(struct faults * f)
{
	return load_mix(++f->dice);
}

enum fate
faults_fate(struct faults *f)
{
	unsigned at = (unsigned)(throw(f) % 1000);

	if (at < f->loss)
		return FATE_LOST;
	at -= f->loss;
	if (at < f->duplicate)
		return FATE_TWICE;
	at -= f->duplicate;
	if (at < f->late)
		return FATE_LATE;
	at -= f->late;
	return at < f->malformed ? FATE_MALFORMED : FATE_SENT;
}

unsigned
faults_delay(struct faults *f)
{
	double u = ((double)(throw(f) >> 11) + 0.5) / 9007199254740992.0;

	return f->delay_ms ? (unsigned)(-log(u) * f->delay_ms) : 0;
}

/* The last octet of the request-id of an answer that agent.c made. */
static size_t
damage_at_id(const uint8_t *p, size_t len)
{
	struct wire w = wire_over(p, len), message = ber_enter(&w, 0x30), pdu;
	uint8_t tag;

	ber_int(&message);
	ber_enter(&message, 0x04);
	pdu = ber_any(&message, &tag);
	ber_int(&pdu);
	return pdu.failed || message.failed ? 0 : (size_t)(pdu.at - p) - 1;
}

size_t
faults_damage(struct faults *f, uint8_t *p, size_t len)
{
	uint64_t r = throw(f);

	switch (r % 6) {
	case 0: /* cut */
		return len > 4 ? 1 + (size_t)(r >> 8) % (len - 2) : 1;
	case 1: /* a length that lies */
		p[1] ^= 0x55;
		return len;
	case 2: /* another community */
		if (len > 8)
			p[len > 140 ? 10 : 8] ^= 0x20;
		return len;
	case 3: /* another request's id, or one that nobody ever used */
		p[damage_at_id(p, len)] ^= (uint8_t)(1 + (r >> 8) % 255);
		return len;
	case 4: /* garbage */
		for (size_t i = 0; i < len; i++)
			p[i] = (uint8_t)load_mix(r + i);
		return len;
	default: /* a tag in the middle that is none */
		p[2] = 0xb9;
		return len;
	}
}

static int
is_one_of(const char *word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(word, *list) == 0)
			return 1;
	return 0;
}

/* "2.5" with what ought to follow it, as per mille. */
static int
per_mille(const char *text, const char *behind, unsigned *out)
{
	char *end;
	double v = strtod(text, &end);

	if (end == text || strcmp(end, behind) != 0 || !(v >= 0 && v <= 100))
		return 0;
	*out = (unsigned)(v * 10 + 0.5);
	return 1;
}

static int
parse_line(const char *path, unsigned line, const char *text, const struct fleet *f,
    struct event *e, struct diag *d)
{
	static const char *const chances[] = {"loss", "duplicate", "late", "malformed", NULL};
	static const char *const turns[] = {"silent", "answer", "reboot", "clear", "move",
	    "replace", "upgrade", "v1", "v2c", "freeze", "boots", "twin", "unlist", "list", NULL};
	char who[64] = "", what[16] = "";
	double seconds;

	if (sscanf(text, "%lf %15s %63s", &seconds, what, who) != 3 ||
	    !(seconds >= 0 && seconds < 1e9))
		return diag_set(d, KK_E_SYNTAX, "%s:%u: not SECONDS WHAT WHO", path, line);
	e->at_cs = (int64_t)(seconds * 100);
	memcpy(e->what, what, sizeof(e->what));
	if (is_one_of(what, chances))
		return per_mille(who, "", &e->number)
			   ? KK_OK
			   : diag_set(
				 d, KK_E_SYNTAX, "%s:%u: %s is no percentage", path, line, who);
	if (!is_one_of(what, turns))
		return diag_set(d, KK_E_SYNTAX, "%s:%u: %s is no event", path, line, what);
	e->device = SHARE;
	if (strchr(who, '%') != NULL)
		return per_mille(who, "%", &e->number)
			   ? KK_OK
			   : diag_set(
				 d, KK_E_SYNTAX, "%s:%u: %s is no percentage", path, line, who);
	if ((e->device = fleet_by_id(f, who)) == UINT32_MAX)
		return diag_set(d, KK_E_NOTFOUND, "%s:%u: no device %s", path, line, who);
	return KK_OK;
}

int
script_read(const char *path, const struct fleet *f, struct script **out, struct diag *d)
{
	struct script *s = calloc(1, sizeof(*s));
	FILE *in = fopen(path, "r");
	char text[256];
	unsigned line = 0;
	int rc = KK_OK;

	if (s == NULL || in == NULL) {
		rc = diag_set(d, KK_E_NOTFOUND, "%s: %s", path, strerror(errno));
		goto out;
	}
	while (rc == KK_OK && fgets(text, sizeof(text), in) != NULL) {
		struct event *more;

		line++;
		text[strcspn(text, "#\n")] = '\0';
		if (text[strspn(text, " \t")] == '\0')
			continue;
		if ((more = realloc(s->events, (s->n + 1) * sizeof(*more))) == NULL) {
			rc = diag_set(d, KK_E_NOMEM, "out of memory");
			break;
		}
		s->events = more;
		rc = parse_line(path, line, text, f, &s->events[s->n], d);
		if (rc == KK_OK && s->n > 0 && s->events[s->n].at_cs < s->events[s->n - 1].at_cs)
			rc = diag_set(
			    d, KK_E_ORDER, "%s:%u: earlier than the line before", path, line);
		s->n++;
	}
out:
	if (in)
		fclose(in);
	if (rc != KK_OK) {
		script_free(s);
		return rc;
	}
	*out = s;
	return KK_OK;
}

void
script_free(struct script *s)
{
	if (s == NULL)
		return;
	free(s->events);
	free(s);
}

/* A turn of one device. */
static void
turn(const char *what, uint32_t i, int64_t now_cs, struct fleet *f)
{
	struct sim_device *d = &f->devices[i];

	if (strcmp(what, "silent") == 0 || strcmp(what, "answer") == 0) {
		d->silent = what[0] == 's';
	} else if (what[0] == 'v') {
		d->v1_only = what[1] == '1';
	} else if (strcmp(what, "clear") == 0) {
		fleet_discontinuity(f, i, now_cs);
	} else if (strcmp(what, "freeze") == 0) {
		d->frozen_cs = now_cs;
	} else if (strcmp(what, "twin") == 0) {
		d->twin = 1;
	} else if (strcmp(what, "unlist") == 0 || strcmp(what, "list") == 0) {
		d->unlisted = what[0] == 'u';
	} else {
		fleet_reboot(f, i, now_cs);
		if (strcmp(what, "boots") == 0)
			d->engine_boots = 0;
		d->moved ^= strcmp(what, "move") == 0;
		d->replaced += strcmp(what, "replace") == 0;
		d->upgraded += strcmp(what, "upgrade") == 0;
	}
}

static void
happen(const struct event *e, int64_t now_cs, struct fleet *f, struct faults *faults)
{
	if (strcmp(e->what, "loss") == 0)
		faults->loss = e->number;
	else if (strcmp(e->what, "duplicate") == 0)
		faults->duplicate = e->number;
	else if (strcmp(e->what, "late") == 0)
		faults->late = e->number;
	else if (strcmp(e->what, "malformed") == 0)
		faults->malformed = e->number;
	else if (e->device != SHARE)
		turn(e->what, e->device, now_cs, f);
	else
		for (uint32_t i = 0; i < f->aps; i++)
			if (load_mix(f->seed ^ (uint64_t)e->at_cs << 24 ^ i) % 1000 < e->number)
				turn(e->what, i, now_cs, f);
}

unsigned
script_run(
    struct script *s, int64_t start_cs, int64_t now_cs, struct fleet *f, struct faults *faults)
{
	unsigned n = 0;

	while (s != NULL && s->done < s->n && start_cs + s->events[s->done].at_cs <= now_cs) {
		happen(&s->events[s->done++], now_cs, f, faults);
		n++;
	}
	return n;
}
