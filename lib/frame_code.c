/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/frame_code.h"

#include <stdlib.h>
#include <string.h>

#define IN_WORDS(id, name) name,

/* The table's rows: REASON and STATUS of lib/frame_code.def. */
struct meaning {
	uint16_t number;
	enum text_id text;
};

#define REASON(number, id) {number, TEXT_REASON_##id},
#define STATUS(number, id)
static const struct meaning reasons[] = {
#include "lib/frame_code.def"
};
#undef REASON
#undef STATUS

#define REASON(number, id)
#define STATUS(number, id) {number, TEXT_STATUS_##id},
static const struct meaning statuses[] = {
#include "lib/frame_code.def"
};
#undef REASON
#undef STATUS

const char *
frame_code_name(enum frame_code_kind kind)
{
	static const char *const names[] = {FRAME_CODES(IN_WORDS)};

	return names[kind];
}

static const char *
look_up(const struct meaning *m, size_t n, uint32_t number, enum language lang)
{
	for (size_t i = 0; i < n; i++)
		if (m[i].number == number)
			return i18n(lang, m[i].text);
	return "";
}

const char *
frame_code_text(enum frame_code_kind kind, uint32_t number, enum language lang)
{
	if (number == FRAME_CODE_OTHERS)
		return i18n(lang, TEXT_CODE_OTHERS);
	if (kind == FRAME_CODE_DEAUTHENTICATION || kind == FRAME_CODE_DISASSOCIATION)
		return number == FRAME_CODE_UNKNOWN
			   ? i18n(lang, TEXT_CODE_ENCRYPTED)
			   : look_up(reasons, sizeof(reasons) / sizeof(reasons[0]), number, lang);
	return look_up(statuses, sizeof(statuses) / sizeof(statuses[0]), number, lang);
}

/* ---- sets ---- */

void
frame_codes_free(struct frame_codes *c)
{
	free(c->counter);
	*c = (struct frame_codes){.counter = NULL};
}

int
frame_codes_room(struct frame_codes *c, uint16_t n)
{
	struct counter *more;

	if (n <= c->room)
		return KK_OK;
	if ((more = realloc(c->counter, n * sizeof(*more))) == NULL)
		return KK_E_NOMEM;
	c->counter = more;
	c->room = n;
	return KK_OK;
}

int
frame_codes_copy(struct frame_codes *c, const struct counter *from, uint16_t n)
{
	int rc = frame_codes_room(c, n);

	if (rc != KK_OK)
		return rc;
	if (n > 0)
		memcpy(c->counter, from, n * sizeof(*from));
	c->n = n;
	return KK_OK;
}

static uint16_t
find(const struct counter *c, uint16_t n, uint32_t key)
{
	uint16_t at = 0;

	while (at < n && c[at].key != key)
		at++;
	return at;
}

const struct counter *
frame_codes_find(const struct frame_codes *c, uint32_t key)
{
	uint16_t at = find(c->counter, c->n, key);

	return at < c->n ? &c->counter[at] : NULL;
}

/* How many places are kept for the others of kinds that have none yet. */
static unsigned
kept_free(const struct counter *c, uint16_t n)
{
	unsigned absent = 0;

	for (unsigned kind = 0; kind < FRAME_CODE_KINDS; kind++)
		absent += find(c, n, frame_code_key(kind, FRAME_CODE_OTHERS)) == n;
	return absent;
}

/* Under which key a number counts. */
static uint32_t
counted_as(const struct counter *c, uint16_t n, uint32_t key)
{
	uint32_t others = frame_code_key(frame_code_kind(key), FRAME_CODE_OTHERS);

	return key == others || find(c, n, key) < n || n + kept_free(c, n) < SAMPLE_COUNTERS_MAX
		   ? key
		   : others;
}

int
frame_codes_add(struct counter sum[SAMPLE_COUNTERS_MAX], uint16_t *n, const struct counter *more)
{
	struct counter next = *more;
	uint16_t at;

	if (frame_code_kind(more->key) == FRAME_CODE_KINDS)
		return 0;
	next.key = counted_as(sum, *n, more->key);
	at = find(sum, *n, next.key);
	if (at == SAMPLE_COUNTERS_MAX)
		return 0; /* what was there before is not of this kind */
	if (at < *n && (__builtin_add_overflow(sum[at].down, more->down, &next.down) ||
			   __builtin_add_overflow(sum[at].up, more->up, &next.up)))
		return 0;
	sum[at] = next;
	*n += at == *n;
	return 1;
}
