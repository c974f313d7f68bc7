/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/ports/gather.h"
#include "collector/ports/told.h"
#include "tests/harness.h"

static struct facts f;

static void
setup(void)
{
	memset(&f, 0, sizeof(f));
}

static void
teardown(void)
{
	facts_forget(&f);
}

/* "1.2.3" as sub-identifiers. */
static size_t
inst(const char *text, unsigned long out[32])
{
	size_t n = 0;

	for (char *end; *text != '\0'; text = *end == '.' ? end + 1 : end)
		out[n++] = strtoul(text, &end, 10);
	return n;
}

static struct varbind
num(uint8_t type, int64_t n)
{
	return (struct varbind){.type = type, .number = n};
}

static struct varbind
octets(const void *p, size_t len)
{
	return (struct varbind){.type = VB_OCTETS, .octets = p, .len = len};
}

static struct varbind
text(const char *t)
{
	return octets(t, strlen(t));
}

static void
interface(enum interface_column c, unsigned long index, struct varbind vb)
{
	ck_assert_int_eq(gather_interface(&f, c, &index, 1, &vb), KK_OK);
}

static void
optical(enum optical_column c, const char *index, struct varbind vb)
{
	unsigned long sub[32];
	size_t n = inst(index, sub);

	ck_assert_int_eq(gather_optical(&f, c, sub, n, &vb), KK_OK);
}

static void
lldp(enum lldp_column c, const char *index, struct varbind vb)
{
	unsigned long sub[32];
	size_t n = inst(index, sub);

	ck_assert_int_eq(gather_lldp(&f, c, sub, n, &vb), KK_OK);
}

/* Three ports: ge1 (1), ge2 (2), xe1 (1001). */
static void
three_ports(void)
{
	static const struct {
		unsigned long index;
		const char *name;
		int64_t mbps;
	} ports[] = {{1, "ge1", 1000}, {1001, "xe1", 10000}, {2, "ge2", 1000}};

	for (int i = 0; i < ROWS(ports); i++) {
		interface(INTERFACE_NAME, ports[i].index, text(ports[i].name));
		interface(INTERFACE_MBPS, ports[i].index, num(VB_GAUGE32, ports[i].mbps));
		interface(INTERFACE_TYPE, ports[i].index, num(VB_INTEGER, 6));
	}
	gather_named(&f);
}

/* One value of an interface, and what becomes known of it. */
static const struct {
	const char *why;
	enum interface_column column;
	uint8_t type;
	int64_t number;
	unsigned want; /* enum port_known */
} values[] = {
    {"64 bits", INTERFACE_IN, VB_COUNTER64, -1, PORT_HAS_IN},
    {"64 bits that come as 32", INTERFACE_IN, VB_COUNTER32, 5, 0},
    {"32 bits", INTERFACE_OUT32, VB_COUNTER32, 0xffffffff, PORT_HAS_OUT32},
    {"a gauge where a counter belongs", INTERFACE_IN32, VB_GAUGE32, 7, PORT_HAS_IN32},
    {"a counter below 0", INTERFACE_IN32, VB_INTEGER, -7, 0},
    {"up", INTERFACE_OPER, VB_INTEGER, 1, PORT_HAS_OPER},
    {"a state that there is not", INTERFACE_OPER, VB_INTEGER, 8, 0},
    {"a speed", INTERFACE_MBPS, VB_GAUGE32, 400000, PORT_HAS_MBPS},
    {"a speed beyond light", INTERFACE_MBPS, VB_GAUGE32, 4294967295, 0},
    {"errors", INTERFACE_IN_ERRORS, VB_COUNTER32, 3, PORT_HAS_ERRORS_IN},
    {"a text for a number", INTERFACE_OPER, VB_OCTETS, 0, 0},
    {"nothing there", INTERFACE_OPER, VB_NO_INSTANCE, 0, 0},
};

START_TEST(interface_values)
{
	interface(values[_i].column, 7, num(values[_i].type, values[_i].number));
	ck_assert_msg(f.ports.port[0].known == values[_i].want, "%s: known %x", values[_i].why,
	    f.ports.port[0].known);
}
END_TEST

START_TEST(interface_order_and_names)
{
	unsigned long two[] = {1, 2};
	struct varbind vb = text("no");

	three_ports();
	interface(INTERFACE_DESCR, 5, text("only a descr"));
	interface(INTERFACE_OPER, 9, num(VB_INTEGER, 2));
	ck_assert_int_eq(gather_interface(&f, INTERFACE_NAME, two, 2, &vb), KK_OK); /* no ifIndex */
	two[0] = 1UL << 40;
	ck_assert_int_eq(gather_interface(&f, INTERFACE_NAME, two, 1, &vb), KK_OK);
	gather_named(&f);
	ck_assert_uint_eq(f.ports.n, 5);
	ck_assert_str_eq(f.ports.port[0].name, "ge1");
	ck_assert_str_eq(f.ports.port[2].name, "only a descr");
	ck_assert_str_eq(f.ports.port[3].name, "if9");
	ck_assert_str_eq(f.ports.port[4].name, "xe1");
	ck_assert_ptr_eq(ports_named(&f.ports, "xe1"), &f.ports.port[4]);
	ck_assert_ptr_null(ports_named(&f.ports, ""));
	ck_assert_ptr_null(ports_named(&f.ports, "ge"));
}
END_TEST

/* Two ports of one name are two rows of the database. */
START_TEST(twins)
{
	interface(INTERFACE_NAME, 1, text("port"));
	interface(INTERFACE_NAME, 2, text("port"));
	gather_named(&f);
	ck_assert_str_eq(f.ports.port[0].name, "port");
	ck_assert_str_eq(f.ports.port[1].name, "port#2");
}
END_TEST

START_TEST(too_many_ports)
{
	for (unsigned long i = 1; i <= PORTS_MAX + 10; i++)
		interface(INTERFACE_OPER, i, num(VB_INTEGER, 1));
	ck_assert_uint_eq(f.ports.n, PORTS_MAX);
	ck_assert_int_eq(f.ports.cut, 1);
}
END_TEST

/* Light at xe1: one sensor, and what it comes to. 0: nothing is known. */
static const struct {
	const char *why;
	int type, scale, precision, status;
	int64_t value;
	const char *text, *label;
	enum optical_by by;
	int64_t times;
	int32_t want; /* 1/1000 dBm; 0: none */
} lights[] = {
    {"151.4 microwatts", 6, 7, 1, 1, 1514, NULL, "xe1 Rx Power", OPTICAL_BY_PHYSICAL, 0, -8199},
    {"0.8 milliwatts", 6, 8, 1, 1, 8, NULL, "xe1 Rx Power", OPTICAL_BY_PHYSICAL, 0, -969},
    {"no light: not as dark as can be", 6, 7, 1, 1, 0, NULL, "xe1 Rx Power", OPTICAL_BY_PHYSICAL, 0,
	0},
    {"dBm of Cisco", 14, 9, 1, 1, -82, NULL, "xe1 Rx Power", OPTICAL_BY_PHYSICAL, 0, -8200},
    {"a temperature", 8, 9, 0, 1, 40, NULL, "xe1 Rx Power", OPTICAL_BY_PHYSICAL, 0, 0},
    {"a sensor that is broken", 6, 7, 1, 3, 1514, NULL, "xe1 Rx Power", OPTICAL_BY_PHYSICAL, 0, 0},
    {"what it sends", 6, 7, 1, 1, 5000, NULL, "xe1 Tx Power", OPTICAL_BY_PHYSICAL, 0, 0},
    {"brighter than the sun", 6, 9, 0, 1, 5, NULL, "xe1 Rx Power", OPTICAL_BY_PHYSICAL, 0, 0},
    {"a precision that is none", 6, 7, 100, 1, 1514, NULL, "xe1 Rx Power", OPTICAL_BY_PHYSICAL, 0,
	0},
    {"hundredths of dBm", 0, 0, 0, 0, -820, NULL, "Rx Power", OPTICAL_BY_INTERFACE, 10, -8200},
    {"the number for no optic", 0, 0, 0, 0, 2147483647, NULL, "Rx Power", OPTICAL_BY_INTERFACE, 10,
	0},
    {"text of Dasan", 0, 0, 0, 0, 0, "-8.25 dBm", "Rx Power", OPTICAL_BY_INTERFACE, 1000, -8250},
    {"text that is none", 0, 0, 0, 0, 0, "nan", "Rx Power", OPTICAL_BY_INTERFACE, 1000, 0},
    {"text too long", 0, 0, 0, 0, 0, "-8.2500000000000000000000000000000000000000000001",
	"Rx Power", OPTICAL_BY_INTERFACE, 1000, -8250},
    {"by name", 0, 0, 0, 0, -8200, NULL, "xe1", OPTICAL_BY_NAME, 1, -8200},
    {"by a name that nobody has", 0, 0, 0, 0, -8200, NULL, "xe9", OPTICAL_BY_NAME, 1, 0},
};

START_TEST(light)
{
	struct optical_rule rule = {
	    .by = lights[_i].by, .times = lights[_i].times, .n_absent = 1, .absent = {2147483647}};
	const char *at = lights[_i].by == OPTICAL_BY_INTERFACE ? "3.1001" : "11";
	const struct port *p;

	three_ports();
	if (lights[_i].by != OPTICAL_BY_NAME) {
		ck_assert_int_eq(regcomp(&rule.where, "Rx", REG_EXTENDED | REG_NOSUB), 0);
		rule.has_where = 1;
	}
	optical(OPTICAL_RX, at,
	    lights[_i].text ? text(lights[_i].text) : num(VB_INTEGER, lights[_i].value));
	optical(OPTICAL_TYPE, at, num(VB_INTEGER, lights[_i].type));
	if (lights[_i].scale != 0)
		optical(OPTICAL_SCALE, at, num(VB_INTEGER, lights[_i].scale));
	optical(OPTICAL_PRECISION, at, num(VB_INTEGER, lights[_i].precision));
	if (lights[_i].status != 0)
		optical(OPTICAL_STATUS, at, num(VB_INTEGER, lights[_i].status));
	optical(OPTICAL_LABEL, at, text(lights[_i].label));
	optical(OPTICAL_PARENT, at, num(VB_INTEGER, 10));
	optical(OPTICAL_LABEL, "10", text("xe1"));
	gather_light(&f, &rule);
	if (rule.has_where)
		regfree(&rule.where);
	p = ports_named(&f.ports, "xe1");
	if (lights[_i].want == 0)
		ck_assert_msg(!(p->known & PORT_HAS_RX), "%s: got %d", lights[_i].why, p->rx_mdbm);
	else
		ck_assert_msg((p->known & PORT_HAS_RX) && p->rx_mdbm == lights[_i].want,
		    "%s: got %d", lights[_i].why, (p->known & PORT_HAS_RX) ? p->rx_mdbm : 0);
}
END_TEST

/* The mapping of ENTITY-MIB before names; lanes of one optic: the darkest. */
START_TEST(light_by_alias)
{
	static const unsigned long if_2[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 1, 2};
	struct varbind alias = {.type = VB_OID, .oid = if_2, .len = 11};
	struct optical_rule rule = {.by = OPTICAL_BY_PHYSICAL, .times = 10};

	three_ports();
	optical(OPTICAL_RX, "21", num(VB_INTEGER, -500));
	optical(OPTICAL_RX, "22", num(VB_INTEGER, -900));
	optical(OPTICAL_PARENT, "21", num(VB_INTEGER, 20));
	optical(OPTICAL_PARENT, "22", num(VB_INTEGER, 20));
	optical(OPTICAL_PARENT, "20", num(VB_INTEGER, 22)); /* goes round */
	optical(OPTICAL_ALIAS, "20.0", alias);
	ck_assert_uint_eq(gather_light(&f, &rule), 2);
	ck_assert_int_eq(ports_find(&f.ports, 2)->rx_mdbm, -9000);
	ck_assert_uint_eq(f.sensors.n, 0);
}
END_TEST

START_TEST(sensors_that_go_round)
{
	struct optical_rule rule = {.by = OPTICAL_BY_PHYSICAL, .times = 10};

	three_ports();
	optical(OPTICAL_RX, "1", num(VB_INTEGER, -500));
	optical(OPTICAL_PARENT, "1", num(VB_INTEGER, 2));
	optical(OPTICAL_PARENT, "2", num(VB_INTEGER, 1));
	ck_assert_uint_eq(gather_light(&f, &rule), 0);
}
END_TEST

START_TEST(power)
{
	static const unsigned long port_1[] = {1, 1}, port_7[] = {1, 7}, group_2[] = {2, 1},
				   one[] = {1}, two[] = {2};
	struct varbind vb = num(VB_INTEGER, 3), bad = num(VB_INTEGER, 9),
		       watts = num(VB_GAUGE32, 370);

	three_ports();
	gather_poe(&f, POE_STATUS, POE_BY_NUMBER, port_1, 2, &vb);
	gather_poe(&f, POE_STATUS, POE_BY_NUMBER, port_7, 2, &vb); /* there is no port 7 */
	ck_assert_uint_eq(
	    ports_named(&f.ports, "ge1")->poe, 3); /* not xe1, whose number is 1, too */
	ck_assert(!(ports_named(&f.ports, "xe1")->known & PORT_HAS_POE));
	gather_poe(&f, POE_STATUS, POE_BY_NUMBER, group_2, 2, &bad);
	gather_poe(&f, POE_STATUS, POE_BY_NUMBER, port_1, 2, &bad);
	ck_assert_uint_eq(ports_named(&f.ports, "ge1")->poe, 3);
	gather_poe(&f, POE_STATUS, POE_BY_INDEX, (const unsigned long[]){1, 2}, 2, &vb);
	ck_assert_uint_eq(ports_named(&f.ports, "ge2")->poe, 3);
	gather_poe(&f, POE_SUPPLY, POE_BY_NUMBER, one, 1, &watts);
	gather_poe(&f, POE_SUPPLY, POE_BY_NUMBER, two, 1, &watts);
	ck_assert_uint_eq(f.supply_w, 740);
	ck_assert_int_eq(f.has_used, 0);
}
END_TEST

/* ---- neighbours ---- */

/* All that is told: "port chassis far_port name address crowd;". */
static const char *
told(void)
{
	static char out[2048];
	struct told t;
	size_t at = 0;

	ck_assert_int_eq(told_make(&f, &t), KK_OK);
	out[0] = '\0';
	for (size_t i = 0; i < t.n; i++)
		at += (size_t)snprintf(out + at, sizeof(out) - at, "%s|%s|%s|%s|%s|%x|%u;",
		    t.row[i].port, t.row[i].chassis, t.row[i].far_port, t.row[i].name,
		    t.row[i].address, t.row[i].does, (unsigned)t.row[i].crowd);
	told_free(&t);
	return out;
}

/* One neighbour at LLDP's port 1001: subtypes, ids, and how they read. */
static const struct {
	const char *why;
	int chassis_type;
	const char *chassis;
	size_t chassis_len;
	int port_type;
	const char *port;
	size_t port_len;
	const char *want; /* chassis|far_port */
} ids[] = {
    {"MACs", 4, "\x02\x4b\x00\x00\x00\x01", 6, 3, "\x02\x4b\x00\x00\x00\x02", 6,
	"02:4b:00:00:00:01|02:4b:00:00:00:02"},
    {"a MAC as text", 4, "02-4B-00-00-00-01", 17, 5, "Gi1/0/1", 7, "02:4b:00:00:00:01|Gi1/0/1"},
    {"as Cisco writes it", 4, "024b.0000.0001", 14, 7, "7", 1, "02:4b:00:00:00:01|7"},
    {"a MAC that is none", 4, "hello", 5, 5, "eth0", 4, "hello|eth0"},
    {"an address", 5, "\x01\xc0\x00\x02\x07", 5, 4, "\x01\xc0\x00\x02\x08", 5,
	"192.0.2.7|192.0.2.8"},
    {"IPv6", 5, "\x02\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01", 17, 5,
	"eth0", 4, "2001:db8::1|eth0"},
    {"local", 7, "serial 7", 8, 7, "port-a", 6, "serial 7|port-a"},
    {"Korean", 7, "\xec\x84\x9c\xec\x9a\xb8", 6, 5, "eth0", 4, "서울|eth0"},
    {"controls", 7, "a\x1b[2Jb", 6, 5, "x\ny", 3, "a [2Jb|x y"},
    {"nothing", 7, "", 0, 7, "", 0, "|"},
};

START_TEST(lldp_ids)
{
	char want[128];

	three_ports();
	lldp(LLDP_FAR_CHASSIS_TYPE, "0.1001.1", num(VB_INTEGER, ids[_i].chassis_type));
	lldp(LLDP_FAR_CHASSIS, "0.1001.1", octets(ids[_i].chassis, ids[_i].chassis_len));
	lldp(LLDP_FAR_PORT_TYPE, "0.1001.1", num(VB_INTEGER, ids[_i].port_type));
	lldp(LLDP_FAR_PORT, "0.1001.1", octets(ids[_i].port, ids[_i].port_len));
	snprintf(want, sizeof(want), "xe1|%s|||0|0;", ids[_i].want);
	ck_assert_msg(strcmp(told(), want) == 0, "%s: %s", ids[_i].why, told());
}
END_TEST

/* How LLDP numbers its own ports. */
static const struct {
	const char *why;
	int type;
	const char *id;
	size_t len;
	const char *descr, *want;
} own_ports[] = {
    {"by name", 5, "ge2", 3, "", "ge2"},
    {"by MAC", 3, "\x02\x00\x00\x00\x00\x02", 6, "", "ge2"},
    {"by an id of its own, described", 7, "slot 1", 6, "ge2", "ge2"},
    {"by nothing that anybody knows", 7, "slot 1", 6, "front", "slot 1"},
    {"without an id", 0, "", 0, "", "port 17"},
};

START_TEST(lldp_own_ports)
{
	three_ports();
	interface(INTERFACE_MAC, 2, octets("\x02\x00\x00\x00\x00\x02", 6));
	lldp(LLDP_PORT_TYPE, "17", num(VB_INTEGER, own_ports[_i].type));
	lldp(LLDP_PORT_ID, "17", octets(own_ports[_i].id, own_ports[_i].len));
	lldp(LLDP_PORT_DESCR, "17", text(own_ports[_i].descr));
	lldp(LLDP_FAR_NAME, "0.17.1", text("far"));
	ck_assert_msg(strncmp(told(), own_ports[_i].want, strlen(own_ports[_i].want)) == 0 &&
			  told()[strlen(own_ports[_i].want)] == '|',
	    "%s: %s", own_ports[_i].why, told());
}
END_TEST

START_TEST(lldp_rows)
{
	struct varbind vb = text("x");

	three_ports();
	lldp(LLDP_FAR_NAME, "0.1.2", text("b"));
	lldp(LLDP_FAR_NAME, "0.1.1", text("a"));
	lldp(LLDP_FAR_NAME, "99.1.1", text("a")); /* another time mark: the same neighbour */
	lldp(LLDP_FAR_DOES, "0.1.1", octets("\x28\x00", 2));
	lldp(LLDP_ADDRESS, "0.1.1.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1", num(VB_INTEGER, 2));
	lldp(LLDP_ADDRESS, "0.1.1.1.4.192.0.2.9", num(VB_INTEGER, 2));
	lldp(LLDP_ADDRESS, "0.1.1.1.4.192.0.2", num(VB_INTEGER, 2)); /* cut */
	lldp(LLDP_ADDRESS, "0.1.2.1.4.300.0.2.9", num(VB_INTEGER, 2));
	lldp(LLDP_FAR_NAME, "1.2", vb); /* no neighbour's index */
	ck_assert_str_eq(told(), "ge1|||a|192.0.2.9|14|0;ge1|||b||0|0;");
	for (unsigned i = 0; i < NEIGHBOURS_MAX + 10; i++) {
		char at[32];

		snprintf(at, sizeof(at), "0.2.%u", i);
		lldp(LLDP_FAR_NAME, at, vb);
	}
	ck_assert_uint_eq(f.lldp.n, NEIGHBOURS_MAX);
}
END_TEST

static int
is_ours(void *ctx, const uint8_t mac[6])
{
	(void)ctx;
	return mac[0] == 0x02;
}

static void
bridged(const char *index, int64_t port)
{
	unsigned long sub[32];
	struct varbind vb = num(VB_INTEGER, port);
	size_t n = inst(index, sub);

	ck_assert_int_eq(gather_bridged(&f, sub, n, &vb, is_ours, NULL), KK_OK);
}

START_TEST(bridge)
{
	unsigned long base = 7;
	struct varbind index = num(VB_INTEGER, 1001);

	three_ports();
	ck_assert_int_eq(gather_bridge_port(&f, &base, 1, &index), KK_OK);
	bridged("1.2.75.0.0.0.1", 7);  /* with a VLAN */
	bridged("1.218.1.2.3.4.5", 7); /* somebody's phone: a number only */
	bridged("2.75.0.0.0.2", 2);    /* without a VLAN, and without a table of ports */
	bridged("2.75.0.0.0.3", 0);    /* its own */
	bridged("2.75.0.0.0.300", 2);  /* no MAC */
	bridged("2.75.0.0.0", 2);
	bridged("2.75.0.0.0.4", 1 << 20);
	ck_assert_str_eq(told(), "xe1|02:4b:00:00:00:01||||0|2;ge2|02:4b:00:00:00:02||||0|1;");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ports");
	TCase *tc = tcase_create("ports");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, interface_values, 0, ROWS(values));
	tcase_add_test(tc, interface_order_and_names);
	tcase_add_test(tc, twins);
	tcase_add_test(tc, too_many_ports);
	tcase_add_loop_test(tc, light, 0, ROWS(lights));
	tcase_add_test(tc, light_by_alias);
	tcase_add_test(tc, sensors_that_go_round);
	tcase_add_test(tc, power);
	tcase_add_loop_test(tc, lldp_ids, 0, ROWS(ids));
	tcase_add_loop_test(tc, lldp_own_ports, 0, ROWS(own_ports));
	tcase_add_test(tc, lldp_rows);
	tcase_add_test(tc, bridge);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
