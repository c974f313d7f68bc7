/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/snmp/notification.h"

#include <string.h>

#include "collector/snmp/answer_in.h"

#define GENERIC_MOST	 6 /* enterpriseSpecific */
#define RESPONSE	 0xa2
#define IPADDRESS_OCTETS 4

static const oid sys_uptime[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};
static const oid trap_oid[] = {1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};
static const oid generic_traps[] = {1, 3, 6, 1, 6, 3, 1, 1, 5};

#define SUBS(o) (sizeof(o) / sizeof((o)[0]))

static int
is_named(const struct varbind *vb, const oid *name, size_t n)
{
	return vb->name_len == n && memcmp(vb->name, name, n * sizeof(*name)) == 0;
}

/* Append to the name that was read last; 0: no room. */
static int
append(struct answer_reader *r, oid sub)
{
	if (r->used == SUBS_MAX)
		return 0;
	r->subs[r->used++] = sub;
	return 1;
}

/* RFC 3584 section 3.1: what the trap would be called in SNMPv2. The enterprise was read last. */
static int
name_v1(struct answer_reader *r, long generic, long specific, struct notification *out)
{
	if (generic < GENERIC_MOST) {
		out->oid = r->subs + r->used;
		for (size_t i = 0; i < SUBS(generic_traps); i++)
			if (!append(r, generic_traps[i]))
				return KK_E_SYNTAX;
		out->oid_len = SUBS(generic_traps) + 1;
		return append(r, (oid)generic + 1) ? KK_OK : KK_E_SYNTAX;
	}
	out->oid_len += 2;
	return append(r, 0) && append(r, (oid)specific) ? KK_OK : KK_E_SYNTAX;
}

/* Trap-PDU: enterprise, agent-addr, generic-trap, specific-trap, time-stamp (RFC 1157). */
static int
read_v1(struct answer_reader *r, struct rest *rest, struct notification *out)
{
	u_char agent[IPADDRESS_OCTETS], type;
	size_t agent_len = sizeof(agent), subs = answer_subs_room(r);
	unsigned long ticks = 0;
	long generic, specific;

	out->oid = r->subs + r->used;
	rest->at = asn_parse_objid(rest->at, &rest->len, &type, r->subs + r->used, &subs);
	if (rest->at == NULL)
		return KK_E_SYNTAX;
	out->oid_len = subs;
	r->used += subs;
	rest->at = asn_parse_string(rest->at, &rest->len, &type, agent, &agent_len);
	if (rest->at == NULL || !answer_int(rest, &generic) || !answer_int(rest, &specific))
		return KK_E_SYNTAX;
	rest->at = asn_parse_unsigned_int(rest->at, &rest->len, &type, &ticks, sizeof(ticks));
	if (rest->at == NULL || generic < 0 || generic > GENERIC_MOST || specific < 0)
		return KK_E_SYNTAX;
	out->uptime_cs = (uint32_t)ticks;
	return name_v1(r, generic, specific, out);
}

/* The first two varbinds are sysUpTime.0 and snmpTrapOID.0 (RFC 3416 section 4.2.6). */
static int
name_v2(const struct answer *a, struct notification *out)
{
	const struct varbind *up = &a->vb[0], *what = &a->vb[1];

	if (a->n < 2 || !is_named(up, sys_uptime, SUBS(sys_uptime)) || up->type != VB_TIMETICKS ||
	    !is_named(what, trap_oid, SUBS(trap_oid)) || what->type != VB_OID)
		return KK_E_SYNTAX;
	out->request_id = a->request_id;
	out->uptime_cs = (uint32_t)up->number;
	out->oid = what->oid;
	out->oid_len = what->len;
	return KK_OK;
}

static int
read_v2(struct answer_reader *r, struct rest *rest, struct answer *a, struct notification *out)
{
	int rc = answer_head(rest, a);

	if (rc == KK_OK && (a->error_status != 0 || a->error_index != 0))
		rc = KK_E_SYNTAX;
	if (rc == KK_OK)
		rc = answer_varbinds(r, rest, a);
	return rc == KK_OK ? name_v2(a, out) : rc;
}

/* From the PDU's tag on. */
static int
read_pdu(struct answer_reader *r, struct rest *rest, struct answer *a, struct notification *out)
{
	int rc;

	out->request_id = 0;
	rest->at = asn_parse_header(rest->at, &rest->len, &out->pdu);
	if (rest->at == NULL)
		return KK_E_SYNTAX;
	if (out->envelope.version == 1 && out->pdu == NOTIFICATION_TRAP1) {
		rc = read_v1(r, rest, out);
		return rc == KK_OK ? answer_varbinds(r, rest, a) : rc;
	}
	if (out->envelope.version >= 2 &&
	    (out->pdu == NOTIFICATION_INFORM || out->pdu == NOTIFICATION_TRAP2))
		return read_v2(r, rest, a, out);
	return KK_E_TYPE;
}

int
notification_read(
    struct answer_reader *r, uint8_t *data, size_t len, struct answer *a, struct notification *out)
{
	struct rest rest = {data, len};
	int rc = answer_envelope(r, &rest, &out->envelope);

	a->n = 0;
	if (rc != KK_OK)
		return rc;
	out->pdu_at = (size_t)(rest.at - data);
	return read_pdu(r, &rest, a, out);
}

int
notification_read_pdu(
    struct answer_reader *r, uint8_t *pdu, size_t len, struct answer *a, struct notification *out)
{
	struct rest rest = {pdu, len};

	r->used = 0;
	a->n = 0;
	out->envelope = (struct answer_envelope){.version = 3};
	out->pdu_at = 0;
	return read_pdu(r, &rest, a, out);
}

void
notification_acknowledge(uint8_t *data, const struct notification *n)
{
	data[n->pdu_at] = RESPONSE;
}
