/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * usm_crypt.h - what the user-based security model computes: keys of secrets, digests, encryption
 * (RFC 3414, 3826, 7860, and draft-blumenthal-aes-usm-04 and Cisco's way for AES-192 and AES-256).
 * libcrypto does the work, and nobody above this file sees it.
 */
#ifndef KK_COLLECTOR_SNMP_USM_CRYPT_H
#define KK_COLLECTOR_SNMP_USM_CRYPT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

/* Name in a users file, libcrypto's name, octets of the digest, octets of it that a message
 * carries. */
#define USM_AUTHS(X)                           \
	X(NONE, "none", NULL, 0, 0)            \
	X(MD5, "MD5", "MD5", 16, 12)           \
	X(SHA1, "SHA-1", "SHA1", 20, 12)       \
	X(SHA224, "SHA-224", "SHA224", 28, 16) \
	X(SHA256, "SHA-256", "SHA256", 32, 24) \
	X(SHA384, "SHA-384", "SHA384", 48, 32) \
	X(SHA512, "SHA-512", "SHA512", 64, 48)

/* Name, libcrypto's name, octets of the key, and whether a short localized key is made longer in
 * Cisco's way. */
#define USM_PRIVS(X)                                  \
	X(NONE, "none", NULL, 0, 0)                   \
	X(AES128, "AES-128", "AES-128-CFB", 16, 0)    \
	X(AES192, "AES-192", "AES-192-CFB", 24, 0)    \
	X(AES256, "AES-256", "AES-256-CFB", 32, 0)    \
	X(AES192C, "AES-192-C", "AES-192-CFB", 24, 1) \
	X(AES256C, "AES-256-C", "AES-256-CFB", 32, 1)

#define USM_AS_AUTH(id, name, evp, key, mac)   USM_AUTH_##id,
#define USM_AS_PRIV(id, name, evp, key, cisco) USM_PRIV_##id,
enum usm_auth { USM_AUTHS(USM_AS_AUTH) USM_AUTH_COUNT };
enum usm_priv { USM_PRIVS(USM_AS_PRIV) USM_PRIV_COUNT };

#define USM_KEY_MAX    64 /* octets of Ku, and of a localized authentication key */
#define USM_PRIV_MAX   32 /* octets of a localized privacy key */
#define USM_MAC_MAX    48 /* octets of a digest in a message */
#define USM_SALT       8
#define USM_ENGINE_MAX 32 /* octets of an engine id (RFC 3411: 5 .. 32) */
#define USM_ENGINE_MIN 5
#define USM_USER_MAX   32
#define USM_SECRET_MIN 8 /* RFC 3414 section 11.2 */
#define USM_SECRET_MAX 255

/** Find a protocol by its name; case and hyphens do not matter, "SHA" is SHA-1. @param name Text.
 * @return enum usm_auth, -1 for others. */
int usm_auth_by_name(const char *name);

/** Likewise; "AES" is AES-128. @param name Text. @return enum usm_priv, -1 for others, DES among
 * them. */
int usm_priv_by_name(const char *name);

/** @param auth enum usm_auth. @return "SHA-1", ... */
const char *usm_auth_name(unsigned auth);

/** @param priv enum usm_priv. @return "AES-128", ... */
const char *usm_priv_name(unsigned priv);

/** @param auth enum usm_auth. @return Octets of its digest in a message. */
size_t usm_mac_len(unsigned auth);

struct usm_crypt;

/** @param out Receives what the others work with; usm_crypt_free() frees it. @retval KK_OK Done.
 * @retval KK_E_NOMEM
 * @retval KK_E_UNSUPPORTED libcrypto has none of the protocols. */
int usm_crypt_new(struct usm_crypt **out);

/** @param c NULL is allowed. */
void usm_crypt_free(struct usm_crypt *c);

/** Whether libcrypto offers both; a FIPS build lacks MD5. @param c Crypt. @param auth enum
 * usm_auth. @param priv enum usm_priv. @return 1 or 0. */
int usm_crypt_has(const struct usm_crypt *c, unsigned auth, unsigned priv);

/**
 * A secret as key: Ku of RFC 3414 A.2. Hashes 1 MiB, so it is done once per user.
 *
 * @param c       Crypt.
 * @param auth    enum usm_auth, not NONE.
 * @param secret  Octets.
 * @param len     1 .. USM_SECRET_MAX.
 * @param ku      Receives the key.
 * @retval KK_OK
 * @retval KK_E_UNSUPPORTED
 */
int usm_secret_key(
    struct usm_crypt *c, unsigned auth, const void *secret, size_t len, uint8_t ku[USM_KEY_MAX]);

/**
 * Ku for one engine: RFC 3414 section 2.6.
 *
 * @param c       Crypt.
 * @param auth    enum usm_auth.
 * @param ku      usm_secret_key().
 * @param engine  Engine id.
 * @param len     Its octets.
 * @param kul     Receives the key; may be `ku`.
 * @retval KK_OK
 * @retval KK_E_UNSUPPORTED
 */
int usm_localize(struct usm_crypt *c, unsigned auth, const uint8_t ku[USM_KEY_MAX],
    const uint8_t *engine, size_t len, uint8_t kul[USM_KEY_MAX]);

/**
 * The key that encrypts for one engine: localized, and made longer where the cipher wants more than
 * the digest gives.
 *
 * @param c       Crypt.
 * @param auth    enum usm_auth, as the user authenticates.
 * @param priv    enum usm_priv.
 * @param ku      usm_secret_key() of the privacy secret.
 * @param engine  Engine id.
 * @param len     Its octets.
 * @param key     Receives the key.
 * @retval KK_OK
 * @retval KK_E_UNSUPPORTED
 */
int usm_priv_key(struct usm_crypt *c, unsigned auth, unsigned priv, const uint8_t ku[USM_KEY_MAX],
    const uint8_t *engine, size_t len, uint8_t key[USM_PRIV_MAX]);

/**
 * The digest of a message in which its own place is zero.
 *
 * @param c     Crypt.
 * @param auth  enum usm_auth.
 * @param key   Localized.
 * @param data  Message.
 * @param len   Octets.
 * @param mac   Receives usm_mac_len() octets.
 * @retval KK_OK
 * @retval KK_E_UNSUPPORTED
 */
int usm_mac(struct usm_crypt *c, unsigned auth, const uint8_t *key, const uint8_t *data, size_t len,
    uint8_t mac[USM_MAC_MAX]);

/** Compare two digests in a time that tells nothing. @param a One. @param b Other. @param len
 * Octets. @return 1: the same. */
int usm_mac_same(const uint8_t *a, const uint8_t *b, size_t len);

/* What encrypts one message: key, and the parts of its initialisation vector. */
struct usm_seal {
	unsigned priv; /* enum usm_priv */
	const uint8_t *key;
	uint32_t boots, time; /* of the engine, as the message says */
	uint8_t salt[USM_SALT];
};

/**
 * Encrypt or decrypt in place.
 *
 * @param c        Crypt.
 * @param s        Key and vector.
 * @param encrypt  1, or 0: decrypt.
 * @param data     Octets.
 * @param len      Count.
 * @retval KK_OK
 * @retval KK_E_UNSUPPORTED
 */
int usm_cipher(
    struct usm_crypt *c, const struct usm_seal *s, int encrypt, uint8_t *data, size_t len);

/** Overwrite a secret so that no compiler leaves it out. @param p Octets. @param len Count. */
void usm_wipe(void *p, size_t len);

#endif
