/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_map.c - `kkachi probe-map`: the map of kkachi-probe, from the inventory and what devices
 * said of themselves. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/city.h"
#include "lib/event.h"
#include "lib/text.h"
#include "rrd/db/identity.h"

#define VALUE_MAX 48

static const struct option options[] = {
    {"output", required_argument, NULL, 'o'}, {NULL, 0, NULL, 0}};

/* One line of the map. */
struct line {
	const char *key;
	char value[VALUE_MAX];
	const struct device *dev; /* of a gateway or controller: not told in the file */
	int dropped;
};

struct lines {
	const struct cli *c;
	const struct inventory *inventory;
	struct line *line;
	size_t n, room;
	size_t conflicts, bad;
	int rc;
};

static void
add(struct lines *l, const char *key, const char *value, const struct device *dev)
{
	struct line *more;

	if (l->n == l->room) {
		size_t room = l->room > 0 ? l->room * 2 : 1024;

		if ((more = realloc(l->line, room * sizeof(*more))) == NULL) {
			l->rc = KK_E_NOMEM;
			return;
		}
		l->line = more;
		l->room = room;
	}
	l->line[l->n] = (struct line){.key = key, .dev = dev};
	snprintf(l->line[l->n++].value, VALUE_MAX, "%s", value);
}

/* ---- where keys come from ---- */

/* An address that a probe would refuse is told and left out. */
static void
add_mac(struct lines *l, const char *key, const char *text, const struct device *dev)
{
	uint64_t mac = text_mac(text);
	char value[18];

	if (text[0] == '\0')
		return;
	if (mac == 0 || (mac >> 40 & 1)) {
		cli_say(l->c, "%s: \"%s\" is no %s: left out", dev->id, text, key);
		l->bad++;
		return;
	}
	add(l, key, event_bssid(mac, value), dev);
}

/* A host that is a name, or this machine's own, is no end of a tunnel. */
static void
add_address(struct lines *l, const char *key, const struct device *dev)
{
	uint8_t octets[16];
	char text[INET6_ADDRSTRLEN];
	int family = strchr(dev->host, ':') != NULL ? AF_INET6 : AF_INET;

	if (inet_pton(family, dev->host, octets) != 1 || (family == AF_INET && octets[0] == 127) ||
	    inet_ntop(family, octets, text, sizeof(text)) == NULL)
		return;
	add(l, key, text, dev);
}

/* "100.200" or "300"; the probe checks the same. */
static void
add_vlan(struct lines *l, const char *text, const struct device *dev)
{
	unsigned outer = 0, inner = 0;
	int end = 0;
	char value[VALUE_MAX];

	if ((sscanf(text, "%4u.%4u%n", &outer, &inner, &end) == 2 ||
		(outer = 0, sscanf(text, "%4u%n", &inner, &end) == 1)) &&
	    text[end] == '\0' && outer <= 4094 && inner >= 1 && inner <= 4094) {
		if (outer > 0)
			snprintf(value, sizeof(value), "%u.%u", outer, inner);
		else
			snprintf(value, sizeof(value), "%u", inner);
		add(l, "vlan", value, dev);
		return;
	}
	cli_say(l->c, "%s: \"%s\" is no vlan: left out", dev->id, text);
	l->bad++;
}

/* "02:00:00:00:0c:01/1/7": a switch, its slot and port; the probe checks the same. */
static void
add_port(struct lines *l, const char *text, const struct device *dev)
{
	const char *slash = strchr(text, '/');
	char mac_text[18] = "", bssid[18], value[VALUE_MAX];
	unsigned slot = 0, port = 0;
	uint64_t mac = 0;
	int end = 0;

	if (slash != NULL && (size_t)(slash - text) < sizeof(mac_text) &&
	    slash[strspn(slash, "/0123456789")] == '\0' &&
	    sscanf(slash, "/%3u/%3u%n", &slot, &port, &end) == 2 && slash[end] == '\0') {
		memcpy(mac_text, text, (size_t)(slash - text));
		mac = text_mac(mac_text);
	}
	if (mac == 0 || (mac >> 40 & 1) || slot > 255 || port > 255) {
		cli_say(l->c, "%s: \"%s\" is no port of a switch: left out", dev->id, text);
		l->bad++;
		return;
	}
	snprintf(value, sizeof(value), "%s/%u/%u", event_bssid(mac, bssid), slot, port);
	add(l, "port", value, dev);
}

static void
add_bssid(struct lines *l, const char *text, const struct device *dev)
{
	add_mac(l, "bssid", text, dev);
}

/* Columns of the inventory that Kkachi keeps as labels: several values in one cell. */
static void
add_labels(struct lines *l, const struct device *dev)
{
	static const struct {
		const char *name;
		void (*add)(struct lines *l, const char *text, const struct device *dev);
	} columns[] = {{"bssid", add_bssid}, {"vlan", add_vlan}, {"option82", add_port}};
	json_t *labels = json_loads(dev->labels, 0, NULL);

	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		const char *cell = json_string_value(json_object_get(labels, columns[i].name));
		char copy[1024], *at = copy, *part;

		if (cell == NULL || text_copy(copy, sizeof(copy), cell) != 0)
			continue;
		while ((part = strsep(&at, " ,;|")) != NULL) {
			if (part[0] != '\0')
				columns[i].add(l, part, dev);
		}
	}
	json_decref(labels);
}

static void
add_inventory(struct lines *l)
{
	size_t n;
	const struct device *dev = inventory_all(l->inventory, &n);

	for (size_t i = 0; i < n; i++) {
		if (dev[i].kind == KIND_AP) {
			add_mac(l, "radio", dev[i].mac, &dev[i]);
			add_address(l, "tunnel", &dev[i]);
			add_labels(l, &dev[i]);
		} else if (dev[i].kind == KIND_CONTROLLER) {
			add_address(l, "controller", &dev[i]);
		} else if (dev[i].kind == KIND_GATEWAY) {
			add_mac(l, "gateway", dev[i].mac, &dev[i]);
		}
	}
}

/* The base address that a device, or its controller's list, tells. */
static void
add_identity(void *ctx, const struct identity *is, const struct identity *was)
{
	struct lines *l = ctx;
	const struct device *dev = inventory_by_num(l->inventory, is->device);

	(void)was;
	if (dev != NULL && dev->kind == KIND_AP)
		add_mac(l, "radio", is->plate.text[NAMEPLATE_MAC], dev);
	else if (dev != NULL && dev->kind == KIND_GATEWAY)
		add_mac(l, "gateway", is->plate.text[NAMEPLATE_MAC], dev);
}

/* ---- what is left ---- */

static int
by_key(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int c = strcmp(x->key, y->key);

	if (c == 0)
		c = strcmp(x->value, y->value);
	return c != 0 ? c : (x->dev->num > y->dev->num) - (x->dev->num < y->dev->num);
}

/* A key that says two access points says neither. */
static void
settle(struct lines *l)
{
	if (l->n > 1)
		qsort(l->line, l->n, sizeof(*l->line), by_key);
	for (size_t i = 0, end; i < l->n; i = end) {
		struct line *first = &l->line[i];
		int torn = 0;

		for (end = i + 1; end < l->n && strcmp(first->key, l->line[end].key) == 0 &&
				  strcmp(first->value, l->line[end].value) == 0;
		     end++) {
			l->line[end].dropped = 1;
			/* Where no access point is told, several may have it. */
			if (l->line[end].dev != first->dev && first->dev->kind == KIND_AP &&
			    !torn) {
				torn = 1;
				l->conflicts++;
				cli_say(l->c, "%s %s: %s and %s both have it: left out", first->key,
				    first->value, first->dev->id, l->line[end].dev->id);
			}
		}
		first->dropped = torn;
	}
}

/* Not csv_put(), whose guard against spreadsheets would change an id. */
static void
put_cell(FILE *out, const char *text)
{
	if (text[strcspn(text, ",\"\r\n")] == '\0') {
		fputs(text, out);
		return;
	}
	putc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			putc('"', out);
		putc(*text, out);
	}
	putc('"', out);
}

static size_t
write_lines(const struct lines *l, FILE *out)
{
	size_t written = 0;

	fputs("key,value,ap\n", out);
	for (size_t i = 0; i < l->n; i++) {
		const struct line *at = &l->line[i];

		if (at->dropped)
			continue;
		fprintf(out, "%s,%s,", at->key, at->value);
		if (at->dev->kind == KIND_AP)
			put_cell(out, at->dev->id);
		putc('\n', out);
		written++;
	}
	return written;
}

/* A probe that reads it at this moment sees the old one or the new one, whole. */
static int
write_file(const struct lines *l, const char *path, size_t *written)
{
	char part[4096];
	FILE *out;
	int failed;

	if (snprintf(part, sizeof(part), "%s.part", path) >= (int)sizeof(part)) {
		cli_say(l->c, "%s: too long for a name", path);
		return CLI_FAILED;
	}
	if ((out = fopen(part, "w")) == NULL) {
		cli_say(l->c, "%s: %s", part, strerror(errno));
		return CLI_FAILED;
	}
	*written = write_lines(l, out);
	failed = ferror(out) | (fflush(out) != 0) | (fsync(fileno(out)) != 0);
	failed |= fclose(out) != 0;
	if (!failed && rename(part, path) == 0)
		return CLI_DONE;
	cli_say(l->c, "%s: %s", path, strerror(errno));
	unlink(part);
	return CLI_FAILED;
}

static int
print(const struct lines *l, const char *path)
{
	size_t written = 0;
	int code = CLI_DONE;

	if (path == NULL) {
		write_lines(l, stdout);
		return CLI_DONE;
	}
	if ((code = write_file(l, path, &written)) != CLI_DONE || !l->c->json)
		return code;
	return cli_json(
	    l->c, json_pack("{s:s,s:I,s:I,s:I}", "file", path, "lines", (json_int_t)written,
		      "conflicts", (json_int_t)l->conflicts, "bad", (json_int_t)l->bad));
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct lines l = {.c = c};
	struct diag d = {""};
	const char *path = NULL;
	struct city city;
	int o, code, rc;

	while ((o = cli_option(c, argc, argv, options, &code)) != -1) {
		if (o == CLI_STOP)
			return code;
		path = optarg;
	}
	if (!cli_arguments(c, argc, argv, 0, 0))
		return c->usage_code;
	if (c->json && path == NULL)
		return cli_misused(c, "--json tells of a file: -o FILE");
	if ((code = cli_open(c)) != CLI_DONE)
		return code;
	if (!city_open(c, &city))
		return CLI_FAILED;
	l.inventory = city.inventory;
	add_inventory(&l);
	rc = identity_now(city.db, add_identity, &l, &d);
	if (rc == KK_OK)
		rc = l.rc;
	settle(&l);
	code = CLI_FAILED;
	if (rc == KK_OK)
		code = print(&l, path);
	else
		cli_say(c, "%s", d.text[0] ? d.text : kk_strerror(rc));
	free(l.line);
	city_close(&city);
	return code;
}

const struct command command_probe_map = {.name = "probe-map",
    .arguments = "[-o FILE]",
    .about = TEXT_ABOUT_PROBE_MAP,
    .options = "  -o, --output FILE   where to; standard output if not given\n",
    .run = run};
