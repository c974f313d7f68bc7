/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/snmp/usm_notice.h"

#include <stdlib.h>
#include <string.h>

#include "collector/snmp/usm_in.h"
#include "lib/text.h"

/* So many addresses send traps at the most; a forgotten one costs two hashes, and its clock. */
#define SENDERS_MAX (1u << 18)

#define LEVEL (USM_FLAG_AUTH | USM_FLAG_PRIV)

/* An engine whose traps were authentic. */
struct sender {
	struct usm_link link; /* by address */
	struct in6_addr addr;
	uint8_t engine[USM_ENGINE_MAX];
	uint8_t engine_len;
	uint64_t user; /* usm_user_print() */
	struct usm_keys keys;
	uint32_t boots, time;
	int64_t at_ms; /* monotonic: when `time` was heard */
};

struct notice {
	struct usm *usm;
	const struct in6_addr *from;
	uint8_t *data;
	size_t len;
	int64_t now_ms;
	struct usm_noticed *out;
};

void
usm_be_engine(struct usm *u, const uint8_t *engine, size_t len, uint32_t boots, int64_t now_ms)
{
	memcpy(u->own.engine, engine, len);
	u->own.engine_len = (uint8_t)len;
	u->own.boots = boots;
	u->own.start_ms = now_ms;
}

static uint32_t
own_time(const struct usm *u, int64_t now_ms)
{
	int64_t s = (now_ms - u->own.start_ms) / 1000;

	return s < 0 ? 0 : s < INT32_MAX ? (uint32_t)s : INT32_MAX;
}

static int
is_own(const struct usm *u, const uint8_t *engine, size_t len)
{
	return u->own.engine_len == len && memcmp(u->own.engine, engine, len) == 0;
}

/* Not taken. Only who is told so by the rules learns why. */
static enum usm_notice
refuse(struct notice *n, enum usm_report why)
{
	int tell = (n->out->message.flags & USM_FLAG_REPORTABLE) && why != USM_REPORT_OTHER &&
		   n->usm->own.engine_len > 0;

	n->out->why = why;
	return tell ? USM_NOTICE_REPORT : USM_NOTICE_DROPPED;
}

static struct usm_user *
user_of(const struct usm_users *users, const struct usm_message *m)
{
	char name[USM_USER_MAX + 1] = "";
	struct usm_user *user;

	memcpy(name, m->user, m->user_len);
	user = usm_users_find(users, name);
	return user != NULL && user->name_len == m->user_len ? user : NULL;
}

/* ---- traps ---- */

void
usm_senders_free(struct usm *u)
{
	for (size_t i = 0; i < u->by_sender.buckets; i++)
		while (u->by_sender.bucket[i] != NULL) {
			struct sender *s = (struct sender *)u->by_sender.bucket[i];

			usm_table_remove(&u->by_sender, &s->link);
			usm_wipe(s, sizeof(*s));
			free(s);
		}
	free(u->by_sender.bucket);
	u->by_sender = (struct usm_table){0};
}

static struct sender *
sender_at(const struct usm *u, const struct in6_addr *from)
{
	struct usm_link *l = usm_table_first(&u->by_sender, text_hash(from, sizeof(*from)));

	while (l != NULL && memcmp(&((struct sender *)l)->addr, from, sizeof(*from)) != 0)
		l = usm_table_next(l);
	return (struct sender *)l;
}

/* Its place, empty if it is new. NULL: no memory, and the trap is as good as lost. */
static struct sender *
place_for(struct usm *u, const struct in6_addr *from)
{
	struct sender *s = sender_at(u, from);

	if (s != NULL)
		return s;
	if (u->by_sender.n >= SENDERS_MAX)
		usm_senders_free(u);
	if ((s = calloc(1, sizeof(*s))) == NULL)
		return NULL;
	s->addr = *from;
	if (usm_table_add(&u->by_sender, &s->link, text_hash(from, sizeof(*from))) == KK_OK)
		return s;
	free(s);
	return NULL;
}

static int
is_same(const struct sender *s, const struct usm_user *user, const struct usm_message *m)
{
	return s != NULL && s->user == user->print && s->engine_len == m->engine_len &&
	       memcmp(s->engine, m->engine, m->engine_len) == 0;
}

/* RFC 3414 section 3.2, 7b. An agent that is asked, too, has told its clock with an answer, which
 * is better: nobody can say that again, and it may even fall. */
static int
is_timely(const struct notice *n, const struct sender *s)
{
	const struct usm_message *m = &n->out->message;
	int fits = usm_fits_answers(n->usm, n->from, m, n->now_ms);
	int64_t passed = s != NULL && n->now_ms > s->at_ms ? (n->now_ms - s->at_ms) / 1000 : 0;

	if (m->boots == INT32_MAX)
		return 0;
	if (fits >= 0 || s == NULL)
		return fits != 0;
	return m->boots > s->boots ||
	       (m->boots == s->boots && (int64_t)m->time + USM_WINDOW_S >= s->time + passed);
}

/* What was sent in time and is authentic: the newest says what the sender's clock is. */
static int
remember(struct notice *n, const struct usm_user *user, const struct usm_keys *keys)
{
	const struct usm_message *m = &n->out->message;
	struct sender *s = place_for(n->usm, n->from);

	if (s == NULL)
		return KK_E_NOMEM;
	if (is_same(s, user, m) &&
	    (m->boots < s->boots || (m->boots == s->boots && m->time <= s->time)) &&
	    usm_fits_answers(n->usm, n->from, m, n->now_ms) < 0)
		return KK_OK;
	memcpy(s->engine, m->engine, m->engine_len);
	s->engine_len = (uint8_t)m->engine_len;
	s->user = user->print;
	s->keys = *keys;
	s->boots = m->boots;
	s->time = m->time;
	s->at_ms = n->now_ms;
	return KK_OK;
}

static enum usm_notice
open_secret_trap(struct notice *n, const struct usm_user *user)
{
	struct usm_noticed *out = n->out;
	const struct usm_message *m = &out->message;
	struct sender *s = sender_at(n->usm, n->from);
	struct usm_crypt *c = n->usm->crypt;
	struct usm_keys keys;

	if (!is_same(s, user, m))
		s = NULL;
	if (s != NULL)
		keys = s->keys;
	else if (usm_make_keys(c, user, m->engine, m->engine_len, &keys) != KK_OK)
		return refuse(n, USM_REPORT_OTHER);
	if (!usm_is_authentic(c, user, &keys, m, n->data, n->len))
		return refuse(n, USM_REPORT_DIGEST);
	if (!is_timely(n, s))
		return refuse(n, USM_REPORT_WINDOW);
	if (remember(n, user, &keys) != KK_OK)
		return refuse(n, USM_REPORT_OTHER);
	if (usm_unseal(c, user, &keys, m, n->data, &out->scoped) != KK_OK)
		return refuse(n, USM_REPORT_DECRYPT);
	return USM_NOTICE_TRAP;
}

static enum usm_notice
open_trap(struct notice *n)
{
	struct usm_noticed *out = n->out;
	const struct usm_message *m = &out->message;
	enum usm_notice is = USM_NOTICE_TRAP;

	if (m->engine_len < USM_ENGINE_MIN)
		return refuse(n, USM_REPORT_ENGINE);
	if (out->user == NULL)
		return refuse(n, USM_REPORT_USER);
	if ((m->flags & LEVEL) != usm_user_level(out->user))
		return refuse(n, USM_REPORT_LEVEL);
	if (m->flags & USM_FLAG_AUTH)
		is = open_secret_trap(n, out->user);
	else if (usm_read_scoped(n->data + m->scoped_at, m->scoped_len, &out->scoped) != KK_OK)
		return refuse(n, USM_REPORT_OTHER);
	if (is == USM_NOTICE_TRAP && out->scoped.tag != USM_PDU_TRAP)
		return refuse(n, USM_REPORT_OTHER);
	return is;
}

/* ---- informs ---- */

/* RFC 3414 section 3.2, 7a. */
static int
is_our_time(const struct notice *n)
{
	const struct usm_message *m = &n->out->message;
	int64_t off = (int64_t)m->time - own_time(n->usm, n->now_ms);

	return m->boots == n->usm->own.boots && off >= -USM_WINDOW_S && off <= USM_WINDOW_S;
}

/* His keys for our engine, made once. */
static int
home_keys(struct usm *u, struct usm_user *user)
{
	int rc = KK_OK;

	if (!user->at_home)
		rc = usm_make_keys(u->crypt, user, u->own.engine, u->own.engine_len, &user->home);
	user->at_home = rc == KK_OK;
	return rc;
}

static enum usm_notice
open_secret_inform(struct notice *n, struct usm_user *user)
{
	struct usm_noticed *out = n->out;
	const struct usm_message *m = &out->message;
	struct usm_crypt *c = n->usm->crypt;

	if (home_keys(n->usm, user) != KK_OK)
		return refuse(n, USM_REPORT_OTHER);
	if (!usm_is_authentic(c, user, &user->home, m, n->data, n->len))
		return refuse(n, USM_REPORT_DIGEST);
	if (!is_our_time(n))
		return refuse(n, USM_REPORT_WINDOW);
	if (usm_unseal(c, user, &user->home, m, n->data, &out->scoped) != KK_OK)
		return refuse(n, USM_REPORT_DECRYPT);
	return USM_NOTICE_INFORM;
}

static enum usm_notice
open_inform(struct notice *n)
{
	struct usm_noticed *out = n->out;
	const struct usm_message *m = &out->message;
	enum usm_notice is = USM_NOTICE_INFORM;

	if (!is_own(n->usm, m->engine, m->engine_len))
		return refuse(n, USM_REPORT_ENGINE);
	if (out->user == NULL)
		return refuse(n, USM_REPORT_USER);
	if ((m->flags & LEVEL) != usm_user_level(out->user))
		return refuse(n, USM_REPORT_LEVEL);
	if (m->flags & USM_FLAG_AUTH)
		is = open_secret_inform(n, out->user);
	else if (usm_read_scoped(n->data + m->scoped_at, m->scoped_len, &out->scoped) != KK_OK)
		return refuse(n, USM_REPORT_OTHER);
	/* The context is the sender's: net-snmp says its own engine, others say ours. */
	if (is == USM_NOTICE_INFORM && out->scoped.tag != USM_PDU_INFORM)
		return refuse(n, USM_REPORT_OTHER);
	return is;
}

enum usm_notice
usm_notice_open(struct usm *u, const struct usm_users *users, const struct in6_addr *from,
    uint8_t *data, size_t len, int64_t now_ms, struct usm_noticed *out)
{
	struct notice n = {
	    .usm = u, .from = from, .data = data, .len = len, .now_ms = now_ms, .out = out};

	*out = (struct usm_noticed){.is = USM_NOTICE_DROPPED, .why = USM_REPORT_OTHER};
	if (usm_read(data, len, &out->message) != KK_OK)
		return out->is;
	out->user = user_of(users, &out->message);
	if (out->user != NULL && usm_user_ready(out->user, u->crypt) != KK_OK)
		return out->is;
	/* Who wants to be told what is wrong takes us for the authority: it is no trap. */
	out->is = out->message.flags & USM_FLAG_REPORTABLE ? open_inform(&n) : open_trap(&n);
	return out->is;
}

/* ---- what goes back ---- */

size_t
usm_notice_room(const struct usm_noticed *n)
{
	return USM_AROUND + (n->is == USM_NOTICE_INFORM ? n->scoped.pdu_len + n->scoped.context_len
							: USM_REPORT_ROOM);
}

/* A Report is plain; only one about the clock is signed, as it moves the other's. */
static unsigned
level_back(const struct usm_noticed *n)
{
	if (n->is == USM_NOTICE_INFORM)
		return n->message.flags & LEVEL;
	return n->why == USM_REPORT_WINDOW ? USM_FLAG_AUTH : 0;
}

int
usm_notice_reply(struct usm *u, const struct usm_noticed *n, int64_t now_ms, uint8_t *room,
    struct usm_written *out)
{
	uint8_t pdu[USM_REPORT_ROOM];
	unsigned level = level_back(n);
	struct usm_seal s = {.boots = u->own.boots, .time = own_time(u, now_ms)};
	struct usm_draft d = {.msg_id = (uint32_t)n->message.msg_id,
	    .flags = (uint8_t)level,
	    .engine = u->own.engine,
	    .engine_len = u->own.engine_len,
	    .boots = s.boots,
	    .time = s.time};

	if (level != 0 || n->is == USM_NOTICE_INFORM) {
		d.user = n->message.user;
		d.user_len = n->message.user_len;
		d.mac_len = level & USM_FLAG_AUTH ? usm_mac_len(n->user->auth) : 0;
	}
	if (n->is == USM_NOTICE_INFORM) {
		n->scoped.pdu[0] = USM_PDU_RESPONSE;
		d.pdu = n->scoped.pdu;
		d.pdu_len = n->scoped.pdu_len;
		d.context_engine = n->scoped.engine;
		d.context_engine_len = n->scoped.engine_len;
		d.context = n->scoped.context;
		d.context_len = n->scoped.context_len;
	} else {
		d.pdu = pdu;
		d.pdu_len = usm_write_report(n->why, ++u->own.reports[n->why], pdu);
	}
	if (level & USM_FLAG_PRIV) {
		u->salt++; /* never twice with one key */
		memcpy(s.salt, &u->salt, sizeof(s.salt));
		d.salt = s.salt;
	}
	usm_write(&d, room, out);
	return level != 0 ? usm_protect(u->crypt, n->user, &n->user->home, level, &s, out) : KK_OK;
}
