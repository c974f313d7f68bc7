/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/faults.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

size_t
faults_damage(struct faults *f, uint8_t *p, size_t len)
{
	uint64_t r = throw(f);

	switch (r % 5) {
	case 0: /* cut */
		return len > 4 ? 1 + (size_t)(r >> 8) % (len - 2) : 1;
	case 1: /* a length that lies */
		p[1] ^= 0x55;
		return len;
	case 2: /* another community */
		if (len > 8)
			p[len > 140 ? 10 : 8] ^= 0x20;
		return len;
	case 3: /* garbage */
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

static int
parse_line(const char *path, unsigned line, char *text, const struct fleet *f, struct event *e,
    struct diag *d)
{
	static const char *const chances[] = {"loss", "duplicate", "late", "malformed", NULL};
	static const char *const turns[] = {
	    "silent", "answer", "reboot", "clear", "move", "replace", NULL};
	char who[64] = "", what[16] = "";
	double seconds;

	if (sscanf(text, "%lf %15s %63s", &seconds, what, who) != 3 || seconds < 0)
		return diag_set(d, KK_E_SYNTAX, "%s:%u: not SECONDS WHAT WHO", path, line);
	e->at_cs = (int64_t)(seconds * 100);
	memcpy(e->what, what, sizeof(e->what));
	if (is_one_of(what, chances)) {
		char *end;

		e->number = (unsigned)(strtod(who, &end) * 10);
		return *end
			   ? diag_set(d, KK_E_SYNTAX, "%s:%u: %s is no percentage", path, line, who)
			   : KK_OK;
	}
	if (!is_one_of(what, turns))
		return diag_set(d, KK_E_SYNTAX, "%s:%u: %s is no event", path, line, what);
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

static void
happen(const struct event *e, int64_t now_cs, struct fleet *f, struct faults *faults)
{
	struct sim_device *d = &f->devices[e->device < f->n ? e->device : 0];

	if (strcmp(e->what, "loss") == 0)
		faults->loss = e->number;
	else if (strcmp(e->what, "duplicate") == 0)
		faults->duplicate = e->number;
	else if (strcmp(e->what, "late") == 0)
		faults->late = e->number;
	else if (strcmp(e->what, "malformed") == 0)
		faults->malformed = e->number;
	else if (strcmp(e->what, "silent") == 0)
		d->silent = 1;
	else if (strcmp(e->what, "answer") == 0)
		d->silent = 0;
	else if (strcmp(e->what, "clear") == 0)
		fleet_discontinuity(f, e->device, now_cs);
	else
		fleet_reboot(f, e->device, now_cs);
	if (strcmp(e->what, "move") == 0)
		d->moved = !d->moved;
	if (strcmp(e->what, "replace") == 0)
		d->replaced++;
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
