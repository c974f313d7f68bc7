/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fake_agent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/profile/oid.h"
#include "lib/wire.h"
#include "tests/ber.h"

void
agent_init(struct fake_agent *a)
{
	memset(a, 0, sizeof(*a));
	a->clock = (struct kk_clock){.simulated = 1, .mono_ms = 1000000, .utc_cs = 160000000000};
}

void
agent_clear(struct fake_agent *a)
{
	free(a->object);
	a->object = NULL;
	a->n = a->room = 0;
}

/* ---- its objects ---- */

static size_t
read_name(const char *text, unsigned long *sub, size_t room)
{
	size_t n = 0;
	char *end;

	for (; *text != '\0' && n < room; text = *end == '.' ? end + 1 : end) {
		sub[n++] = strtoul(text, &end, 10);
		if (end == text)
			abort();
	}
	if (*text != '\0')
		abort();
	return n;
}

/* The first object that is not before a name. */
static size_t
find(const struct fake_agent *a, const unsigned long *sub, size_t len)
{
	size_t low = 0, high = a->n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (oid_compare(a->object[mid].sub, a->object[mid].len, sub, len) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct fake_object *
put(struct fake_agent *a, const char *oid, uint8_t type)
{
	struct fake_object o = {.type = type};
	size_t at;

	o.len = read_name(oid, o.sub, 64);
	at = find(a, o.sub, o.len);
	if (at == a->n || oid_compare(a->object[at].sub, a->object[at].len, o.sub, o.len) != 0) {
		if (a->n == a->room) {
			a->room = a->room > 0 ? a->room * 2 : 128;
			a->object = realloc(a->object, a->room * sizeof(o));
			if (a->object == NULL)
				abort();
		}
		memmove(&a->object[at + 1], &a->object[at], (a->n - at) * sizeof(o));
		a->n++;
	}
	a->object[at] = o;
	return &a->object[at];
}

void
agent_number(struct fake_agent *a, const char *oid, uint8_t type, int64_t v)
{
	put(a, oid, type)->number = v;
}

void
agent_octets(struct fake_agent *a, const char *oid, const void *p, size_t len)
{
	struct fake_object *o = put(a, oid, VB_OCTETS);

	o->n_octets = len < sizeof(o->octets) ? len : sizeof(o->octets);
	memcpy(o->octets, p, o->n_octets);
}

void
agent_text(struct fake_agent *a, const char *oid, const char *text)
{
	agent_octets(a, oid, text, strlen(text));
}

void
agent_oid(struct fake_agent *a, const char *oid, const char *value)
{
	struct fake_object *o = put(a, oid, VB_OID);

	o->n_octets = read_name(value, o->oid, 24);
}

void
agent_remove(struct fake_agent *a, const char *oid)
{
	unsigned long sub[64];
	size_t len = read_name(oid, sub, 64), to = 0;

	for (size_t i = 0; i < a->n; i++)
		if (a->object[i].len < len ||
		    memcmp(a->object[i].sub, sub, len * sizeof(sub[0])) != 0)
			a->object[to++] = a->object[i];
	a->n = to;
}

static void
put_recorded(struct fake_agent *a, const char *oid, const char *type, char *value)
{
	char octets[64], *end;
	size_t n = 0;

	if (strcmp(type, "6") == 0) {
		agent_oid(a, oid, value);
	} else if (strcmp(type, "4") == 0) {
		agent_text(a, oid, value);
	} else if (strcmp(type, "4x") == 0) {
		for (; n < sizeof(octets) && value[0] != '\0' && value[1] != '\0'; value += 2) {
			char hex[3] = {value[0], value[1], '\0'};

			octets[n++] = (char)strtoul(hex, NULL, 16);
		}
		agent_octets(a, oid, octets, n);
	} else {
		int64_t v = (int64_t)strtoull(value, &end, 10);

		if (end != value && *end == '\0') /* else it was made unreadable: it is not there */
			agent_number(a, oid, (uint8_t)strtoul(type, NULL, 10), v);
	}
}

int
agent_recording(struct fake_agent *a, const char *path)
{
	FILE *f = fopen(path, "re");
	char line[4096];
	int n = 0;

	if (f == NULL)
		return -1;
	while (fgets(line, sizeof(line), f) != NULL) {
		char *type = strchr(line, '|'), *value;

		line[strcspn(line, "\r\n")] = '\0';
		if (line[0] == '#' || type == NULL || (value = strchr(type + 1, '|')) == NULL)
			continue;
		*type++ = '\0';
		*value++ = '\0';
		put_recorded(a, line, type, value);
		n++;
	}
	fclose(f);
	return n;
}

/* ---- its answers ---- */

static const struct fake_object no_instance = {.type = VB_NO_INSTANCE};
static const struct fake_object end_of_view = {.type = VB_END_OF_VIEW};

struct question {
	int version;
	uint8_t pdu;
	uint32_t id;
	int64_t repeat;
	unsigned n;
	struct {
		unsigned long sub[128];
		size_t len;
	} name[128];
};

static struct wire
enter(struct wire *w)
{
	size_t len;

	wire_u8(w);
	len = wire_u8(w);
	if (len == 0x81)
		len = wire_u8(w);
	else if (len == 0x82)
		len = wire_be16(w);
	return wire_sub(w, len);
}

static int64_t
number(struct wire *w)
{
	struct wire v = enter(w);
	int64_t n = 0;

	while (wire_left(&v) > 0)
		n = n << 8 | wire_u8(&v);
	return n;
}

static void
read_question(const struct datagram *d, struct question *q)
{
	struct wire w = wire_over(d->data, d->len);
	struct wire message = enter(&w), pdu, list;

	q->version = (int)number(&message);
	enter(&message);
	q->pdu = message.at[0];
	pdu = enter(&message);
	q->id = (uint32_t)number(&pdu);
	number(&pdu);
	q->repeat = number(&pdu);
	list = enter(&pdu);
	for (q->n = 0; wire_left(&list) > 0 && q->n < 128; q->n++) {
		struct wire vb = enter(&list), oid = enter(&vb);
		unsigned long *sub = q->name[q->n].sub, v = 0;
		size_t len = 2;
		uint8_t o = wire_u8(&oid);

		sub[0] = o / 40;
		sub[1] = o % 40;
		while (wire_left(&oid) > 0) {
			o = wire_u8(&oid);
			v = v << 7 | (o & 0x7f);
			if (!(o & 0x80)) {
				sub[len++] = v;
				v = 0;
			}
		}
		q->name[q->n].len = len;
	}
	if (w.failed || list.failed)
		abort();
}

static void
write_value(struct ber *b, const struct fake_object *o)
{
	switch (o->type) {
	case VB_OCTETS:
	case VB_IPADDRESS:
		ber_value(b, o->type, o->octets, o->n_octets);
		break;
	case VB_OID:
		ber_oid(b, o->oid, o->n_octets);
		break;
	case VB_NO_OBJECT:
	case VB_NO_INSTANCE:
	case VB_END_OF_VIEW:
	case VB_NULL:
		ber_value(b, o->type, "", 0);
		break;
	default:
		ber_number(b, o->type, o->number, o->type != VB_INTEGER);
		break;
	}
}

struct found {
	const struct fake_object *value;
	const unsigned long *sub;
	size_t len;
};

static const struct fake_object *
next_of(struct fake_agent *a, const unsigned long *sub, size_t len, struct fake_object *made)
{
	size_t at = find(a, sub, len);

	if (a->no_walk)
		return NULL;
	if (a->loops)
		return &a->object[0];
	if (a->endless) { /* the row after this one */
		memset(made, 0, sizeof(*made));
		memcpy(made->sub, sub, len * sizeof(*sub));
		made->len = len < 12 ? len + 1 : len;
		made->sub[made->len - 1]++;
		made->type = VB_INTEGER;
		made->number = 71;
		return made;
	}
	if (at < a->n && oid_compare(a->object[at].sub, a->object[at].len, sub, len) == 0)
		at++;
	return at < a->n ? &a->object[at] : NULL;
}

static struct found
look_up(
    struct fake_agent *a, int next, const unsigned long *sub, size_t len, struct fake_object *made)
{
	const struct fake_object *o;
	size_t at;

	if (next) {
		o = next_of(a, sub, len, made);
		return o != NULL ? (struct found){o, o->sub, o->len}
				 : (struct found){&end_of_view, sub, len};
	}
	at = find(a, sub, len);
	if (at < a->n && oid_compare(a->object[at].sub, a->object[at].len, sub, len) == 0)
		return (struct found){&a->object[at], sub, len};
	return (struct found){&no_instance, sub, len};
}

static int
is_sick(const struct fake_agent *a, const unsigned long *sub, size_t len)
{
	struct oid o;

	return a->sick != NULL && oid_parse(a->sick, &o) && oid_below(sub, len, &o);
}

static void
store(struct fake_agent *a, struct ber *b, const struct question *q, const struct datagram *d,
    int status, int index)
{
	unsigned i = a->n_answers++ % 64;

	ber_message(b, q->version, "public", 0xa2, (int64_t)q->id, status, index);
	if (ber_len(b) > sizeof(a->answer[0]) || a->n_answers - a->taken > 64)
		abort();
	memcpy(a->answer[i], ber_octets(b), ber_len(b));
	a->answer_len[i] = ber_len(b);
	a->peer[i] = d->peer;
	a->lane[i] = d->lane;
}

static void
store_error(struct fake_agent *a, const struct question *q, const struct datagram *d, int status,
    unsigned index)
{
	struct ber b;

	ber_start(&b);
	for (unsigned i = q->n; i-- > 0 && status != 1;) {
		size_t end = ber_len(&b);

		ber_value(&b, VB_NULL, "", 0);
		ber_oid(&b, q->name[i].sub, q->name[i].len);
		ber_header(&b, 0x30, end);
	}
	store(a, &b, q, d, status, (int)index);
}

static void
store_found(struct fake_agent *a, const struct question *q, const struct datagram *d,
    const struct found *f, unsigned n)
{
	struct ber b;

	ber_start(&b);
	while (n-- > 0) {
		size_t end = ber_len(&b);

		write_value(&b, f[n].value);
		ber_oid(&b, f[n].sub, f[n].len);
		ber_header(&b, 0x30, end);
	}
	store(a, &b, q, d, 0, 0);
}

static void
answer_bulk(struct fake_agent *a, const struct question *q, const struct datagram *d)
{
	static struct fake_object made[256];
	struct found f[256];
	unsigned n = 0;

	for (int64_t r = 0; r < q->repeat; r++)
		for (unsigned i = 0; i < q->n && n < 256 && (a->most == 0 || n < a->most); i++) {
			const unsigned long *sub = r == 0 ? q->name[i].sub : f[n - q->n].sub;
			size_t len = r == 0 ? q->name[i].len : f[n - q->n].len;

			f[n] = look_up(a, 1, sub, len, &made[n]);
			n++;
		}
	store_found(a, q, d, f, n);
}

static void
answer_plain(struct fake_agent *a, const struct question *q, const struct datagram *d)
{
	static struct fake_object made[128];
	struct found f[128];

	if (a->most > 0 && q->n > a->most) {
		store_error(a, q, d, 1, 0);
		return;
	}
	for (unsigned i = 0; i < q->n; i++) {
		f[i] = look_up(a, q->pdu == 0xa1, q->name[i].sub, q->name[i].len, &made[i]);
		if (is_sick(a, f[i].sub, f[i].len)) {
			store_error(a, q, d, 5, i + 1);
			return;
		}
		if (q->version == 0 &&
		    (f[i].value->type >= VB_NO_OBJECT || f[i].value->type == VB_COUNTER64)) {
			store_error(a, q, d, 2, i + 1);
			return;
		}
	}
	store_found(a, q, d, f, q->n);
}

static int
carries_counters(const struct fake_agent *a, const struct question *q)
{
	for (unsigned i = 0; i < q->n; i++) {
		size_t at = find(a, q->name[i].sub, q->name[i].len);

		if (at < a->n && a->object[at].type == VB_COUNTER64 &&
		    oid_compare(
			a->object[at].sub, a->object[at].len, q->name[i].sub, q->name[i].len) == 0)
			return 1;
	}
	return 0;
}

/* What becomes of it after a GET. Two radios move: each direction by twice `moves`. */
static void
after_get(struct fake_agent *a, const struct question *q, int64_t *total)
{
	int carried = carries_counters(a, q);

	if (carried) {
		a->served = *total;
		if (!a->serving)
			a->served_first = *total;
		a->serving = 1;
	}
	for (size_t i = 0; i < a->n && carried; i++)
		if (a->object[i].type == VB_COUNTER64)
			a->object[i].number += a->moves;
	*total += carried ? 2 * a->moves : 0;
	if (a->dies_after > 0 && --a->dies_after == 0)
		a->silent = 1;
	if (a->boots_after == 0 || --a->boots_after > 0)
		return;
	for (size_t i = 0; i < a->n; i++)
		if (a->object[i].type == VB_COUNTER64 || a->object[i].type == VB_TIMETICKS)
			a->object[i].number = 0;
}

static int
agent_send(void *ctx, const struct datagram *d, unsigned n)
{
	static struct question q;
	struct fake_agent *a = ctx;

	for (unsigned i = 0; i < n; i++) {
		read_question(&d[i], &q);
		a->gets += q.pdu == 0xa0;
		a->nexts += q.pdu == 0xa1;
		a->bulks += q.pdu == 0xa5;
		a->varbinds += q.n;
		if (a->silent || (q.pdu == 0xa5 && a->no_bulk == 2))
			continue;
		if (q.pdu == 0xa5 && a->no_bulk == 1)
			store_error(a, &q, &d[i], 5, 1);
		else if (q.pdu == 0xa5 && a->no_bulk == 3)
			store_found(a, &q, &d[i], NULL, 0);
		else if (q.pdu == 0xa5)
			answer_bulk(a, &q, &d[i]);
		else
			answer_plain(a, &q, &d[i]);
		if (q.pdu == 0xa0)
			after_get(a, &q, &a->total);
	}
	return (int)n;
}

static int
agent_receive(void *ctx, struct datagram *d, unsigned n)
{
	struct fake_agent *a = ctx;
	unsigned i;

	for (i = 0; i < n && a->taken < a->n_answers; i++) {
		unsigned k = a->taken++ % 64;

		memcpy(d[i].data, a->answer[k], a->answer_len[k]);
		d[i].len = (uint32_t)a->answer_len[k];
		d[i].peer = a->peer[k];
		d[i].lane = a->lane[k];
	}
	return (int)i;
}

struct net
agent_net(struct fake_agent *a)
{
	return (struct net){
	    .ctx = a, .send = agent_send, .receive = agent_receive, .fd = -1, .lanes = 1};
}
