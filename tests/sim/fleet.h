/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fleet.h - the simulated devices: who has which address, what it is, when it booted, and what was
 * seen of it. */
#ifndef KK_SIM_FLEET_H
#define KK_SIM_FLEET_H

#include <stdint.h>

#include "tests/sim/cables.h"
#include "tests/sim/load.h"

#define SIM_PROFILES(X)   \
	X(UNIFI, "unifi") \
	X(IFMIB, "ifmib") \
	X(IFMIB32, "ifmib32") X(FIT, "fit") X(SWITCH, "switch") X(CONTROLLER, "controller")
#define SIM_AS_ENUM(id, name) SIM_##id,
enum sim_profile { SIM_PROFILES(SIM_AS_ENUM) SIM_PROFILE_COUNT };

#define SIM_RADIOS 2

/* Truth of one counter pair: what was served, by DESIGN's rule for reboots. */
struct sim_truth {
	uint64_t down, up;	     /* octets between the first and the last value served */
	uint64_t last_down, last_up; /* raw, 64 bits, as last served */
	int64_t last_cs, first_cs;   /* when; 0: never */
	int64_t boot_cs;	     /* the boot they counted from */
	uint32_t reboots;	     /* seen between two values served */
};

struct sim_device {
	uint8_t profile; /* enum sim_profile */
	uint8_t silent;	 /* answers nothing */
	uint8_t slow;	 /* each answer takes faults.slow_ms */
	uint8_t v1_only;
	uint8_t unlisted;	  /* its controller does not list it */
	uint8_t moved;		  /* its interfaces stand under other indices */
	uint8_t no_lldp;	  /* it does not tell its neighbours who it is */
	uint8_t dim;		  /* little light comes in at its uplink */
	uint32_t parent, parent2; /* index of its switch, as the inventory says; UINT32_MAX: none */
	uint32_t cabled;	  /* of the switch that it really hangs on */
	uint32_t replaced;	  /* how often its hardware was changed: another MAC */
	uint32_t upgraded;	  /* how often it got newer firmware */
	uint32_t engine_boots;	  /* SNMPv3 */
	uint8_t twin;		  /* it has a neighbour's engine id */
	int64_t frozen_cs;	  /* its engine time stands still since; 0: it does not */
	int64_t boot_cs;	  /* sysUpTime is 0 here */
	int64_t zero_cs;    /* its counters are 0 here: the boot, or a discontinuity after it */
	uint64_t near_wrap; /* added to 64-bit raw values before they are cut to 32 bits; 0 after a
			       reboot */
	int64_t read_cs[SIM_RADIOS]; /* of SIM_FIT: when its controller read its octets */
	uint64_t requests, answers;
	struct sim_truth truth[SIM_RADIOS];
};

struct fleet {
	struct load load;
	struct sim_device *devices; /* access points first, then switches, then controllers */
	struct cables cables;
	uint32_t n, aps; /* `n` without the controllers */
	uint32_t controllers;
	uint32_t *listed; /* SIM_FIT access points, those of one controller together */
	uint32_t n_listed;
	unsigned usm_users; /* of SNMPv3, for the inventory; 0: it is not spoken */
	uint64_t seed;
	int tree; /* SW-00001 is a node that the others hang on */
};

struct fleet_options {
	uint32_t aps, switches, controllers;
	uint64_t seed, month_octets;
	unsigned mix[SIM_PROFILE_COUNT]; /* parts */
	unsigned dead_percent, slow_percent, v1_percent;
	unsigned tree;		  /* 1: the switches hang on one another, one closes a ring */
	unsigned miscable;	  /* so many access points hang elsewhere than the inventory says */
	unsigned dim;		  /* so many switches get little light */
	unsigned no_lldp_percent; /* of access points that do not speak LLDP */
	int64_t now_cs;
};

/** @param f Receives the fleet. @param o Options. @return 1, or 0: out of memory. */
int fleet_init(struct fleet *f, const struct fleet_options *o);

/** @param f Fleet. */
void fleet_free(struct fleet *f);

/** A device's address: 127.1.0.1 and on. @param index Device. @return Host byte order. */
uint32_t fleet_address(uint32_t index);

/** Who has an address. @param f Fleet. @param address Host byte order. @return Index, or
 * UINT32_MAX: nobody. */
uint32_t fleet_by_address(const struct fleet *f, uint32_t address);

/** A device's id, as the city would name it; some are odd on purpose. @param f Fleet. @param index
 * Device. @param out Buffer of 32 octets. @return `out`. */
const char *fleet_id(const struct fleet *f, uint32_t index, char out[32]);

/** Find a device by its id. @param f Fleet. @param id Text. @return Index, or UINT32_MAX. */
uint32_t fleet_by_id(const struct fleet *f, const char *id);

/** Raw 64-bit counters of a radio. @param f Fleet. @param index Device. @param radio 0 or 1. @param
 * now_cs Time. @param down Receives octets to clients. @param up Receives octets from clients. */
void fleet_counters(const struct fleet *f, uint32_t index, unsigned radio, int64_t now_cs,
    uint64_t *down, uint64_t *up);

/** Note that values of a radio's counters were served, intact, in a GET's answer. @param f Fleet.
 * @param index Device. @param radio 0 or 1. @param now_cs Time. */
void fleet_served(struct fleet *f, uint32_t index, unsigned radio, int64_t now_cs);

/** Reboot: uptime and counters start from 0. @param f Fleet. @param index Device. @param now_cs
 * Time. */
void fleet_reboot(struct fleet *f, uint32_t index, int64_t now_cs);

/** A counter discontinuity without a reboot (ifCounterDiscontinuityTime). @param f Fleet. @param
 * index Device. @param now_cs Time. */
void fleet_discontinuity(struct fleet *f, uint32_t index, int64_t now_cs);

/** The access points that a controller lists are fleet.listed[this ..] up to that of the next
 * one. @param f Fleet. @param index Controller, or one more. @return Index in fleet.listed. */
uint32_t fleet_first_listed(const struct fleet *f, uint32_t index);

/** The controller of an access point. @param f Fleet. @param index Device. @return Index, or
 * UINT32_MAX: it has none. */
uint32_t fleet_controller(const struct fleet *f, uint32_t index);

/** Whether a device answers: not silent, and no silent switch above it, however many. @param f
 * Fleet. @param index Device. @return 1 or 0. */
int fleet_reachable(const struct fleet *f, uint32_t index);

/** Name of a profile. @param p enum sim_profile. @return Text. */
const char *sim_profile_name(unsigned p);

#endif
