/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * state.h - what a device's newest sample means, seen alone: answering, silent, or not to be seen.
 * Pure. What stands above it in the tree is cause.h's business.
 */
#ifndef KK_ALERTS_STATE_H
#define KK_ALERTS_STATE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/conf.h"
#include "lib/i18n.h"
#include "rrd/db/inventory.h"
#include "rrd/live.h"

/* The order is that of the texts in lib/i18n.def, from TEXT_UP on. */
#define DEVICE_STATES(X)                                               \
	X(UP, "up")                                                    \
	X(DEGRADED, "degraded")                                        \
	X(DOWN, "down")                                                \
	X(UNREACHABLE, "unreachable") /* something above it is down */ \
	X(UNKNOWN, "unknown")	      /* we cannot see */              \
	X(FLAPPING, "flapping")                                        \
	X(MISSING, "missing") /* gone from its controller */           \
	X(MAINTENANCE, "maintenance")                                  \
	X(DISABLED, "disabled")                                        \
	X(AWAY, "away") /* mobile and silent */
#define STATE_AS_ENUM(id, name) STATE_##id,
enum device_state { DEVICE_STATES(STATE_AS_ENUM) STATE_COUNT };

/* Why; the texts stand in lib/i18n.def as TEXT_WHY_..., in this order. */
enum why {
	WHY_NOTHING,
	WHY_MISSES,	      /* so many polls missed */
	WHY_ABOVE,	      /* the device in `cause` is down */
	WHY_NOTHING_BELOW,    /* not asked itself; nothing below it answers */
	WHY_BELOW_ANSWERS,    /* not asked itself; devices below it answer */
	WHY_ONLY_BELOW,	      /* silent itself; devices below it answer */
	WHY_NEVER,	      /* asked, and never answered yet */
	WHY_NOT_ASKED,	      /* not asked yet */
	WHY_NOT_LATELY,	      /* not asked of late */
	WHY_NO_HOST,	      /* no address to ask */
	WHY_COLLECTOR_SILENT, /* the collector writes nothing */
	WHY_CUT_OFF,	      /* nobody answers: the collector itself is cut off */
	WHY_PARTIAL,	      /* a part of its counters is missing */
	WHY_OTHER_SOURCE,     /* silent, but another source sees it at work */
	WHY_GONE,	      /* its controller no longer lists it */
	WHY_CONTROLLER,	      /* its controller does not answer */
	WHY_MOBILE,	      /* mobile, and silent */
	WHY_REASON,	      /* and on: enum sample_reason, from its first one */
	WHY_NO_ECHO = WHY_REASON + REASON_NO_ECHO - 1,
	WHY_DROPPED = WHY_REASON + REASON_DROPPED - 1,
	WHY_COUNT = WHY_REASON + REASON_COUNT - 1
};

/* What a device's own polls say, before the tree is looked at. */
enum evidence {
	EVIDENCE_NONE,	/* not asked, never answered, or of no weight */
	EVIDENCE_ALIVE, /* the newest poll was answered */
	EVIDENCE_DOUBT, /* silent, not yet long enough */
	EVIDENCE_DEAD	/* silent long enough */
};

/* A judgement. A plain value. */
struct verdict {
	uint8_t state;	  /* enum device_state */
	uint8_t why;	  /* enum why */
	uint8_t evidence; /* enum evidence */
	uint8_t pending; /* 1: down, but wait before telling: what is above it is not yet decided */
	uint32_t misses; /* polls missed in a row */
	uint32_t cause;	 /* number of the failed device: its own if `down`; 0: none */
	int64_t since_s; /* in this state since, UTC seconds; 0: unknown */
};

/* What is common to all devices at one moment. */
struct state_rules {
	unsigned misses;     /* polls in vain until a device counts as down, 1 and up */
	unsigned interval_s; /* between polls */
	int64_t now_cs;	     /* UTC, 1/100 s */
	int64_t touched_cs;  /* when the collector last wrote; 0: never */
};

/** The rules of a configuration. @param c Configuration. @param now_cs UTC, 1/100 s. @param
 * touched_cs live_touched_cs(), 0: no live table. @return The rules. */
struct state_rules state_rules(const struct conf *c, int64_t now_cs, int64_t touched_cs);

/** How old a sample may be before it says nothing about now: three intervals and 10 s. @param r
 * Rules. @return Seconds. */
int64_t state_stale_s(const struct state_rules *r);

/** Whether the collector has written nothing for so long that nothing can be said of any device.
 * @param r Rules. @return 1 or 0. */
int state_collector_silent(const struct state_rules *r);

/**
 * Judge one device by itself.
 *
 * @param r         Rules.
 * @param dev       Device.
 * @param e         Newest of its account's source; `device` 0: nothing known.
 * @param other_cs  Newest answered sample of any other source, UTC 1/100 s; 0: none.
 * @param out       Receives the verdict; `cause` is its own number if it is down, else 0.
 */
void state_judge(const struct state_rules *r, const struct device *dev, const struct live_entry *e,
    int64_t other_cs, struct verdict *out);

/** @param s State. @return "up", "degraded", ... */
const char *state_name(enum device_state s);

/** @param name "up", ... @return enum device_state or -1. */
int state_by_name(const char *name);

/** The state's word. @param s State. @param lang Language. @return Static text. */
const char *state_text(enum device_state s, enum language lang);

/**
 * What was wrong with a device's newest poll, as its sample says: also while no collector runs.
 *
 * @param e     Live table's entry; device 0: none.
 * @param lang  Language.
 * @param out   Receives the phrase.
 * @param room  Octets in `out`.
 * @return      `out`, or NULL: nothing was wrong.
 */
const char *state_trouble(const struct live_entry *e, enum language lang, char *out, size_t room);

/**
 * The reason as a phrase: "3 polls missed", "SW-0012 above it is down".
 *
 * @param v      Verdict.
 * @param cause  Id of the device in `v->cause`; NULL is shown as "?".
 * @param lang   Language.
 * @param out    Receives the text; "" if there is nothing to say.
 * @param room   Octets in `out`.
 * @return       `out`.
 */
const char *state_reason(
    const struct verdict *v, const char *cause, enum language lang, char *out, size_t room);

#endif
