/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/dec/pseudonym.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

struct pseudonyms {
	unsigned char key[crypto_shorthash_KEYBYTES];
	uint64_t mark; /* odd: marks are products with it */
};

int
pseudonyms_new(struct pseudonyms **out, struct diag *d)
{
	struct pseudonyms *p;

	if (sodium_init() < 0)
		return diag_set(d, KK_E_NOMEM, "libsodium cannot start");
	/* Guard pages, left out of core dumps; locking is asked for again, as sodium_malloc() does
	 * not say whether it worked. */
	p = sodium_malloc(sizeof(*p));
	if (p == NULL)
		return diag_set(d, KK_E_NOMEM, "out of memory for the hash key");
	if (sodium_mlock(p, sizeof(*p)) != 0) {
		sodium_free(p);
		return diag_set(d, KK_E_NOMEM,
		    "the hash key's memory cannot be locked (%s): see RLIMIT_MEMLOCK",
		    strerror(errno));
	}
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
	uint64_t mark = UINT64_C(1) << 48; /* of no address 0 */

	for (unsigned i = 0; i < 6; i++)
		mark |= (uint64_t)mac[i] << 8 * i;
	return mark * p->mark; /* odd, thus no two addresses have the same */
}

uint64_t
pseudonym_again(const struct pseudonyms *p, struct pseudonym_cache *cache, const uint8_t *mac)
{
	uint64_t mark = pseudonym_mark(p, mac);
	size_t at = mark >> 58;

	if (cache->line[at].mark != mark) {
		cache->line[at].mark = mark;
		cache->line[at].pseudonym = pseudonym_mac(p, mac);
	}
	return cache->line[at].pseudonym;
}
