/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/snmp/usm_wire.h"

#include <string.h>

#include "lib/wire.h"

#define TAG_INTEGER   0x02
#define TAG_OCTETS    0x04
#define TAG_OID	      0x06
#define TAG_SEQUENCE  0x30
#define TAG_COUNTER32 0x41

#define MODEL_USM    3
#define MAX_SIZE     16384 /* what we have room for, told in every message */
#define MAX_SIZE_MIN 484   /* RFC 3412 section 6.3 */
#define CONTEXT_MAX  65507

/* ---- reading ---- */

/* A header of the wanted tag; returns the cursor over its contents. */
static struct wire
enter(struct wire *w, uint8_t tag)
{
	size_t len;

	if (wire_u8(w) != tag)
		w->failed = 1;
	len = wire_u8(w);
	if (len & 0x80) {
		unsigned more = len & 0x7f;

		if (more == 0 || more > 3)
			w->failed = 1;
		for (len = 0; more > 0 && !w->failed; more--)
			len = len << 8 | wire_u8(w);
	}
	return wire_sub(w, len);
}

/* A whole number from 0 to 2^31 - 1: all that the message's numbers may be. */
static uint32_t
number(struct wire *w)
{
	struct wire c = enter(w, TAG_INTEGER);
	size_t n = wire_left(&c);
	uint32_t v = 0;

	if (n == 0 || n > 4 || c.failed || (*c.at & 0x80))
		w->failed = 1;
	for (; n > 0; n--)
		v = v << 8 | wire_u8(&c);
	return w->failed ? 0 : v;
}

/* An OCTET STRING of `low` to `high` octets. */
static const uint8_t *
octets(struct wire *w, size_t low, size_t high, size_t *len)
{
	struct wire c = enter(w, TAG_OCTETS);

	*len = wire_left(&c);
	if (*len < low || *len > high)
		w->failed = 1;
	return c.at;
}

int
usm_is_v3(const uint8_t *data, size_t len)
{
	struct wire w = wire_over(data, len), m = enter(&w, TAG_SEQUENCE);

	return number(&m) == 3 && !m.failed;
}

/* msgGlobalData. Returns the security model. */
static uint32_t
read_global(struct wire *message, struct usm_message *m)
{
	struct wire w = enter(message, TAG_SEQUENCE);
	const uint8_t *flags;
	uint32_t model;
	size_t n;

	m->msg_id = (int32_t)number(&w);
	if (number(&w) < MAX_SIZE_MIN)
		message->failed = 1;
	flags = octets(&w, 1, 1, &n);
	if (!w.failed)
		m->flags = flags[0];
	model = number(&w);
	message->failed |= w.failed;
	return model;
}

static void
read_security(struct wire *message, const uint8_t *data, struct usm_message *m)
{
	struct wire outer = enter(message, TAG_OCTETS), w = enter(&outer, TAG_SEQUENCE);
	const uint8_t *mac;

	m->engine = octets(&w, 0, USM_ENGINE_MAX, &m->engine_len);
	m->boots = number(&w);
	m->time = number(&w);
	m->user = octets(&w, 0, USM_USER_MAX, &m->user_len);
	mac = octets(&w, 0, USM_MAC_MAX, &m->mac_len);
	m->salt = octets(&w, 0, USM_SALT, &m->salt_len);
	if (!w.failed && mac != NULL)
		m->mac_at = (size_t)(mac - data);
	message->failed |= outer.failed | w.failed;
}

int
usm_read(const uint8_t *data, size_t len, struct usm_message *m)
{
	struct wire w = wire_over(data, len), message = enter(&w, TAG_SEQUENCE), scoped;
	uint32_t model;

	*m = (struct usm_message){0};
	if (number(&message) != 3)
		return w.failed || message.failed ? KK_E_SYNTAX : KK_E_TYPE;
	model = read_global(&message, m);
	if (message.failed)
		return KK_E_SYNTAX;
	if (model != MODEL_USM || (m->flags & (USM_FLAG_AUTH | USM_FLAG_PRIV)) == USM_FLAG_PRIV)
		return KK_E_TYPE;
	read_security(&message, data, m);
	if (message.failed)
		return KK_E_SYNTAX;
	if (m->flags & USM_FLAG_PRIV) {
		scoped = enter(&message, TAG_OCTETS);
		if (m->salt_len != USM_SALT)
			return KK_E_SYNTAX;
	} else {
		scoped = message; /* its own header belongs to it */
	}
	if (scoped.failed || message.failed || wire_left(&scoped) == 0)
		return KK_E_SYNTAX;
	m->scoped_at = (size_t)(scoped.at - data);
	m->scoped_len = wire_left(&scoped);
	return KK_OK;
}

int
usm_read_scoped(uint8_t *data, size_t len, struct usm_scoped *s)
{
	struct wire all = wire_over(data, len), w = enter(&all, TAG_SEQUENCE), pdu;
	const uint8_t *start;

	s->engine = octets(&w, 0, USM_ENGINE_MAX, &s->engine_len);
	s->context = octets(&w, 0, CONTEXT_MAX, &s->context_len);
	start = w.at;
	if (wire_left(&w) == 0)
		return KK_E_SYNTAX;
	s->tag = *start;
	pdu = enter(&w, s->tag);
	if (w.failed || pdu.failed)
		return KK_E_SYNTAX;
	s->pdu = data + (start - data);
	s->pdu_len = (size_t)(w.at - start);
	return KK_OK;
}

/* The names of the counters that Reports show, as they stand in a message. */
static const struct {
	uint8_t name[10];
	uint8_t len;
	uint8_t report; /* enum usm_report */
} reports[] = {
    {{0x2b, 6, 1, 6, 3, 15, 1, 1, 1, 0}, 10, USM_REPORT_LEVEL},
    {{0x2b, 6, 1, 6, 3, 15, 1, 1, 2, 0}, 10, USM_REPORT_WINDOW},
    {{0x2b, 6, 1, 6, 3, 15, 1, 1, 3, 0}, 10, USM_REPORT_USER},
    {{0x2b, 6, 1, 6, 3, 15, 1, 1, 4, 0}, 10, USM_REPORT_ENGINE},
    {{0x2b, 6, 1, 6, 3, 15, 1, 1, 5, 0}, 10, USM_REPORT_DIGEST},
    {{0x2b, 6, 1, 6, 3, 15, 1, 1, 6, 0}, 10, USM_REPORT_DECRYPT},
    {{0x2b, 6, 1, 6, 3, 12, 1, 4, 0}, 9, USM_REPORT_CONTEXT},
    {{0x2b, 6, 1, 6, 3, 12, 1, 5, 0}, 9, USM_REPORT_CONTEXT},
};

static int
report_of(const uint8_t *oid, size_t len)
{
	for (size_t i = 0; i < sizeof(reports) / sizeof(reports[0]); i++)
		if (len == reports[i].len && memcmp(oid, reports[i].name, len) == 0)
			return reports[i].report;
	return USM_REPORT_OTHER;
}

int
usm_read_report(const uint8_t *pdu, size_t len)
{
	struct wire all = wire_over(pdu, len), w = enter(&all, USM_PDU_REPORT), list, vb, name,
		    skipped;

	/* request-id, error-status, error-index: of no meaning, and agents write what they like. */
	for (int i = 0; i < 3; i++) {
		skipped = enter(&w, TAG_INTEGER);
		w.failed |= skipped.failed;
	}
	list = enter(&w, TAG_SEQUENCE);
	vb = enter(&list, TAG_SEQUENCE);
	name = enter(&vb, TAG_OID);
	if (w.failed || list.failed || vb.failed || name.failed)
		return KK_E_SYNTAX;
	return report_of(name.at, wire_left(&name));
}

/* ---- writing, the end first ---- */

static uint8_t *
put(uint8_t *at, const void *p, size_t n)
{
	at -= n;
	if (n > 0)
		memcpy(at, p, n);
	return at;
}

static uint8_t *
put_header(uint8_t *at, uint8_t tag, size_t len)
{
	if (len > 0xff) {
		*--at = (uint8_t)len;
		*--at = (uint8_t)(len >> 8);
		*--at = 0x82;
	} else if (len > 0x7f) {
		*--at = (uint8_t)len;
		*--at = 0x81;
	} else {
		*--at = (uint8_t)len;
	}
	*--at = tag;
	return at;
}

static uint8_t *
put_octets(uint8_t *at, const void *p, size_t n)
{
	return put_header(put(at, p, n), TAG_OCTETS, n);
}

static uint8_t *
put_number(uint8_t *at, uint32_t v)
{
	uint8_t *end = at;

	do
		*--at = (uint8_t)v;
	while ((v >>= 8) != 0);
	if (*at & 0x80)
		*--at = 0;
	return put_header(at, TAG_INTEGER, (size_t)(end - at));
}

/* The security parameters. */
static uint8_t *
put_security(uint8_t *at, const struct usm_draft *d, uint8_t **mac)
{
	static const uint8_t zeros[USM_MAC_MAX];
	uint8_t *end = at;

	at = put_octets(at, d->salt, d->salt != NULL ? USM_SALT : 0);
	*mac = at - d->mac_len;
	at = put_octets(at, zeros, d->mac_len);
	at = put_octets(at, d->user, d->user_len);
	at = put_number(at, d->time);
	at = put_number(at, d->boots);
	at = put_octets(at, d->engine, d->engine_len);
	at = put_header(at, TAG_SEQUENCE, (size_t)(end - at));
	return put_header(at, TAG_OCTETS, (size_t)(end - at));
}

static uint8_t *
put_global(uint8_t *at, const struct usm_draft *d)
{
	uint8_t *end = at;

	at = put_number(at, MODEL_USM);
	at = put_octets(at, &d->flags, 1);
	at = put_number(at, MAX_SIZE);
	at = put_number(at, d->msg_id);
	return put_header(at, TAG_SEQUENCE, (size_t)(end - at));
}

size_t
usm_write_report(enum usm_report kind, uint32_t count, uint8_t *out)
{
	/* request-id, error-status and error-index: 0. The message's id tells what it is about. */
	static const uint8_t head[] = {TAG_INTEGER, 1, 0, TAG_INTEGER, 1, 0, TAG_INTEGER, 1, 0};
	uint8_t room[USM_REPORT_ROOM], *end = room + sizeof(room), *at = end;
	size_t i = 0;

	while (reports[i].report != kind)
		i++;
	at = put_number(at, count & INT32_MAX);
	*at = TAG_COUNTER32;
	at = put_header(put(at, reports[i].name, reports[i].len), TAG_OID, reports[i].len);
	at = put_header(at, TAG_SEQUENCE, (size_t)(end - at));
	at = put_header(at, TAG_SEQUENCE, (size_t)(end - at));
	at = put(at, head, sizeof(head));
	at = put_header(at, USM_PDU_REPORT, (size_t)(end - at));
	memcpy(out, at, (size_t)(end - at));
	return (size_t)(end - at);
}

void
usm_write(const struct usm_draft *d, uint8_t *room, struct usm_written *out)
{
	uint8_t *end = room + d->pdu_len + d->context_len + USM_AROUND,
		*at = put(end, d->pdu, d->pdu_len);

	at = put_octets(at, d->context, d->context_len);
	if (d->context_engine != NULL)
		at = put_octets(at, d->context_engine, d->context_engine_len);
	else
		at = put_octets(at, d->engine, d->engine_len);
	at = put_header(at, TAG_SEQUENCE, (size_t)(end - at));
	out->scoped = at;
	out->scoped_len = (size_t)(end - at);
	if (d->flags & USM_FLAG_PRIV)
		at = put_header(at, TAG_OCTETS, out->scoped_len);
	at = put_security(at, d, &out->mac);
	at = put_global(at, d);
	at = put_number(at, 3);
	at = put_header(at, TAG_SEQUENCE, (size_t)(end - at));
	out->octets = at;
	out->len = (size_t)(end - at);
}
