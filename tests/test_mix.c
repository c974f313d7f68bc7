/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_mix.c - half an hour of a district, made frame by frame, with known truth: every figure of
 * every access point and minute is exact. Frames of the air by DLT_IEEE802_11, accounting by
 * DLT_EN10MB.
 */
#include <pcap/dlt.h>

#include "probes/count.h"
#include "tests/harness.h"

#define S	INT64_C(1000000)
#define T0	(INT64_C(1627740000) * S) /* a full minute */
#define MINUTES 30
#define APS	40
#define CLIENTS 600
#define STEP_US 5000 /* between the beginnings of two events */

enum {
	DOWN,
	UP,
	PACKETS_DOWN,
	PACKETS_UP,
	ASSOCIATIONS,
	REASSOCIATIONS,
	ROAMS,
	REFUSALS,
	DEAUTHENTICATIONS,
	DISASSOCIATIONS,
	COPIES,
	AUTH_DONE,
	AUTH_FAILED,
	EAP_DONE,
	EAP_FAILED,
	SHAKE_DONE,
	SHAKE_FAILED,
	DHCP_DONE,
	DHCP_FAILED,
	DHCP_US,
	RADIUS_DOWN,
	RADIUS_UP,
	RADIUS_STARTED,
	GENERATION,
	FIGURES = GENERATION + FIGURES_GENERATIONS
};

struct truth {
	uint64_t figure[FIGURES];
	uint8_t is_client[CLIENTS];
};

static struct truth truth[MINUTES][APS];
static int64_t busy_until[CLIENTS]; /* so that no two of its exchanges meet */
static unsigned at_ap[CLIENTS];
static uint64_t state = 1;

struct world {
	struct pseudonyms *key;
	struct decoder *dec;
	struct map *map;
	struct count *count;
	uint16_t sequence;
	int64_t now_us;
	unsigned ap, client; /* of the event that is made */
	int told;
};

static unsigned
draw(unsigned below)
{
	state += UINT64_C(0x9e3779b97f4a7c15);
	return (unsigned)(set_mix(state) >> 20) % below;
}

static void
add(const struct world *w, unsigned figure, uint64_t n)
{
	truth[(w->now_us - T0) / (60 * S)][w->ap].figure[figure] += n;
}

static void
add_client(const struct world *w)
{
	truth[(w->now_us - T0) / (60 * S)][w->ap].is_client[w->client] = 1;
}

/* ---- frames ---- */

static void
take(struct world *w, int linktype, const uint8_t *p, size_t n)
{
	struct packet packet = {p, w->now_us, (uint32_t)n, (uint32_t)n, linktype};
	struct detail said;
	struct seen s;

	dec_frame(w->dec, linktype, w->now_us, p, n, n, &s);
	ck_assert_msg(s.next == DEC_DONE, "made badly: %s", dec_stop_name(s.next));
	said = *decoder_detail(w->dec);
	s.detail = said.kind != DETAIL_NONE;
	count_packets(
	    w->count, &(struct count_batch){.packet = &packet, .seen = &s, .said = &said}, 1);
}

static uint8_t *
be(uint8_t *p, uint64_t v, unsigned octets)
{
	while (octets-- > 0)
		*p++ = (uint8_t)(v >> 8 * octets);
	return p;
}

static uint64_t
bssid(unsigned ap)
{
	return 0x021100000000 + ap;
}

static uint64_t
station(unsigned client)
{
	return 0xda0000000000 + client;
}

/* One frame of the event's client and access point; each has a sequence of its own, but a copy. */
static void
air(struct world *w, unsigned fc, const uint8_t *body, size_t n, int again)
{
	int is_up = fc >> 8 & 1;
	uint8_t frame[600], *p = be(frame, (fc & 0xff) << 8 | fc >> 8 | (again ? 0x08 : 0), 2);

	w->sequence = (uint16_t)(w->sequence + !again);
	p = be(p, 0, 2);
	p = be(p, is_up ? bssid(w->ap) : station(w->client), 6);
	p = be(p, is_up ? station(w->client) : bssid(w->ap), 6);
	p = be(p, bssid(w->ap), 6);
	*p++ = (uint8_t)(w->sequence << 4);
	*p++ = (uint8_t)(w->sequence >> 4);
	memcpy(p, body, n);
	take(w, DLT_IEEE802_11, frame, (size_t)(p - frame) + n);
	w->now_us += 1000;
}

/* Management: which way stands in nothing but the addresses. */
static void
manage(struct world *w, unsigned subtype, int is_up, const uint8_t *body, size_t n)
{
	uint8_t frame[600], *p = be(frame, subtype << 8, 2);

	w->sequence++;
	p = be(p, 0, 2);
	p = be(p, is_up ? bssid(w->ap) : station(w->client), 6);
	p = be(p, is_up ? station(w->client) : bssid(w->ap), 6);
	p = be(p, bssid(w->ap), 6);
	*p++ = (uint8_t)(w->sequence << 4);
	*p++ = (uint8_t)(w->sequence >> 4);
	memcpy(p, body, n);
	take(w, DLT_IEEE802_11, frame, (size_t)(p - frame) + n);
	w->now_us += 1000;
}

/* A data frame with what is behind the type; all of it counts. */
static void
data(struct world *w, int is_up, unsigned type, const uint8_t *payload, size_t n)
{
	uint8_t body[500], *p = be(body, 0xaaaa03000000, 6);

	p = be(p, type, 2);
	memcpy(p, payload, n);
	add(w, is_up ? UP : DOWN, n);
	add(w, is_up ? PACKETS_UP : PACKETS_DOWN, 1);
	add_client(w);
	air(w, is_up ? 0x0108 : 0x0208, body, n + 8, 0);
}

static size_t
udp(uint8_t *out, unsigned from, unsigned to, size_t n)
{
	uint8_t *p = be(out, 0x45000000 | (28 + n), 4);

	p = be(p, 0, 4);
	p = be(p, 0x40110000, 4);
	p = be(be(p, 0x0a010203, 4), 0x08080808, 4);
	be(be(be(p, from, 2), to, 2), (8 + n) << 16, 4);
	return 28 + n;
}

/* ---- events ---- */

static void
traffic(struct world *w)
{
	uint8_t p[400] = {0};

	for (unsigned i = draw(4) + 1; i > 0; i--) {
		size_t n = udp(p, 40001, 40002, draw(300));

		data(w, draw(3) == 0, 0x0800, p, n);
	}
}

/* What its last frame was is sent again. */
static void
copy(struct world *w)
{
	uint8_t body[100];
	uint8_t *p = be(body, 0xaaaa03000000, 6);
	size_t n;

	p = be(p, 0x0800, 2);
	n = udp(p, 40001, 40002, 20);
	memset(p + 28, 0, 20);
	add(w, UP, n);
	add(w, PACKETS_UP, 1);
	add_client(w);
	air(w, 0x0108, body, n + 8, 0);
	add(w, COPIES, 1);
	air(w, 0x0108, body, n + 8, 1);
}

static size_t
elements(uint8_t *out, unsigned generation)
{
	static const uint8_t rates[] = {0, 4, 'C', 'i', 't', 'y', 1, 4, 0x8c, 0x98, 0xb0, 0x48};
	uint8_t *p = out;

	memcpy(p, rates, sizeof(rates));
	p += sizeof(rates);
	memset(p, 0, 200);
	if (generation == WIFI_4 || generation == WIFI_5)
		p = be(p, 0x2d1a, 2) + 26;
	if (generation == WIFI_5)
		p = be(p, 0xbf0c, 2) + 12;
	if (generation >= WIFI_6)
		p = be(p, 0xff1623, 3) + 21;
	if (generation == WIFI_6E)
		p = be(p, 0xff033b, 3) + 2;
	if (generation == WIFI_7)
		p = be(p, 0xff0c6c, 3) + 11;
	return (size_t)(p - out);
}

static void
associate(struct world *w, uint64_t current, unsigned status)
{
	unsigned generation = WIFI_3 + draw(5);
	uint8_t body[300], *p = be(body, 0x01000a00, 4);

	if (current != 0)
		p = be(p, current, 6);
	p += elements(p, generation);
	manage(w, current != 0 ? 0x20 : 0x00, 1, body, (size_t)(p - body));
	p = be(body, 0x01000000 | status << 8, 4);
	p = be(p, 0x01c0, 2);
	if (status == 0) {
		add(w, ASSOCIATIONS, 1);
		add(w, REASSOCIATIONS, current != 0);
		add(w, GENERATION + generation, 1);
		add_client(w);
		at_ap[w->client] = w->ap;
	} else {
		add(w, REFUSALS, 1);
	}
	manage(w, current != 0 ? 0x30 : 0x10, 0, body, (size_t)(p - body));
}

static void
farewell(struct world *w, int is_disassociation, unsigned reason)
{
	const uint8_t body[2] = {(uint8_t)reason, 0};

	add(w, is_disassociation ? DISASSOCIATIONS : DEAUTHENTICATIONS, 1);
	manage(w, is_disassociation ? 0xa0 : 0xc0, is_disassociation, body, sizeof(body));
}

static void
come(struct world *w)
{
	associate(w, 0, draw(8) == 0 ? 17 : 0);
}

/* From where it was to another one; or sent away, and let in elsewhere at once. */
static void
roam(struct world *w)
{
	unsigned from = w->ap, to = (from + 1 + draw(APS - 1)) % APS;
	uint64_t current = draw(2) ? bssid(from) : 0;

	if (current == 0)
		farewell(w, 0, 3);
	w->ap = to;
	add(w, ROAMS, 1);
	associate(w, current, 0);
}

static void
leave(struct world *w)
{
	farewell(w, draw(2) == 0, 8);
}

static void
authenticate(struct world *w)
{
	uint8_t body[6] = {0, 0, 1, 0, 0, 0};
	int failed = draw(4) == 0;

	manage(w, 0xb0, 1, body, sizeof(body));
	body[2] = 2;
	body[4] = failed ? 17 : 0;
	add(w, failed ? AUTH_FAILED : AUTH_DONE, 1);
	manage(w, 0xb0, 0, body, sizeof(body));
}

static void
eap(struct world *w, int is_up, unsigned code, unsigned method)
{
	uint8_t p[9] = {1, 0, 0, 5, (uint8_t)code, 1, 0, 5, (uint8_t)method};
	size_t n = method != 0 ? 9 : 8;

	p[3] = p[7] = (uint8_t)(n - 4);
	data(w, is_up, 0x888e, p, n);
}

static void
login(struct world *w)
{
	int failed = draw(4) == 0;

	eap(w, 0, 1, 1);
	eap(w, 1, 2, 1);
	eap(w, 0, 1, 25);
	eap(w, 1, 2, 25);
	add(w, failed ? EAP_FAILED : EAP_DONE, 1);
	eap(w, 0, failed ? 4 : 3, 0);
}

static void
key_message(struct world *w, int is_up, unsigned info, unsigned octets)
{
	uint8_t p[120] = {2, 3, 0, (uint8_t)(95 + octets), 2};

	be(p + 5, info, 2);
	be(p + 97, octets, 2);
	data(w, is_up, 0x888e, p, 99 + octets);
}

static void
handshake(struct world *w)
{
	key_message(w, 0, 0x008a, 0);
	key_message(w, 1, 0x010a, 16);
	if (draw(4) == 0) {
		add(w, SHAKE_FAILED, 1);
		farewell(w, 0, 15);
		return;
	}
	key_message(w, 0, 0x13ca, 16);
	add(w, SHAKE_DONE, 1);
	key_message(w, 1, 0x030a, 0);
}

static void
dhcp_message(struct world *w, unsigned type, uint32_t xid, int is_answer)
{
	uint8_t p[300] = {0}, *m = p + 28;
	size_t n = udp(p, is_answer ? 67 : 68, is_answer ? 68 : 67, 244);

	be(m, 0x01010600 | (is_answer ? 0x02000000 - 0x01000000 : 0), 4);
	m[0] = is_answer ? 2 : 1;
	be(m + 4, xid, 4);
	be(m + 28, station(w->client), 6);
	be(m + 236, 0x63825363, 4);
	be(m + 240, 0x350100ff | type << 8, 4);
	data(w, !is_answer, 0x0800, p, n);
}

static void
dhcp(struct world *w)
{
	uint32_t xid = draw(1 << 30) + 1;
	int failed = draw(5) == 0;
	int64_t begun_us = w->now_us;

	dhcp_message(w, 1, xid, 0);
	dhcp_message(w, 2, xid, 1);
	dhcp_message(w, 3, xid, 0);
	w->now_us += draw(20000);
	add(w, failed ? DHCP_FAILED : DHCP_DONE, 1);
	add(w, DHCP_US, failed ? 0 : (uint64_t)(w->now_us - begun_us));
	dhcp_message(w, failed ? 6 : 5, xid, 1);
}

static uint8_t *
attribute(uint8_t *p, unsigned type, uint32_t v)
{
	return be(be(be(p, type, 1), 6, 1), v, 4);
}

static void
account_message(struct world *w, unsigned status, uint32_t id, uint64_t down, uint64_t up)
{
	uint8_t frame[300], text[18], *ip = be(be(frame, 0x020000000b01, 6), 0x020000000a02, 6);
	uint8_t *udp_at, *m, *p;
	char called[32];

	ip = be(ip, 0x0800, 2);
	udp_at = ip + 20;
	m = udp_at + 8;
	p = m + 20;
	memset(m, 0, 20);
	p = attribute(p, 40, status);
	p = attribute(p, 4, 0xc0000201);
	p = attribute(p, 42, (uint32_t)up);
	p = attribute(p, 52, (uint32_t)(up >> 32));
	p = attribute(p, 43, (uint32_t)down);
	p = attribute(p, 53, (uint32_t)(down >> 32));
	p = attribute(p, 46, status == RADIUS_START ? 0 : status == RADIUS_INTERIM ? 60 : 120);
	p = be(be(be(p, 44, 1), 6, 1), id, 4);
	snprintf(called, sizeof(called), "02-11-00-00-00-%02X", w->ap);
	memcpy(text, called, 17);
	p = be(be(p, 30, 1), 19, 1);
	memcpy(p, text, 17);
	p += 17;
	be(m, 0x04000000 | (uint32_t)(p - m), 4);
	udp(ip, 40000, 1813, (size_t)(p - m));
	take(w, DLT_EN10MB, frame, (size_t)(p - frame));
	w->now_us += 1000;
}

static void
account(struct world *w)
{
	static uint32_t id;
	uint64_t down = (uint64_t)draw(1 << 30) * 9, up = draw(1 << 30);

	id++;
	account_message(w, RADIUS_START, id, 0, 0);
	account_message(w, RADIUS_INTERIM, id, down / 2, up / 3);
	account_message(w, RADIUS_INTERIM, id, down / 2, up / 3); /* sent again */
	account_message(w, RADIUS_STOP, id, down, up);
	add(w, RADIUS_STARTED, 1);
	add(w, RADIUS_DOWN, down);
	add(w, RADIUS_UP, up);
}

/* ---- what is told ---- */

static void
figures_told(uint64_t got[FIGURES], const struct ap_line *line)
{
	const struct figures *f = line->figures;
	const struct figures_exchange *x = f->exchange;

	got[DOWN] = line->t.octets_down;
	got[UP] = line->t.octets_up;
	got[PACKETS_DOWN] = line->t.packets_down;
	got[PACKETS_UP] = line->t.packets_up;
	got[ASSOCIATIONS] = line->t.associations;
	got[REASSOCIATIONS] = f->reassociations;
	got[ROAMS] = f->roams;
	got[REFUSALS] = line->t.refusals;
	got[DEAUTHENTICATIONS] = line->t.deauthentications;
	got[DISASSOCIATIONS] = line->t.disassociations;
	got[COPIES] = line->t.copies;
	got[AUTH_DONE] = x[EXCHANGE_AUTHENTICATION].step[EXCHANGE_DONE];
	got[AUTH_FAILED] = x[EXCHANGE_AUTHENTICATION].step[EXCHANGE_FAILED];
	got[EAP_DONE] = x[EXCHANGE_EAP].step[EXCHANGE_DONE];
	got[EAP_FAILED] = x[EXCHANGE_EAP].step[EXCHANGE_FAILED];
	got[SHAKE_DONE] = x[EXCHANGE_HANDSHAKE].step[EXCHANGE_DONE];
	got[SHAKE_FAILED] = x[EXCHANGE_HANDSHAKE].step[EXCHANGE_FAILED];
	got[DHCP_DONE] = x[EXCHANGE_DHCP].step[EXCHANGE_DONE];
	got[DHCP_FAILED] = x[EXCHANGE_DHCP].step[EXCHANGE_FAILED];
	got[DHCP_US] = x[EXCHANGE_DHCP].sum_us;
	got[RADIUS_DOWN] = f->radius.octets_down;
	got[RADIUS_UP] = f->radius.octets_up;
	got[RADIUS_STARTED] = f->radius.started;
	memcpy(got + GENERATION, f->generation, sizeof(f->generation));
}

static void
on_ap(void *ctx, const struct interval *iv, const struct ap_line *line)
{
	struct world *w = ctx;
	unsigned minute = (unsigned)((iv->from_us - T0) / (60 * S)), clients = 0;
	const struct truth *t;
	uint64_t got[FIGURES];

	if (!line->mapped)
		return;
	t = &truth[minute][atoi(line->name + 2)];
	figures_told(got, line);
	for (unsigned i = 0; i < FIGURES; i++)
		ck_assert_msg(got[i] == t->figure[i], "minute %u, %s, figure %u: %llu, not %llu",
		    minute, line->name, i, (unsigned long long)got[i],
		    (unsigned long long)t->figure[i]);
	for (unsigned i = 0; i < CLIENTS; i++)
		clients += t->is_client[i];
	ck_assert_msg(line->clients == clients, "minute %u, %s: %d clients, not %u", minute,
	    line->name, (int)line->clients, clients);
	w->told++;
}

static void
on_end(void *ctx, const struct interval *iv)
{
	(void)ctx;
	(void)iv;
}

static void
setup(struct world *w)
{
	static const struct count_options o = {.interval_s = 60};
	const struct count_sink sink = {.ctx = w, .ap = on_ap, .end = on_end};
	char text[64 * APS] = "key,value,ap\n";
	struct diag d = {""};
	size_t n = strlen(text);

	for (unsigned i = 0; i < APS; i++)
		n += (size_t)snprintf(
		    text + n, sizeof(text) - n, "bssid,02:11:00:00:00:%02x,AP%u\n", i, i);
	ck_assert_int_eq(pseudonyms_new(&w->key, &d), KK_OK);
	ck_assert_msg(map_over("map", text, n, w->key, &w->map, &d) == KK_OK, "%s", d.text);
	w->dec = decoder_new(w->key);
	w->count = count_new(&o, w->map, &sink);
	ck_assert(w->dec != NULL && w->count != NULL);
	count_start(w->count, T0);
}

START_TEST(half_an_hour)
{
	static const struct {
		void (*make)(struct world *w);
		unsigned pause_s; /* of the client, before anything else but traffic of it */
	} events[] = {{traffic, 0}, {traffic, 0}, {traffic, 0}, {copy, 0}, {come, 11}, {roam, 11},
	    {leave, 11}, {authenticate, 11}, {login, 11}, {handshake, 11}, {dhcp, 11},
	    {account, 0}};
	struct world w = {.dec = NULL};
	uint64_t associations = 0;
	unsigned made = 0;

	setup(&w);
	for (unsigned i = 0; i < CLIENTS; i++)
		at_ap[i] = draw(APS);
	for (int64_t t = T0; t < T0 + MINUTES * 60 * S; t += STEP_US) {
		unsigned which = draw(ROWS(events));

		if (t < w.now_us || (t - T0) % (60 * S) > 59 * S)
			continue; /* no event goes over a minute's end */
		w.client = draw(CLIENTS);
		w.ap = at_ap[w.client];
		if (events[which].pause_s > 0 && busy_until[w.client] > t)
			continue;
		w.now_us = t;
		events[which].make(&w);
		if (events[which].pause_s > 0)
			busy_until[w.client] = t + events[which].pause_s * S;
		made++;
	}
	count_finish(w.count, T0 + MINUTES * 60 * S);
	/* Each access point was heard in the first minute, so that none is left out. */
	ck_assert_int_eq(w.told, MINUTES * APS);
	for (int m = 0; m < MINUTES; m++)
		for (int a = 0; a < APS; a++)
			associations += truth[m][a].figure[ASSOCIATIONS];
	ck_assert_uint_eq(count_totals(w.count)->associations, associations);
	ck_assert_uint_gt(associations, 5000);
	printf("%u events, %llu packets, %llu associations\n", made,
	    (unsigned long long)count_totals(w.count)->packets, (unsigned long long)associations);
	count_free(w.count);
	map_free(w.map);
	decoder_free(w.dec);
	pseudonyms_free(w.key);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("mix");
	TCase *tc = tcase_create("mix");

	tcase_set_timeout(tc, 300);
	tcase_add_test(tc, half_an_hour);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
