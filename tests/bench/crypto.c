/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/crypto.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/measure.h"

#define OCTETS_MOST 65536
#define KEY	    64
#define ROUNDS	    21

/* Algorithms fetched and contexts made once, as whoever is in a hurry would. */
struct bare {
	EVP_MAC_CTX *mac;
	EVP_CIPHER *cipher;
	EVP_CIPHER_CTX *ctx;
	size_t key_len; /* of the digest */
	uint8_t *keys;	/* KEY octets for each device's digests, as many for its cipher */
	uint8_t octets[OCTETS_MOST];
};

static int
bare_open(struct bare *b, const char *digest, const char *cipher, unsigned devices)
{
	EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	OSSL_PARAM params[2] = {
	    OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)(uintptr_t)digest, 0),
	    OSSL_PARAM_construct_end(),
	};

	b->mac = EVP_MAC_CTX_new(hmac);
	EVP_MAC_free(hmac);
	b->cipher = EVP_CIPHER_fetch(NULL, cipher, NULL);
	b->ctx = EVP_CIPHER_CTX_new();
	b->keys = malloc((size_t)devices * 2 * KEY);
	if (b->mac == NULL || b->cipher == NULL || b->ctx == NULL || b->keys == NULL)
		return 0;
	for (size_t i = 0; i < (size_t)devices * 2 * KEY; i++)
		b->keys[i] = (uint8_t)(i * 2654435761U >> 13);
	return EVP_MAC_init(b->mac, b->keys, b->key_len, params) == 1;
}

static void
bare_close(struct bare *b)
{
	EVP_MAC_CTX_free(b->mac);
	EVP_CIPHER_free(b->cipher);
	EVP_CIPHER_CTX_free(b->ctx);
	free(b->keys);
	free(b);
}

static int
one_message(struct bare *b, const uint8_t *keys, unsigned whole, unsigned plain, int encrypt)
{
	uint8_t mac[EVP_MAX_MD_SIZE], iv[16] = {0};
	size_t mac_len;
	int n;

	memcpy(iv, keys, 8); /* a salt of its own */
	return EVP_MAC_init(b->mac, keys, b->key_len, NULL) == 1 &&
	       EVP_MAC_update(b->mac, b->octets, whole) == 1 &&
	       EVP_MAC_final(b->mac, mac, &mac_len, sizeof(mac)) == 1 &&
	       EVP_CipherInit_ex2(b->ctx, b->cipher, keys + KEY, iv, encrypt, NULL) == 1 &&
	       EVP_CipherUpdate(b->ctx, b->octets, &n, b->octets, (int)plain) == 1;
}

static int
one_sweep(struct bare *b, const struct crypto_load *l, int64_t *cpu_us)
{
	struct spent from, s;
	int ok = 1;

	spent_now(&from);
	for (unsigned i = 0; i < l->devices && ok; i++) {
		const uint8_t *keys = b->keys + (size_t)i * 2 * KEY;

		ok = one_message(b, keys, l->asked, l->plain_asked, 1) &&
		     one_message(b, keys, l->answered, l->plain_answered, 0);
	}
	s = spent_since(&from);
	*cpu_us = s.cpu_us;
	return ok;
}

int
bench_crypto(const char *protocols, const struct crypto_load *l)
{
	int strong = strcmp(protocols, "SHA-256/AES-256") == 0, ok;
	struct bare *b = calloc(1, sizeof(*b));
	int64_t cpu_us[ROUNDS];

	if (b == NULL || (!strong && strcmp(protocols, "SHA-1/AES-128") != 0) ||
	    l->asked > OCTETS_MOST || l->answered > OCTETS_MOST || l->plain_asked > l->asked ||
	    l->plain_answered > l->answered) {
		free(b);
		return 2;
	}
	b->key_len = strong ? 32 : 20;
	ok = bare_open(
	    b, strong ? "SHA256" : "SHA1", strong ? "AES-256-CFB" : "AES-128-CFB", l->devices);
	for (unsigned n = 0; n < ROUNDS && ok; n++)
		ok = one_sweep(b, l, &cpu_us[n]);
	if (ok)
		printf("{\"crypto_cpu_us\":%lld}\n", (long long)median(cpu_us, ROUNDS));
	bare_close(b);
	return ok ? 0 : 1;
}
