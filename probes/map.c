/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/map.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/batch_wire.h"
#include "lib/csv.h"
#include "lib/text.h"
#include "probes/dec/dec.h"
#include "probes/set.h"

#define ROWS_MAX   1000000
#define ROWS_FIRST 1024
#define GROUP	   (UINT64_C(1) << 40) /* in an address: of many devices */

struct map {
	struct map_row *row;
	size_t rows, rows_room;
	char **ap;
	size_t aps, aps_room;
};

static const struct {
	const char *name;
	enum map_key key;
} keys[] = {{"bssid", MAP_BSSID}, {"vlan", MAP_VLAN}, {"mac", MAP_MAC}, {"gateway", MAP_GATEWAY},
    {"tunnel", MAP_TUNNEL}, {"radio", MAP_RADIO}, {"controller", MAP_CONTROLLER},
    {"port", MAP_PORT}};

/* ---- values ---- */

/* "200", or "100.200": outer and inner tag. */
static int
parse_vlan(const char *text, uint64_t *value)
{
	char *end;
	unsigned long outer = 0, inner = strtoul(text, &end, 10);

	if (end == text || *text == '-' || *text == '+')
		return 0;
	if (*end == '.') {
		const char *second = end + 1;

		outer = inner;
		if (outer < 1 || outer > 4094 || *second < '0' || *second > '9')
			return 0;
		inner = strtoul(second, &end, 10);
	}
	if (*end != '\0' || inner < 1 || inner > 4094)
		return 0;
	*value = outer << 12 | inner;
	return 1;
}

/* An address of IPv4 or IPv6. */
static int
parse_end(const char *text, uint64_t *value)
{
	uint8_t address[16];
	size_t octets = 4;

	if (inet_pton(AF_INET, text, address) != 1) {
		octets = 16;
		if (inet_pton(AF_INET6, text, address) != 1)
			return 0;
	}
	*value = dec_end_of(address, octets);
	return *value != 0;
}

/* An address that is one device's; 0: it is none. */
static uint64_t
parse_mac(const char *text)
{
	uint64_t mac = text_mac(text);

	return mac & GROUP ? 0 : mac;
}

/* "02:00:00:00:0c:01/1/7": a switch, its slot and port. */
static int
parse_port(const char *text, uint64_t *value)
{
	const char *slash = strchr(text, '/');
	unsigned slot, port;
	char mac_text[18];
	uint64_t mac;
	int end = 0;

	if (slash == NULL || slash - text != 17 || slash[strspn(slash, "/0123456789")] != '\0' ||
	    sscanf(slash, "/%3u/%3u%n", &slot, &port, &end) != 2)
		return 0;
	memcpy(mac_text, text, 17);
	mac_text[17] = '\0';
	if (slash[end] != '\0' || slot > 255 || port > 255 || (mac = parse_mac(mac_text)) == 0)
		return 0;
	*value = map_port(mac, (uint16_t)(slot << 8 | port));
	return 1;
}

static int
parse_value(enum map_key key, const char *text, const struct pseudonyms *p, uint64_t *value)
{
	uint8_t octets[6];
	uint64_t mac;

	if (key == MAP_VLAN)
		return parse_vlan(text, value);
	if (key == MAP_TUNNEL || key == MAP_CONTROLLER)
		return parse_end(text, value);
	if (key == MAP_PORT)
		return parse_port(text, value);
	if ((mac = parse_mac(text)) == 0)
		return 0;
	for (unsigned i = 0; i < sizeof(octets); i++)
		octets[i] = (uint8_t)(mac >> (40 - 8 * i));
	*value = key == MAP_BSSID || key == MAP_RADIO ? mac : pseudonym_mark(p, octets);
	return 1;
}

/* Ids go as they are into the log, and to people. The file's reader has seen to it that they are
 * UTF-8. */
static int
is_id(const char *text)
{
	size_t len = strlen(text), n;
	uint32_t c;

	if (len == 0 || len > BATCH_NAME_MAX)
		return 0;
	for (size_t i = 0; i < len; i += n)
		if ((n = text_char((const uint8_t *)text + i, len - i, &c)) == 0 ||
		    !text_is_plain(c))
			return 0;
	return 1;
}

/* ---- the map ---- */

/* Room for one more in an array; 0: out of memory. */
static int
room(void *array, size_t *have, size_t n, size_t size)
{
	void *bigger, *old;
	size_t want = *have > 0 ? *have * 2 : 64;

	if (n < *have)
		return 1;
	memcpy(&old, array, sizeof(old));
	if ((bigger = realloc(old, want * size)) == NULL)
		return 0;
	memcpy(array, &bigger, sizeof(bigger));
	*have = want;
	return 1;
}

static int
by_text(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

/* While reading, every row has an access point of its own; afterwards equal ids become one. */
static int
merge_aps(struct map *m)
{
	char **sorted = calloc(m->aps + 1, sizeof(*sorted));
	size_t n = 0;

	if (sorted == NULL || m->aps == 0) {
		free(sorted);
		return m->aps == 0 ? KK_OK : KK_E_NOMEM;
	}
	memcpy(sorted, m->ap, m->aps * sizeof(*sorted));
	qsort(sorted, m->aps, sizeof(*sorted), by_text);
	for (size_t i = 0; i < m->aps; i++)
		if (n == 0 || strcmp(sorted[n - 1], sorted[i]) != 0)
			sorted[n++] = sorted[i];
	for (size_t i = 0; i < m->rows; i++) {
		char **at;

		if (!map_has_ap(m->row[i].key))
			continue;
		at = bsearch(&m->ap[m->row[i].ap], sorted, n, sizeof(*sorted), by_text);
		m->row[i].ap = (uint32_t)(at - sorted);
	}
	/* Texts that lost to an equal one are freed. */
	for (size_t i = 0; i < m->aps; i++) {
		char **at = bsearch(&m->ap[i], sorted, n, sizeof(*sorted), by_text);

		if (*at != m->ap[i])
			free(m->ap[i]);
	}
	free(m->ap);
	m->ap = sorted;
	m->aps = n;
	return KK_OK;
}

static int
add_row(struct map *m, enum map_key key, uint64_t value, const char *ap)
{
	if (!room(&m->row, &m->rows_room, m->rows, sizeof(*m->row)))
		return KK_E_NOMEM;
	m->row[m->rows] = (struct map_row){key, 0, value};
	if (map_has_ap(key)) {
		if (!room(&m->ap, &m->aps_room, m->aps, sizeof(*m->ap)) ||
		    (m->ap[m->aps] = strdup(ap)) == NULL)
			return KK_E_NOMEM;
		m->row[m->rows].ap = (uint32_t)m->aps++;
	}
	m->rows++;
	return KK_OK;
}

static int
is_header(char **fields, size_t n)
{
	return n >= 3 && strcmp(fields[0], "key") == 0 && strcmp(fields[1], "value") == 0 &&
	       strcmp(fields[2], "ap") == 0;
}

static uint64_t
row_mark(const struct map_row *r)
{
	uint64_t v = set_mix(r->value ^ (uint64_t)r->key << 60);

	return v != 0 ? v : 1;
}

/* Note a line; 0: it is there already; -1: out of memory. */
static int
note(struct set *seen, const struct map *m, const struct map_row *r)
{
	struct set bigger;

	if (seen->n == seen->max) {
		if (!set_new(&bigger, seen->max * 4))
			return -1;
		for (size_t i = 0; i < m->rows; i++)
			set_add(&bigger, row_mark(&m->row[i]));
		set_free(seen);
		*seen = bigger;
	}
	return set_add(seen, row_mark(r));
}

static int
read_row(struct map *m, char **f, size_t n, const struct pseudonyms *p, struct set *seen,
    struct diag *why)
{
	enum map_key key = MAP_UNKNOWN;
	const char *ap = n > 2 ? f[2] : "";
	struct map_row row;
	uint64_t value;
	int new;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(f[0], keys[i].name) == 0)
			key = keys[i].key;
	if (key == MAP_UNKNOWN)
		return diag_set(why, KK_E_SYNTAX,
		    "key: \"%s\" is none of bssid, vlan, mac, tunnel, radio, port, controller, "
		    "gateway",
		    f[0]);
	if (n < 2 || !parse_value(key, f[1], p, &value))
		return diag_set(
		    why, KK_E_SYNTAX, "value: \"%s\" is no %s", n > 1 ? f[1] : "", f[0]);
	if (map_has_ap(key) && !is_id(ap))
		return diag_set(why, KK_E_SYNTAX, "ap: \"%s\" is no id", ap);
	row = (struct map_row){key, 0, value};
	if ((new = note(seen, m, &row)) < 0)
		return KK_E_NOMEM;
	if (new == 0)
		return diag_set(why, KK_E_EXISTS, "%s %s: a second time", f[0], f[1]);
	if (m->rows == ROWS_MAX)
		return diag_set(why, KK_E_FULL, "more than %d lines", ROWS_MAX);
	return add_row(m, key, value, ap);
}

static int
read_all(struct map *m, struct csv *csv, const char *path, const struct pseudonyms *p,
    struct set *seen, struct diag *d)
{
	char *fields[CSV_FIELDS_MAX];
	struct diag why = {""};
	unsigned line = 0;
	size_t n;
	int rc;

	rc = csv_next(csv, fields, &n, &line, d);
	if (rc < 0)
		return rc;
	if (rc == KK_END || !is_header(fields, n))
		return diag_set(
		    d, KK_E_SYNTAX, "%s:%u: the first line is not key,value,ap", path, line);
	while ((rc = csv_next(csv, fields, &n, &line, d)) == KK_OK) {
		rc = read_row(m, fields, n, p, seen, &why);
		if (rc != KK_OK)
			return diag_set(d, rc, "%s:%u: %s", path, line,
			    why.text[0] != '\0' ? why.text : kk_strerror(rc));
	}
	if (rc < 0)
		return rc;
	rc = merge_aps(m);
	return rc == KK_OK ? rc : diag_set(d, rc, "%s: %s", path, kk_strerror(rc));
}

/* Takes the reader over. */
static int
map_from(
    const char *name, struct csv *csv, const struct pseudonyms *p, struct map **out, struct diag *d)
{
	struct map *m = calloc(1, sizeof(*m));
	struct set seen = {0};
	int rc;

	if (m == NULL || !set_new(&seen, ROWS_FIRST))
		rc = diag_set(d, KK_E_NOMEM, "%s: out of memory", name);
	else
		rc = read_all(m, csv, name, p, &seen, d);
	csv_free(csv);
	set_free(&seen);
	if (rc == KK_OK)
		*out = m;
	else
		map_free(m);
	return rc;
}

int
map_read(const char *path, const struct pseudonyms *p, struct map **out, struct diag *d)
{
	struct csv *csv = NULL;
	int rc = csv_open(path, &csv, d);

	return rc == KK_OK ? map_from(path, csv, p, out, d) : rc;
}

int
map_over(const char *name, const void *text, size_t len, const struct pseudonyms *p,
    struct map **out, struct diag *d)
{
	struct csv *csv = NULL;
	int rc = csv_over(name, text, len, &csv, d);

	return rc == KK_OK ? map_from(name, csv, p, out, d) : rc;
}

void
map_free(struct map *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->aps; i++)
		free(m->ap[i]);
	free(m->ap);
	free(m->row);
	free(m);
}

const struct map_row *
map_rows(const struct map *m, size_t *n)
{
	*n = m != NULL ? m->rows : 0;
	return m != NULL ? m->row : NULL;
}

size_t
map_aps(const struct map *m)
{
	return m != NULL ? m->aps : 0;
}

const char *
map_ap(const struct map *m, size_t ap)
{
	return m->ap[ap];
}
