/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/snmp/usm_crypt.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#define STRETCH (1024 * 1024) /* octets that a secret is repeated to, RFC 3414 A.2 */
#define CHUNK	64

struct auth_row {
	const char *name, *evp;
	size_t key, mac;
};
struct priv_row {
	const char *name, *evp;
	size_t key;
	int cisco;
};

#define AS_AUTH_ROW(id, name, evp, key, mac)   {name, evp, key, mac},
#define AS_PRIV_ROW(id, name, evp, key, cisco) {name, evp, key, cisco},
static const struct auth_row auths[USM_AUTH_COUNT] = {USM_AUTHS(AS_AUTH_ROW)};
static const struct priv_row privs[USM_PRIV_COUNT] = {USM_PRIVS(AS_PRIV_ROW)};

/* One context per protocol, made once: fetching an algorithm costs more than a message's digest. */
struct usm_crypt {
	EVP_MD_CTX *digest;
	EVP_MD *md[USM_AUTH_COUNT];
	EVP_MAC_CTX *mac[USM_AUTH_COUNT];
	EVP_CIPHER *cipher[USM_PRIV_COUNT];
	EVP_CIPHER_CTX *cipher_ctx[USM_PRIV_COUNT];
};

/* ---- names ---- */

/* "SHA-256", "sha256" and "Sha-2-56" are the same: case and hyphens do not count. */
static int
same_name(const char *a, const char *b)
{
	for (;; a++, b++) {
		while (*a == '-')
			a++;
		while (*b == '-')
			b++;
		if (toupper((unsigned char)*a) != toupper((unsigned char)*b))
			return 0;
		if (*a == '\0')
			return 1;
	}
}

int
usm_auth_by_name(const char *name)
{
	for (int i = 0; i < USM_AUTH_COUNT; i++)
		if (same_name(auths[i].name, name))
			return i;
	return same_name("SHA", name) ? USM_AUTH_SHA1 : -1;
}

int
usm_priv_by_name(const char *name)
{
	for (int i = 0; i < USM_PRIV_COUNT; i++)
		if (same_name(privs[i].name, name))
			return i;
	return same_name("AES", name) ? USM_PRIV_AES128 : -1;
}

const char *
usm_auth_name(unsigned auth)
{
	return auth < USM_AUTH_COUNT ? auths[auth].name : "?";
}

const char *
usm_priv_name(unsigned priv)
{
	return priv < USM_PRIV_COUNT ? privs[priv].name : "?";
}

size_t
usm_mac_len(unsigned auth)
{
	return auths[auth].mac;
}

/* ---- contexts ---- */

static void
open_auth(struct usm_crypt *c, EVP_MAC *hmac, unsigned auth)
{
	static const uint8_t no_key[1];
	OSSL_PARAM param[2] = {
	    OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)auths[auth].evp, 0),
	    OSSL_PARAM_construct_end()};

	c->md[auth] = EVP_MD_fetch(NULL, auths[auth].evp, NULL);
	c->mac[auth] = EVP_MAC_CTX_new(hmac);
	if (c->md[auth] != NULL && c->mac[auth] != NULL &&
	    EVP_MAC_init(c->mac[auth], no_key, 1, param) == 1)
		return;
	EVP_MAC_CTX_free(c->mac[auth]);
	c->mac[auth] = NULL;
}

int
usm_crypt_new(struct usm_crypt **out)
{
	struct usm_crypt *c = calloc(1, sizeof(*c));
	EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);

	if (c == NULL || hmac == NULL || (c->digest = EVP_MD_CTX_new()) == NULL) {
		EVP_MAC_free(hmac);
		free(c);
		return KK_E_NOMEM;
	}
	for (unsigned i = 1; i < USM_AUTH_COUNT; i++)
		open_auth(c, hmac, i);
	EVP_MAC_free(hmac);
	for (unsigned i = 1; i < USM_PRIV_COUNT; i++) {
		c->cipher[i] = EVP_CIPHER_fetch(NULL, privs[i].evp, NULL);
		c->cipher_ctx[i] = EVP_CIPHER_CTX_new();
	}
	if (!usm_crypt_has(c, USM_AUTH_SHA1, USM_PRIV_AES128)) {
		usm_crypt_free(c);
		return KK_E_UNSUPPORTED;
	}
	*out = c;
	return KK_OK;
}

void
usm_crypt_free(struct usm_crypt *c)
{
	if (c == NULL)
		return;
	EVP_MD_CTX_free(c->digest);
	for (unsigned i = 0; i < USM_AUTH_COUNT; i++) {
		EVP_MD_free(c->md[i]);
		EVP_MAC_CTX_free(c->mac[i]);
	}
	for (unsigned i = 0; i < USM_PRIV_COUNT; i++) {
		EVP_CIPHER_free(c->cipher[i]);
		EVP_CIPHER_CTX_free(c->cipher_ctx[i]);
	}
	free(c);
}

int
usm_crypt_has(const struct usm_crypt *c, unsigned auth, unsigned priv)
{
	return (auth == USM_AUTH_NONE || c->mac[auth] != NULL) &&
	       (priv == USM_PRIV_NONE || (c->cipher[priv] != NULL && c->cipher_ctx[priv] != NULL));
}

void
usm_wipe(void *p, size_t len)
{
	OPENSSL_cleanse(p, len);
}

/* ---- keys ---- */

static int
begin(struct usm_crypt *c, unsigned auth)
{
	return c->md[auth] != NULL && EVP_DigestInit_ex2(c->digest, c->md[auth], NULL) == 1;
}

static int
end(struct usm_crypt *c, uint8_t out[USM_KEY_MAX])
{
	unsigned n = USM_KEY_MAX;

	return EVP_DigestFinal_ex(c->digest, out, &n) == 1 ? KK_OK : KK_E_UNSUPPORTED;
}

int
usm_secret_key(
    struct usm_crypt *c, unsigned auth, const void *secret, size_t len, uint8_t ku[USM_KEY_MAX])
{
	const uint8_t *octets = secret;
	uint8_t chunk[CHUNK];
	size_t at = 0;
	int rc;

	if (!begin(c, auth) || len == 0)
		return KK_E_UNSUPPORTED;
	for (size_t done = 0; done < STRETCH; done += CHUNK) {
		for (size_t i = 0; i < CHUNK; i++, at++)
			chunk[i] = octets[at % len];
		if (EVP_DigestUpdate(c->digest, chunk, CHUNK) != 1)
			return KK_E_UNSUPPORTED;
	}
	rc = end(c, ku);
	usm_wipe(chunk, sizeof(chunk));
	return rc;
}

int
usm_localize(struct usm_crypt *c, unsigned auth, const uint8_t ku[USM_KEY_MAX],
    const uint8_t *engine, size_t len, uint8_t kul[USM_KEY_MAX])
{
	size_t n = auths[auth].key;

	if (!begin(c, auth) || EVP_DigestUpdate(c->digest, ku, n) != 1 ||
	    EVP_DigestUpdate(c->digest, engine, len) != 1 ||
	    EVP_DigestUpdate(c->digest, ku, n) != 1)
		return KK_E_UNSUPPORTED;
	return end(c, kul);
}

/* What follows the first `have` octets of a key that is too short: draft-blumenthal-aes-usm-04
 * section 3.1.2.1 appends their digest; Cisco and others (draft-reeder-snmpv3-usm-3desede) take the
 * key for a secret and localize that. */
static int
lengthen(struct usm_crypt *c, unsigned auth, int cisco, const uint8_t *key, size_t have,
    const uint8_t *engine, size_t len, uint8_t more[USM_KEY_MAX])
{
	int rc;

	if (cisco) {
		rc = usm_secret_key(c, auth, key, have, more);
		return rc == KK_OK ? usm_localize(c, auth, more, engine, len, more) : rc;
	}
	if (!begin(c, auth) || EVP_DigestUpdate(c->digest, key, have) != 1)
		return KK_E_UNSUPPORTED;
	return end(c, more);
}

int
usm_priv_key(struct usm_crypt *c, unsigned auth, unsigned priv, const uint8_t ku[USM_KEY_MAX],
    const uint8_t *engine, size_t len, uint8_t key[USM_PRIV_MAX])
{
	uint8_t all[2 * USM_KEY_MAX], more[USM_KEY_MAX];
	size_t have = auths[auth].key, want = privs[priv].key;
	int rc = usm_localize(c, auth, ku, engine, len, all);

	/* One more digest is enough: the shortest has 16 octets, the longest key 32. */
	if (rc == KK_OK && have < want) {
		rc = lengthen(c, auth, privs[priv].cisco, all, have, engine, len, more);
		memcpy(all + have, more, auths[auth].key);
	}
	if (rc == KK_OK)
		memcpy(key, all, want);
	usm_wipe(all, sizeof(all));
	usm_wipe(more, sizeof(more));
	return rc;
}

/* ---- messages ---- */

int
usm_mac(struct usm_crypt *c, unsigned auth, const uint8_t *key, const uint8_t *data, size_t len,
    uint8_t mac[USM_MAC_MAX])
{
	EVP_MAC_CTX *ctx = c->mac[auth];
	uint8_t whole[USM_KEY_MAX];
	size_t n;

	if (ctx == NULL || EVP_MAC_init(ctx, key, auths[auth].key, NULL) != 1 ||
	    EVP_MAC_update(ctx, data, len) != 1 ||
	    EVP_MAC_final(ctx, whole, &n, sizeof(whole)) != 1)
		return KK_E_UNSUPPORTED;
	memcpy(mac, whole, auths[auth].mac);
	return KK_OK;
}

int
usm_mac_same(const uint8_t *a, const uint8_t *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

static void
put32(uint8_t *out, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		out[i] = (uint8_t)(v >> (24 - 8 * i));
}

int
usm_cipher(struct usm_crypt *c, const struct usm_seal *s, int encrypt, uint8_t *data, size_t len)
{
	EVP_CIPHER_CTX *ctx = c->cipher_ctx[s->priv];
	uint8_t iv[16];
	int n;

	if (ctx == NULL || c->cipher[s->priv] == NULL || len > INT32_MAX)
		return KK_E_UNSUPPORTED;
	put32(iv, s->boots);
	put32(iv + 4, s->time);
	memcpy(iv + 8, s->salt, USM_SALT);
	if (EVP_CipherInit_ex2(ctx, c->cipher[s->priv], s->key, iv, encrypt, NULL) != 1 ||
	    EVP_CipherUpdate(ctx, data, &n, data, (int)len) != 1 || (size_t)n != len)
		return KK_E_UNSUPPORTED;
	return KK_OK;
}
