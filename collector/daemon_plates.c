/* SPDX-License-Identifier: GPL-3.0-or-later */
/* daemon_plates.c - what devices are: from learning into the database, and changes into the log. */
#include <stdio.h>
#include <string.h>

#include "collector/daemon_in.h"

void
daemon_named(void *ctx, const struct target *t, const struct nameplate *n)
{
	struct daemon *dm = ctx;

	sightings_take(dm->sightings, target_device(t), clock_utc_cs(NULL) / 100, n);
}

void
daemon_listed(void *ctx, uint32_t device, const struct nameplate *n)
{
	struct daemon *dm = ctx;
	const struct device *dev = dm->inventory ? inventory_by_num(dm->inventory, device) : NULL;

	if (dev != NULL && dev->host[0] == '\0')
		sightings_take(dm->sightings, device, clock_utc_cs(NULL) / 100, n);
}

/* One line per change, "firmware "6.6" -> "6.7"". */
static void
tell_change(void *ctx, const struct identity *is, const struct identity *was)
{
	const struct daemon *dm = ctx;
	const struct device *dev =
	    dm->inventory ? inventory_by_num(dm->inventory, is->device) : NULL;
	char text[640] = "";
	size_t at = 0;

	for (unsigned f = 0; f < NAMEPLATE_COUNT && at < sizeof(text); f++)
		if (is->changed >> f & 1)
			at +=
			    (size_t)snprintf(text + at, sizeof(text) - at, "%s %s \"%s\" -> \"%s\"",
				at > 0 ? "," : "", nameplate_field_name((enum nameplate_field)f),
				was->plate.text[f], is->plate.text[f]);
	log_line(LOG_LV_NOTICE, "%s: %s:%s", dev != NULL ? dev->id : "a device that left",
	    is->changed & NAMEPLATE_SWAPPED ? "other hardware (kkachi replace confirms it)"
					    : "changed",
	    text);
}

int
daemon_keep_plates(struct daemon *dm)
{
	struct diag why = {""};
	int rc = sightings_keep(dm->sightings, dm->db, tell_change, dm, &why);

	if (rc == KK_OK || rc == KK_END)
		complaint_over(&dm->plates_trouble, "what devices are is kept again");
	else if (rc != KK_E_BUSY) /* else the next tick finds it free */
		complain(&dm->plates_trouble, clock_mono_ms(NULL), LOG_LV_WARNING,
		    "what devices are is not kept: %s", why.text);
	return rc == KK_END;
}
