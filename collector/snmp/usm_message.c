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

	d.flags |= (uint8_t)usm_user_level(user);
	if (d.flags & USM_FLAG_AUTH) {
		d.mac_len = usm_mac_len(user->auth);
		d.boots = s->boots;
		d.time = s->time;
	}
	if (d.flags & USM_FLAG_PRIV)
		d.salt = s->salt;
	usm_write(&d, room, w);
	put32(w->octets + w->len - r->len + r->id_at, id);
}

int
usm_protect(struct usm_crypt *c, const struct usm_user *user, const struct usm_keys *k,
    unsigned level, struct usm_seal *s, struct usm_written *w)
{
	int rc = KK_OK;

	if (level & USM_FLAG_PRIV) {
		s->priv = user->priv;
		s->key = k->priv;
		rc = usm_cipher(c, s, 1, w->scoped, w->scoped_len);
	}
	if (rc == KK_OK && (level & USM_FLAG_AUTH))
		rc = usm_mac(c, user->auth, k->auth, w->octets, w->len, w->mac);
	return rc;
}

int
usm_seal(struct usm_peer *p, uint32_t id, const struct request *r, int64_t now_ms, uint8_t *room,
    struct datagram *out)
{
	struct usm *u = p->usm;
	struct usm_seal s = {.boots = p->boots};
	struct usm_written w;
	int rc = KK_OK;

	if (!p->known) {
		write_probe(id, room, &w);
	} else {
		s.time = usm_time(p, now_ms);
		u->salt++; /* never twice with one key */
		memcpy(s.salt, &u->salt, sizeof(s.salt));
		write_request(p, id, r, &s, room, &w);
		rc = usm_protect(u->crypt, p->user, &p->keys, usm_user_level(p->user), &s, &w);
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
int
usm_is_authentic(struct usm_crypt *c, const struct usm_user *user, const struct usm_keys *k,
    const struct usm_message *m, uint8_t *data, size_t len)
{
	uint8_t theirs[USM_MAC_MAX], ours[USM_MAC_MAX], *at = data + m->mac_at;
	size_t n = usm_mac_len(user->auth);

	if (m->mac_len != n)
		return 0;
	memcpy(theirs, at, n);
	memset(at, 0, n);
	return usm_mac(c, user->auth, k->auth, data, len, ours) == KK_OK &&
	       usm_mac_same(theirs, ours, n);
}

int
usm_unseal(struct usm_crypt *c, const struct usm_user *user, const struct usm_keys *k,
    const struct usm_message *m, uint8_t *data, struct usm_scoped *out)
{
	struct usm_seal s = {
	    .priv = user->priv, .key = k->priv, .boots = m->boots, .time = m->time};

	if (m->flags & USM_FLAG_PRIV) {
		memcpy(s.salt, m->salt, USM_SALT);
		if (usm_cipher(c, &s, 0, data + m->scoped_at, m->scoped_len) != KK_OK)
			return KK_E_UNSUPPORTED;
	}
	return usm_read_scoped(data + m->scoped_at, m->scoped_len, out);
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
	if (!usm_is_authentic(o->p->usm->crypt, user, &o->p->keys, m, o->data, o->len))
		return drop(o, ENGINE_DROP_WRONG_DIGEST);
	if (usm_unseal(o->p->usm->crypt, user, &o->p->keys, m, o->data, &o->scoped) != KK_OK)
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
