/* SPDX-License-Identifier: GPL-3.0-or-later */
/* daemon_distinct.c - the day's key to the probes, and their sketches to counts. */
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "collector/daemon_in.h"

/* Sketches are no secret that is locked, but a core dump must not hold them either. */
static void
no_core_dumps(void)
{
	static const struct rlimit none = {0, 0};

	if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)
		log_line(LOG_LV_WARNING, "core dumps cannot be forbidden");
}

static struct distinct_place
place_of(void *ctx, const char *id)
{
	const struct daemon *dm = ctx;
	const struct device *dev = dm->inventory ? inventory_by_id(dm->inventory, id) : NULL;

	if (dev == NULL || dev->kind != KIND_AP)
		return (struct distinct_place){0, ""};
	return (struct distinct_place){dev->num, dev->district};
}

static void
open_days(struct daemon *dm)
{
	for (unsigned i = 0; i < DAYKEYS; i++) {
		const struct daykey_facts *key = daykeys_facts(dm->daykeys, i);

		if (key->epoch != 0 && distinct_open(dm->distinct, key) != KK_OK)
			log_line(LOG_LV_ERROR, "no memory for the distinct clients of %d",
			    (int)key->day);
	}
}

void
daemon_distinct_open(struct daemon *dm)
{
	struct distinct_env env = {.ctx = dm, .place = place_of};
	struct diag why = {"out of memory"};

	no_core_dumps();
	if (daykeys_new(NULL, &dm->daykeys, &why) != KK_OK ||
	    (dm->distinct = distinct_new(&env)) == NULL) {
		log_line(LOG_LV_WARNING, "distinct clients are not counted: %s", why.text);
		daykeys_free(dm->daykeys);
		dm->daykeys = NULL;
		return;
	}
	open_days(dm);
}

int
daemon_key(void *ctx, unsigned which, uint8_t out[DAYKEY_WIRE_OCTETS])
{
	const struct daemon *dm = ctx;

	return dm->daykeys != NULL && which < DAYKEYS && daykeys_message(dm->daykeys, which, out);
}

int
daemon_sketches(void *ctx, const uint8_t *in, size_t len)
{
	struct daemon *dm = ctx;

	return dm->distinct != NULL ? distinct_take(dm->distinct, in, len) : KK_OK;
}

static int
keep(struct daemon *dm, int all)
{
	struct diag why = {""};
	int rc = distinct_keep(dm->distinct, dm->db, all, &why);

	if (rc == KK_OK || rc == KK_END)
		complaint_over(&dm->distinct_trouble, "distinct clients are kept again");
	else if (rc != KK_E_BUSY) /* else the next tick finds it free */
		complain(&dm->distinct_trouble, clock_mono_ms(NULL), LOG_LV_WARNING,
		    "distinct clients are not kept: %s", why.text);
	return rc == KK_END;
}

void
daemon_distinct_tick(struct daemon *dm)
{
	int fresh;

	if (dm->distinct == NULL)
		return;
	if ((fresh = daykeys_follow(dm->daykeys)) != 0)
		open_days(dm);
	if (dm->ingest != NULL)
		ingest_keys(dm->ingest, fresh);
	(void)keep(dm, 0);
}

void
daemon_distinct_close(struct daemon *dm)
{
	while (dm->distinct != NULL && dm->db != NULL && keep(dm, 1))
		;
	distinct_free(dm->distinct);
	daykeys_free(dm->daykeys);
}
