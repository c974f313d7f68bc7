/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/ports/told.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID_TEXT 72

static void
mac_text(const uint8_t m[6], char out[MAC_TEXT])
{
	snprintf(
	    out, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
}

/* Some agents tell a MAC as text: "00-11-22-33-44-55", "0011.2233.4455". */
static int
mac_from_text(const char *text, char out[MAC_TEXT])
{
	char digits[13];
	uint8_t mac[6];
	size_t n = 0;

	for (; *text != '\0'; text++) {
		if (strchr(":-.", *text) != NULL)
			continue;
		if (n == 12 || !isxdigit((unsigned char)*text))
			return 0;
		digits[n++] = *text;
	}
	digits[n] = '\0';
	if (n != 12)
		return 0;
	for (size_t i = 0; i < 6; i++) {
		char two[3] = {digits[2 * i], digits[2 * i + 1], '\0'};

		mac[i] = (uint8_t)strtoul(two, NULL, 16);
	}
	mac_text(mac, out);
	return 1;
}

/* An id as text: what is a MAC or an address is written as one. */
static void
id_text(const struct lldp_id *id, unsigned mac_type, unsigned address_type, char out[ID_TEXT])
{
	snprintf(out, ID_TEXT, "%s", id->text);
	if (id->type == mac_type && id->len == 6)
		mac_text(id->octets, out);
	else if (id->type == mac_type)
		(void)mac_from_text(id->text, out);
	else if (id->type == address_type && id->len == 5 && id->octets[0] == 1)
		inet_ntop(AF_INET, id->octets + 1, out, ID_TEXT);
	else if (id->type == address_type && id->len == 17 && id->octets[0] == 2)
		inet_ntop(AF_INET6, id->octets + 1, out, ID_TEXT);
}

static const struct lldp_port *
own_port(const struct lldp *l, uint32_t number)
{
	for (size_t i = 0; i < l->n_ports; i++)
		if (l->port[i].number == number)
			return &l->port[i];
	return NULL;
}

static const struct port *
with_mac(const struct ports *p, const char *mac)
{
	const struct port *found = NULL;

	for (size_t i = 0; i < p->n; i++) {
		if (strcmp(p->port[i].mac, mac) != 0)
			continue;
		if (found != NULL)
			return NULL; /* many switches give all their ports one */
		found = &p->port[i];
	}
	return found;
}

/* The interface of one of LLDP's ports: by what it says of it, else by number, which is ifIndex
 * often, but not always. */
static void
port_text(const struct facts *f, uint32_t number, char out[ID_TEXT])
{
	const struct lldp_port *own = own_port(&f->lldp, number);
	const struct port *p = NULL;
	char id[ID_TEXT] = "";

	if (own != NULL) {
		id_text(&own->id, PORT_MAC, PORT_ADDRESS, id);
		p = own->id.type == PORT_MAC ? with_mac(&f->ports, id) : ports_named(&f->ports, id);
		if (p == NULL)
			p = ports_named(&f->ports, own->descr);
	}
	if (p == NULL)
		p = ports_find(&f->ports, number);
	if (p != NULL)
		snprintf(out, ID_TEXT, "%s", p->name);
	else if (id[0] != '\0')
		snprintf(out, ID_TEXT, "%s", id);
	else
		snprintf(out, ID_TEXT, "port %u", (unsigned)number);
}

/* A text that lives with the rows. */
static const char *
keep(struct told *t, const char *text, int *whole)
{
	const char *kept = text[0] == '\0' ? "" : region_strdup(t->texts, text);

	*whole &= kept != NULL;
	return kept;
}

static int
tell_far(struct told *t, const struct facts *f, const struct lldp_far *far)
{
	char port[ID_TEXT], chassis[ID_TEXT], id[ID_TEXT];
	int whole = 1;

	port_text(f, far->port, port);
	id_text(&far->chassis, CHASSIS_MAC, CHASSIS_ADDRESS, chassis);
	id_text(&far->id, PORT_MAC, PORT_ADDRESS, id);
	t->row[t->n++] = (struct neighbour){
	    .via = VIA_LLDP,
	    .chassis_type = far->chassis.type,
	    .far_type = far->id.type,
	    .does = far->does,
	    .port = keep(t, port, &whole),
	    .chassis = keep(t, chassis, &whole),
	    .far_port = keep(t, id, &whole),
	    .far_descr = keep(t, far->descr, &whole),
	    .name = keep(t, far->name, &whole),
	    .address = keep(t, far->address, &whole),
	};
	return whole ? KK_OK : KK_E_NOMEM;
}

static int
tell_bridged(struct told *t, const struct facts *f, size_t i)
{
	const struct bridge *b = &f->bridge;
	uint32_t number = b->known[i].port;
	/* Without a table of its ports, they are numbered as interfaces. */
	const struct port *p =
	    ports_find(&f->ports, b->if_index[number] != 0 ? b->if_index[number] : number);
	char text[ID_TEXT], mac[MAC_TEXT];
	int whole = 1;

	snprintf(text, sizeof(text), "port %u", (unsigned)number);
	mac_text(b->known[i].mac, mac);
	t->row[t->n++] = (struct neighbour){
	    .via = VIA_BRIDGE,
	    .chassis_type = CHASSIS_MAC,
	    .crowd = b->crowd[number],
	    .port = keep(t, p != NULL ? p->name : text, &whole),
	    .chassis = keep(t, mac, &whole),
	    .far_port = "",
	    .far_descr = "",
	    .name = "",
	    .address = "",
	};
	return whole ? KK_OK : KK_E_NOMEM;
}

static int
tell_self(struct told *t, const struct lldp *l)
{
	char chassis[ID_TEXT];
	int whole = 1;

	id_text(&l->chassis, CHASSIS_MAC, CHASSIS_ADDRESS, chassis);
	t->self.chassis_type = l->chassis.type;
	t->self.chassis = keep(t, chassis, &whole);
	t->self.name = keep(t, l->name, &whole);
	return whole ? KK_OK : KK_E_NOMEM;
}

int
told_make(const struct facts *f, struct told *out)
{
	int rc = KK_OK;

	*out = (struct told){.texts = region_new()};
	out->row = calloc(f->lldp.n + f->bridge.n + 1, sizeof(*out->row));
	if (out->texts == NULL || out->row == NULL)
		rc = KK_E_NOMEM;
	if (rc == KK_OK)
		rc = tell_self(out, &f->lldp);
	for (size_t i = 0; i < f->lldp.n && rc == KK_OK; i++)
		rc = tell_far(out, f, &f->lldp.far[i]);
	for (size_t i = 0; i < f->bridge.n && rc == KK_OK; i++)
		rc = tell_bridged(out, f, i);
	if (rc != KK_OK)
		told_free(out);
	return rc;
}

void
told_free(struct told *t)
{
	region_free(t->texts);
	free(t->row);
	*t = (struct told){0};
}
