/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recipe.h - frames from a line of text, from the inside out:
 *
 *     pkt        the client's packet, 32 octets of IPv4
 *     eth:TYPE   Ethernet from the client to the gateway
 *     out:TYPE   Ethernet from the access point to the controller
 *     ip4:PROTO  IPv4 from 192.0.2.10 to 192.0.2.1; a second time 192.0.2.20 to 192.0.2.2
 *     ip6:PROTO  IPv6 from 2001:db8::a to 2001:db8::1
 *     udp:A:B    UDP between two ports
 *     x:HEX      octets before what is there
 *     y:HEX      octets behind it
 *
 * TYPE and HEX are hexadecimal, the others decimal.
 */
#ifndef KK_TESTS_RECIPE_H
#define KK_TESTS_RECIPE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECIPE_MAX 8192

struct recipe {
	uint8_t octets[RECIPE_MAX];
	size_t start, end;
	unsigned ips;
};

static inline size_t
recipe_hex(const char *hex, uint8_t *out)
{
	size_t n = 0;
	unsigned v;

	for (; sscanf(hex, "%2x", &v) == 1; hex += 2)
		out[n++] = (uint8_t)v;
	return n;
}

static inline void
recipe_before(struct recipe *r, const char *hex)
{
	uint8_t octets[RECIPE_MAX];
	size_t n = recipe_hex(hex, octets);

	r->start -= n;
	memcpy(r->octets + r->start, octets, n);
}

static inline void
recipe_step(struct recipe *r, const char *step)
{
	size_t len = r->end - r->start;
	unsigned a = 0, b = 0;
	char hex[200];

	if (strcmp(step, "pkt") == 0) {
		recipe_before(
		    r, "450000200007000040115eb30a010203080808089c419c42000c000061626364");
	} else if (strncmp(step, "x:", 2) == 0) {
		recipe_before(r, step + 2);
	} else if (strncmp(step, "y:", 2) == 0) {
		r->end += recipe_hex(step + 2, r->octets + r->end);
	} else if (sscanf(step, "eth:%x", &a) == 1) {
		snprintf(hex, sizeof(hex), "020000000b01daa119000042%04x", a);
		recipe_before(r, hex);
	} else if (sscanf(step, "out:%x", &a) == 1) {
		snprintf(hex, sizeof(hex), "020000000a02020000000a01%04x", a);
		recipe_before(r, hex);
	} else if (sscanf(step, "udp:%u:%u", &a, &b) == 2) {
		snprintf(hex, sizeof(hex), "%04x%04x%04x0000", a, b, (unsigned)len + 8);
		recipe_before(r, hex);
	} else if (sscanf(step, "ip4:%u", &a) == 1) {
		snprintf(hex, sizeof(hex), "4500%04x0001000040%02x0000c00002%02xc00002%02x",
		    (unsigned)len + 20, a, r->ips > 0 ? 20 : 10, r->ips > 0 ? 2 : 1);
		recipe_before(r, hex);
		r->ips++;
	} else if (sscanf(step, "ip6:%u", &a) == 1) {
		snprintf(hex, sizeof(hex),
		    "60000000%04x%02x4020010db800000000000000000000000a"
		    "20010db8000000000000000000000001",
		    (unsigned)len, a);
		recipe_before(r, hex);
	} else {
		fprintf(stderr, "recipe: \"%s\"\n", step);
		abort();
	}
}

/* An exact-size copy, so that one octet too far is seen. */
static inline uint8_t *
recipe_make(const char *text, size_t *len)
{
	static struct recipe r;
	char steps[RECIPE_MAX], *save = NULL;
	uint8_t *out;

	r.start = r.end = RECIPE_MAX / 2;
	r.ips = 0;
	snprintf(steps, sizeof(steps), "%s", text);
	for (char *s = strtok_r(steps, " ", &save); s != NULL; s = strtok_r(NULL, " ", &save))
		recipe_step(&r, s);
	*len = r.end - r.start;
	out = malloc(*len > 0 ? *len : 1);
	if (out == NULL)
		abort();
	memcpy(out, r.octets + r.start, *len);
	return out;
}

#endif
