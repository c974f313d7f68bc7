/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/counting.h"

#include "tests/decoding.h"

static struct pseudonyms *key;

static void
on_ap(void *ctx, const struct interval *iv, const struct ap_line *line)
{
	struct told *told = ctx;

	ck_assert_int_lt(told->n, ROWS(told->line));
	told->line[told->n].iv = *iv;
	snprintf(told->line[told->n].name, COUNT_NAME_MAX, "%s", line->name);
	told->line[told->n].mapped = line->mapped;
	told->line[told->n].heard = line->heard;
	told->line[told->n].air = line->air;
	told->line[told->n].opaque = line->opaque;
	told->line[told->n].t = line->t;
	told->line[told->n].clients = line->clients;
	told->line[told->n].busiest = line->busiest;
	told->line[told->n].bssids = line->bssids;
	for (size_t i = 0; i < line->bssids && i < 4; i++) {
		told->line[told->n].bssid[i] = line->bssid[i].bssid;
		told->line[told->n].associations[i] = line->bssid[i].t->associations;
	}
	told->n++;
}

static void
on_end(void *ctx, const struct interval *iv)
{
	(void)iv;
	((struct told *)ctx)->ends++;
}

struct count_sink
counting_sink(struct told *told)
{
	return (struct count_sink){.ctx = told, .ap = on_ap, .end = on_end};
}

int
counting_read_map(const char *text, char path[80], struct map **m, struct diag *d)
{
	char dir[64];
	FILE *f;
	int rc;

	snprintf(path, 80, "%s/map.csv", harness_dir(dir));
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
	rc = map_read(path, key, m, d);
	harness_remove(dir);
	return rc;
}

struct map *
counting_map(const char *text)
{
	char path[80];
	struct diag d = {""};
	struct map *m = NULL;

	ck_assert_msg(counting_read_map(text, path, &m, &d) == KK_OK, "%s", d.text);
	return m;
}

struct count *
counting_new(const struct map *m, struct told *told, size_t clients_max, size_t unmapped_max)
{
	struct count_options o = {
	    .interval_s = 60, .clients_max = clients_max, .unmapped_max = unmapped_max};
	struct count_sink sink = counting_sink(told);
	struct count *c = count_new(&o, m, &sink);

	ck_assert_ptr_nonnull(c);
	return c;
}

struct seen
counting_air(uint64_t bssid, enum seen_kind kind, enum seen_direction direction, uint64_t client,
    uint32_t octets)
{
	return (struct seen){.next = DEC_DONE,
	    .kind = (uint8_t)kind,
	    .direction = (uint8_t)direction,
	    .flags = SEEN_AIR | SEEN_HAS_BSSID,
	    .bssid = bssid,
	    .client = client,
	    .octets = octets,
	    .packets = octets > 0};
}

struct seen
counting_wire(unsigned outer, unsigned inner, const char *from, const char *to, uint32_t octets)
{
	uint8_t a[6] = {2, 0, 0, 0, 0, (uint8_t)from[0]}, b[6] = {2, 0, 0, 0, 0, (uint8_t)to[0]};
	struct seen s = {.next = DEC_DONE,
	    .kind = SEEN_FRAME,
	    .from = pseudonym_mac(key, a),
	    .to = pseudonym_mac(key, b),
	    .from_mark = pseudonym_mark(key, a),
	    .to_mark = pseudonym_mark(key, b),
	    .octets = octets,
	    .packets = 1};

	if (outer != 0)
		s.vlan[s.vlans++] = (uint16_t)outer;
	if (inner != 0)
		s.vlan[s.vlans++] = (uint16_t)inner;
	return s;
}

struct seen
counting_tunnelled(void)
{
	return (struct seen){.next = DEC_STOP_CAPWAP_ENCRYPTED,
	    .kind = SEEN_FRAME,
	    .flags = SEEN_OPAQUE,
	    .tunnels = 1,
	    .tunnel = SEEN_TUNNEL_CAPWAP,
	    .tunnel_from = 0xc000020a};
}

int
counting_find(const struct told *told, const char *name)
{
	for (int i = told->n - 1; i >= 0; i--)
		if (strcmp(told->line[i].name, name) == 0)
			return i;
	ck_abort_msg("nothing was told of %s", name);
	return -1;
}

int
counting_run(Suite *s)
{
	return decoding_run(s, &key, NULL);
}
