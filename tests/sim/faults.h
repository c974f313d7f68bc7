/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * faults.h - what goes wrong on the way and on the devices: by chance (percentages), and by a
 * script of moments.
 *
 * A script has one event a line, `SECONDS WHAT [WHO]`, in order of time from the simulator's start;
 * # starts a comment:
 *
 *   30   silent   SW-00003        # a device stops answering; a switch takes its access points
 * along 90   answer   SW-00003 40   reboot   WF200017        # uptime and counters start from 0 50
 * clear    WF200018        # the counters alone do (ifCounterDiscontinuityTime) 60   move WF200019
 * # its interfaces move to other ifIndexes (and it reboots) 70   replace  WF200020        # other
 *   75   v1       WF200021        # it speaks v1 only from now on; v2c: both again
 *   76   freeze   WF200022        # its SNMPv3 engine time stands still, until a reboot
 *   77   boots    WF200023        # it reboots, and its SNMPv3 engine boots are back at 0
 *   78   twin     WF200024        # it has the engine id of its neighbour
 *   80   loss     20              # percent of answers lost from now on; also: duplicate, late,
 *                                 # malformed
 *   90   reboot   2.5%            # a share of the access points, in place of one device
 */
#ifndef KK_SIM_FAULTS_H
#define KK_SIM_FAULTS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "tests/sim/fleet.h"

struct faults {
	uint64_t dice;				   /* state of the random numbers */
	unsigned loss, duplicate, late, malformed; /* per mille of answers */
	unsigned delay_ms; /* mean of an exponential delay of every answer */
	unsigned slow_ms;  /* what a slow device takes for each answer besides */
	unsigned late_ms;  /* how late a late answer is: beyond any client's patience */
};

/* What happens to one answer. */
enum fate { FATE_SENT, FATE_LOST, FATE_TWICE, FATE_LATE, FATE_MALFORMED };

/** Throw the dice for an answer. @param f Faults. @return Its fate. */
enum fate faults_fate(struct faults *f);

/** A delay for an answer. @param f Faults. @return Milliseconds. */
unsigned faults_delay(struct faults *f);

/** Damage an answer in one of several ways: cut, lengths, ids, community, garbage. @param f Faults.
 * @param p Octets. @param len Octets; may become less. @return New length. */
size_t faults_damage(struct faults *f, uint8_t *p, size_t len);

struct script;

/** Read a script. @param path File. @param f Fleet, to find devices. @param out Receives it;
 * script_free() frees it. @param d "FILE:LINE: why". @retval KK_OK @retval KK_E_SYNTAX @retval
 * KK_E_NOTFOUND */
int script_read(const char *path, const struct fleet *f, struct script **out, struct diag *d);

/** @param s Script, NULL is allowed. */
void script_free(struct script *s);

/** Do what is due. @param s Script, NULL is allowed. @param start_cs When the simulator started.
 * @param now_cs Now. @param f Fleet. @param faults Faults. @return Events done. */
unsigned script_run(
    struct script *s, int64_t start_cs, int64_t now_cs, struct fleet *f, struct faults *faults);

#endif
