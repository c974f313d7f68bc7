/* SPDX-License-Identifier: GPL-3.0-or-later */
/* port_meters.h - the odometers of a device's interfaces, known by their names: octets, errors and
 * discards, in and out. */
#ifndef KK_COLLECTOR_PORT_METERS_H
#define KK_COLLECTOR_PORT_METERS_H

#include "collector/meter/meter.h"
#include "collector/ports/gather.h"
#include "rrd/db/port.h"

struct port_meter {
	uint32_t key;		       /* learn_key() of the name */
	struct meter pair[PORT_PAIRS]; /* down: in, up: out */
};

/* Of one device; zeroed it is empty. */
struct port_meters {
	struct port_meter *meter; /* by key */
	size_t n, room;
	int64_t boot_cs;  /* when the agent started; 0: unknown */
	int64_t heard_cs; /* newest survey; 0: none yet */
};

/** @param m Meters; empty afterwards. */
void port_meters_free(struct port_meters *m);

/** Take up where a kept row left off. @param m Meters. @param r Row. @retval KK_OK Done. @retval
 * KK_E_NOMEM */
int port_meters_restore(struct port_meters *m, const struct port_row *r);

/**
 * Move on to what was just read.
 * @param m        Meters.
 * @param f        Facts with named ports.
 * @param when_cs  When, UTC.
 * @param out      Receives the pairs of each port, in the order of the facts: f->ports.n of them.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int port_meters_advance(struct port_meters *m, const struct facts *f, int64_t when_cs,
    struct port_counter (*out)[PORT_PAIRS]);

/** The wall clock was set. @param m Meters. @param cs By how much, 1/100 s. */
void port_meters_step(struct port_meters *m, int64_t cs);

#endif
