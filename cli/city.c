/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/city.h"

#include <stdlib.h>
#include <string.h>

#include "cli/near.h"
#include "lib/clock.h"
#include "rrd/db/incident.h"
#include "rrd/live.h"

int
city_db(const struct cli *c, enum db_mode mode, struct db **out)
{
	struct diag d = {""};
	int rc = db_open(c->conf.state_dir, mode, out, &d);

	if (rc == KK_OK)
		return 1;
	if (rc == KK_E_NOTFOUND && mode == DB_READ)
		cli_say(
		    c, "%s: no database yet; \"kkachi import FILE\" makes it", c->conf.state_dir);
	else
		cli_say(c, "%s", d.text[0] ? d.text : kk_strerror(rc));
	return 0;
}

int
city_open(const struct cli *c, struct city *out)
{
	struct diag d = {""};
	int rc;

	memset(out, 0, sizeof(*out));
	if (!city_db(c, DB_READ, &out->db))
		return 0;
	if ((rc = inventory_read(out->db, &out->inventory, &d)) == KK_OK)
		return 1;
	cli_say(c, "%s", d.text[0] ? d.text : kk_strerror(rc));
	city_close(out);
	return 0;
}

/* States that the newest alert run has kept know longer since when; without any, no harm. */
static void
use_kept(const struct cli *c, struct city *city)
{
	struct kept_state *kept = NULL;
	struct diag d = {""};
	size_t n;

	if (kept_states_read(city->db, &kept, &n, &d) == KK_OK)
		picture_since(city->picture, kept, n);
	else
		cli_say(c, "%s", d.text);
	free(kept);
}

int
city_judge(const struct cli *c, struct city *city)
{
	struct diag d = {""};
	int rc = live_open_reader(c->conf.run_dir, &city->live, &d);

	if (rc != KK_OK && rc != KK_E_NOTFOUND)
		cli_say(c, "%s", d.text[0] ? d.text : kk_strerror(rc));
	rc =
	    picture_make(&c->conf, city->inventory, city->live, clock_utc_cs(NULL), &city->picture);
	if (rc != KK_OK) {
		cli_say(c, "%s", kk_strerror(rc));
		return 0;
	}
	use_kept(c, city);
	return 1;
}

void
city_close(struct city *city)
{
	picture_free(city->picture);
	live_close(city->live);
	inventory_free(city->inventory);
	db_close(city->db);
	memset(city, 0, sizeof(*city));
}

const struct device *
city_device(const struct cli *c, const struct city *city, const char *id)
{
	const struct device *dev = inventory_by_id(city->inventory, id);
	char near[NEAR_TEXT];

	if (dev == NULL)
		cli_say(
		    c, "no device has the id \"%s\"%s", id, near_ids(city->inventory, id, near));
	return dev;
}
