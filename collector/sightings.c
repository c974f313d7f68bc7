/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/sightings.h"

#include <stdlib.h>
#include <string.h>

#include "lib/text.h"

#define ROWS_PER_TXN 500
#define DEVICES_MAX  (1u << 22) /* numbers beyond are carried always */

struct sightings {
	struct identity_sight *waiting;
	size_t n, room;
	uint64_t *print; /* by number: of what was carried or waits; 0: nothing yet */
	uint32_t n_print;
};

int
sightings_new(struct sightings **out)
{
	*out = calloc(1, sizeof(**out));
	return *out != NULL ? KK_OK : KK_E_NOMEM;
}

void
sightings_free(struct sightings *s)
{
	if (s == NULL)
		return;
	free(s->waiting);
	free(s->print);
	free(s);
}

/* A nameplate's octets behind a NUL are not the same in two of them. */
static uint64_t
print_of(const struct nameplate *plate)
{
	uint64_t h = 1;

	for (unsigned f = 0; f < NAMEPLATE_COUNT; f++)
		h = h * 31 + text_hash(plate->text[f], strlen(plate->text[f]) + 1);
	return h != 0 ? h : 1;
}

/* Where a device's print stands; NULL: it has none. */
static uint64_t *
print_at(struct sightings *s, uint32_t device)
{
	uint32_t n = s->n_print > 0 ? s->n_print : 1024;
	uint64_t *more;

	if (device >= DEVICES_MAX)
		return NULL;
	while (n <= device)
		n *= 2;
	if (n != s->n_print) {
		if ((more = realloc(s->print, n * sizeof(*more))) == NULL)
			return NULL;
		memset(more + s->n_print, 0, (n - s->n_print) * sizeof(*more));
		s->print = more;
		s->n_print = n;
	}
	return &s->print[device];
}

static int
make_room(struct sightings *s)
{
	size_t room = s->room > 0 ? s->room * 2 : 64;
	struct identity_sight *more;

	if (s->n >= SIGHTINGS_MAX)
		return 0;
	if (s->n < s->room)
		return 1;
	if ((more = realloc(s->waiting, room * sizeof(*more))) == NULL)
		return 0;
	s->waiting = more;
	s->room = room;
	return 1;
}

void
sightings_take(struct sightings *s, uint32_t device, int64_t time_s, const struct nameplate *plate)
{
	uint64_t print = print_of(plate), *old = print_at(s, device);

	if (nameplate_is_blank(plate) || (old != NULL && *old == print) || !make_room(s))
		return;
	s->waiting[s->n++] = (struct identity_sight){device, time_s, *plate};
	if (old != NULL)
		*old = print;
}

size_t
sightings_waiting(const struct sightings *s)
{
	return s->n;
}

int
sightings_keep(struct sightings *s, struct db *db, identity_cb changed, void *ctx, struct diag *d)
{
	size_t some = s->n < ROWS_PER_TXN ? s->n : ROWS_PER_TXN;
	int rc;

	if (some == 0)
		return KK_OK;
	if ((rc = identity_note(db, s->waiting, some, changed, ctx, d)) != KK_OK)
		return rc;
	s->n -= some;
	memmove(s->waiting, s->waiting + some, s->n * sizeof(s->waiting[0]));
	if (s->n == 0) {
		free(s->waiting);
		s->waiting = NULL;
		s->room = 0;
	}
	return s->n > 0 ? KK_END : KK_OK;
}
