/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/agent.h"

#include <string.h>

#define VARBINDS_MAX 128
#define GET	     0xa0
#define GETNEXT	     0xa1
#define RESPONSE     0xa2
#define GETBULK	     0xa5
#define TOO_BIG	     1
#define NO_SUCH_NAME 2
#define GEN_ERR	     5

struct request {
	int32_t version, id, non_repeaters, repetitions;
	uint8_t pdu;
	struct wire names[VARBINDS_MAX]; /* contents of each OID */
	size_t n;
	const uint8_t *varbinds; /* the list as it came, for error answers */
	size_t varbinds_len;
};

static int
parse(const struct agent_options *o, struct wire w, struct request *q)
{
	struct wire message = ber_enter(&w, 0x30), community, pdu, list;

	q->version = ber_int(&message);
	community = ber_enter(&message, 0x04);
	if (message.failed || q->version < 0 || q->version > (o->v1_only ? 0 : 1))
		return 0;
	if (wire_left(&community) != strlen(o->community) ||
	    memcmp(community.at, o->community, strlen(o->community)) != 0)
		return 0;
	pdu = ber_any(&message, &q->pdu);
	if (q->pdu != GET && q->pdu != GETNEXT && !(q->pdu == GETBULK && q->version == 1))
		return 0;
	q->id = ber_int(&pdu);
	q->non_repeaters = ber_int(&pdu);
	q->repetitions = ber_int(&pdu);
	list = ber_enter(&pdu, 0x30);
	q->varbinds = list.at;
	q->varbinds_len = wire_left(&list);
	for (q->n = 0; wire_left(&list) > 0; q->n++) {
		struct wire vb = ber_enter(&list, 0x30);

		if (q->n == VARBINDS_MAX)
			return 0;
		q->names[q->n] = ber_enter(&vb, 0x06);
		if (vb.failed)
			return 0;
	}
	return !list.failed && !pdu.failed && !message.failed;
}

/* Wrap what stands in `o` since `end` into varbind list, PDU and message. */
static void
wrap(struct ber_out *o, const uint8_t *end, const struct agent_options *opt,
    const struct request *q, int status, int index)
{
	const uint8_t *text = o->at;

	ber_close(o, 0x30, end);
	ber_put_int(o, 0x02, index);
	ber_put_int(o, 0x02, status);
	ber_put_int(o, 0x02, q->id);
	ber_close(o, RESPONSE, end);
	text = o->at;
	ber_put(o, opt->community, strlen(opt->community));
	ber_close(o, 0x04, text);
	ber_put_int(o, 0x02, q->version);
	ber_close(o, 0x30, end);
}

/* An answer that repeats the request's variables with an error (RFC 3416 4.2.1); tooBig has none.
 */
static size_t
error_answer(struct ber_out *o, const struct agent_options *opt, const struct request *q,
    int status, int index, uint8_t *out)
{
	const uint8_t *end;

	ber_out_init(o, out, AGENT_PACKET);
	end = o->at;
	if (status != TOO_BIG || q->version == 0)
		ber_put(o, q->varbinds, q->varbinds_len);
	wrap(o, end, opt, q, status, index);
	return o->failed ? 0 : (size_t)(end - o->at);
}

/* name + exception, or name + NULL, as one varbind. */
static void
put_exception(struct ber_out *o, struct wire name, uint8_t tag)
{
	const uint8_t *end = o->at;

	ber_close(o, tag, o->at);
	{
		const uint8_t *behind_name = o->at;

		ber_put(o, name.at, wire_left(&name));
		ber_close(o, 0x06, behind_name);
	}
	ber_close(o, 0x30, end);
}

/* Whether the name and value just put in front are a Counter64, which version 1 does not have: no
 * such object there (RFC 3584 4.2.2.1). */
static int
hidden_from_v1(const struct request *q, const struct ber_out *o)
{
	return q->version == 0 && !o->failed && o->at[2 + o->at[1]] == 0x46;
}

/* GET and GETNEXT. Varbinds are built back to front. Returns an error-status with its index. */
static int
answer_single(const struct agent_view *v, const struct request *q, struct ber_out *o, int *index)
{
	for (size_t i = q->n; i-- > 0;) {
		uint8_t *end = o->at;
		struct ber_oid name;
		int found;

		if (q->pdu == GET) {
			found = v->get(v->ctx, q->names[i].at, wire_left(&q->names[i]), o);
			if (found == 1 && hidden_from_v1(q, o))
				found = -1;
		} else {
			if (!ber_oid_decode(q->names[i], &name))
				return GEN_ERR;
			do
				o->at = end;
			while ((found = v->next(v->ctx, &name, o)) == 1 && hidden_from_v1(q, o));
		}
		if (found == 1) {
			ber_close(o, 0x30, end);
		} else if (q->version == 0) {
			*index = (int)i + 1;
			return NO_SUCH_NAME;
		} else {
			put_exception(o, q->names[i],
			    q->pdu == GETNEXT ? 0x82
			    : found == 0      ? 0x81
					      : 0x80);
		}
	}
	return 0;
}

/* GETBULK goes forward and stops where the packet is full (RFC 3416 4.2.3): built in pieces, put
 * together at the end. */
static int
answer_bulk(const struct agent_view *v, const struct request *q, struct ber_out *o, size_t room,
    unsigned most)
{
	unsigned varbinds = 0;
	static const struct wire nothing;
	struct ber_oid at[VARBINDS_MAX];
	uint8_t pieces[AGENT_PACKET], one[AGENT_PACKET];
	size_t used = 0, fixed = q->non_repeaters < 0		   ? 0
				 : (size_t)q->non_repeaters < q->n ? (size_t)q->non_repeaters
								   : q->n;
	int rows = q->repetitions > 0 ? q->repetitions : 0, alive = 1;

	for (size_t i = 0; i < q->n; i++)
		if (!ber_oid_decode(q->names[i], &at[i]))
			return GEN_ERR;
	for (int row = 0; alive && (row < rows || (row == 0 && fixed > 0)); row++) {
		alive = 0;
		for (size_t i = row == 0 ? 0 : fixed; i < (rows == 0 ? fixed : q->n); i++) {
			struct ber_out piece;
			struct wire name = nothing;
			uint8_t encoded[300];

			ber_out_init(&piece, one, sizeof(one));
			name.at = encoded;
			name.end = encoded + ber_oid_encode(&at[i], encoded, sizeof(encoded));
			if (v->next(v->ctx, &at[i], &piece) == 1) {
				ber_close(&piece, 0x30, one + sizeof(one));
				alive = 1;
			} else {
				put_exception(&piece, name, 0x82);
			}
			if (piece.failed || varbinds++ == most ||
			    used + (size_t)(one + sizeof(one) - piece.at) > room) {
				alive = 0;
				break;
			}
			memcpy(pieces + used, piece.at, (size_t)(one + sizeof(one) - piece.at));
			used += (size_t)(one + sizeof(one) - piece.at);
		}
	}
	ber_put(o, pieces, used);
	return 0;
}

void
agent_answer(const struct agent_options *opt, const struct agent_view *v, const uint8_t *in,
    size_t in_len, uint8_t out[AGENT_PACKET], struct agent_result *r)
{
	size_t max = opt->packet_max < AGENT_PACKET ? opt->packet_max : AGENT_PACKET;
	struct request q;
	struct ber_out o;
	int status, index = 0;

	*r = (struct agent_result){0};
	if (!parse(opt, wire_over(in, in_len), &q))
		return;
	r->pdu = q.pdu;
	r->id = q.id;
	ber_out_init(&o, out, AGENT_PACKET);
	if (q.pdu == GETBULK)
		status = answer_bulk(v, &q, &o, max > 100 ? max - 60 : 40,
		    opt->bulk_max > 0 ? opt->bulk_max : UINT32_MAX);
	else
		status = answer_single(v, &q, &o, &index);
	if (status == 0) {
		wrap(&o, out + AGENT_PACKET, opt, &q, 0, 0);
		r->len = (size_t)(out + AGENT_PACKET - o.at);
		r->good = !o.failed && r->len <= max;
		if (r->good)
			return;
		status = TOO_BIG;
	}
	r->len = error_answer(&o, opt, &q, status, index, out);
}
