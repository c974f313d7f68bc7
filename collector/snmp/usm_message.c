/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usm_message.c - requests sealed, answers opened and checked: RFC 3414 section 3, in the order of
 * what is cheap and what may be trusted. */
#include <string.h>

#include "collector/snmp/request.h"
#include "collector/snmp/usm_in.h"

static void
put32(uint8_t *out, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		out[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* ---- sealing ---- */

/* RFC 3414 section 4: a request without user and objects, which every agent answers with its engine
 * id. */
static void
write_probe(uint32_t id, uint8_t *room, struct usm_written *w)
{
	uint8_t pdu[16] = {USM_PDU_GET, 14, 2, 4, 0, 0, 0, 0, 2, 1, 0, 2, 1, 0, 0x30, 0};
	struct usm_draft d = {
	    .msg_id = id, .flags = USM_FLAG_REPORTABLE, .pdu = pdu, .pdu_len = sizeof(pdu)};

	put32(pdu + 4, id);
	usm_write(&d, room, w);
}

static void
write_request(const struct usm_peer *p, uint32_t id, const struct request *r, struct usm_seal *s,
    uint8_t *room, struct usm_written *w)
{
	const struct usm_user *user = p->user;
	struct usm_draft d = {.msg_id = id,
	    .flags = USM_FLAG_REPORTABLE,
	    .engine = p->engine,
	    .engine_len = p->engine_len,
	    .user = (const uint8_t *)user->name,
	    .user_len = user->name_len,
	    .pdu = r->octets,
	    .pdu_len = r->len};

	if (user->auth != USM_AUTH_NONE) {
		d.flags |= USM_FLAG_AUTH;
		d.mac_len = usm_mac_len(user->auth);
		d.boots = s->boots;
		d.time = s->time;
	}
	if (user->priv != USM_PRIV_NONE) {
		d.flags |= USM_FLAG_PRIV;
		d.salt = s->salt;
	}
	usm_write(&d, room, w);
	put32(w->octets + w->len - r->len + r->id_at, id);
}

int
usm_seal(struct usm_peer *p, uint32_t id, const struct request *r, int64_t now_ms, uint8_t *room,
    struct datagram *out)
{
	struct usm *u = p->usm;
	struct usm_seal s = {.priv = p->user->priv, .key = p->priv_key, .boots = p->boots};
	struct usm_written w;
	int rc = KK_OK;

	if (!p->known) {
		write_probe(id, room, &w);
	} else {
		s.time = usm_time(p, now_ms);
		u->salt++; /* never twice with one key */
		memcpy(s.salt, &u->salt, sizeof(s.salt));
		write_request(p, id, r, &s, room, &w);
		if (s.priv != USM_PRIV_NONE)
			rc = usm_cipher(u->crypt, &s, 1, w.scoped, w.scoped_len);
		if (rc == KK_OK && p->user->auth != USM_AUTH_NONE)
			rc = usm_mac(u->crypt, p->user->auth, p->auth_key, w.octets, w.len, w.mac);
	}
	out->data = w.octets;
	out->len = (uint32_t)w.len;
	return rc == KK_OK ? !p->known : rc;
}

/* ---- opening ---- */

/* A message on its way through the checks. */
struct opening {
	struct usm_peer *p;
	const struct usm_message *m;
	uint8_t *data;
	size_t len;
	int probe, stale;
	struct usm_course *course;
	int64_t now_ms;
	struct usm_opened *out;
	struct usm_scoped scoped;
};

static enum usm_outcome
drop(struct opening *o, enum engine_drop why)
{
	o->out->drop = why;
	return USM_DROPPED;
}

static enum usm_outcome
deny(struct opening *o, enum usm_trouble why)
{
	o->p->denied = (uint8_t)why;
	usm_gave_up(o->p);
	return USM_DENIED;
}

/* Once per request: an agent that shows another engine id in every answer is not asked for ever. */
static enum usm_outcome
discover(struct opening *o)
{
	const struct usm_message *m = o->m;

	if (o->course->discovered || m->engine_len < USM_ENGINE_MIN ||
	    usm_learn(o->p, m->engine, m->engine_len, m->boots, m->time, o->now_ms) != KK_OK)
		return deny(o, USM_BAD_ENGINE);
	o->course->discovered = 1;
	return USM_AGAIN;
}

static enum usm_outcome
synchronise(struct opening *o)
{
	if (o->course->synced || o->m->boots == INT32_MAX)
		return deny(o, USM_BAD_TIME);
	o->course->synced = 1;
	usm_adopt(o->p, o->m->boots, o->m->time, o->now_ms);
	o->p->sure = 1;
	return USM_AGAIN;
}

static int
is_engine(const struct usm_peer *p, const uint8_t *engine, size_t len)
{
	return p->known && p->engine_len == len && memcmp(p->engine, engine, len) == 0;
}

/* A Report ends the request, unless it tells what was missing. */
static enum usm_outcome
take_report(struct opening *o, int authentic)
{
	static const uint8_t trouble[] = {
	    [USM_REPORT_OTHER] = USM_REFUSED,
	    [USM_REPORT_LEVEL] = USM_BAD_LEVEL,
	    [USM_REPORT_USER] = USM_NO_USER,
	    [USM_REPORT_DIGEST] = USM_BAD_DIGEST,
	    [USM_REPORT_DECRYPT] = USM_BAD_PRIV,
	    [USM_REPORT_CONTEXT] = USM_REFUSED,
	};
	int kind = usm_read_report(o->scoped.pdu, o->scoped.pdu_len);

	if (kind < 0)
		return drop(o, ENGINE_DROP_MALFORMED);
	if (o->stale)
		return drop(o, ENGINE_DROP_OLD_REPORT);
	if (o->probe)
		return discover(o);
	if (kind == USM_REPORT_ENGINE)
		return is_engine(o->p, o->m->engine, o->m->engine_len) ? deny(o, USM_BAD_ENGINE)
								       : discover(o);
	if (!is_engine(o->p, o->m->engine, o->m->engine_len))
		return drop(o, ENGINE_DROP_WRONG_ENGINE);
	if (kind != USM_REPORT_WINDOW)
		return deny(o, (enum usm_trouble)trouble[kind]);
	/* Whoever may move our idea of its clock has to prove who it is. */
	return authentic ? synchronise(o) : drop(o, ENGINE_DROP_WRONG_LEVEL);
}

static enum usm_outcome
take_plain(struct opening *o)
{
	const struct usm_message *m = o->m;
	struct usm_peer *p = o->p;

	if (usm_read_scoped(o->data + m->scoped_at, m->scoped_len, &o->scoped) != KK_OK)
		return drop(o, ENGINE_DROP_MALFORMED);
	if (o->scoped.tag == USM_PDU_REPORT)
		return take_report(o, 0);
	if (p->user->auth != USM_AUTH_NONE)
		return drop(o, ENGINE_DROP_WRONG_LEVEL);
	if (!is_engine(p, m->engine, m->engine_len))
		return drop(o, ENGINE_DROP_WRONG_ENGINE);
	if (m->user_len != p->user->name_len || memcmp(m->user, p->user->name, m->user_len) != 0)
		return drop(o, ENGINE_DROP_WRONG_USER);
	if (!p->synced)
		usm_adopt(p, m->boots, m->time, o->now_ms); /* of no weight, but the id is kept */
	return USM_ANSWERED;
}

/* The digest was made over a message in which its place was zero. */
static int
is_authentic(struct opening *o)
{
	uint8_t theirs[USM_MAC_MAX], ours[USM_MAC_MAX], *at = o->data + o->m->mac_at;
	size_t n = usm_mac_len(o->p->user->auth);

	if (o->m->mac_len != n)
		return 0;
	memcpy(theirs, at, n);
	memset(at, 0, n);
	return usm_mac(o->p->usm->crypt, o->p->user->auth, o->p->auth_key, o->data, o->len, ours) ==
		   KK_OK &&
	       usm_mac_same(theirs, ours, n);
}

static int
read_inside(struct opening *o)
{
	const struct usm_message *m = o->m;
	struct usm_seal s = {
	    .priv = o->p->user->priv, .key = o->p->priv_key, .boots = m->boots, .time = m->time};

	if (m->flags & USM_FLAG_PRIV) {
		memcpy(s.salt, m->salt, USM_SALT);
		if (usm_cipher(o->p->usm->crypt, &s, 0, o->data + m->scoped_at, m->scoped_len) !=
		    KK_OK)
			return KK_E_UNSUPPORTED;
	}
	return usm_read_scoped(o->data + m->scoped_at, m->scoped_len, &o->scoped);
}

static enum usm_outcome
take_authentic(struct opening *o)
{
	const struct usm_message *m = o->m;
	const struct usm_user *user = o->p->user;
	int encrypted = (m->flags & USM_FLAG_PRIV) != 0;

	if (user->auth == USM_AUTH_NONE || (encrypted && user->priv == USM_PRIV_NONE))
		return drop(o, ENGINE_DROP_WRONG_LEVEL);
	if (!is_engine(o->p, m->engine, m->engine_len))
		return drop(o, ENGINE_DROP_WRONG_ENGINE);
	if (m->user_len != user->name_len || memcmp(m->user, user->name, m->user_len) != 0)
		return drop(o, ENGINE_DROP_WRONG_USER);
	if (!is_authentic(o))
		return drop(o, ENGINE_DROP_WRONG_DIGEST);
	if (read_inside(o) != KK_OK)
		return drop(o, encrypted ? ENGINE_DROP_UNDECRYPTABLE : ENGINE_DROP_MALFORMED);
	if (o->scoped.tag == USM_PDU_REPORT)
		return take_report(o, 1);
	if (!encrypted && user->priv != USM_PRIV_NONE)
		return drop(o, ENGINE_DROP_WRONG_LEVEL);
	if (!usm_timely(o->p, m->boots, m->time, o->now_ms)) {
		o->out->drop = ENGINE_DROP_NOT_IN_WINDOW;
		return o->stale ? USM_DROPPED : synchronise(o);
	}
	return USM_ANSWERED;
}

enum usm_outcome
usm_open(struct usm_peer *p, const struct usm_message *m, uint8_t *data, size_t len, int probe,
    int stale, struct usm_course *course, int64_t now_ms, struct usm_opened *out)
{
	struct opening o = {.p = p,
	    .m = m,
	    .data = data,
	    .len = len,
	    .probe = probe,
	    .stale = stale,
	    .course = course,
	    .now_ms = now_ms,
	    .out = out};
	enum usm_outcome how;

	out->drop = ENGINE_DROP_COUNT;
	how = m->flags & USM_FLAG_AUTH ? take_authentic(&o) : take_plain(&o);
	if (how != USM_ANSWERED)
		return how;
	if (!is_engine(p, o.scoped.engine, o.scoped.engine_len))
		return drop(&o, ENGINE_DROP_WRONG_ENGINE);
	if (o.scoped.tag != USM_PDU_RESPONSE)
		return drop(&o, ENGINE_DROP_WRONG_PDU);
	p->sure = 1;
	p->denied = USM_FINE;
	out->pdu = o.scoped.pdu;
	out->pdu_len = o.scoped.pdu_len;
	return USM_ANSWERED;
}
