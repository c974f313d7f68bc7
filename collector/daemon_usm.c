/* SPDX-License-Identifier: GPL-3.0-or-later */
/* daemon_usm.c - SNMPv3's users and engines between the files and the collector. */
#include <string.h>
#include <sys/random.h>

#include "collector/daemon_in.h"
#include "collector/snmp/usm_notice.h"
#include "collector/users.h"
#include "rrd/db/usm_cache.h"

#define ROWS_PER_TXN 500

_Static_assert(USM_ROW_ENGINE == USM_ENGINE_MAX && USM_ROW_USER == USM_USER_MAX + 1,
    "usm_cache.h has the room of usm.h");

int
daemon_users_open(struct daemon *dm, struct diag *d)
{
	int rc = usm_new(&dm->usm);

	if (rc != KK_OK)
		return diag_set(d, rc, "SNMPv3: %s", kk_strerror(rc));
	return users_read(dm->conf.snmp.users_file, &dm->users, d);
}

int
daemon_be_engine(struct daemon *dm, struct diag *d)
{
	/* RFC 3411 section 5: the enterprise of net-snmp, whose rules for the rest are free to use;
	 * 5: octets that its administrator gave. */
	uint8_t engine[5 + sizeof(int64_t)] = {0x80, 0, 0x1f, 0x88, 5};
	uint32_t boots;
	int64_t id;
	int rc;

	if (getrandom(&id, sizeof(id), 0) != (ssize_t)sizeof(id))
		return diag_set(d, KK_E_IO, "no random numbers for an SNMPv3 engine id");
	if ((rc = usm_cache_start(dm->db, &id, &boots, d)) != KK_OK)
		return rc;
	memcpy(engine + 5, &id, sizeof(id));
	usm_be_engine(dm->usm, engine, sizeof(engine), boots, clock_mono_ms(NULL));
	return KK_OK;
}

int
daemon_users_reload(struct daemon *dm, const char *path, struct diag *d)
{
	struct usm_users *fresh;
	int rc = users_read(path, &fresh, d);

	if (rc != KK_OK)
		return rc;
	usm_users_inherit(fresh, dm->users);
	usm_users_free(dm->users);
	dm->users = fresh;
	dm->target_env.users = fresh;
	return KK_OK;
}

/* The monotonic clock starts anew with the machine: on disk, times are the wall clock's. */
struct moment {
	int64_t mono_ms, utc_cs;
};

static struct moment
now(void)
{
	return (struct moment){clock_mono_ms(NULL), clock_utc_cs(NULL)};
}

static int64_t
mono_of(const struct moment *m, int64_t utc_cs)
{
	int64_t ago_cs = m->utc_cs - utc_cs;

	/* A wall clock that was behind then: nothing better is known than "now". */
	return ago_cs > 0 ? m->mono_ms - ago_cs * 10 : m->mono_ms;
}

static int64_t
utc_of(const struct moment *m, int64_t mono_ms)
{
	return m->utc_cs - (m->mono_ms - mono_ms) / 10;
}

struct restoring {
	struct usm *usm;
	struct moment now;
};

static void
restore_engine(void *ctx, const struct usm_row *row)
{
	struct restoring *r = ctx;
	struct usm_kept k = {.port = row->port,
	    .engine_len = row->engine_len,
	    .frozen = row->frozen,
	    .boots = row->boots,
	    .time = row->time,
	    .at_ms = mono_of(&r->now, row->at_cs),
	    .fell_ms = row->fell_cs != 0 ? mono_of(&r->now, row->fell_cs) : INT64_MIN};

	memcpy(&k.addr, row->address, sizeof(k.addr));
	memcpy(k.user, row->user, sizeof(k.user));
	memcpy(k.engine, row->engine, sizeof(k.engine));
	usm_restore(r->usm, &k);
}

int
daemon_engines_restore(struct daemon *dm, struct diag *d)
{
	struct restoring r = {dm->usm, now()};

	return usm_cache_load(dm->db, restore_engine, &r, d);
}

static void
as_row(const struct moment *m, const struct usm_kept *k, struct usm_row *row)
{
	*row = (struct usm_row){.port = k->port,
	    .engine_len = k->engine_len,
	    .frozen = k->frozen,
	    .boots = k->boots,
	    .time = k->time,
	    .at_cs = utc_of(m, k->at_ms),
	    .fell_cs = k->fell_ms != INT64_MIN ? utc_of(m, k->fell_ms) : 0};
	memcpy(row->address, &k->addr, sizeof(row->address));
	memcpy(row->user, k->user, sizeof(row->user));
	memcpy(row->engine, k->engine, sizeof(row->engine));
}

int
daemon_keep_engines(struct daemon *dm)
{
	struct usm_kept kept[ROWS_PER_TXN];
	struct usm_row row[ROWS_PER_TXN];
	struct moment m = now();
	struct diag why = {""};
	size_t n = usm_to_keep(dm->usm, kept, ROWS_PER_TXN);
	int rc;

	if (n == 0)
		return 0;
	for (size_t i = 0; i < n; i++)
		as_row(&m, &kept[i], &row[i]);
	rc = usm_cache_save(dm->db, row, n, &why);
	if (rc == KK_OK) {
		complaint_over(&dm->engines_trouble, "SNMPv3 engines are kept again");
		usm_kept(dm->usm, n);
		return n == ROWS_PER_TXN;
	}
	if (rc != KK_E_BUSY) /* else the next tick finds it free */
		complain(&dm->engines_trouble, clock_mono_ms(NULL), LOG_LV_WARNING,
		    "SNMPv3 engines are not kept, and will be asked again after a restart: %s",
		    why.text);
	return 0;
}
