/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/usm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#define AROUND	 200 /* octets of a message beside its PDU */
#define WINDOW_S 150
#define MAC_MAX	 48

static const struct protocol_auth {
	const char *name, *evp;
	unsigned key, mac;
} auths[] = {{"SHA-1", "SHA1", 20, 12}, {"SHA-224", "SHA224", 28, 16},
    {"SHA-256", "SHA256", 32, 24}, {"SHA-384", "SHA384", 48, 32}, {"SHA-512", "SHA512", 64, 48}};

static const struct protocol_priv {
	const char *name, *evp;
	unsigned key;
} privs[] = {
    {"AES-128", "AES-128-CFB", 16}, {"AES-192", "AES-192-CFB", 24}, {"AES-256", "AES-256-CFB", 32}};

/* A device's keys, made when it is asked first; `engine` says for which id. */
struct keys {
	uint32_t engine; /* number of the device whose id it is, and 1; 0: not made */
	uint8_t auth[64], priv[128];
};

struct sim_usm {
	const struct protocol_auth *auth;
	const struct protocol_priv *priv;
	EVP_MD *md;
	EVP_CIPHER *cipher;
	EVP_CIPHER_CTX *ctx;
	unsigned users;
	uint8_t (*ku)[2][64]; /* of each user: made when first needed */
	uint8_t *ku_made;
	struct keys *keys;
	uint64_t salt;
};

/* ---- keys ---- */

static void
secret_of(char out[32], const char *what, unsigned user)
{
	snprintf(out, 32, "%s secret %u", what, user);
}

static void
stretch(const struct sim_usm *u, const char *secret, uint8_t *out)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	size_t len = strlen(secret);
	uint8_t block[64];
	unsigned n;

	EVP_DigestInit_ex(c, u->md, NULL);
	for (size_t at = 0; at < 1048576; at += sizeof(block)) {
		for (size_t i = 0; i < sizeof(block); i++)
			block[i] = (uint8_t)secret[(at + i) % len];
		EVP_DigestUpdate(c, block, sizeof(block));
	}
	EVP_DigestFinal_ex(c, out, &n);
	EVP_MD_CTX_free(c);
}

/* RFC 3411's format 3: enterprise, and a MAC address. */
static const uint8_t *
engine_id(uint32_t index, uint8_t out[11])
{
	const uint8_t id[11] = {0x80, 0, 0x1f, 0x88, 3, 0x02, 0x4b, (uint8_t)(index >> 24),
	    (uint8_t)(index >> 16), (uint8_t)(index >> 8), (uint8_t)index};

	memcpy(out, id, sizeof(id));
	return out;
}

static void
localize(const struct sim_usm *u, const uint8_t *ku, const uint8_t id[11], uint8_t *out)
{
	uint8_t all[2 * 64 + 11];
	unsigned n;

	memcpy(all, ku, u->auth->key);
	memcpy(all + u->auth->key, id, 11);
	memcpy(all + u->auth->key + 11, ku, u->auth->key);
	EVP_Digest(all, 2 * u->auth->key + 11, out, &n, u->md, NULL);
}

static const struct keys *
keys_of(struct sim_usm *u, uint32_t index, uint32_t engine)
{
	struct keys *k = &u->keys[index];
	unsigned user = index % u->users, n;
	char secret[32];
	uint8_t id[11];

	if (u->auth == NULL || k->engine == engine + 1)
		return k;
	if (!u->ku_made[user]) {
		secret_of(secret, "auth", user);
		stretch(u, secret, u->ku[user][0]);
		secret_of(secret, "priv", user);
		stretch(u, secret, u->ku[user][1]);
		u->ku_made[user] = 1;
	}
	engine_id(engine, id);
	localize(u, u->ku[user][0], id, k->auth);
	localize(u, u->ku[user][1], id, k->priv);
	EVP_Digest(k->priv, u->auth->key, k->priv + u->auth->key, &n, u->md, NULL);
	k->engine = engine + 1;
	return k;
}

/* ---- making ---- */

static int
read_protocols(struct sim_usm *u, const char *text)
{
	size_t len = strcspn(text, "/");

	if (strcmp(text, "none") == 0)
		return 1;
	for (size_t i = 0; i < sizeof(auths) / sizeof(auths[0]); i++)
		if (strlen(auths[i].name) == len && strncmp(auths[i].name, text, len) == 0)
			u->auth = &auths[i];
	for (size_t i = 0; text[len] == '/' && i < sizeof(privs) / sizeof(privs[0]); i++)
		if (strcmp(privs[i].name, text + len + 1) == 0)
			u->priv = &privs[i];
	return u->auth != NULL && (text[len] == '\0' || u->priv != NULL);
}

int
sim_usm_new(
    const char *protocols, unsigned users, uint32_t devices, struct sim_usm **out, struct diag *d)
{
	struct sim_usm *u = calloc(1, sizeof(*u));

	if (u == NULL)
		return diag_set(d, KK_E_NOMEM, "out of memory");
	u->users = users;
	u->ku = calloc(users, sizeof(*u->ku));
	u->ku_made = calloc(users, 1);
	u->keys = calloc(devices, sizeof(*u->keys));
	u->ctx = EVP_CIPHER_CTX_new();
	if (!read_protocols(u, protocols)) {
		sim_usm_free(u);
		return diag_set(d, KK_E_RANGE, "%s: not AUTH/PRIV, as SHA-1/AES-128", protocols);
	}
	if (u->auth != NULL)
		u->md = EVP_MD_fetch(NULL, u->auth->evp, NULL);
	if (u->priv != NULL)
		u->cipher = EVP_CIPHER_fetch(NULL, u->priv->evp, NULL);
	if (u->ku == NULL || u->ku_made == NULL || u->keys == NULL || u->ctx == NULL ||
	    (u->auth != NULL && u->md == NULL) || (u->priv != NULL && u->cipher == NULL)) {
		sim_usm_free(u);
		return diag_set(d, KK_E_NOMEM, "out of memory for %u SNMPv3 agents", devices);
	}
	*out = u;
	return KK_OK;
}

void
sim_usm_free(struct sim_usm *u)
{
	if (u == NULL)
		return;
	EVP_MD_free(u->md);
	EVP_CIPHER_free(u->cipher);
	EVP_CIPHER_CTX_free(u->ctx);
	free(u->ku);
	free(u->ku_made);
	free(u->keys);
	free(u);
}

int
sim_usm_users(const struct sim_usm *u, const char *path, struct diag *d)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), bad;
	FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;

	if (out == NULL) {
		bad = errno;
		if (fd >= 0)
			close(fd);
		return diag_set(d, KK_E_IO, "%s: %s", path, strerror(bad));
	}
	fputs("users:\n", out);
	for (unsigned i = 0; i < u->users; i++) {
		fprintf(out, "  sim%u: {", i);
		if (u->auth != NULL)
			fprintf(out, "auth: %s, auth_secret: auth secret %u", u->auth->name, i);
		if (u->priv != NULL)
			fprintf(out, ", priv: %s, priv_secret: priv secret %u", u->priv->name, i);
		fputs("}\n", out);
	}
	bad = ferror(out);
	if (fclose(out) != 0 || bad)
		return diag_set(d, KK_E_IO, "%s: cannot be written", path);
	return KK_OK;
}

/* ---- messages ---- */

/* A request, and what its answer needs. */
struct exchange {
	struct sim_usm *u;
	const struct keys *keys;
	uint8_t id[11];
	int32_t boots, time;
	/* As asked. */
	int32_t msg_id;
	uint8_t flags;
	struct wire engine, user, mac, salt, scoped;
	int32_t asked_boots, asked_time;
	const uint8_t *in;
	size_t len;
};

int
sim_usm_is(const uint8_t *in, size_t len)
{
	struct wire w = wire_over(in, len), m = ber_enter(&w, 0x30);

	return ber_int(&m) == 3 && !m.failed;
}

static int
parse(struct exchange *x)
{
	struct wire w = wire_over(x->in, x->len), m = ber_enter(&w, 0x30), g, s, outer, flags;

	ber_int(&m);
	g = ber_enter(&m, 0x30);
	x->msg_id = ber_int(&g);
	ber_int(&g);
	flags = ber_enter(&g, 4);
	x->flags = wire_u8(&flags);
	outer = ber_enter(&m, 4);
	s = ber_enter(&outer, 0x30);
	x->engine = ber_enter(&s, 4);
	x->asked_boots = ber_int(&s);
	x->asked_time = ber_int(&s);
	x->user = ber_enter(&s, 4);
	x->mac = ber_enter(&s, 4);
	x->salt = ber_enter(&s, 4);
	x->scoped = m;
	return !m.failed && !s.failed && !flags.failed && !x->salt.failed && ber_int(&g) == 3;
}

static void
sign(const struct exchange *x, const uint8_t *p, size_t n, uint8_t out[64])
{
	unsigned len;

	HMAC(x->u->md, x->keys->auth, (int)x->u->auth->key, p, n, out, &len);
}

static int
crypt_scoped(const struct exchange *x, int encrypt, int32_t boots, int32_t time,
    const uint8_t salt[8], uint8_t *p, size_t n)
{
	uint8_t iv[16] = {(uint8_t)(boots >> 24), (uint8_t)(boots >> 16), (uint8_t)(boots >> 8),
	    (uint8_t)boots, (uint8_t)(time >> 24), (uint8_t)(time >> 16), (uint8_t)(time >> 8),
	    (uint8_t)time};
	int done;

	memcpy(iv + 8, salt, 8);
	return EVP_CipherInit_ex(x->u->ctx, x->u->cipher, NULL, x->keys->priv, iv, encrypt) == 1 &&
	       EVP_CipherUpdate(x->u->ctx, p, &done, p, (int)n) == 1;
}

static void
put_octets(struct ber_out *o, const void *p, size_t n)
{
	const uint8_t *behind = o->at;

	if (n > 0)
		ber_put(o, p, n);
	ber_close(o, 4, behind);
}

/* Message around the PDU that stands in `o` already; its flags say how it is protected. */
static void
wrap(struct exchange *x, struct ber_out *o, uint8_t flags, const uint8_t *end)
{
	static const uint8_t zeros[MAC_MAX];
	const uint8_t *mark;
	uint8_t *mac, salt[8], whole[64];
	unsigned mac_len = flags & 1 ? x->u->auth->mac : 0;

	put_octets(o, NULL, 0); /* the default context */
	put_octets(o, x->id, sizeof(x->id));
	ber_close(o, 0x30, end);
	x->u->salt++;
	memcpy(salt, &x->u->salt, 8);
	if (flags & 2) {
		crypt_scoped(x, 1, x->boots, x->time, salt, o->at, (size_t)(end - o->at));
		ber_close(o, 4, end);
	}
	mark = o->at;
	put_octets(o, salt, flags & 2 ? 8 : 0);
	mac = o->at - mac_len;
	put_octets(o, zeros, mac_len);
	put_octets(o, x->user.at, wire_left(&x->user));
	ber_put_int(o, 2, x->time);
	ber_put_int(o, 2, x->boots);
	put_octets(o, x->id, sizeof(x->id));
	ber_close(o, 0x30, mark);
	ber_close(o, 4, mark);
	mark = o->at;
	ber_put_int(o, 2, 3);
	put_octets(o, &flags, 1);
	ber_put_int(o, 2, AGENT_PACKET);
	ber_put_int(o, 2, x->msg_id);
	ber_close(o, 0x30, mark);
	ber_put_int(o, 2, 3);
	ber_close(o, 0x30, end);
	if (mac_len > 0 && !o->failed) {
		sign(x, o->at, (size_t)(end - o->at), whole);
		memcpy(mac, whole, mac_len);
	}
}

/* usmStats.N.0 with a count of 1. */
static void
report(struct exchange *x, uint8_t which, uint8_t flags, uint8_t out[AGENT_PACKET],
    struct agent_result *r)
{
	const uint8_t name[] = {0x2b, 6, 1, 6, 3, 15, 1, 1, which, 0};
	const uint8_t *behind, *end;
	struct ber_out o;

	ber_out_init(&o, out, AGENT_PACKET);
	end = o.at; /* it is written from its end */
	ber_put_unsigned(&o, 0x41, 1);
	behind = o.at;
	ber_put(&o, name, sizeof(name));
	ber_close(&o, 6, behind);
	ber_close(&o, 0x30, end);
	ber_close(&o, 0x30, end);
	ber_put_int(&o, 2, 0);
	ber_put_int(&o, 2, 0);
	ber_put_int(&o, 2, x->msg_id);
	ber_close(&o, 0xa8, end);
	wrap(x, &o, flags, end);
	r->len = o.failed ? 0 : (size_t)(end - o.at);
}

/* The checks of RFC 3414 section 3.2. Returns which counter goes up; 0: all is well, -1: no answer.
 */
static int
check(struct exchange *x, uint32_t index, uint8_t *copy)
{
	const struct sim_usm *u = x->u;
	uint8_t level = (uint8_t)((u->auth != NULL) | (u->priv != NULL) << 1), mac[64];
	char user[32];

	if (wire_left(&x->engine) != sizeof(x->id) ||
	    memcmp(x->engine.at, x->id, sizeof(x->id)) != 0)
		return 4;
	snprintf(user, sizeof(user), "sim%u", index % u->users);
	if (wire_left(&x->user) != strlen(user) || memcmp(x->user.at, user, strlen(user)) != 0)
		return 3;
	if ((x->flags & 3) != level)
		return 1;
	if (u->auth == NULL)
		return 0;
	if (wire_left(&x->mac) != u->auth->mac)
		return 5;
	memcpy(copy, x->in, x->len);
	memset(copy + (x->mac.at - x->in), 0, u->auth->mac);
	sign(x, copy, x->len, mac);
	if (memcmp(mac, x->mac.at, u->auth->mac) != 0)
		return 5;
	if (x->asked_boots != x->boots || x->asked_time > x->time + WINDOW_S ||
	    x->asked_time + WINDOW_S < x->time)
		return 2;
	return 0;
}

/* The PDU inside as a v2c message, which agent.c answers. Returns its octets, 0: none. */
static size_t
as_v2c(struct exchange *x, const struct agent_options *o, uint8_t *copy, uint8_t *out)
{
	struct wire scoped = x->scoped, inside;
	size_t community = strlen(o->community), n;
	struct ber_out b;

	if (x->flags & 2) {
		scoped = ber_enter(&scoped, 4);
		n = wire_left(&scoped);
		if (n == 0 || wire_left(&x->salt) != 8)
			return 0;
		memcpy(copy, scoped.at, n);
		crypt_scoped(x, 0, x->asked_boots, x->asked_time, x->salt.at, copy, n);
		scoped = wire_over(copy, n);
	}
	inside = ber_enter(&scoped, 0x30);
	ber_enter(&inside, 4);
	ber_enter(&inside, 4);
	if (inside.failed || wire_left(&inside) + community + 20 > AGENT_PACKET)
		return 0;
	ber_out_init(&b, out, AGENT_PACKET);
	ber_put(&b, inside.at, wire_left(&inside));
	put_octets(&b, o->community, community);
	ber_put_int(&b, 2, 1);
	ber_close(&b, 0x30, out + AGENT_PACKET);
	return b.failed ? 0 : (size_t)(out + AGENT_PACKET - b.at);
}

static void
answer_inside(struct exchange *x, const struct agent_options *o, const struct agent_view *v,
    uint8_t *copy, uint8_t out[AGENT_PACKET], struct agent_result *r)
{
	uint8_t asked[AGENT_PACKET], said[AGENT_PACKET];
	struct agent_options inner = *o;
	size_t len = as_v2c(x, o, copy, asked);
	struct wire w, m;
	struct ber_out b;

	if (len == 0) {
		report(x, 6, x->flags & 1, out, r);
		return;
	}
	inner.v1_only = 0;
	inner.packet_max = o->packet_max > AROUND + 100 ? o->packet_max - AROUND : 100;
	agent_answer(&inner, v, asked + AGENT_PACKET - len, len, said, r);
	if (r->len == 0)
		return;
	w = wire_over(said + AGENT_PACKET - r->len, r->len);
	m = ber_enter(&w, 0x30);
	ber_int(&m);
	ber_enter(&m, 4);
	ber_out_init(&b, out, AGENT_PACKET);
	ber_put(&b, m.at, wire_left(&m));
	wrap(x, &b, x->flags & 3, out + AGENT_PACKET);
	r->len = b.failed ? 0 : (size_t)(out + AGENT_PACKET - b.at);
}

void
sim_usm_answer(struct sim_usm *u, const struct sim_device *dev, uint32_t index, int64_t now_cs,
    const struct agent_options *o, const struct agent_view *v, const uint8_t *in, size_t len,
    uint8_t out[AGENT_PACKET], struct agent_result *r)
{
	uint32_t engine = (dev->twin ? index ^ 1 : index) + dev->replaced * 0x100000;
	struct exchange x = {.u = u, .in = in, .len = len};
	uint8_t copy[65536];
	int which;

	*r = (struct agent_result){0};
	if (len > sizeof(copy) || !parse(&x))
		return;
	engine_id(engine, x.id);
	x.keys = keys_of(u, index, engine);
	x.boots = (int32_t)dev->engine_boots;
	x.time = (int32_t)(((dev->frozen_cs != 0 ? dev->frozen_cs : now_cs) - dev->boot_cs) / 100);
	which = check(&x, index, copy);
	if (which == 0)
		answer_inside(&x, o, v, copy, out, r);
	else
		report(&x, (uint8_t)which, which == 2, out, r);
}
