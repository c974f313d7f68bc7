/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/ports/gather.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"

void
facts_forget(struct facts *f)
{
	ports_forget(&f->ports);
	free(f->sensors.sensor);
	free(f->lldp.port);
	free(f->lldp.far);
	free(f->bridge.crowd);
	free(f->bridge.if_index);
	free(f->bridge.known);
	*f = (struct facts){0};
}

static int
is_number(const struct varbind *vb)
{
	return vb->type == VB_INTEGER || vb->type == VB_COUNTER32 || vb->type == VB_GAUGE32 ||
	       vb->type == VB_TIMETICKS || vb->type == VB_COUNTER64;
}

/* A text of a device, cut, without what moves a cursor. */
static void
take_text(const struct varbind *vb, char out[PORT_TEXT])
{
	if (vb->type != VB_OCTETS || vb->octets == NULL) {
		out[0] = '\0';
		return;
	}
	text_from_octets(vb->octets, vb->len, out, PORT_TEXT);
}

static void
take_mac(const struct varbind *vb, char out[MAC_TEXT])
{
	const uint8_t *m = vb->octets;

	if (vb->type == VB_OCTETS && m != NULL && vb->len == 6 && (m[0] & 1) == 0 &&
	    (m[0] | m[1] | m[2] | m[3] | m[4] | m[5]) != 0)
		snprintf(out, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3],
		    m[4], m[5]);
}

/* ---- interfaces ---- */

/* A number that fits, and that it is known. */
static void
take_number(
    struct port *p, const struct varbind *vb, uint64_t max, unsigned flag, void *into, size_t size)
{
	uint64_t n = (uint64_t)vb->number;
	uint8_t n8 = (uint8_t)n;
	uint16_t n16 = (uint16_t)n;
	uint32_t n32 = (uint32_t)n;

	if (!is_number(vb) || n > max)
		return;
	memcpy(into, size == 1 ? (void *)&n8 : size == 2 ? (void *)&n16 : (void *)&n32, size);
	p->known |= (uint16_t)flag;
}

static void
take_octets(struct port *p, const struct varbind *vb, unsigned flag, uint64_t *into)
{
	if (vb->type != VB_COUNTER64)
		return;
	*into = (uint64_t)vb->number;
	p->known |= (uint16_t)flag;
}

static void
take_field(struct port *p, enum interface_column c, const struct varbind *vb)
{
	static const struct {
		uint16_t flag, at;
		uint8_t size;
		uint64_t max;
	} numbers[INTERFACE_COUNT] = {
	    [INTERFACE_TYPE] = {PORT_HAS_TYPE, offsetof(struct port, type), 2, UINT16_MAX},
	    [INTERFACE_MBPS] = {PORT_HAS_MBPS, offsetof(struct port, mbps), 4, 100000000},
	    [INTERFACE_ADMIN] = {PORT_HAS_ADMIN, offsetof(struct port, admin), 1, 3},
	    [INTERFACE_OPER] = {PORT_HAS_OPER, offsetof(struct port, oper), 1, 7},
	    [INTERFACE_IN32] = {PORT_HAS_IN32, offsetof(struct port, in32), 4, UINT32_MAX},
	    [INTERFACE_OUT32] = {PORT_HAS_OUT32, offsetof(struct port, out32), 4, UINT32_MAX},
	    [INTERFACE_IN_ERRORS] = {PORT_HAS_ERRORS_IN, offsetof(struct port, errors_in), 4,
		UINT32_MAX},
	    [INTERFACE_OUT_ERRORS] = {PORT_HAS_ERRORS_OUT, offsetof(struct port, errors_out), 4,
		UINT32_MAX},
	    [INTERFACE_IN_DISCARDS] = {PORT_HAS_DISCARDS_IN, offsetof(struct port, discards_in), 4,
		UINT32_MAX},
	    [INTERFACE_OUT_DISCARDS] = {PORT_HAS_DISCARDS_OUT, offsetof(struct port, discards_out),
		4, UINT32_MAX},
	    [INTERFACE_DISCONTINUITY] = {0, offsetof(struct port, discontinuity), 4, UINT32_MAX},
	};

	switch (c) {
	case INTERFACE_NAME:
		take_text(vb, p->name);
		break;
	case INTERFACE_DESCR:
		take_text(vb, p->descr);
		break;
	case INTERFACE_ALIAS:
		take_text(vb, p->alias);
		break;
	case INTERFACE_MAC:
		take_mac(vb, p->mac);
		break;
	case INTERFACE_IN:
		take_octets(p, vb, PORT_HAS_IN, &p->in);
		break;
	case INTERFACE_OUT:
		take_octets(p, vb, PORT_HAS_OUT, &p->out);
		break;
	default:
		take_number(p, vb, numbers[c].max, numbers[c].flag, (char *)p + numbers[c].at,
		    numbers[c].size);
	}
}

int
gather_interface(struct facts *f, enum interface_column c, const unsigned long *inst, size_t len,
    const struct varbind *vb)
{
	struct port *p;

	if (len != 1 || inst[0] > INT32_MAX)
		return KK_OK;
	p = ports_make(&f->ports, (uint32_t)inst[0]);
	if (p == NULL)
		return f->ports.cut ? KK_OK : KK_E_NOMEM;
	take_field(p, c, vb);
	return KK_OK;
}

/* Whether a port before this one has its name. */
static int
is_taken(const struct facts *f, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(f->ports.port[k].name, f->ports.port[i].name) == 0)
			return 1;
	return 0;
}

/* Two of one name are told apart by ifIndex, for want of anything better. */
static void
rename_twin(struct port *p)
{
	char mark[16];
	size_t room =
	    sizeof(p->name) - (size_t)snprintf(mark, sizeof(mark), "#%u", (unsigned)p->index);
	char name[PORT_TEXT];
	size_t len;

	text_copy(name, room, p->name);
	len = strlen(name);
	memcpy(p->name, name, len);
	memcpy(p->name + len, mark, strlen(mark) + 1);
}

void
gather_named(struct facts *f)
{
	for (size_t i = 0; i < f->ports.n; i++) {
		struct port *p = &f->ports.port[i];

		if (p->name[0] == '\0')
			memcpy(p->name, p->descr, sizeof(p->name));
		if (p->name[0] == '\0')
			snprintf(p->name, sizeof(p->name), "if%u", (unsigned)p->index);
		if (is_taken(f, i))
			rename_twin(p);
	}
}

/* ---- power ---- */

/* The last number in a name: 24 of "GigabitEthernet1/0/24"; 0: none. */
static uint32_t
last_number(const char *name)
{
	size_t end = strlen(name), at;

	while (end > 0 && !isdigit((unsigned char)name[end - 1]))
		end--;
	for (at = end; at > 0 && isdigit((unsigned char)name[at - 1]) && end - at < 9; at--)
		;
	return end > at ? (uint32_t)strtoul(name + at, NULL, 10) : 0;
}

/* Power comes out of copper: of several of one number (ge1, xe1) the slowest, then the first. */
static struct port *
poe_port(const struct facts *f, enum poe_port how, uint32_t number)
{
	struct port *found = NULL;

	if (how == POE_BY_INDEX)
		return ports_find(&f->ports, number);
	for (size_t i = 0; i < f->ports.n; i++) {
		struct port *p = &f->ports.port[i];

		if ((p->known & PORT_HAS_TYPE) && p->type != 6 && p->type != 117)
			continue;
		if (last_number(p->name) == number && (found == NULL || p->mbps < found->mbps))
			found = p;
	}
	return found;
}

void
gather_poe(struct facts *f, enum poe_column c, enum poe_port how, const unsigned long *inst,
    size_t len, const struct varbind *vb)
{
	uint32_t n = (uint32_t)vb->number;
	struct port *p;

	if (!is_number(vb) || vb->number < 0 || vb->number > UINT32_MAX)
		return;
	if (c == POE_SUPPLY || c == POE_USED) {
		if (n > 1000000)
			return;
		*(c == POE_SUPPLY ? &f->supply_w : &f->used_w) += n;
		*(c == POE_SUPPLY ? &f->has_supply : &f->has_used) = 1;
		return;
	}
	if (len != 2 || inst[1] > INT32_MAX || (how == POE_BY_NUMBER && inst[0] != 1) ||
	    (p = poe_port(f, how, (uint32_t)inst[1])) == NULL)
		return;
	if (c == POE_STATUS && n <= 6) {
		p->poe = (uint8_t)n;
		p->known |= PORT_HAS_POE;
	} else if (c == POE_PORT_MW && n <= 1000000) {
		p->poe_mw = n;
		p->known |= PORT_HAS_POE_MW;
	}
}

/* ---- bridge tables ---- */

/* Room for a bridge port. */
static int
make_bridge_port(struct bridge *b, size_t port)
{
	size_t room = port < 64 ? 64 : PORTS_MAX * 4u;
	uint32_t *more;

	if (port < b->ports)
		return KK_OK;
	if ((more = realloc(b->crowd, room * sizeof(*more))) == NULL)
		return KK_E_NOMEM;
	b->crowd = more;
	if ((more = realloc(b->if_index, room * sizeof(*more))) == NULL)
		return KK_E_NOMEM;
	b->if_index = more;
	memset(b->crowd + b->ports, 0, (room - b->ports) * sizeof(*more));
	memset(b->if_index + b->ports, 0, (room - b->ports) * sizeof(*more));
	b->ports = room;
	return KK_OK;
}

int
gather_bridge_port(struct facts *f, const unsigned long *inst, size_t len, const struct varbind *vb)
{
	int rc;

	if (len != 1 || inst[0] == 0 || inst[0] >= PORTS_MAX * 4u || !is_number(vb) ||
	    vb->number <= 0 || vb->number > INT32_MAX)
		return KK_OK;
	if ((rc = make_bridge_port(&f->bridge, inst[0])) == KK_OK)
		f->bridge.if_index[inst[0]] = (uint32_t)vb->number;
	return rc;
}

int
gather_bridged(struct facts *f, const unsigned long *inst, size_t len, const struct varbind *vb,
    is_known_cb known, void *ctx)
{
	struct bridge *b = &f->bridge;
	uint8_t mac[6];
	int rc;

	if ((len != 6 && len != 7) || !is_number(vb) || vb->number <= 0 ||
	    vb->number >= PORTS_MAX * 4)
		return KK_OK; /* port 0: its own, or learned by other means */
	for (size_t i = 0; i < 6; i++) {
		if (inst[len - 6 + i] > 255)
			return KK_OK;
		mac[i] = (uint8_t)inst[len - 6 + i];
	}
	if ((rc = make_bridge_port(b, (size_t)vb->number)) != KK_OK)
		return rc;
	b->crowd[vb->number]++;
	if (b->n == BRIDGED_MAX || !known(ctx, mac))
		return KK_OK;
	if (b->n == b->room) {
		size_t room = b->room > 0 ? b->room * 2 : 64;
		void *more = realloc(b->known, room * sizeof(*b->known));

		if (more == NULL)
			return KK_E_NOMEM;
		b->known = more;
		b->room = room;
	}
	memcpy(b->known[b->n].mac, mac, 6);
	b->known[b->n++].port = (uint32_t)vb->number;
	return KK_OK;
}
