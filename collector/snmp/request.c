/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/snmp/request.h"

#include <stdlib.h>
#include <string.h>

#include <net-snmp/net-snmp-config.h>
/* The configuration has to come first. */
#include <net-snmp/net-snmp-includes.h>

#include "collector/snmp/netsnmp.h"
#include "lib/wire.h"

/* Has four octets and is patched in every copy that is sent. */
#define PLACEHOLDER_ID 0x01020304

static const int pdu_of_kind[] = {
    [REQUEST_GET] = SNMP_MSG_GET,
    [REQUEST_GETNEXT] = SNMP_MSG_GETNEXT,
    [REQUEST_GETBULK] = SNMP_MSG_GETBULK,
};

/* A BER header of the wanted tag; returns the cursor over its contents. */
static struct wire
ber_enter(struct wire *w, uint8_t tag)
{
	size_t len;

	if (wire_u8(w) != tag)
		w->failed = 1;
	len = wire_u8(w);
	if (len & 0x80) {
		unsigned more = len & 0x7f;

		if (more > 3)
			w->failed = 1;
		for (len = 0; more > 0 && !w->failed; more--)
			len = len << 8 | wire_u8(w);
	}
	return wire_sub(w, len);
}

/* Where the request-id stands; walked to, as a community may hold any octets. */
static int
find_id(struct request *r, uint8_t pdu_tag, const uint8_t **pdu_at)
{
	struct wire w = wire_over(r->octets, r->len);
	struct wire message = ber_enter(&w, ASN_SEQUENCE | ASN_CONSTRUCTOR);
	struct wire pdu, id;

	ber_enter(&message, ASN_INTEGER);
	ber_enter(&message, ASN_OCTET_STR);
	*pdu_at = message.at;
	pdu = ber_enter(&message, pdu_tag);
	id = ber_enter(&pdu, ASN_INTEGER);
	if (wire_left(&id) != 4)
		return KK_E_SYNTAX;
	r->id_at = (size_t)(id.at - r->octets);
	return wire_be32(&id) == PLACEHOLDER_ID ? KK_OK : KK_E_SYNTAX;
}

/* Every SNMPv3 agent has another message around the same PDU. */
static void
keep_pdu(struct request *r, const uint8_t *pdu)
{
	size_t before = (size_t)(pdu - r->octets);

	r->len -= before;
	r->id_at -= before;
	memmove(r->octets, pdu, r->len);
}

static int
copy_names(struct request *r, const struct request_oid *oids, size_t n)
{
	size_t total = 0, at = 0;

	for (size_t i = 0; i < n; i++)
		total += oids[i].len;
	r->name_len = calloc(n, sizeof(*r->name_len));
	r->names = calloc(total, sizeof(*r->names));
	if (r->name_len == NULL || r->names == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < n; i++) {
		memcpy(r->names + at, oids[i].sub, oids[i].len * sizeof(*r->names));
		r->name_len[i] = oids[i].len;
		at += oids[i].len;
	}
	r->n = n;
	return KK_OK;
}

static netsnmp_pdu *
make_pdu(const struct request *r, const struct request_oid *oids, size_t n, unsigned repeat)
{
	netsnmp_pdu *pdu = snmp_pdu_create(pdu_of_kind[r->kind]);

	if (pdu == NULL)
		return NULL;
	pdu->version = r->version == 1 ? SNMP_VERSION_1 : SNMP_VERSION_2c;
	pdu->reqid = PLACEHOLDER_ID;
	if (r->kind == REQUEST_GETBULK) {
		pdu->non_repeaters = 0;
		pdu->max_repetitions = repeat;
	}
	for (size_t i = 0; i < n; i++)
		if (snmp_add_null_var(pdu, oids[i].sub, oids[i].len) == NULL) {
			snmp_free_pdu(pdu);
			return NULL;
		}
	return pdu;
}

static int
encode(struct request *r, const struct request_oid *oids, size_t n, unsigned repeat, struct diag *d)
{
	netsnmp_session session;
	const uint8_t *pdu_at = NULL;
	netsnmp_pdu *pdu;
	size_t room = 2048, used = 0;
	u_char *buf = NULL;
	int rc = KK_E_NOMEM;

	memset(&session, 0, sizeof(session));
	session.version = r->version == 1 ? SNMP_VERSION_1 : SNMP_VERSION_2c;
	session.community = (u_char *)r->community;
	session.community_len = r->community_len;
	if ((pdu = make_pdu(r, oids, n, repeat)) == NULL || (buf = malloc(room)) == NULL)
		goto out;
	rc = KK_E_RANGE;
	if (snmp_build(&buf, &room, &used, &session, pdu) != 0) {
		diag_set(d, rc, "request of %zu objects cannot be encoded: %s", n,
		    snmp_api_errstring(session.s_snmp_errno));
		goto out;
	}
	if (used > REQUEST_OCTETS_MAX) {
		diag_set(d, rc, "request of %zu objects takes %zu octets", n, used);
		goto out;
	}
	rc = KK_E_NOMEM;
	if ((r->octets = malloc(used)) == NULL)
		goto out;
	memcpy(r->octets, buf + room - used, used); /* it fills its buffer from the end */
	r->len = used;
	rc = find_id(r, (uint8_t)pdu_of_kind[r->kind], &pdu_at);
	if (rc == KK_OK && r->version == 3)
		keep_pdu(r, pdu_at);
out:
	free(buf);
	snmp_free_pdu(pdu);
	return rc;
}

static int
check_arguments(enum request_kind kind, int version, const char *community,
    const struct request_oid *oids, size_t n, unsigned repeat, struct diag *d)
{
	size_t len = strlen(community);

	if (version < 1 || version > 3)
		return diag_set(d, KK_E_RANGE, "SNMP version %d is not 1, 2 or 3", version);
	if (version == 1 && kind == REQUEST_GETBULK)
		return diag_set(d, KK_E_RANGE, "SNMP version 1 has no GETBULK");
	if (version != 3 && (len == 0 || len >= sizeof(((struct request *)0)->community)))
		return diag_set(d, KK_E_RANGE, "a community has 1 to 255 octets");
	if (n == 0 || n > ANSWER_VARBINDS_MAX)
		return diag_set(d, KK_E_RANGE, "%zu objects in one request", n);
	if (kind == REQUEST_GETBULK && (repeat == 0 || repeat > ANSWER_VARBINDS_MAX / n))
		return diag_set(d, KK_E_RANGE, "%u repetitions of %zu objects", repeat, n);
	for (size_t i = 0; i < n; i++)
		if (oids[i].len < 2 || oids[i].len > MAX_OID_LEN)
			return diag_set(
			    d, KK_E_RANGE, "an object name of %zu sub-identifiers", oids[i].len);
	return KK_OK;
}

int
request_new(enum request_kind kind, int version, const char *community,
    const struct request_oid *oids, size_t n, unsigned repeat, struct request **out, struct diag *d)
{
	struct request *r;
	int rc = check_arguments(kind, version, community, oids, n, repeat, d);

	if (rc != KK_OK)
		return rc;
	if ((r = calloc(1, sizeof(*r))) == NULL)
		return diag_set(d, KK_E_NOMEM, "%s", kk_strerror(KK_E_NOMEM));
	netsnmp_start();
	r->kind = kind;
	r->version = version;
	if (version != 3) {
		r->community_len = strlen(community);
		memcpy(r->community, community, r->community_len + 1);
	}
	r->n_max = kind == REQUEST_GETBULK ? n * repeat : n;
	if ((rc = copy_names(r, oids, n)) == KK_OK)
		rc = encode(r, oids, n, repeat, d);
	if (rc != KK_OK) {
		if (rc == KK_E_NOMEM)
			diag_set(d, rc, "%s", kk_strerror(rc));
		request_free(r);
		return rc;
	}
	*out = r;
	return KK_OK;
}

void
request_free(struct request *r)
{
	if (r == NULL)
		return;
	free(r->octets);
	free(r->name_len);
	free(r->names);
	free(r);
}

size_t
request_octets(const struct request *r)
{
	return r->len;
}

int
request_fits(const struct request *r, const struct answer *a)
{
	const unsigned long *name = r->names;

	if (a->n > r->n_max)
		return KK_E_FULL;
	if (a->error_status != 0 || r->kind == REQUEST_GETBULK)
		return KK_OK; /* tooBig has none, other errors echo what was asked */
	if (a->n != r->n)
		return KK_E_FORGED;
	if (r->kind == REQUEST_GETNEXT)
		return KK_OK;
	for (size_t i = 0; i < r->n; name += r->name_len[i++])
		if (a->vb[i].name_len != r->name_len[i] ||
		    memcmp(a->vb[i].name, name, r->name_len[i] * sizeof(*name)) != 0)
			return KK_E_FORGED;
	return KK_OK;
}
