/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PARSES: collector/snmp/answer.c */
/* Whatever a datagram holds, answer.c reads it or refuses it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collector/snmp/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct answer_reader *r;
	struct answer_envelope env;
	struct answer *a = malloc(sizeof(*a));
	uint8_t *copy = malloc(size > 0 ? size : 1);
	unsigned long sum = 0;

	memcpy(copy, data, size);
	if (answer_reader_new(&r) != KK_OK)
		abort();
	if (answer_read(r, copy, size, a, &env) == KK_OK) {
		for (size_t i = 0; i < a->n; i++) { /* all that it promises can be read */
			const struct varbind *vb = &a->vb[i];

			for (size_t j = 0; j < vb->name_len; j++)
				sum += vb->name[j];
			for (size_t j = 0; vb->octets != NULL && j < vb->len; j++)
				sum += vb->octets[j];
			for (size_t j = 0; vb->oid != NULL && j < vb->len; j++)
				sum += vb->oid[j];
		}
		for (size_t j = 0; j < env.community_len; j++)
			sum += env.community[j];
	}
	answer_reader_free(r);
	free(copy);
	free(a);
	return sum == 1; /* libFuzzer wants 0; 1 says "do not keep", and needs `sum` */
}
