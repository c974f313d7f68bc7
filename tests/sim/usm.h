/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usm.h - SNMPv3 agents: an engine id, a clock and a user for each device. Written anew over ber.h
 * and libcrypto, so that product and simulator share no bug. */
#ifndef KK_SIM_USM_H
#define KK_SIM_USM_H

#include "lib/err.h"
#include "tests/sim/agent.h"
#include "tests/sim/fleet.h"

struct sim_usm;

/**
 * @param protocols  "SHA-1/AES-128", "SHA-256", "none": what every user has.
 * @param users      How many; device i is asked by user i modulo this.
 * @param devices    How many.
 * @param out        Receives the agents; sim_usm_free() frees them.
 * @param d          Why not.
 * @retval KK_OK
 * @retval KK_E_RANGE  No such protocols.
 * @retval KK_E_NOMEM
 */
int sim_usm_new(
    const char *protocols, unsigned users, uint32_t devices, struct sim_usm **out, struct diag *d);

/** @param u Agents, NULL is allowed. */
void sim_usm_free(struct sim_usm *u);

/** Write the users as kkachid reads them. @param u Agents. @param path File, mode 0600. @param d
 * Why not. @retval KK_OK
 * @retval KK_E_IO */
int sim_usm_users(const struct sim_usm *u, const char *path, struct diag *d);

/** Whether a datagram is SNMPv3. @param in Datagram. @param len Octets. @return 1 or 0. */
int sim_usm_is(const uint8_t *in, size_t len);

/**
 * Answer one.
 *
 * @param u       Agents.
 * @param dev     The device's clock and faults.
 * @param index   Its number.
 * @param now_cs  UTC, 1/100 s.
 * @param o       The agent's options.
 * @param v       Its values.
 * @param in      Datagram.
 * @param len     Octets.
 * @param out     As agent_answer().
 * @param r       As agent_answer(); `good` is 0 for Reports.
 */
void sim_usm_answer(struct sim_usm *u, const struct sim_device *dev, uint32_t index, int64_t now_cs,
    const struct agent_options *o, const struct agent_view *v, const uint8_t *in, size_t len,
    uint8_t out[AGENT_PACKET], struct agent_result *r);

#endif
