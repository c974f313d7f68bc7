/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_ports.c - a switch that says anything in any order: its tables become facts and rows that
 * are bounded, terminated and UTF-8. An input is a list of values: table, column, type, length of
 * the index, its sub-identifiers (one octet each, 255 means 2^32-1), length of the text, its
 * octets. */
#include <stdlib.h>
#include <string.h>

#include "collector/ports/gather.h"
#include "collector/ports/told.h"
#include "lib/text.h"
#include "lib/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(int good)
{
	if (!good)
		abort();
}

static void
check_text(const char *t, size_t room)
{
	size_t len = strnlen(t, room);

	check(len < room && text_is_utf8(t, len));
}

static int
is_known(void *ctx, const uint8_t mac[6])
{
	(void)ctx;
	return mac[5] & 1;
}

/* One value from the input, and where it belongs. Returns 0 at the end. */
static int
take(struct facts *f, struct wire *w)
{
	static const uint8_t types[] = {VB_INTEGER, VB_OCTETS, VB_OID, VB_COUNTER32, VB_GAUGE32,
	    VB_TIMETICKS, VB_COUNTER64, VB_IPADDRESS, VB_NO_INSTANCE};
	uint8_t table = wire_u8(w), column = wire_u8(w), type = wire_u8(w), n = wire_u8(w) % 24;
	unsigned long inst[24] = {0}, oid[16] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 1};
	struct varbind vb = {.type = types[type % sizeof(types)]};

	for (unsigned i = 0; i < n; i++) {
		inst[i] = wire_u8(w);
		if (inst[i] == 255)
			inst[i] = UINT32_MAX;
	}
	vb.len = wire_u8(w);
	if (w->failed || vb.len > wire_left(w) || n == 0)
		return !w->failed && vb.len <= wire_left(w) && (wire_take(w, vb.len), 1);
	vb.octets = vb.type == VB_OCTETS || vb.type == VB_IPADDRESS ? w->at : NULL;
	for (size_t i = 0; i < vb.len && i < 8; i++)
		vb.number = (int64_t)((uint64_t)vb.number << 8 | w->at[i]);
	if (vb.type == VB_OID) {
		vb.oid = oid;
		oid[10] = vb.len > 0 ? w->at[0] : 0;
		vb.len = vb.len > 16 ? 16 : vb.len;
	}
	if (vb.type != VB_COUNTER64)
		vb.number = vb.type == VB_INTEGER ? (int64_t)(int32_t)vb.number
						  : (int64_t)(uint32_t)vb.number;
	switch (table % 6) {
	case 0:
		check(gather_interface(f, (enum interface_column)(column % INTERFACE_COUNT), inst,
			  n, &vb) == KK_OK);
		break;
	case 1:
		check(gather_optical(
			  f, (enum optical_column)(column % OPTICAL_COUNT), inst, n, &vb) == KK_OK);
		break;
	case 2:
		gather_poe(f, (enum poe_column)(column % POE_COUNT),
		    column & 1 ? POE_BY_INDEX : POE_BY_NUMBER, inst, n, &vb);
		break;
	case 3:
		check(gather_lldp(f, (enum lldp_column)(column % LLDP_COLUMNS), inst, n, &vb) ==
		      KK_OK);
		break;
	case 4:
		check(gather_bridge_port(f, inst, n, &vb) == KK_OK);
		break;
	default:
		check(gather_bridged(f, inst, n, &vb, is_known, NULL) == KK_OK);
	}
	wire_take(w, vb.type == VB_OID ? 0 : vb.len);
	return 1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct optical_rule rule = {
	    .by = size > 0 ? (enum optical_by)(data[0] % 3) : OPTICAL_BY_PHYSICAL,
	    .times = size > 0 && data[0] & 4 ? 10 : 0};
	struct wire w = wire_over(data, size);
	struct facts f = {0};
	struct told t;

	while (take(&f, &w))
		;
	gather_named(&f);
	gather_light(&f, &rule);
	for (size_t i = 0; i < f.ports.n; i++) {
		const struct port *p = &f.ports.port[i];

		check(i == 0 || p->index > f.ports.port[i - 1].index);
		check(p->name[0] != '\0');
		check_text(p->name, sizeof(p->name));
		check_text(p->descr, sizeof(p->descr));
		check_text(p->alias, sizeof(p->alias));
		check(strlen(p->mac) == 0 || strlen(p->mac) == 17);
		check(!(p->known & PORT_HAS_RX) || (p->rx_mdbm >= -60000 && p->rx_mdbm <= 20000));
	}
	check(told_make(&f, &t) == KK_OK);
	for (size_t i = 0; i < t.n; i++) {
		check_text(t.row[i].port, 128);
		check_text(t.row[i].chassis, 128);
		check_text(t.row[i].far_port, 128);
		check_text(t.row[i].name, 128);
		check_text(t.row[i].address, 128);
	}
	told_free(&t);
	facts_forget(&f);
	return 0;
}
