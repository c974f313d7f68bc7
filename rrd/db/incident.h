/* SPDX-License-Identifier: GPL-3.0-or-later */
/* incident.h - what `kkachi alert` has decided, and how far each channel was told. */
#ifndef KK_RRD_DB_INCIDENT_H
#define KK_RRD_DB_INCIDENT_H

#include <stddef.h>
#include <stdint.h>

#include "rrd/db/db.h"

/* One incident. Texts are owned by the list. */
struct incident {
	int64_t num;	   /* 0: not kept yet */
	const char *kind;  /* "ap_down", ... */
	const char *cause; /* id of the failed device */
	const char *state; /* "firing", "acknowledged", "resolved" */
	int64_t since_s;   /* UTC seconds */
	int64_t ended_s;   /* 0: open */
	uint32_t affected;
	uint32_t suppressed;
	int64_t changed; /* counts up; a channel has heard everything up to its cursor */
};

struct incidents {
	struct incident *rows; /* by `changed`, then number */
	size_t n;
};

/**
 * Read open incidents, and those that ended since a cursor.
 *
 * @param db     Connection.
 * @param heard  Cursor: an ended incident is read if its `changed` is larger.
 * @param out    Receives the list; incidents_free() frees it.
 * @param d      Why not.
 * @retval KK_OK Done.
 * @retval KK_E_NOMEM Out of memory.
 * @retval KK_E_DB  And its kin.
 */
int incidents_read(struct db *db, int64_t heard, struct incidents **out, struct diag *d);

/** @param l List, NULL is allowed. */
void incidents_free(struct incidents *l);

/**
 * Keep a new incident, as firing; inside a transaction.
 *
 * @param db  Writing connection.
 * @param i   Kind, cause, since, affected, suppressed are taken.
 * @param d   Why not.
 * @retval KK_OK Done.
 * @retval KK_E_DB  And its kin.
 */
int incident_begin(struct db *db, const struct incident *i, struct diag *d);

/** How many an open incident concerns by now; no channel is told of it again. @param db Writing
 * connection, in a transaction. @param num Incident. @param affected Access points. @param
 * suppressed Devices. @param d Why not. @retval KK_OK Done. @retval KK_E_DB */
int incident_grow(
    struct db *db, int64_t num, uint32_t affected, uint32_t suppressed, struct diag *d);

/** An incident is over. @param db Writing connection, in a transaction. @param num Incident. @param
 * ended_s UTC seconds. @param d Why not. @retval KK_OK Done. @retval KK_E_DB */
int incident_end(struct db *db, int64_t num, int64_t ended_s, struct diag *d);

/** How far a channel was told. @param db Connection. @param name Channel. @param heard Receives
 * the cursor, 0 for a new one. @param d Why not. @retval KK_OK Done. @retval KK_E_DB */
int channel_heard(struct db *db, const char *name, int64_t *heard, struct diag *d);

/** A channel was told everything up to here; never moves back. @param db Writing connection. @param
 * name Channel. @param heard Cursor. @param d Why not. @retval KK_OK Done. @retval KK_E_DB */
int channel_tell(struct db *db, const char *name, int64_t heard, struct diag *d);

/* What the last run thought of a device. */
struct kept_state {
	uint32_t device;
	char state[16];
	const char *reason; /* when writing only; NULL: none */
	int64_t since_s;
};

/** Read all kept states, by device number. @param db Connection. @param out Receives a malloc'd
 * array. @param n Receives its rows. @param d Why not. @retval KK_OK Done. @retval KK_E_NOMEM Out
 * of memory. @retval KK_E_DB */
int kept_states_read(struct db *db, struct kept_state **out, size_t *n, struct diag *d);

/** Write some states; inside a transaction. @param db Writing connection. @param rows States.
 * @param n How many. @param d Why not. @retval KK_OK Done. @retval KK_E_DB */
int kept_states_write(struct db *db, const struct kept_state *rows, size_t n, struct diag *d);

#endif
