/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sample.h - what one source knew of one device at one moment: the one struct that crosses every
 * border. */
#ifndef KK_LIB_SAMPLE_H
#define KK_LIB_SAMPLE_H

#include <stdint.h>

#include "lib/metric.h"

/* Who measured. The order is the order of the account (DESIGN.md, "Which source"). */
#define SAMPLE_SOURCES(X) \
	X(SNMP, "snmp") X(CONTROLLER, "controller") X(PROBE, "probe") X(RADIUS, "radius")
#define SAMPLE_AS_ENUM(id, name) SOURCE_##id,
enum sample_source { SAMPLE_SOURCES(SAMPLE_AS_ENUM) SOURCE_COUNT };

/* Marks of the interval that a sample closes. */
enum sample_flag {
	SAMPLE_SILENT = 1 << 0,	 /* asked in vain: no values, odometers as they were */
	SAMPLE_FIRST = 1 << 1,	 /* the odometers start here */
	SAMPLE_RESTART = 1 << 2, /* reboot or discontinuity: octets before it are unknown */
	SAMPLE_UNSURE = 1 << 3,	 /* a 32-bit counter may have wrapped more than once */
	SAMPLE_REBASED =
	    1 << 4, /* a counter was taken over without counting (jump, replaced hardware) */
	SAMPLE_REPLACED = 1 << 5, /* other hardware answers under this id */
	SAMPLE_MOVED = 1 << 6,	  /* an interface moved to another ifIndex */
	SAMPLE_PARTIAL = 1 << 7	  /* some of what is counted was missing in the reply */
};

/* What is wrong with a device that answers: a number in the highest bits of the flags. */
#define SAMPLE_REASON_AT  11
#define SAMPLE_REASON(fl) ((unsigned)(fl) >> SAMPLE_REASON_AT)

/* The order is that of the texts in lib/i18n.def, from TEXT_WHY_USM_USER on. Kept in journals: add
 * at the end. */
enum sample_reason {
	REASON_NONE,
	REASON_USM_USER,	/* SNMPv3: the agent does not know the user */
	REASON_USM_DIGEST,	/* has another authentication secret */
	REASON_USM_LEVEL,	/* does not grant the security level */
	REASON_USM_PRIV,	/* has another privacy secret */
	REASON_USM_ENGINE,	/* has no usable engine id */
	REASON_USM_TIME,	/* does not accept its own engine time */
	REASON_USM_OTHER,	/* refuses for another reason */
	REASON_USM_FROZEN,	/* its engine time stands still */
	REASON_USM_BOOTS,	/* its engine boots or time fell */
	REASON_USM_SHARED,	/* another device has its engine id */
	REASON_LIST_CUT,	/* controller: its list of access points could not be read whole */
	REASON_SAID_DOWN,	/* access point: its controller says that it is not connected */
	REASON_GONE,		/* access point: its controller does not list it any more */
	REASON_TWO_CONTROLLERS, /* access point: two controllers have it connected */
	REASON_AGENT_SILENT,	/* silent, but its host answers ICMP echo */
	REASON_NO_ECHO,		/* silent, and its host does not answer ICMP echo either */
	REASON_DROPPED,	   /* silent, as what it answers is not taken: malformed, forged, ... */
	REASON_NO_PROFILE, /* answers, but has nothing that a profile knows */
	REASON_REFUSES,	   /* refuses what it is asked */
	REASON_MIDWAY,	   /* stopped answering in the middle of a poll */
	REASON_TYPES,	   /* answers with values of the wrong type */
	REASON_SLOW,	   /* its poll took longer than an interval and was ended */
	REASON_TABLES,	   /* its tables are not sound: they go in circles, or have no end */
	REASON_COUNT	   /* at most 32 */
};

/*
 * One counter pair of a device as last read: what the next delta starts from. A device that shows
 * its clients on three virtual APs has three. Kept with the sample so that the journal alone can
 * restore the odometers. Those of a probe count frames instead, to clients and from them, and their
 * keys are frame_code_key().
 */
struct counter {
	uint32_t key;  /* identity that survives a move to another ifIndex: hash of name or BSSID */
	uint8_t width; /* 32 or 64 bits */
	uint64_t down; /* raw counter towards clients, octets */
	uint64_t up;   /* raw counter from clients, octets */
	int64_t boot_cs; /* when it started from 0, 1/100 s since the epoch */
	int64_t
	    when_cs; /* when it was read; older than the sample's time if this reply lacked it */
};

#define SAMPLE_COUNTERS_MAX 64

/* A view: `counters` belongs to whoever made the sample and lives as long as the call that passes
 * it on. */
struct sample {
	uint32_t device;	     /* inventory number, 1 and up, never used again */
	uint8_t source;		     /* enum sample_source */
	uint16_t flags;		     /* enum sample_flag */
	int64_t time_cs;	     /* UTC, 1/100 s since the epoch */
	int64_t boot_cs;	     /* when the device booted; 0: unknown */
	uint64_t known;		     /* METRIC_BIT(METRIC_x) is set if value[METRIC_x] is known */
	int64_t value[METRIC_COUNT]; /* unit × scale; OCTETS_DOWN and OCTETS_UP are the odometers */
	uint16_t n_counters;
	const struct counter *counters;
};

/** Name of a source. @param source enum sample_source. @return Static text, "?" for others. */
const char *sample_source_name(unsigned source);

/** Look a source up. @param name "snmp", ... @return enum sample_source or -1. */
int sample_source_by_name(const char *name);

/** Set a metric, unless the value cannot be a measurement. @param s Sample. @param m Metric. @param
 * v unit × scale. */
static inline void
sample_set(struct sample *s, enum metric m, int64_t v)
{
	if (!metric_plausible(m, v))
		return;
	s->value[m] = v;
	s->known |= METRIC_BIT(m);
}

/** Whether a metric is known. @param s Sample. @param m Metric. @return 1 or 0. */
static inline int
sample_has(const struct sample *s, enum metric m)
{
	return (s->known >> m) & 1;
}

#endif
