/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/dec/pseudonym.h"

#include <errno.h>
#include <sodium.h>
#include <stdatomic.h>
#include <string.h>

struct pseudonyms {
	unsigned char key[crypto_shorthash_KEYBYTES];
	uint64_t mark; /* odd: marks are products with it */
};

/* Guard pages, left out of core dumps; locking is asked for again, as sodium_malloc() does not say
 * whether it worked. */
static void *
locked(size_t octets, struct diag *d)
{
	void *p;

	if (sodium_init() < 0) {
		diag_set(d, KK_E_NOMEM, "libsodium cannot start");
		return NULL;
	}
	if ((p = sodium_malloc(octets)) == NULL) {
		diag_set(d, KK_E_NOMEM, "out of memory for the hash key");
	} else if (sodium_mlock(p, octets) != 0) {
		diag_set(d, KK_E_NOMEM,
		    "the hash key's memory cannot be locked (%s): see RLIMIT_MEMLOCK",
		    strerror(errno));
		sodium_free(p);
		p = NULL;
	}
	return p;
}

int
pseudonyms_new(struct pseudonyms **out, struct diag *d)
{
	struct pseudonyms *p = locked(sizeof(*p), d);

	if (p == NULL)
		return KK_E_NOMEM;
	crypto_shorthash_keygen(p->key);
	randombytes_buf(&p->mark, sizeof(p->mark));
	p->mark |= 1;
	sodium_mprotect_readonly(p);
	*out = p;
	return KK_OK;
}

void
pseudonyms_free(struct pseudonyms *p)
{
	sodium_free(p);
}

uint64_t
pseudonym_octets(const struct pseudonyms *p, const uint8_t *octets, size_t len)
{
	unsigned char hash[crypto_shorthash_BYTES];
	uint64_t v;

	crypto_shorthash(hash, octets, len, p->key);
	memcpy(&v, hash, sizeof(v));
	return v != 0 ? v : 1;
}

uint64_t
pseudonym_mac(const struct pseudonyms *p, const uint8_t *mac)
{
	return pseudonym_octets(p, mac, 6);
}

uint64_t
pseudonym_mark(const struct pseudonyms *p, const uint8_t *mac)
{
	uint32_t first;
	uint16_t last;

	memcpy(&first, mac, sizeof(first));
	memcpy(&last, mac + sizeof(first), sizeof(last));
	/* The bit is of no address 0; and the product of something odd, thus of each another one.
	 */
	return (UINT64_C(1) << 48 | (uint64_t)last << 32 | first) * p->mark;
}

uint64_t
pseudonym_again(
    const struct pseudonyms *p, struct pseudonym_cache *cache, const uint8_t *mac, uint64_t *mark)
{
	size_t at;

	*mark = pseudonym_mark(p, mac);
	at = *mark >> 58;
	if (cache->line[at].mark != *mark) {
		cache->line[at].mark = *mark;
		cache->line[at].pseudonym = pseudonym_mac(p, mac);
	}
	return cache->line[at].pseudonym;
}

/* ---- keys that take turns ---- */

struct pseudonym_turns {
	struct pseudonyms of[2];
	/* Microseconds << 1 | which one is used before them; the other one from then on. */
	_Atomic int64_t turn;
};

_Static_assert(crypto_shorthash_KEYBYTES == PSEUDONYM_KEY, "SipHash-2-4's key");

int
pseudonym_turns_new(const struct pseudonyms *first, struct pseudonym_turns **out, struct diag *d)
{
	struct pseudonym_turns *t = locked(sizeof(*t), d);

	if (t == NULL)
		return KK_E_NOMEM;
	t->of[0] = t->of[1] = *first;
	atomic_init(&t->turn, INT64_MAX & ~INT64_C(1));
	sodium_mprotect_readonly(t);
	*out = t;
	return KK_OK;
}

void
pseudonym_turns_free(struct pseudonym_turns *t)
{
	sodium_free(t);
}

const struct pseudonyms *
pseudonym_turns_at(const struct pseudonym_turns *t, int64_t time_us)
{
	int64_t turn = atomic_load_explicit(&t->turn, memory_order_acquire);

	return &t->of[(turn & 1) ^ (time_us >= turn >> 1)];
}

void
pseudonym_turns_next(struct pseudonym_turns *t, const uint8_t *key, int64_t now_us, int64_t from_us)
{
	int64_t turn = atomic_load(&t->turn);
	int64_t used = (turn & 1) ^ (now_us >= turn >> 1);
	unsigned char *next = t->of[used ^ 1].key;

	sodium_mprotect_readwrite(t);
	if (key != NULL)
		memcpy(next, key, PSEUDONYM_KEY);
	else
		crypto_shorthash_keygen(next);
	atomic_store_explicit(&t->turn, from_us << 1 | used, memory_order_release);
	sodium_mprotect_readonly(t);
}

void
pseudonym_turns_forget(struct pseudonym_turns *t, int64_t now_us)
{
	int64_t turn = atomic_load(&t->turn);

	if (now_us < turn >> 1)
		return;
	sodium_mprotect_readwrite(t);
	crypto_shorthash_keygen(t->of[turn & 1].key);
	sodium_mprotect_readonly(t);
}
