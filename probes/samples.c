/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/samples.h"

#define CS_US 10000

static void
put(struct sample *s, enum metric m, uint64_t count)
{
	sample_set(s, m, (int64_t)count);
}

static void
put_air(struct sample *s, const struct tally *t, const struct figures *f)
{
	const uint64_t *generation = f->generation;

	put(s, METRIC_ASSOCIATIONS, t->associations);
	put(s, METRIC_REASSOCIATIONS, f->reassociations);
	put(s, METRIC_REFUSALS, t->refusals);
	put(s, METRIC_DISASSOCIATIONS, t->disassociations);
	put(s, METRIC_DEAUTHENTICATIONS, t->deauthentications);
	put(s, METRIC_ROAMS, f->roams);
	put(s, METRIC_AUTH_FAILURES, f->exchange[EXCHANGE_AUTHENTICATION].step[EXCHANGE_FAILED]);
	put(s, METRIC_WIFI3_CLIENTS, generation[WIFI_1] + generation[WIFI_3]);
	put(s, METRIC_WIFI4_CLIENTS, generation[WIFI_4]);
	put(s, METRIC_WIFI5_CLIENTS, generation[WIFI_5]);
	put(s, METRIC_WIFI6_CLIENTS, generation[WIFI_6]);
	put(s, METRIC_WIFI6E_CLIENTS, generation[WIFI_6E]);
	put(s, METRIC_WIFI7_CLIENTS, generation[WIFI_7]);
}

/* A share as the metric has it: thousandths of a percent. */
static uint64_t
share(uint64_t part, uint64_t whole)
{
	return (part * 100000 + whole / 2) / whole;
}

/* A time that is not known of one frame is not known of all. */
static void
put_radio(struct sample *s, const struct tally *t, const struct interval *iv)
{
	if (t->data_frames > 0)
		put(s, METRIC_RETRIES, share(t->retries, t->data_frames));
	if (t->radio_frames > 0 && t->airtime_unmeasured == 0 && iv->to_us > iv->from_us)
		put(s, METRIC_AIRTIME, share(t->airtime_us, (uint64_t)(iv->to_us - iv->from_us)));
}

static void
put_tcp(struct sample *s, const struct rtt_sums *t)
{
	if (t->client.n > 0)
		put(s, METRIC_RTT_CLIENT, delays_quantile_us(&t->client, 50));
	if (t->network.n > 0)
		put(s, METRIC_RTT_NETWORK, delays_quantile_us(&t->network, 50));
	if (t->segments > 0)
		put(s, METRIC_RETRANSMISSIONS, share(t->retransmissions, t->segments));
}

/* Logins that led to nothing: refused, ended by one side, or without an answer, as when the RADIUS
 * server is down. */
static uint64_t
failures(const struct figures_exchange *x)
{
	return x->step[EXCHANGE_FAILED] + x->step[EXCHANGE_GIVEN_UP];
}

static void
put_exchanges(struct sample *s, const struct figures *f, unsigned seen)
{
	const struct figures_exchange *dhcp = &f->exchange[EXCHANGE_DHCP];

	if (seen >> EXCHANGE_EAP & 1)
		put(s, METRIC_EAP_FAILURES, failures(&f->exchange[EXCHANGE_EAP]));
	if (seen >> EXCHANGE_HANDSHAKE & 1)
		put(s, METRIC_HANDSHAKE_FAILURES, failures(&f->exchange[EXCHANGE_HANDSHAKE]));
	if ((seen >> EXCHANGE_DHCP & 1) == 0)
		return;
	put(s, METRIC_DHCP_ASKED, dhcp->step[EXCHANGE_BEGUN]);
	put(s, METRIC_DHCP_ANSWERED, dhcp->step[EXCHANGE_DONE]);
	if (dhcp->timed > 0)
		put(s, METRIC_DHCP_TIME, dhcp->sum_us / dhcp->timed);
}

static void
put_code(struct samples *out, enum frame_code_kind kind, uint32_t number,
    const struct figures_ways *n, int64_t time_cs)
{
	struct sample *s = &out->sample[out->n];

	out->counter[s->n_counters++] = (struct counter){.key = frame_code_key(kind, number),
	    .width = 64,
	    .down = n->all - n->up,
	    .up = n->up,
	    .when_cs = time_cs};
}

/* Why clients were sent away, or were not let in. */
static void
put_codes(struct samples *out, const struct figures *f)
{
	const struct figures_codes *of[FRAME_CODE_KINDS] = {
	    [FRAME_CODE_DEAUTHENTICATION] = &f->deauthentication,
	    [FRAME_CODE_DISASSOCIATION] = &f->disassociation,
	    [FRAME_CODE_ASSOCIATION] = &f->refusal,
	    [FRAME_CODE_AUTHENTICATION] = &f->authentication};
	int64_t time_cs = out->sample[out->n].time_cs;

	out->sample[out->n].counters = out->counter;
	for (unsigned kind = 0; kind < FRAME_CODE_KINDS; kind++) {
		const struct figures_codes *c = of[kind];

		for (uint32_t i = 0; i < c->used; i++)
			put_code(out, kind, c->code[i], &c->n[i], time_cs);
		if (c->others.all > 0)
			put_code(out, kind, FRAME_CODE_OTHERS, &c->others, time_cs);
	}
}

/* Whether something passed that counts in no direction. */
static int
is_in_part(const struct ap_line *line)
{
	return line->t.packets_undirected > 0 || line->opaque;
}

static void
fill_probe(struct samples *out, const struct interval *iv, const struct ap_line *line)
{
	struct sample *s = &out->sample[out->n];
	const struct tally *t = &line->t;

	s->source = SOURCE_PROBE;
	/* They are in no odometer, and the interval says so. */
	if (is_in_part(line))
		s->flags |= SAMPLE_PARTIAL;
	put(s, METRIC_OCTETS_DOWN, t->octets_down);
	put(s, METRIC_OCTETS_UP, t->octets_up);
	put(s, METRIC_PACKETS_DOWN, t->packets_down);
	put(s, METRIC_PACKETS_UP, t->packets_up);
	if (line->clients >= 0)
		sample_set(s, METRIC_CLIENTS, line->clients);
	if (iv->lost >= 0)
		sample_set(s, METRIC_CAPTURE_LOST, iv->lost);
	if (line->figures == NULL)
		return;
	if (line->air) {
		put_air(s, t, line->figures);
		put_codes(out, line->figures);
	}
	put_radio(s, t, iv);
	put_exchanges(s, line->figures, line->exchanges);
	put_tcp(s, &line->figures->tcp);
}

static void
fill_radius(struct sample *s, const struct ap_line *line)
{
	const struct figures_radius *r = &line->figures->radius;

	s->source = SOURCE_RADIUS;
	if (r->unknown > 0)
		s->flags |= SAMPLE_PARTIAL;
	put(s, METRIC_OCTETS_DOWN, r->octets_down);
	put(s, METRIC_OCTETS_UP, r->octets_up);
	sample_set(s, METRIC_CLIENTS, line->sessions);
	put(s, METRIC_SESSIONS, r->started);
}

/* No sample is without octets. Of a tunnel that nobody can look into they are unknown, and where no
 * direction is known: so is the interval. */
static int
has_octets(const struct ap_line *line)
{
	return line->heard && (!is_in_part(line) || line->t.packets_down + line->t.packets_up > 0);
}

int64_t
samples_end_cs(const struct interval *iv)
{
	int64_t from_cs = iv->from_us / CS_US, to_cs = iv->to_us / CS_US;

	return to_cs > from_cs ? to_cs : from_cs + 1;
}

void
samples_of(const struct interval *iv, const struct ap_line *line, struct samples *out)
{
	const struct sample blank = {
	    .device = 1, .flags = iv->partial ? SAMPLE_PARTIAL : 0, .time_cs = samples_end_cs(iv)};

	out->n = 0;
	out->from_cs = iv->from_us / CS_US;
	if (has_octets(line)) {
		out->sample[out->n] = blank;
		fill_probe(out, iv, line);
		out->n++;
	}
	if (line->sessions >= 0 && line->figures != NULL) {
		out->sample[out->n] = blank;
		fill_radius(&out->sample[out->n++], line);
	}
}
