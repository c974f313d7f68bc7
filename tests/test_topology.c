/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "topology/topology.h"

#include "tests/harness.h"

#define DEVICES 16
#define TOLD	40
#define NOW_S	1700000000

/* A small city in a line of text.
 *   inventory  "ID:KIND[:UPLINK[:UPLINK2]]", KIND of n(ode), s(witch), a(p)
 *   told       "A.PORT>B.PORT"  by LLDP, B's chassis id is its MAC; "?NAME" in place of B: a
 * stranger "A.PORT~B/N"     B's MAC on a port of A's bridge with N addresses "A!"             A
 * tells its (empty) LLDP table, "A!~" its bridge table "A@"             what A tells is old */
struct city {
	struct device device[DEVICES];
	size_t n_devices;
	struct neighbour row[TOLD];
	struct reporter reporter[DEVICES];
	struct neighbours told;
	char text[4096], mac[DEVICES][20];
};

static uint32_t
number(const struct city *c, const char *id)
{
	for (size_t i = 0; i < c->n_devices; i++)
		if (strcmp(c->device[i].id, id) == 0)
			return c->device[i].num;
	return 0;
}

/* The next part of a text that is cut up. */
static char *
part(char **rest, const char *ends)
{
	char *at = strsep(rest, ends);

	return at != NULL ? at : "";
}

static void
read_inventory(struct city *c, char *text)
{
	for (char *word; (word = strsep(&text, " ")) != NULL;) {
		struct device *d = &c->device[c->n_devices];
		size_t i = c->n_devices++;
		const char *id = part(&word, ":"), *kind = part(&word, ":");

		snprintf(c->mac[i], sizeof(c->mac[i]), "02:00:00:00:00:%02x", (unsigned)i + 1);
		*d = (struct device){.num = (uint32_t)i + 1,
		    .id = id,
		    .name = "",
		    .kind = *kind == 'n'   ? KIND_NODE
			    : *kind == 's' ? KIND_SWITCH
					   : KIND_AP,
		    .mac = c->mac[i],
		    .host = ""};
		d->uplink = part(&word, ":");
		d->uplink2 = part(&word, ":");
	}
}

static struct reporter *
reporter(struct city *c, uint32_t num)
{
	ck_assert_uint_ne(num, 0);
	c->reporter[num - 1].device = num;
	c->reporter[num - 1].chassis = c->reporter[num - 1].name = "";
	return &c->reporter[num - 1];
}

static void
read_row(struct city *c, char *word)
{
	int lldp = strchr(word, '>') != NULL, stranger;
	char *from = part(&word, "."), *port = part(&word, ">~"), *to = part(&word, "./");
	uint32_t num = number(c, from), far;
	struct neighbour *n = &c->row[c->told.n++];

	stranger = to[0] == '?';
	far = stranger ? 0 : number(c, to);
	*n = (struct neighbour){.device = num,
	    .via = lldp ? VIA_LLDP : VIA_BRIDGE,
	    .chassis_type = stranger ? CHASSIS_LOCAL : CHASSIS_MAC,
	    .chassis = stranger	 ? to
		       : far > 0 ? c->mac[far - 1]
				 : "",
	    .far_type = PORT_NAME,
	    .port = port,
	    .far_port = lldp ? part(&word, " ") : "",
	    .far_descr = "",
	    .name = "",
	    .address = ""};
	if (lldp) {
		reporter(c, num)->lldp_s = NOW_S - 60;
	} else {
		n->crowd = (uint32_t)atoi(part(&word, " "));
		reporter(c, num)->bridge_s = NOW_S - 60;
	}
}

static int
by_device(const void *x, const void *y)
{
	const struct neighbour *p = x, *q = y;
	int port = strcmp(p->port, q->port);

	if (p->device != q->device)
		return p->device < q->device ? -1 : 1;
	if (p->via != q->via)
		return p->via - q->via;
	return port != 0 ? port : strcmp(p->chassis, q->chassis);
}

static void
read_told(struct city *c, char *text)
{
	size_t n = 0;

	for (char *word; (word = strsep(&text, " ")) != NULL;) {
		char *mark = strpbrk(word, "!@");

		if (word[0] == '\0')
			continue;
		if (mark == NULL) {
			read_row(c, word);
			continue;
		}
		int old = *mark == '@', bridge = mark[1] == '~';

		*mark = '\0';
		if (bridge)
			reporter(c, number(c, word))->bridge_s = NOW_S;
		else
			reporter(c, number(c, word))->lldp_s =
			    NOW_S - (old ? TOPOLOGY_OLD_S + 1 : 0);
	}
	qsort(c->row, c->told.n, sizeof(c->row[0]), by_device);
	for (size_t i = 0; i < c->n_devices; i++)
		if (c->reporter[i].device != 0)
			c->reporter[n++] = c->reporter[i];
	c->told.n_reporters = n;
	c->told.reporter = c->reporter;
	c->told.row = c->row;
}

static void
make_city(struct city *c, const char *inventory, const char *told)
{
	size_t half = sizeof(c->text) / 2;

	memset(c, 0, sizeof(*c));
	snprintf(c->text, half, "%s", inventory);
	snprintf(c->text + half, half, "%s", told);
	read_inventory(c, c->text);
	read_told(c, c->text + half);
}

static const char *
name(const struct device *d)
{
	return d != NULL ? d->id : "-";
}

/* What was found but what agrees: "ID verdict TOLD>SEEN". */
static const char *
found(const struct city *c)
{
	static char text[2048];
	struct topology_view v = {
	    .device = c->device, .n_devices = c->n_devices, .told = &c->told, .now_s = NOW_S};
	struct topology *t;
	size_t n, at = 0;
	const struct topology_finding *f;

	ck_assert_int_eq(topology_make(&v, &t), KK_OK);
	f = topology_findings(t, &n);
	text[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		if (f[i].verdict == TOPOLOGY_AGREES)
			continue;
		ck_assert_uint_lt(at, sizeof(text) - 100);
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s%s %s %s>%s",
		    at ? ", " : "", f[i].device != NULL ? f[i].device->id : f[i].by->chassis,
		    f[i].second ? "'" : "", topology_verdict_name(f[i].verdict), name(f[i].told),
		    name(f[i].seen));
	}
	topology_free(t);
	return text;
}

#define TREE "N1:n S1:s:N1 S2:s:N1 a1:a:S1 a2:a:S1 a3:a:S2"
/* What the tree tells: both ends of the trunks, the switches alone of the access points. */
#define TRUNKS "N1.1>S1.24 N1.2>S2.24 S1.24>N1.1 S2.24>N1.2"
#define RING5  "N1:n S1:s:N1 S2:s:S1 S3:s:S2 S4:s:S3"

static const struct {
	const char *why, *inventory, *told, *want;
} cities[] = {
    {"nobody tells anything", TREE, "",
	"S1 unknown N1>-, S2 unknown N1>-, a1 unknown S1>-, a2 unknown S1>-, a3 unknown S2>-"},
    {"as told", TREE, TRUNKS " S1.1>a1.eth0 S1.2>a2.eth0 S2.1>a3.eth0", ""},
    {"what is old is not listened to", TREE, TRUNKS " S1.1>a1.eth0 S1.2>a2.eth0 S2.1>a3.eth0 S2@",
	"a3 unknown S2>-"},
    {"an access point at another switch", TREE, TRUNKS " S1.1>a1.eth0 S2.1>a3.eth0 S2.2>a2.eth0",
	"a2 differs S1>S2"},
    {"two changed places", TREE, TRUNKS " S1.1>a1.eth0 S1.2>a3.eth0 S2.1>a2.eth0",
	"a2 differs S1>S2, a3 differs S2>S1"},
    {"a switch at another switch", TREE,
	"N1.1>S1.24 S1.24>N1.1 S1.23>S2.24 S2.24>S1.23 S1.1>a1.eth0 "
	"S1.2>a2.eth0 S2.1>a3.eth0",
	"S2 differs N1>S1"},
    {"one end silent: the upper", "N1:n S1:s:N1 S2:s:N1", "S1.24>N1.1 S2.24>N1.2", ""},
    {"one end silent: the lower", "N1:n S1:s:N1 S2:s:N1", "N1.1>S1.24 N1.2>S2.24", ""},
    {"one end silent, and elsewhere", "N1:n S1:s:N1 S2:s:N1", "N1.1>S1.24 S1.23>S2.24",
	"S2 differs N1>S1"},
    {"an access point that tells it itself", "N1:n S1:s:N1 a1:a:S1", "a1.eth0>S1.1 N1.1>S1.24", ""},
    {"not seen, though others are", TREE, TRUNKS " S1.1>a1.eth0 S2.1>a3.eth0", "a2 not_seen S1>-"},
    {"access points that speak no LLDP", TREE, TRUNKS,
	"a1 unknown S1>-, a2 unknown S1>-, a3 unknown S2>-"},
    {"a trunk that both should see", "N1:n S1:s:N1", "N1! S1!", "S1 not_seen N1>-"},
    {"a stranger", "N1:n S1:s:N1", "N1.1>S1.24 S1.3>?printer.eth0", "?printer missing ->S1"},
    {"no uplink told, but seen", "N1:n S1:s:N1 S2:s a1:a", "N1.1>S1.24 N1.2>S2.24 S2.1>a1.eth0",
	"S2 differs ->N1, a1 differs ->S2"},
    {"an uplink that nobody knows", "N1:n S1:s:N9 a1:a:S1", "N1.1>S1.24 S1.1>a1.eth0",
	"S1 differs ->N1"},
    /* Rings. */
    {"a ring as told", "N1:n S1:s:N1 S2:s:S1:N1", "N1.1>S1.1 S1.2>S2.1 S2.2>N1.2", ""},
    {"a ring that is closed, and not told", "N1:n S1:s:N1 S2:s:S1", "N1.1>S1.1 S1.2>S2.1 S2.2>N1.2",
	"S2' ring ->N1"},
    {"a ring that is open", "N1:n S1:s:N1 S2:s:S1:N1", "N1.1>S1.1 S1.2>S2.1 S2.1>S1.2",
	"S2' not_seen N1>-"},
    {"a ring cut at its uplink", "N1:n S1:s:N1 S2:s:S1:N1", "N1! S1.2>S2.1 S2.2>N1.2 S2.1>S1.2",
	"S1 not_seen N1>-"},
    {"a long ring, not told", RING5, "N1.1>S1.1 S1.2>S2.1 S2.2>S3.1 S3.2>S4.1 S4.2>N1.2",
	"S4' ring ->N1"},
    {"a long ring that was cut in the middle and not told", RING5,
	"N1.1>S1.1 S1.2>S2.1 S2! S3.2>S4.1 S4.2>N1.2", "S3 not_seen S2>-, S4' ring ->N1"},
    {"two rings around a cut", "N1:n S1:s:N1 S2:s:S1 S3:s:S1",
	"N1! S1.1>S2.1 S1.2>S3.1 S2.2>N1.2 S3.2>N1.3",
	"S1 not_seen N1>-, S2' ring ->N1, S3' ring ->N1"},
    {"a third way up", "N1:n N2:n:N1 S1:s:N1:N2 S2:s:N1",
	"N1.1>S1.1 N1.2>S2.1 N1.3>N2.1 N2.2>S1.2 S2.3>S1.3", "S2' ring ->S1"},
    {"nodes in a ring, nothing told", "N1:n N2:n N3:n", "N1.1>N2.2 N2.1>N3.2 N3.1>N1.2",
	"N2 differs ->N1, N3 differs ->N1, N3' ring ->N2"},
    {"a moved switch brings its own along", "N1:n N2:n:N1 S1:s:N1 S2:s:S1 a1:a:S2",
	"N1.1>N2.1 N2.3>S1.1 S1.2>S2.1 S2.2>a1.eth0", "S1 differs N1>N2"},
    {"two tops, one with a name for it", "N1:n N2:n N3:n:N2", "N1.1>N3.1 N3.2>N2.1",
	"N1 differs ->N3"},
    /* What disagrees. */
    {"the other end knows better", "N1:n S1:s:N1 S2:s:N1", "N1.1>S1.24 S2.24>N1.1 N1.2>?x.1",
	"S2 contradictory N1>N1, ?x missing ->N1"},
    {"the other end does not know whom it sees", "N1:n S2:s:N1", "N1.1>?x.1 S2.24>N1.1",
	"?x missing ->N1"},
    {"one access point at two switches", TREE,
	TRUNKS " S1.1>a1.eth0 S2.1>a1.eth0 S1.2>a2.eth0 S2.3>a3.eth0", "a1 contradictory S1>S2"},
    {"one access point with two cables", TREE,
	TRUNKS " S1.1>a1.eth0 S2.1>a1.eth1 S1.2>a2.eth0 S2.3>a3.eth0", "a1' ring ->S2"},
    {"a device that sees itself", "N1:n S1:s:N1", "N1.1>S1.24 S1.3>S1.4 S1.4>S1.3", ""},
    {"two cables between the same two", "N1:n S1:s:N1",
	"N1.1>S1.23 N1.2>S1.24 S1.23>N1.1 S1.24>N1.2", ""},
    {"access points that see one another", "N1:n S1:s:N1 a1:a:S1 a2:a:S1",
	"N1.1>S1.24 S1.1>a1.eth0 S1.2>a2.eth0 a1.eth1>a2.eth1", ""},
    {"an access point behind another", "N1:n S1:s:N1 a1:a:S1 a2:a:a1",
	"N1.1>S1.24 S1.1>a1.eth0 a1.eth1>a2.eth0", ""},
    {"an inventory that goes round", "S1:s:S2 S2:s:S1 a1:a:S1", "S1.1>S2.1 S1.2>a1.eth0", ""},
    /* Bridge tables. */
    {"a bridge table alone", TREE,
	"S1.1~a1/9 S1.2~a2/30 S1.24~a3/200 S1.24~N1/200 S2.1~a3/3 S2.24~a1/180 S2.24~N1/180 "
	"N1.1~S1/70 N1.1~a1/70 N1.1~a2/70 N1.2~S2/40 N1.2~a3/40",
	""},
    {"a bridge table: moved", TREE,
	"S1.1~a1/9 S1.24~a2/200 S1.24~N1/200 S2.1~a3/3 S2.2~a2/30 S2.24~N1/180 N1.1~S1/70 "
	"N1.1~a1/70 "
	"N1.2~S2/40 N1.2~a3/40 N1.2~a2/40",
	"a2 differs S1>S2"},
    {"of two edges the emptier one", TREE, "S1.1~a1/2 S2.7~a1/90 S1.2~a2/2 S2.1~a3/2",
	"S1 unknown N1>-, S2 unknown N1>-"},
    {"two edges that are equal tell nothing", TREE, "S1.1~a1/2 S2.7~a1/2 S1.2~a2/2 S2.1~a3/2",
	"S1 unknown N1>-, S2 unknown N1>-, a1 not_seen S1>-"},
    {"a port that LLDP says leads to a switch is no edge", TREE,
	TRUNKS " S1.24~a1/2 S2.24~a1/5 S2.1~a3/2 S1.1~a2/2", "a1 not_seen S1>-"},
    {"LLDP before the bridge table", TREE, TRUNKS " S1.1>a1.eth0 S2.1~a1/1 S2.1~a3/1 S1.2~a2/3",
	""},
};

START_TEST(small_cities)
{
	static struct city c;

	make_city(&c, cities[_i].inventory, cities[_i].told);
	ck_assert_msg(strcmp(found(&c), cities[_i].want) == 0, "%s:\n  got  %s\n  want %s",
	    cities[_i].why, found(&c), cities[_i].want);
}
END_TEST

/* Who is meant: a device S1 hears something on its port 1. The inventory holds a1 (MAC ...:03, host
 * 192.0.2.3, name "Lobby") and a2 (MAC ...:04, host 192.0.2.4, name "Lobby2"). */
static const struct {
	const char *why;
	struct neighbour n;
	const char *want; /* id, "-" for a stranger */
} known[] = {
    {"by MAC", {.chassis_type = CHASSIS_MAC, .chassis = "02:00:00:00:00:03"}, "a1"},
    {"a MAC as a name is none", {.chassis_type = CHASSIS_LOCAL, .chassis = "02:00:00:00:00:03"},
	"-"},
    {"by the MAC of its port",
	{.chassis_type = CHASSIS_LOCAL,
	    .chassis = "?",
	    .far_type = PORT_MAC,
	    .far_port = "02:00:00:00:00:04"},
	"a2"},
    {"a port's name is no MAC",
	{.chassis_type = CHASSIS_LOCAL,
	    .chassis = "?",
	    .far_type = PORT_NAME,
	    .far_port = "02:00:00:00:00:04"},
	"-"},
    {"by address", {.chassis_type = CHASSIS_ADDRESS, .chassis = "192.0.2.4"}, "a2"},
    {"by management address",
	{.chassis_type = CHASSIS_MAC, .chassis = "06:00:00:00:00:00", .address = "192.0.2.3"},
	"a1"},
    {"by id as a local chassis id", {.chassis_type = CHASSIS_LOCAL, .chassis = "a2"}, "a2"},
    {"by sysName, which is the id",
	{.chassis_type = CHASSIS_MAC, .chassis = "06:00:00:00:00:00", .name = "a1"}, "a1"},
    {"by sysName, which is the name", {.name = "Lobby2"}, "a2"},
    {"by sysName with a domain", {.name = "Lobby.wifi.example"}, "a1"},
    {"the MAC before the name",
	{.chassis_type = CHASSIS_MAC, .chassis = "02:00:00:00:00:03", .name = "a2"}, "a1"},
    {"a name that two have", {.name = "Twin"}, "-"},
    {"a MAC that two have, but a name of its own",
	{.chassis_type = CHASSIS_MAC, .chassis = "02:00:00:00:00:99", .name = "t1"}, "t1"},
    {"by what it says of itself", {.chassis_type = CHASSIS_LOCAL, .chassis = "serial 7"}, "N1"},
    {"nothing at all", {.chassis = ""}, "-"},
    {"formatting and octets",
	{.chassis_type = 99, .chassis = "%s%n\x1b[31m\xff", .name = "%d'; DROP TABLE device; --"},
	"-"},
};

START_TEST(who)
{
	static struct city c;
	struct neighbour *n;
	struct reporter *self;
	const char *got;

	make_city(&c, "N1:n S1:s a1:a a2:a t1:a t2:a", "S1.1>?x.1");
	c.device[2].host = "192.0.2.3";
	c.device[2].name = "Lobby";
	c.device[3].host = "192.0.2.4";
	c.device[3].name = "Lobby2";
	c.device[4].name = c.device[5].name = "Twin";
	c.device[4].mac = c.device[5].mac = "02:00:00:00:00:99";
	self = &c.reporter[c.told.n_reporters++];
	*self = (struct reporter){.device = 1,
	    .chassis_type = CHASSIS_LOCAL,
	    .chassis = "serial 7",
	    .name = "Headquarters"};
	n = &c.row[0];
	*n = known[_i].n;
	n->device = 2;
	n->port = "1";
	n->chassis = n->chassis ? n->chassis : "";
	n->far_port = n->far_port ? n->far_port : "";
	n->name = n->name ? n->name : "";
	n->far_descr = "";
	n->address = n->address ? n->address : "";
	got = found(&c);
	if (strcmp(known[_i].want, "-") == 0)
		ck_assert_msg(strstr(got, "missing ->S1") != NULL, "%s: %s", known[_i].why, got);
	else if (strcmp(known[_i].want, "N1") == 0)
		ck_assert_msg(strcmp(got, "S1 differs ->N1") == 0, "%s: %s", known[_i].why, got);
	else
		ck_assert_msg(
		    strncmp(got, known[_i].want, 2) == 0 && strcmp(got + 2, " differs ->S1") == 0,
		    "%s: %s", known[_i].why, got);
}
END_TEST

/* A great city in a moment: work grows with the links, not with their square. */
START_TEST(large)
{
	enum { N = 20000 };
	struct device *d = calloc(N, sizeof(*d));
	struct neighbour *row = calloc(N, sizeof(*row));
	struct reporter *self = calloc(N, sizeof(*self));
	char(*text)[2][24] = calloc(N, sizeof(*text));
	struct neighbours told = {.reporter = self, .row = row};
	struct topology_view v = {.device = d, .n_devices = N, .told = &told, .now_s = NOW_S};
	const struct topology_finding *f;
	struct topology *t;
	size_t n, differ = 0;

	for (uint32_t i = 0; i < N;
	     i++) { /* each switch has 19 access points; all hang in one line */
		uint32_t up = i % 20 == 0 ? i - 20 : i - i % 20;

		snprintf(text[i][0], sizeof(text[i][0]), "D%05u", i);
		snprintf(text[i][1], sizeof(text[i][1]), "02:00:00:%02x:%02x:%02x", i >> 16,
		    i >> 8 & 255, i & 255);
		d[i] = (struct device){.num = i + 1,
		    .id = text[i][0],
		    .name = "",
		    .mac = text[i][1],
		    .host = "",
		    .kind = i % 20 ? KIND_AP : KIND_SWITCH,
		    .uplink = i ? text[up][0] : "",
		    .uplink2 = ""};
	}
	for (uint32_t s = 0; s < N; s += 20) {
		self[told.n_reporters++] =
		    (struct reporter){.device = s + 1, .chassis = "", .name = "", .lldp_s = NOW_S};
		for (uint32_t k = 1; k <= 20 && s + k < N; k++)
			row[told.n++] = (struct neighbour){.device = s + 1,
			    .port = "p",
			    .chassis_type = CHASSIS_MAC,
			    .chassis = text[s + k][1],
			    .far_port = "",
			    .far_descr = "",
			    .name = "",
			    .address = ""};
	}
	d[777].uplink = text[0][0];
	ck_assert_int_eq(topology_make(&v, &t), KK_OK);
	f = topology_findings(t, &n);
	ck_assert_uint_eq(n, N - 1);
	for (size_t i = 0; i < n; i++)
		differ += f[i].verdict != TOPOLOGY_AGREES;
	ck_assert_uint_eq(differ, 1);
	topology_free(t);
	free(d);
	free(row);
	free(self);
	free(text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("topology");
	TCase *tc = tcase_create("topology");

	tcase_add_loop_test(tc, small_cities, 0, ROWS(cities));
	tcase_add_loop_test(tc, who, 0, ROWS(known));
	tcase_add_test(tc, large);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
