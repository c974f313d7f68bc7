/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server.h - one socket for all addresses of 127.0.0.0/8 (IP_PKTINFO), datagrams in batches, faults
 * on the way out. */
#ifndef KK_SIM_SERVER_H
#define KK_SIM_SERVER_H

#include <stdint.h>

#include "lib/err.h"
#include "tests/sim/agent.h"
#include "tests/sim/faults.h"
#include "tests/sim/fleet.h"
#include "tests/sim/usm.h"

struct server;

struct server_stats {
	uint64_t requests, answers, ignored; /* ignored: no device, silent, malformed */
	uint64_t lost, twice, late, damaged, forged;
	uint64_t octets_asked, octets_answered; /* of datagrams to and from devices that answered */
	int64_t first_ms, last_ms; /* monotonic: requests since server_new_span(); 0: none */
};

struct server_options {
	uint32_t address; /* host byte order; 0: every address of this host, each a device */
	uint16_t port;	  /* 0: any */
	struct agent_options agent;
	struct fleet *fleet;		    /* NULL with a recording */
	const struct agent_view *recording; /* NULL with a fleet */
	struct faults *faults;
	struct sim_usm *usm; /* NULL: no SNMPv3 */
};

/** @param o Options; borrowed parts must outlive the server. @param out Receives it; server_free()
 * frees it. @param d Why not. @retval KK_OK @retval KK_E_BUSY The port is taken. */
int server_new(const struct server_options *o, struct server **out, struct diag *d);

/** @param s Server, NULL is allowed. */
void server_free(struct server *s);

/** The port. @param s Server. @return Port. */
uint16_t server_port(const struct server *s);

/** Answer what has come, send what was delayed; waits at most `wait_ms` for a request. @param s
 * Server. @param wait_ms Milliseconds. @param d Why not. @retval KK_OK @retval KK_E_IO */
int server_run(struct server *s, int wait_ms, struct diag *d);

/** Answer nothing more, and send nothing that was delayed: what was served until now stays the
 * truth. @param s Server. */
void server_quiet(struct server *s);

/** The next request is the first one of a new span. @param s Server. */
void server_new_span(struct server *s);

/** @param s Server. @return Borrowed counters. */
const struct server_stats *server_stats(const struct server *s);

#endif
