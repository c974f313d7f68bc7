/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/recording.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* No recording is longer, octets. */
#define FILE_MAX (64 << 20)

struct value {
	struct ber_oid name;
	uint8_t tag;
	uint8_t *octets; /* encoded contents */
	size_t len;
	unsigned line;
	uint64_t number; /* of a number */
	int64_t rate;	 /* a second; 0: it stands still */
};

struct recording {
	struct value *values;
	size_t n, left_out;
	unsigned first_left_out;
	int moves;
	const struct kk_clock *clock;
	int64_t start_ms;
};

static int
is_number(uint8_t tag)
{
	return tag == 0x02 || (tag >= 0x41 && tag <= 0x43) || tag == 0x46;
}

static int
hex_digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

static int
from_hex(const char *text, uint8_t *out, size_t *len)
{
	size_t n = strlen(text);

	if (n % 2 != 0)
		return 0;
	for (size_t i = 0; i < n / 2; i++) {
		int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return 0;
		out[i] = (uint8_t)(high << 4 | low);
	}
	*len = n / 2;
	return 1;
}

/* A number's contents, cut out of what ber.c encodes; at most 9 octets. */
static size_t
encode_number(uint8_t tag, uint64_t v, uint8_t *out)
{
	uint8_t buf[32], ignored;
	struct ber_out o;
	struct wire w, c;

	ber_out_init(&o, buf, sizeof(buf));
	if (tag == 0x02)
		ber_put_int(&o, tag, (int32_t)v);
	else
		ber_put_unsigned(&o, tag, tag == 0x46 ? v : (uint32_t)v);
	w = wire_over(o.at, (size_t)(buf + sizeof(buf) - o.at));
	c = ber_any(&w, &ignored);
	memcpy(out, c.at, wire_left(&c));
	return wire_left(&c);
}

/* Negative numbers of 32 bits are told as agents tell them: modulo 2^32. */
static int
read_number(const char *text, struct value *v)
{
	char *end;

	errno = 0;
	v->number = v->tag == 0x46 ? strtoull(text, &end, 10) : (uint64_t)strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || (v->tag == 0x46 && strchr(text, '-')))
		return 0;
	v->len = encode_number(v->tag, v->number, v->octets);
	return 1;
}

/* The contents of a value of its type, as BER wants them. */
static int
encode(const char *text, struct value *v, size_t room)
{
	struct ber_oid oid;
	struct in_addr a;

	switch (v->tag) {
	case 0x04:
	case 0x44:
		v->len = strlen(text);
		memcpy(v->octets, text, v->len);
		return 1;
	case 0x05:
		v->len = 0;
		return 1;
	case 0x06:
		return ber_oid_parse(text, &oid) &&
		       (v->len = ber_oid_encode(&oid, v->octets, room)) > 0;
	case 0x40:
		if (inet_pton(AF_INET, text, &a) != 1)
			return 0;
		memcpy(v->octets, &a, 4);
		v->len = 4;
		return 1;
	default:
		return read_number(text, v);
	}
}

static int
read_tag(const char *type, struct value *v, int *hex)
{
	static const uint8_t tags[] = {2, 4, 5, 6, 0x40, 0x41, 0x42, 0x43, 0x44, 0x46};
	char *end;
	unsigned long number = strtoul(type, &end, 10);

	*hex = *end == 'x' || *end == 'X';
	if (end == type || end[*hex] != '\0')
		return 0;
	for (size_t i = 0; i < sizeof(tags); i++)
		if (tags[i] == number) {
			v->tag = tags[i];
			return !*hex || !is_number(v->tag);
		}
	return 0;
}

/* -1: no line of a recording; 0: a value that cannot be said. */
static int
parse_line(char *line, struct value *v)
{
	char *type = strchr(line, '|'), *text = type ? strchr(type + 1, '|') : NULL;
	size_t room;
	int hex;

	*v = (struct value){.octets = NULL};
	if (text == NULL)
		return -1;
	*type++ = '\0';
	*text++ = '\0';
	if (!ber_oid_parse(line, &v->name))
		return -1;
	if (!read_tag(type, v, &hex))
		return 0;
	room = strlen(text) + 80;
	if ((v->octets = malloc(room)) == NULL)
		return -1;
	if (hex ? from_hex(text, v->octets, &v->len) : encode(text, v, room))
		return 1;
	free(v->octets);
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	const struct value *x = a, *y = b;
	int order = ber_oid_cmp(&x->name, &y->name);

	return order != 0 ? order : x->line < y->line ? -1 : x->line > y->line;
}

static int
add_line(struct recording *r, size_t *room, char *line, unsigned number)
{
	struct value v;
	int rc;

	if (r->n == *room) {
		size_t want = *room > 0 ? *room * 2 : 256;
		struct value *more = realloc(r->values, want * sizeof(*more));

		if (more == NULL)
			return KK_E_NOMEM;
		r->values = more;
		*room = want;
	}
	if ((rc = parse_line(line, &v)) < 0)
		return KK_E_SYNTAX;
	if (rc > 0) {
		v.line = number;
		r->values[r->n++] = v;
	} else if (r->left_out++ == 0) {
		r->first_left_out = number;
	}
	return KK_OK;
}

int
recording_parse(const char *name, char *text, size_t len, struct recording **out, struct diag *d)
{
	struct recording *r = calloc(1, sizeof(*r));
	char *end = text + len, *next;
	unsigned number = 0;
	size_t room = 0;
	int rc = r != NULL ? KK_OK : diag_set(d, KK_E_NOMEM, "%s: out of memory", name);

	for (; rc == KK_OK && text < end; text = next) {
		size_t n = (size_t)(end - text);
		char *eol = memchr(text, '\n', n);

		next = eol != NULL ? eol + 1 : end;
		if (eol == NULL)
			break; /* recording_read() puts one behind the last line */
		*eol = '\0';
		text[strcspn(text, "\r")] = '\0';
		number++;
		if (text[0] == '\0' || text[0] == '#')
			continue;
		if ((rc = add_line(r, &room, text, number)) == KK_E_SYNTAX)
			diag_set(d, rc, "%s:%u: not OID|TYPE|VALUE", name, number);
		else if (rc != KK_OK)
			diag_set(d, rc, "%s:%u: out of memory", name, number);
	}
	if (rc != KK_OK) {
		recording_free(r);
		return rc;
	}
	if (r->n > 0)
		qsort(r->values, r->n, sizeof(r->values[0]), by_name);
	*out = r;
	return KK_OK;
}

int
recording_read(const char *path, struct recording **out, struct diag *d)
{
	FILE *in = fopen(path, "re");
	char *text = NULL;
	size_t n = 0, room = 65536;
	int rc = KK_OK;

	if (in == NULL)
		return diag_set(d, KK_E_NOTFOUND, "%s: %s", path, strerror(errno));
	for (size_t got = 1; rc == KK_OK && got > 0; n += got, room *= 2) {
		char *more = realloc(text, room + 1);

		if (more == NULL || room > FILE_MAX)
			rc = diag_set(d, KK_E_NOMEM, "%s: more than fits", path);
		got = 0;
		if (more != NULL)
			text = more;
		if (rc == KK_OK)
			got = fread(text + n, 1, room - n, in);
	}
	if (rc == KK_OK && ferror(in))
		rc = diag_set(d, KK_E_IO, "%s: %s", path, strerror(errno));
	fclose(in);
	if (rc == KK_OK) {
		text[n] = '\n';
		rc = recording_parse(path, text, n + 1, out, d);
	}
	free(text);
	return rc;
}

/* ---- motion ---- */

static int
is_below(const struct ber_oid *name, const struct ber_oid *top)
{
	return name->n >= top->n && memcmp(name->sub, top->sub, top->n * sizeof(top->sub[0])) == 0;
}

static size_t
set_rate(struct recording *r, const struct ber_oid *top, int64_t rate)
{
	size_t found = 0;

	for (size_t i = 0; i < r->n; i++)
		if (is_below(&r->values[i].name, top) && is_number(r->values[i].tag)) {
			r->values[i].rate = rate;
			found++;
		}
	return found;
}

static void
start_clocks(struct recording *r, const struct kk_clock *clock)
{
	static const struct {
		const char *oid;
		int64_t rate;
	} clocks[] = {
	    {"1.3.6.1.2.1.1.3.0", 100},
	    {"1.3.6.1.2.1.25.1.1.0", 100},
	    {"1.3.6.1.6.3.10.2.1.3.0", 1},
	};
	struct ber_oid name;

	if (r->moves)
		return;
	r->moves = 1;
	r->clock = clock;
	r->start_ms = clock_mono_ms(clock);
	for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++)
		if (ber_oid_parse(clocks[i].oid, &name))
			set_rate(r, &name, clocks[i].rate);
}

int
recording_move(struct recording *r, const char *what, const struct kk_clock *clock, struct diag *d)
{
	const char *equals = strchr(what, '=');
	struct ber_oid top;
	char oid[512], *end;
	int64_t rate;

	start_clocks(r, clock);
	if (strcmp(what, "time") == 0)
		return KK_OK;
	if (equals == NULL || (size_t)(equals - what) >= sizeof(oid))
		return diag_set(d, KK_E_SYNTAX, "%s: neither OID=RATE nor time", what);
	memcpy(oid, what, (size_t)(equals - what));
	oid[equals - what] = '\0';
	errno = 0;
	rate = strtoll(equals + 1, &end, 10);
	if (!ber_oid_parse(oid, &top) || end == equals + 1 || *end != '\0' || errno != 0)
		return diag_set(d, KK_E_SYNTAX, "%s: neither OID=RATE nor time", what);
	if (set_rate(r, &top, rate) == 0)
		return diag_set(d, KK_E_NOTFOUND, "%s: no number is there", what);
	return KK_OK;
}

void
recording_free(struct recording *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->n; i++)
		free(r->values[i].octets);
	free(r->values);
	free(r);
}

size_t
recording_size(const struct recording *r)
{
	return r->n;
}

size_t
recording_left_out(const struct recording *r, unsigned *line)
{
	*line = r->first_left_out;
	return r->left_out;
}

/* The first value whose name is not before (or, with `after`, is behind) a name. */
static const struct value *
find(const struct recording *r, const struct ber_oid *name, int after)
{
	size_t low = 0, high = r->n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (ber_oid_cmp(&r->values[mid].name, name) < after)
			low = mid + 1;
		else
			high = mid;
	}
	return low < r->n ? &r->values[low] : NULL;
}

/* A number in motion: counters wrap, others as well. Products that no machine lives to see are cut.
 */
static uint64_t
number_now(const struct recording *r, const struct value *v)
{
	int64_t ms = clock_mono_ms(r->clock) - r->start_ms;

	return v->number + (uint64_t)((__int128)v->rate * ms / 1000);
}

static void
put(const struct recording *r, const struct value *v, struct ber_out *o)
{
	uint8_t encoded[BER_OID_MAX * 5], number[16];
	const uint8_t *end = o->at;

	if (v->rate != 0)
		ber_put(o, number, encode_number(v->tag, number_now(r, v), number));
	else
		ber_put(o, v->octets, v->len);
	ber_close(o, v->tag, end);
	end = o->at;
	ber_put(o, encoded, ber_oid_encode(&v->name, encoded, sizeof(encoded)));
	ber_close(o, 0x06, end);
}

static int
get(void *ctx, const uint8_t *encoded, size_t len, struct ber_out *o)
{
	const struct recording *r = ctx;
	const struct value *v;
	struct ber_oid name;

	if (!ber_oid_decode(wire_over(encoded, len), &name))
		return -1;
	v = find(r, &name, 0);
	if (v != NULL && ber_oid_cmp(&v->name, &name) == 0) {
		put(r, v, o);
		return 1;
	}
	/* Does the object exist at another instance? */
	if (name.n > 2) {
		name.n--;
		v = find(r, &name, 1);
		if (v != NULL && v->name.n > name.n &&
		    memcmp(v->name.sub, name.sub, name.n * sizeof(name.sub[0])) == 0)
			return 0;
	}
	return -1;
}

static int
next(void *ctx, struct ber_oid *name, struct ber_out *o)
{
	const struct value *v = find(ctx, name, 1);

	if (v == NULL)
		return 0;
	*name = v->name;
	put(ctx, v, o);
	return 1;
}

struct agent_view
recording_view(struct recording *r)
{
	return (struct agent_view){r, get, next};
}
