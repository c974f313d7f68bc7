/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lldp.c - LLDP-MIB's tables (IEEE 802.1AB) into neighbours. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/ports/gather.h"
#include "lib/text.h"
#include "rrd/db/neighbour.h"

static int
grow(void **all, size_t n, size_t *room, size_t size)
{
	size_t want = *room > 0 ? *room * 2 : 32;
	void *more;

	if (n < *room)
		return KK_OK;
	if ((more = realloc(*all, want * size)) == NULL)
		return KK_E_NOMEM;
	*all = more;
	*room = want;
	return KK_OK;
}

/* A neighbour is known by port and index; the time mark before them is a filter (RFC 4502). */
static int
make_far(struct lldp *l, unsigned long port, unsigned long index, struct lldp_far **out)
{
	size_t at = l->n;

	*out = NULL;
	if (port > INT32_MAX || index > INT32_MAX)
		return KK_OK;
	while (at > 0 && (l->far[at - 1].port > port ||
			     (l->far[at - 1].port == port && l->far[at - 1].index > index)))
		at--;
	if (at > 0 && l->far[at - 1].port == port && l->far[at - 1].index == index) {
		*out = &l->far[at - 1];
		return KK_OK;
	}
	if (l->n == NEIGHBOURS_MAX)
		return KK_OK;
	if (grow((void **)&l->far, l->n, &l->room, sizeof(*l->far)) != KK_OK)
		return KK_E_NOMEM;
	memmove(&l->far[at + 1], &l->far[at], (l->n - at) * sizeof(*l->far));
	l->far[at] = (struct lldp_far){.port = (uint32_t)port, .index = (uint32_t)index};
	l->n++;
	*out = &l->far[at];
	return KK_OK;
}

static int
make_port(struct lldp *l, unsigned long number, struct lldp_port **out)
{
	size_t at = l->n_ports;

	*out = NULL;
	if (number > INT32_MAX)
		return KK_OK;
	while (at > 0 && l->port[at - 1].number > number)
		at--;
	if (at > 0 && l->port[at - 1].number == number) {
		*out = &l->port[at - 1];
		return KK_OK;
	}
	if (l->n_ports == PORTS_MAX)
		return KK_OK;
	if (grow((void **)&l->port, l->n_ports, &l->ports_room, sizeof(*l->port)) != KK_OK)
		return KK_E_NOMEM;
	memmove(&l->port[at + 1], &l->port[at], (l->n_ports - at) * sizeof(*l->port));
	l->port[at] = (struct lldp_port){.number = (uint32_t)number};
	l->n_ports++;
	*out = &l->port[at];
	return KK_OK;
}

/* ---- values ---- */

static void
take_type(struct lldp_id *id, const struct varbind *vb)
{
	if (vb->type == VB_INTEGER && vb->number > 0 && vb->number < 256)
		id->type = (uint8_t)vb->number;
}

static void
take_id(struct lldp_id *id, const struct varbind *vb)
{
	if (vb->type != VB_OCTETS || vb->octets == NULL)
		return;
	id->len = vb->len < sizeof(id->octets) ? (uint8_t)vb->len : (uint8_t)sizeof(id->octets);
	memcpy(id->octets, vb->octets, id->len);
	text_from_octets(vb->octets, vb->len, id->text, sizeof(id->text));
}

static void
take_text(const struct varbind *vb, char out[PORT_TEXT])
{
	if (vb->type == VB_OCTETS && vb->octets != NULL)
		text_from_octets(vb->octets, vb->len, out, PORT_TEXT);
}

/* Bit 0 is the highest of the first octet. */
static void
take_does(struct lldp_far *f, const struct varbind *vb)
{
	f->does = 0;
	for (unsigned bit = 0;
	     vb->type == VB_OCTETS && vb->octets != NULL && bit < vb->len * 8 && bit < 16; bit++)
		if (vb->octets[bit / 8] & 0x80 >> bit % 8)
			f->does |= (uint16_t)(1u << bit);
}

/* lldpRemManAddrTable: (time mark, port, index, family, length, octets ...). IPv4 before IPv6. */
static void
take_address(struct lldp_far *f, const unsigned long *inst, size_t len)
{
	uint8_t octets[16];
	size_t n = inst[4];

	if (!(inst[3] == 1 && n == 4) && !(inst[3] == 2 && n == 16 && f->address[0] == '\0'))
		return;
	if (len != 5 + n)
		return;
	for (size_t i = 0; i < n; i++) {
		if (inst[5 + i] > 255)
			return;
		octets[i] = (uint8_t)inst[5 + i];
	}
	inet_ntop(n == 4 ? AF_INET : AF_INET6, octets, f->address, sizeof(f->address));
}

static void
take_far(struct lldp_far *f, enum lldp_column c, const unsigned long *inst, size_t len,
    const struct varbind *vb)
{
	switch (c) {
	case LLDP_FAR_CHASSIS_TYPE:
		take_type(&f->chassis, vb);
		break;
	case LLDP_FAR_CHASSIS:
		take_id(&f->chassis, vb);
		break;
	case LLDP_FAR_PORT_TYPE:
		take_type(&f->id, vb);
		break;
	case LLDP_FAR_PORT:
		take_id(&f->id, vb);
		break;
	case LLDP_FAR_DESCR:
		take_text(vb, f->descr);
		break;
	case LLDP_FAR_NAME:
		take_text(vb, f->name);
		break;
	case LLDP_FAR_DOES:
		take_does(f, vb);
		break;
	default:
		take_address(f, inst, len);
	}
}

static int
take_port(struct lldp *l, enum lldp_column c, unsigned long number, const struct varbind *vb)
{
	struct lldp_port *p;
	int rc = make_port(l, number, &p);

	if (p == NULL)
		return rc;
	if (c == LLDP_PORT_TYPE)
		take_type(&p->id, vb);
	else if (c == LLDP_PORT_ID)
		take_id(&p->id, vb);
	else
		take_text(vb, p->descr);
	return KK_OK;
}

int
gather_lldp(struct facts *f, enum lldp_column c, const unsigned long *inst, size_t len,
    const struct varbind *vb)
{
	struct lldp *l = &f->lldp;
	struct lldp_far *far;
	int rc;

	if (c == LLDP_CHASSIS_TYPE)
		take_type(&l->chassis, vb);
	else if (c == LLDP_CHASSIS)
		take_id(&l->chassis, vb);
	else if (c == LLDP_NAME)
		take_text(vb, l->name);
	else if (c <= LLDP_PORT_DESCR)
		return len == 1 ? take_port(l, c, inst[0], vb) : KK_OK;
	else if (c == LLDP_ADDRESS ? len < 6 : len != 3)
		return KK_OK;
	else if ((rc = make_far(l, inst[1], inst[2], &far)) != KK_OK)
		return rc;
	else if (far != NULL)
		take_far(far, c, inst, len, vb);
	return KK_OK;
}
