/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * survey.h - one look at all ports of one device: interfaces, light, power, and, if wished, its
 * neighbours. Table after table by scan.h; what a device lacks is left out.
 */
#ifndef KK_COLLECTOR_SURVEY_H
#define KK_COLLECTOR_SURVEY_H

#include "collector/ports/gather.h"
#include "collector/table/scan.h"

#define SURVEY_UNKNOWN 0xff /* which of several ways a device has */

/* What is remembered of a device between two surveys. */
struct survey_memory {
	struct scan_memory bulk;
	uint8_t optical; /* entry of `optical` that found light; SURVEY_UNKNOWN */
	uint8_t fdb;	 /* of `fdb`; SURVEY_UNKNOWN */
};

/* What is asked, and who is asked whether now. */
struct survey_wish {
	const struct port_rules *rules; /* borrowed */
	int neighbours;			/* LLDP and bridge table, too */
	void *ctx;			/* for all callbacks */
	is_known_cb known;
	int (*may_ask)(void *ctx);
};

/* What came; it lives during the call. */
struct survey_result {
	const struct facts *facts;
	int has_lldp; /* a whole table, perhaps empty; 0: it does not speak LLDP, or was cut off */
	int has_bridge; /* likewise */
};

/* The end, exactly once; `r` is NULL unless rc is KK_OK: the interfaces were read whole. The survey
 * may be freed in it. */
typedef void (*survey_done_cb)(void *ctx, int rc, const struct survey_result *r);

struct survey;

/**
 * Begin.
 * @param p       Whom; copied, with a slot of its own in the engine.
 * @param wish    What; copied.
 * @param memory  Borrowed; learned on.
 * @param done    Callback, with wish->ctx.
 * @param out     Receives it; survey_free() frees it.
 * @return        KK_OK: `done` will be called; else it will not be, and there is nothing to free.
 */
int survey_start(const struct ask_peer *p, const struct survey_wish *wish,
    struct survey_memory *memory, survey_done_cb done, struct survey **out);

/** It may ask again. @param s Survey; nothing happens unless it waits. */
void survey_resume(struct survey *s);

/** @param s Survey, NULL is allowed; a request in flight is given up, `done` not called. */
void survey_free(struct survey *s);

#endif
