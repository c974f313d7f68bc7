/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/answer.h"

#include <stdlib.h>
#include <string.h>

#include <net-snmp/net-snmp-config.h>
/* The configuration has to come first. */
#include <net-snmp/net-snmp-includes.h>

#include "collector/netsnmp.h"
#include "lib/wire.h"

struct answer_reader {
	netsnmp_pdu *pdu; /* of the newest answer: what it points to is still read */
	uint64_t complaints;
};

static int
on_complaint(int major, int minor, void *message, void *arg)
{
	struct answer_reader *r = arg;

	(void)major;
	(void)minor;
	(void)message;
	r->complaints++;
	return 0;
}

int
answer_reader_new(struct answer_reader **out)
{
	struct answer_reader *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return KK_E_NOMEM;
	netsnmp_start();
	if (snmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, on_complaint, r) !=
	    0) {
		free(r);
		return KK_E_NOMEM;
	}
	*out = r;
	return KK_OK;
}

void
answer_reader_free(struct answer_reader *r)
{
	if (r == NULL)
		return;
	snmp_unregister_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, on_complaint, r, 1);
	snmp_free_pdu(r->pdu);
	free(r);
}

uint64_t
answer_reader_complaints(const struct answer_reader *r)
{
	return r->complaints;
}

/* The version, before net-snmp sees the message: for a v3 one it would start work of its own.
 * Returns 1, 2, 0 for other versions, -1 if it is no SNMP message at all. */
static int
peek_version(const uint8_t *data, size_t len)
{
	struct wire w = wire_over(data, len);
	uint8_t octets, version;

	if (wire_u8(&w) != (ASN_SEQUENCE | ASN_CONSTRUCTOR))
		return -1;
	octets = wire_u8(&w);
	if (octets & 0x80)
		wire_take(&w, octets & 0x7f);
	if (wire_u8(&w) != ASN_INTEGER || wire_u8(&w) != 1)
		return -1;
	version = wire_u8(&w);
	if (w.failed)
		return -1;
	return version <= 1 ? version + 1 : 0;
}

static void
take_octets(struct varbind *vb, const netsnmp_variable_list *v)
{
	vb->octets = v->val.string;
	vb->len = v->val.string != NULL ? v->val_len : 0;
}

/* net-snmp unwraps some Opaque values (draft-perkins-opaque) into types of its own. */
static void
take_special(struct varbind *vb, const netsnmp_variable_list *v)
{
	switch (v->type) {
	case ASN_OPAQUE_COUNTER64:
	case ASN_OPAQUE_U64:
		vb->type = VB_COUNTER64;
		vb->number = (int64_t)((uint64_t)v->val.counter64->high << 32 |
				       (v->val.counter64->low & 0xffffffff));
		break;
	case ASN_OPAQUE_FLOAT:
	case ASN_OPAQUE_DOUBLE:
	case ASN_OPAQUE_I64:
		vb->type = VB_OPAQUE; /* nothing that a profile reads */
		break;
	default:
		take_octets(vb, v);
		break;
	}
}

static void
take_value(struct varbind *vb, const netsnmp_variable_list *v)
{
	*vb = (struct varbind){.name = v->name, .name_len = v->name_length, .type = v->type};
	switch (v->type) {
	case ASN_INTEGER:
		vb->number = *v->val.integer;
		break;
	case ASN_COUNTER:
	case ASN_GAUGE:
	case ASN_TIMETICKS:
		vb->number = (int64_t)((unsigned long)*v->val.integer & 0xffffffff);
		break;
	case ASN_COUNTER64:
		vb->number = (int64_t)((uint64_t)v->val.counter64->high << 32 |
				       (v->val.counter64->low & 0xffffffff));
		break;
	case ASN_OBJECT_ID:
		vb->oid = v->val.objid;
		vb->len = v->val_len / sizeof(oid);
		break;
	case ASN_NULL:
	case SNMP_NOSUCHOBJECT:
	case SNMP_NOSUCHINSTANCE:
	case SNMP_ENDOFMIBVIEW:
		break;
	default:
		take_special(vb, v);
		break;
	}
}

static int
take_pdu(const netsnmp_pdu *pdu, struct answer *a)
{
	a->n = 0;
	if (pdu->command != SNMP_MSG_RESPONSE)
		return KK_E_TYPE;
	if (pdu->reqid < INT32_MIN || pdu->reqid > INT32_MAX || pdu->errstat < 0 ||
	    pdu->errstat > 255 || pdu->errindex < 0 || pdu->errindex > INT32_MAX)
		return KK_E_SYNTAX;
	a->request_id = (int32_t)pdu->reqid;
	a->error_status = (int)pdu->errstat;
	a->error_index = (int)pdu->errindex;
	for (const netsnmp_variable_list *v = pdu->variables; v != NULL; v = v->next_variable) {
		if (a->n == ANSWER_VARBINDS_MAX)
			return KK_E_FULL;
		take_value(&a->vb[a->n++], v);
	}
	return KK_OK;
}

int
answer_read(struct answer_reader *r, uint8_t *data, size_t len, struct answer *a,
    struct answer_envelope *env)
{
	netsnmp_session session;
	int version = peek_version(data, len);

	snmp_free_pdu(r->pdu);
	r->pdu = NULL;
	if (version <= 0)
		return version == 0 ? KK_E_TYPE : KK_E_SYNTAX;
	memset(&session, 0, sizeof(session));
	session.version = version == 1 ? SNMP_VERSION_1 : SNMP_VERSION_2c;
	if ((r->pdu = snmp_pdu_create(0)) == NULL)
		return KK_E_SYNTAX;
	if (snmp_parse(NULL, &session, r->pdu, data, len) != 0)
		return KK_E_SYNTAX;
	env->version = version;
	env->community = r->pdu->community;
	env->community_len = r->pdu->community_len;
	return take_pdu(r->pdu, a);
}
