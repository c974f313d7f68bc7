/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gather.h - values of a switch's tables, in whatever order they come, into facts. Pure: nothing is
 * asked here. Everything a device says is bounded and checked.
 */
#ifndef KK_COLLECTOR_PORTS_GATHER_H
#define KK_COLLECTOR_PORTS_GATHER_H

#include "collector/ports/port.h"
#include "collector/profile/port_rules.h"
#include "collector/snmp/answer.h"

#define NEIGHBOURS_MAX 1024 /* of one device; more are left out */
#define SENSORS_MAX    2048
#define BRIDGED_MAX    4096 /* addresses of the inventory in one bridge table */

/* Columns of what LLDP tells. */
enum lldp_column {
	LLDP_CHASSIS_TYPE,
	LLDP_CHASSIS,
	LLDP_NAME,
	LLDP_PORT_TYPE, /* of its own ports, by lldpLocPortNum */
	LLDP_PORT_ID,
	LLDP_PORT_DESCR,
	LLDP_FAR_CHASSIS_TYPE, /* of neighbours, by (time mark, port, index) */
	LLDP_FAR_CHASSIS,
	LLDP_FAR_PORT_TYPE,
	LLDP_FAR_PORT,
	LLDP_FAR_DESCR,
	LLDP_FAR_NAME,
	LLDP_FAR_DOES,
	LLDP_ADDRESS, /* the address is in the index */
	LLDP_COLUMNS
};

/* An id as LLDP tells it: what it is, and its text. */
struct lldp_id {
	uint8_t type;	      /* subtype; 0: not told */
	char text[PORT_TEXT]; /* UTF-8, or a MAC, or an address */
	uint8_t octets[32];   /* as they came, cut; the text is made when the subtype is known */
	uint8_t len;
};

struct lldp_port {
	uint32_t number;
	struct lldp_id id;
	char descr[PORT_TEXT];
};

struct lldp_far {
	uint32_t port, index;
	struct lldp_id chassis, id;
	uint16_t does;
	char descr[PORT_TEXT], name[PORT_TEXT], address[48];
};

struct lldp {
	struct lldp_id chassis;
	char name[PORT_TEXT];
	struct lldp_port *port; /* by number */
	size_t n_ports, ports_room;
	struct lldp_far *far; /* by port, then index */
	size_t n, room;
};

/* One sensor, or row of an optical table. */
struct sensor {
	uint32_t index; /* the last sub-identifier */
	uint8_t has_value, type, has_scale, has_status, status;
	int8_t scale, precision;
	int64_t value; /* of text, × 1000 */
	int is_text;
	uint32_t parent; /* entPhysicalContainedIn */
	uint32_t alias;	 /* ifIndex by entAliasMapping; 0: none */
	char label[PORT_TEXT];
};

struct sensors {
	struct sensor *sensor; /* by index */
	size_t n, room;
};

/* What a bridge has learned. `crowd` counts every address, `mac` holds those that are known. */
struct bridge {
	uint32_t *crowd; /* by bridge port */
	uint32_t *if_index;
	size_t ports; /* room of both: the highest port + 1 */
	struct {
		uint8_t mac[6];
		uint32_t port;
	} * known;
	size_t n, room;
};

/* Whether an address is one of a device of the inventory. */
typedef int (*is_known_cb)(void *ctx, const uint8_t mac[6]);

/* Everything that one survey reads; zeroed it is empty. */
struct facts {
	struct ports ports;
	struct sensors sensors;
	struct lldp lldp;
	struct bridge bridge;
	uint32_t uptime; /* sysUpTime, 1/100 s */
	int has_uptime;
	uint32_t supply_w, used_w; /* of all groups of PoE */
	int has_supply, has_used;
};

/** @param f Facts; empty afterwards. */
void facts_forget(struct facts *f);

/** A value of `interfaces`. @param f Facts. @param c Column. @param inst Sub-identifiers behind the
 * column's. @param len Count. @param vb Value. @retval KK_OK Also if it was of no use. @retval
 * KK_E_NOMEM */
int gather_interface(struct facts *f, enum interface_column c, const unsigned long *inst,
    size_t len, const struct varbind *vb);

/** A value of an entry of `optical`. As gather_interface(). @param f Facts. @param c Column. @param
 * inst Sub-identifiers. @param len Count. @param vb Value. @retval KK_OK Done. @retval KK_E_NOMEM
 */
int gather_optical(struct facts *f, enum optical_column c, const unsigned long *inst, size_t len,
    const struct varbind *vb);

/** A value of `poe`. @param f Facts with named ports. @param c Column. @param how How ports are
 * numbered. @param inst Sub-identifiers. @param len Count. @param vb Value. */
void gather_poe(struct facts *f, enum poe_column c, enum poe_port how, const unsigned long *inst,
    size_t len, const struct varbind *vb);

/** A value of LLDP. As gather_interface(). @param f Facts. @param c Column. @param inst
 * Sub-identifiers. @param len Count. @param vb Value. @retval KK_OK Done. @retval KK_E_NOMEM */
int gather_lldp(struct facts *f, enum lldp_column c, const unsigned long *inst, size_t len,
    const struct varbind *vb);

/** The interface of a bridge's port. @param f Facts. @param inst Its number. @param len Count.
 * @param vb ifIndex. @retval KK_OK Done. @retval KK_E_NOMEM */
int gather_bridge_port(
    struct facts *f, const unsigned long *inst, size_t len, const struct varbind *vb);

/** An address that a bridge has learned. @param f Facts. @param inst (VLAN and) MAC. @param len
 * Count. @param vb Port of the bridge. @param known Whose address it is. @param ctx For `known`.
 * @retval KK_OK Done. @retval KK_E_NOMEM */
int gather_bridged(struct facts *f, const unsigned long *inst, size_t len, const struct varbind *vb,
    is_known_cb known, void *ctx);

/** Ports have names and descriptions now: name those that had only one of them. @param f Facts. */
void gather_named(struct facts *f);

/** Light by the sensors onto the ports, and forget the sensors. @param f Facts with named ports.
 * @param rule Entry of `optical`. @return How many ports got a value. */
unsigned gather_light(struct facts *f, const struct optical_rule *rule);

#endif
