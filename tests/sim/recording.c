/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/recording.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct value {
	struct ber_oid name;
	uint8_t tag;
	uint8_t *octets; /* encoded contents */
	size_t len;
};

struct recording {
	struct value *values;
	size_t n;
};

static int
from_hex(const char *text, uint8_t *out, size_t *len)
{
	size_t n = strlen(text);

	if (n % 2 != 0)
		return 0;
	for (size_t i = 0; i < n / 2; i++) {
		unsigned v;

		if (sscanf(text + 2 * i, "%2x", &v) != 1)
			return 0;
		out[i] = (uint8_t)v;
	}
	*len = n / 2;
	return 1;
}

/* The contents of a value of a type, as BER wants them; numbers are cut out of what ber.c encodes.
 */
static int
encode(unsigned type, const char *text, uint8_t *out, size_t room, size_t *len)
{
	uint8_t buf[64];
	struct ber_out o;
	struct ber_oid oid;
	struct in_addr a;
	struct wire w, c;
	uint8_t tag;
	char *end;

	switch (type) {
	case 4:
	case 68:
		*len = strlen(text);
		memcpy(out, text, *len);
		return 1;
	case 5:
		*len = 0;
		return 1;
	case 6:
		return ber_oid_parse(text, &oid) && (*len = ber_oid_encode(&oid, out, room)) > 0;
	case 64:
		if (inet_pton(AF_INET, text, &a) != 1)
			return 0;
		memcpy(out, &a, 4);
		*len = 4;
		return 1;
	default:
		ber_out_init(&o, buf, sizeof(buf));
		if (type == 2)
			ber_put_int(&o, 2, strtoll(text, &end, 10));
		else
			ber_put_unsigned(&o, (uint8_t)type, strtoull(text, &end, 10));
		if (end == text || *end != '\0')
			return 0;
		w = wire_over(o.at, (size_t)(buf + sizeof(buf) - o.at));
		c = ber_any(&w, &tag);
		*len = wire_left(&c);
		memcpy(out, c.at, *len);
		return 1;
	}
}

static int
parse_line(char *line, struct value *v)
{
	char *type = strchr(line, '|'), *text = type ? strchr(type + 1, '|') : NULL, *end;
	unsigned long number;
	size_t room;

	if (text == NULL)
		return 0;
	*type++ = '\0';
	*text++ = '\0';
	number = strtoul(type, &end, 10);
	if (!ber_oid_parse(line, &v->name) || number > 0x46 ||
	    !strchr("\002\004\005\006\100\101\102\103\104\106", (int)number) || number == 0)
		return 0;
	v->tag = (uint8_t)number;
	room = strlen(text) + 80;
	if ((v->octets = malloc(room)) == NULL)
		return 0;
	if (*end == 'x' ? from_hex(text, v->octets, &v->len)
			: *end == '\0' && encode((unsigned)number, text, v->octets, room, &v->len))
		return 1;
	free(v->octets);
	v->octets = NULL;
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	return ber_oid_cmp(&((const struct value *)a)->name, &((const struct value *)b)->name);
}

static int
read_lines(FILE *in, const char *path, struct recording *r, struct diag *d)
{
	size_t room = 0, line_room = 0;
	unsigned number = 0;
	char *line = NULL;
	int rc = KK_OK;

	while (rc == KK_OK && getline(&line, &line_room, in) >= 0) {
		number++;
		line[strcspn(line, "\r\n")] = '\0';
		if (line[0] == '\0' || line[0] == '#')
			continue;
		if (r->n == room) {
			struct value *more =
			    realloc(r->values, (room = room ? room * 2 : 256) * sizeof(*more));

			if (more == NULL) {
				rc = diag_set(d, KK_E_NOMEM, "out of memory");
				break;
			}
			r->values = more;
		}
		if (!parse_line(line, &r->values[r->n]))
			rc = diag_set(d, KK_E_SYNTAX, "%s:%u: not OID|TYPE|VALUE", path, number);
		else
			r->n++;
	}
	free(line);
	return rc;
}

int
recording_read(const char *path, struct recording **out, struct diag *d)
{
	struct recording *r = calloc(1, sizeof(*r));
	FILE *in = fopen(path, "r");
	int rc;

	if (r == NULL || in == NULL)
		rc = diag_set(d, in ? KK_E_NOMEM : KK_E_NOTFOUND, "%s: %s", path, strerror(errno));
	else
		rc = read_lines(in, path, r, d);
	if (in)
		fclose(in);
	if (rc != KK_OK) {
		recording_free(r);
		return rc;
	}
	qsort(r->values, r->n, sizeof(r->values[0]), by_name);
	*out = r;
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

static void
put(const struct value *v, struct ber_out *o)
{
	uint8_t encoded[320];
	const uint8_t *end = o->at;

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
		put(v, o);
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
	put(v, o);
	return 1;
}

struct agent_view
recording_view(struct recording *r)
{
	return (struct agent_view){r, get, next};
}
