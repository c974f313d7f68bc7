/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PARSES: collector/snmp/notification.c collector/trap/kinds.c */
/* Whatever comes to the notifications' port, it is read or refused; an inform that is
 * acknowledged is a Response that engine.h would read. */
#include <stdlib.h>
#include <string.h>

#include "collector/snmp/notification.h"
#include "collector/trap/kinds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long
sum_of(const struct answer *a, const struct notification *n)
{
	unsigned long sum = trap_kind_of(n->oid, n->oid_len);

	for (size_t i = 0; i < a->n; i++) {
		const struct varbind *vb = &a->vb[i];

		for (size_t j = 0; j < vb->name_len; j++)
			sum += vb->name[j];
		for (size_t j = 0; vb->octets != NULL && j < vb->len; j++)
			sum += vb->octets[j];
		for (size_t j = 0; vb->oid != NULL && j < vb->len; j++)
			sum += vb->oid[j];
	}
	for (size_t i = 0; i < n->oid_len; i++)
		sum += n->oid[i];
	for (size_t i = 0; i < n->envelope.community_len; i++)
		sum += n->envelope.community[i];
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct answer *a = malloc(sizeof(*a));
	uint8_t *copy = malloc(size > 0 ? size : 1);
	struct answer_envelope env;
	struct answer_reader *r;
	struct notification n;
	unsigned long sum = 0;

	memcpy(copy, data, size);
	if (answer_reader_new(&r) != KK_OK)
		abort();
	if (notification_read(r, copy, size, a, &n) == KK_OK) {
		sum = sum_of(a, &n);
		sum += (unsigned long)trap_kind_name(trap_kind_of(n.oid, n.oid_len))[0];
		if (n.pdu_at >= size || copy[n.pdu_at] != n.pdu)
			abort();
		if (n.pdu == NOTIFICATION_INFORM) {
			notification_acknowledge(copy, &n);
			if (answer_read(r, copy, size, a, &env) != KK_OK || a->error_status != 0)
				abort();
		}
	}
	memcpy(copy, data, size);
	if (size > 0 && (copy[0] & 0xf0) == 0xa0 &&
	    notification_read_pdu(r, copy, size, a, &n) == KK_OK) {
		sum += sum_of(a, &n);
		if (n.pdu == NOTIFICATION_TRAP1 || n.pdu_at != 0 || n.envelope.version != 3)
			abort(); /* a PDU that SNMPv3 does not have */
	}
	answer_reader_free(r);
	free(copy);
	free(a);
	return sum == 1; /* libFuzzer wants 0; 1 says "do not keep", and needs `sum` */
}
