/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PARSES: collector/snmp/usm_wire.c */
/* Whatever a datagram holds, usm_wire.c reads it or refuses it; what it promises can be read. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collector/snmp/usm_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long
sum_of(const uint8_t *p, size_t len)
{
	unsigned long sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += p[i];
	return sum;
}

/* What was read, written again, is the same message. */
static void
again(const struct usm_message *m, const struct usm_scoped *s)
{
	uint8_t *room = malloc(s->pdu_len + USM_AROUND);
	struct usm_draft d = {.msg_id = (uint32_t)m->msg_id,
	    .flags = m->flags,
	    .engine = m->engine,
	    .engine_len = m->engine_len,
	    .user = m->user,
	    .user_len = m->user_len,
	    .boots = m->boots,
	    .time = m->time,
	    .mac_len = m->mac_len,
	    .salt = m->salt_len == USM_SALT ? m->salt : NULL,
	    .pdu = s->pdu,
	    .pdu_len = s->pdu_len};
	struct usm_written w;
	struct usm_message n;

	if (s->pdu_len <= 8192) {
		usm_write(&d, room, &w);
		if (w.octets < room || usm_read(w.octets, w.len, &n) != KK_OK ||
		    n.msg_id != m->msg_id || n.boots != m->boots || n.time != m->time ||
		    n.engine_len != m->engine_len || n.mac_len != m->mac_len ||
		    n.scoped_len != w.scoped_len)
			abort();
	}
	free(room);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);
	unsigned long sum = 0;
	struct usm_message m;
	struct usm_scoped s;

	memcpy(copy, data, size);
	if (usm_read(copy, size, &m) == KK_OK) {
		sum = sum_of(m.engine, m.engine_len) + sum_of(m.user, m.user_len) +
		      sum_of(m.salt, m.salt_len) + sum_of(copy + m.mac_at, m.mac_len);
		/* As if it had been decrypted. */
		if (usm_read_scoped(copy + m.scoped_at, m.scoped_len, &s) == KK_OK) {
			sum += sum_of(s.engine, s.engine_len) + sum_of(s.pdu, s.pdu_len);
			(void)usm_read_report(s.pdu, s.pdu_len);
			again(&m, &s);
		}
		if (!usm_is_v3(copy, size))
			abort();
	}
	free(copy);
	return sum == 1; /* libFuzzer wants 0; 1 says "do not keep", and needs `sum` */
}
