/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crypto.h - (e): bare digests and encryption of a sweep's octets by libcrypto. */
#ifndef KK_BENCH_CRYPTO_H
#define KK_BENCH_CRYPTO_H

/* What one device's request and answer have; octets. Plain value. */
struct crypto_load {
	unsigned devices;
	unsigned asked, answered;	      /* whole messages: what is digested */
	unsigned plain_asked, plain_answered; /* what is encrypted */
};

/** Digest and encrypt every device's request, digest and decrypt its answer, each with keys of its
 * own, and print one JSON object: CPU of a sweep, the median of several. @param protocols
 * "SHA-1/AES-128" or "SHA-256/AES-256". @param l What is done. @return Exit code. */
int bench_crypto(const char *protocols, const struct crypto_load *l);

#endif
