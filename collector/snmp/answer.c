/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * With the functions that snmp_parse() is made of, into memory of ours: snmp_parse() itself takes
 * 1,136 octets from malloc for every varbind, which costs more than the decoding
 * (docs/decisions/0020).
 */
#include "collector/snmp/answer.h"

#include <limits.h>
#include <stdlib.h>

#include "collector/snmp/answer_in.h"
#include "collector/snmp/netsnmp.h"

_Static_assert(sizeof(oid) == sizeof(unsigned long), "answer.h calls it unsigned long");

int
answer_reader_new(struct answer_reader **out)
{
	netsnmp_start();
	*out = malloc(sizeof(**out));
	return *out != NULL ? KK_OK : KK_E_NOMEM;
}

void
answer_reader_free(struct answer_reader *r)
{
	free(r);
}

size_t
answer_subs_room(const struct answer_reader *r)
{
	size_t left = SUBS_MAX - r->used;

	return left < MAX_OID_LEN ? left : MAX_OID_LEN;
}

static void
read_oid(struct answer_reader *r, struct rest *value, struct varbind *vb)
{
	u_char type;

	vb->oid = r->subs + r->used;
	vb->len = answer_subs_room(r);
	value->at = asn_parse_objid(value->at, &value->len, &type, r->subs + r->used, &vb->len);
	if (value->at != NULL)
		r->used += vb->len;
}

static void
read_counter64(struct rest *value, struct varbind *vb)
{
	struct counter64 v = {0, 0};
	u_char type;

	value->at = asn_parse_unsigned_int64(value->at, &value->len, &type, &v, sizeof(v));
	vb->number = (int64_t)((uint64_t)v.high << 32 | (v.low & 0xffffffff));
	vb->type = VB_COUNTER64;
}

static void
read_value(struct answer_reader *r, struct rest *value, struct varbind *vb)
{
	unsigned long u = 0;
	long i = 0;
	u_char type;

	switch (vb->type) {
	case VB_INTEGER:
		value->at = asn_parse_int(value->at, &value->len, &type, &i, sizeof(i));
		vb->number = i;
		break;
	case VB_COUNTER32:
	case VB_GAUGE32:
	case VB_TIMETICKS:
		value->at = asn_parse_unsigned_int(value->at, &value->len, &type, &u, sizeof(u));
		vb->number = (int64_t)(u & 0xffffffff);
		break;
	case VB_COUNTER64:
		read_counter64(value, vb);
		break;
	case VB_OID:
		read_oid(r, value, vb);
		break;
	case VB_NULL:
	case VB_NO_OBJECT:
	case VB_NO_INSTANCE:
	case VB_END_OF_VIEW:
		break;
	case VB_OCTETS:
	case VB_IPADDRESS:
	case VB_OPAQUE:
	case ASN_BIT_STR:
		vb->octets = value->at + value->len - vb->len; /* behind tag and length */
		break;
	/* What some agents wrap into an Opaque (draft-perkins-opaque), net-snmp tells apart. */
	case ASN_OPAQUE_COUNTER64:
	case ASN_OPAQUE_U64:
		read_counter64(value, vb);
		break;
	case ASN_OPAQUE_FLOAT:
	case ASN_OPAQUE_DOUBLE:
	case ASN_OPAQUE_I64:
		vb->type = VB_OPAQUE; /* nothing that a profile reads */
		break;
	default:
		value->at = NULL; /* no type that SNMP has */
		break;
	}
}

static int
read_varbind(struct answer_reader *r, struct rest *rest, struct varbind *vb)
{
	u_char *next, *start = NULL;
	struct rest value;

	*vb = (struct varbind){.name = r->subs + r->used, .name_len = answer_subs_room(r)};
	next = snmp_parse_var_op(
	    rest->at, r->subs + r->used, &vb->name_len, &vb->type, &vb->len, &start, &rest->len);
	if (next == NULL || start == NULL || next < start)
		return KK_E_SYNTAX;
	r->used += vb->name_len;
	rest->at = next;
	value = (struct rest){start, (size_t)(next - start)};
	if (value.len < vb->len)
		return KK_E_SYNTAX;
	read_value(r, &value, vb);
	if (vb->octets == NULL && vb->oid == NULL)
		vb->len = 0;
	return value.at != NULL ? KK_OK : KK_E_SYNTAX;
}

int
answer_varbinds(struct answer_reader *r, struct rest *rest, struct answer *a)
{
	u_char type;
	int rc;

	rest->at = asn_parse_sequence(
	    rest->at, &rest->len, &type, ASN_SEQUENCE | ASN_CONSTRUCTOR, "varbinds");
	if (rest->at == NULL)
		return KK_E_SYNTAX;
	for (a->n = 0; rest->len > 0; a->n++) {
		if (a->n == ANSWER_VARBINDS_MAX)
			return KK_E_FULL;
		if ((rc = read_varbind(r, rest, &a->vb[a->n])) != KK_OK)
			return rc;
	}
	return KK_OK;
}

int
answer_int(struct rest *rest, long *out)
{
	u_char type;

	if (rest->at != NULL)
		rest->at = asn_parse_int(rest->at, &rest->len, &type, out, sizeof(*out));
	return rest->at != NULL;
}

int
answer_head(struct rest *rest, struct answer *a)
{
	long id, status, index;

	if (!answer_int(rest, &id) || !answer_int(rest, &status) || !answer_int(rest, &index))
		return KK_E_SYNTAX;
	if (id < INT32_MIN || id > INT32_MAX || status < 0 || status > 255 || index < 0 ||
	    index > INT32_MAX)
		return KK_E_SYNTAX;
	a->request_id = (int32_t)id;
	a->error_status = (int)status;
	a->error_index = (int)index;
	return KK_OK;
}

static int
read_pdu(struct answer_reader *r, struct rest *rest, struct answer *a)
{
	u_char type = 0;
	int rc;

	rest->at = asn_parse_header(rest->at, &rest->len, &type);
	if (rest->at == NULL)
		return KK_E_SYNTAX;
	if (type != SNMP_MSG_RESPONSE)
		return KK_E_TYPE;
	rc = answer_head(rest, a);
	return rc == KK_OK ? answer_varbinds(r, rest, a) : rc;
}

int
answer_envelope(struct answer_reader *r, struct rest *rest, struct answer_envelope *env)
{
	size_t community_len = COMMUNITY_ROOM;
	long version = LONG_MIN; /* which no message can carry */

	r->used = 0;
	if (rest->len == 0)
		return KK_E_SYNTAX;
	rest->at = snmp_comstr_parse(rest->at, &rest->len, r->community, &community_len, &version);
	if (version != LONG_MIN && version != SNMP_VERSION_1 && version != SNMP_VERSION_2c)
		return KK_E_TYPE;
	if (rest->at == NULL)
		return KK_E_SYNTAX;
	env->version = version == SNMP_VERSION_1 ? 1 : 2;
	env->community = r->community;
	env->community_len = community_len;
	return KK_OK;
}

int
answer_read(struct answer_reader *r, uint8_t *data, size_t len, struct answer *a,
    struct answer_envelope *env)
{
	struct rest rest = {data, len};
	int rc = answer_envelope(r, &rest, env);

	a->n = 0;
	return rc == KK_OK ? read_pdu(r, &rest, a) : rc;
}

int
answer_read_pdu(struct answer_reader *r, uint8_t *data, size_t len, struct answer *a)
{
	struct rest rest = {data, len};

	r->used = 0;
	a->n = 0;
	return len > 0 ? read_pdu(r, &rest, a) : KK_E_SYNTAX;
}
