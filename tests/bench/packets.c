/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/packets.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/wire.h"

/* Steps over a length of up to two octets. */
static void
skip_length(struct wire *w)
{
	uint8_t first = wire_u8(w);

	if (first & 0x80)
		wire_take(w, first & 0x7f);
}

size_t
packet_id_at(const uint8_t *p, size_t len)
{
	struct wire w = wire_over(p, len);
	uint8_t pdu;

	if (wire_u8(&w) != 0x30)
		return 0;
	skip_length(&w);
	if (wire_be16(&w) != 0x0201)
		return 0;
	wire_u8(&w);
	if (wire_u8(&w) != 0x04)
		return 0;
	wire_take(&w, wire_u8(&w) & 0x7f);
	pdu = wire_u8(&w);
	skip_length(&w);
	if (wire_be16(&w) != 0x0204 || (pdu & 0xf0) != 0xa0 || wire_left(&w) < 4)
		return 0;
	return (size_t)(w.at - p);
}

uint32_t
packet_id(const uint8_t *p, size_t at)
{
	uint32_t id;

	memcpy(&id, p + at, 4);
	return ntohl(id);
}

void
packet_set_id(uint8_t *p, size_t at, uint32_t id)
{
	id = htonl(id);
	memcpy(p + at, &id, 4);
}

/* The index of a packet, which is added if it is new. The sets are small: devices of one kind are
 * asked the same. Newest first, as neighbours are alike. */
static size_t
packet_index(struct packets *s, const uint8_t *p, size_t len, size_t at)
{
	struct packet *more;
	size_t i;

	for (i = s->n_packets; i-- > 0;) {
		const struct packet *k = &s->packet[i];

		if (k->len == len && memcmp(k->octets, p, at) == 0 &&
		    memcmp(k->octets + at + 4, p + at + 4, len - at - 4) == 0)
			return i;
	}
	more = realloc(s->packet, (s->n_packets + 1) * sizeof(*more));
	if (more == NULL)
		return SIZE_MAX;
	s->packet = more;
	more += s->n_packets;
	more->octets = malloc(len);
	if (more->octets == NULL)
		return SIZE_MAX;
	memcpy(more->octets, p, len);
	more->len = (uint32_t)len;
	more->id_at = (uint32_t)at;
	return s->n_packets++;
}

int
packets_add(struct packets *s, uint32_t address, const uint8_t *p, size_t len)
{
	size_t at = len <= PACKET_MAX ? packet_id_at(p, len) : 0, i;
	struct asked *more;

	if (at == 0 || (i = packet_index(s, p, len, at)) == SIZE_MAX)
		return 0;
	if (s->n_asked == s->room) {
		s->room = s->room ? 2 * s->room : 1024;
		more = realloc(s->asked, s->room * sizeof(*more));
		if (more == NULL)
			return 0;
		s->asked = more;
	}
	s->asked[s->n_asked++] = (struct asked){address, (uint32_t)i};
	return 1;
}

static int
by_question(const void *a, const void *b)
{
	const struct asked *x = *(const struct asked *const *)a;
	const struct asked *y = *(const struct asked *const *)b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	if (x->packet != y->packet)
		return x->packet < y->packet ? -1 : 1;
	return (x > y) - (x < y);
}

int
packets_unique(struct packets *s)
{
	struct asked **by = calloc(s->n_asked + 1, sizeof(struct asked *));
	uint8_t *again = calloc(s->n_asked + 1, 1);
	size_t i, n = 0;

	if (by != NULL && again != NULL) {
		for (i = 0; i < s->n_asked; i++)
			by[i] = &s->asked[i];
		qsort(by, s->n_asked, sizeof(struct asked *), by_question);
		for (i = 1; i < s->n_asked; i++)
			again[by[i] - s->asked] = by[i]->address == by[i - 1]->address &&
						  by[i]->packet == by[i - 1]->packet;
		for (i = 0; i < s->n_asked; i++)
			if (!again[i])
				s->asked[n++] = s->asked[i];
		s->n_asked = n;
	}
	i = by != NULL && again != NULL;
	free(by);
	free(again);
	return (int)i;
}

int
packets_write(const struct packets *s, const char *path)
{
	FILE *f = fopen(path, "we");
	size_t i, k;

	if (f == NULL)
		return 0;
	for (i = 0; i < s->n_packets; i++) {
		fprintf(f, "packet %u ", s->packet[i].len);
		for (k = 0; k < s->packet[i].len; k++)
			fprintf(f, "%02x", s->packet[i].octets[k]);
		fputc('\n', f);
	}
	for (i = 0; i < s->n_asked; i++)
		fprintf(f, "ask %08x %u\n", s->asked[i].address, s->asked[i].packet);
	return (ferror(f) == 0) & (fclose(f) == 0);
}

/* "packet LEN HEX": one distinct packet. */
static int
read_packet(struct packets *s, const char *hex, unsigned len)
{
	uint8_t p[PACKET_MAX];
	unsigned i, v;
	size_t at;

	for (i = 0; i < len; i++) {
		if (sscanf(hex + 2 * (size_t)i, "%2x", &v) != 1)
			return 0;
		p[i] = (uint8_t)v;
	}
	at = packet_id_at(p, len);
	return at != 0 && packet_index(s, p, len, at) != SIZE_MAX;
}

static int
read_line(struct packets *s, const char *line)
{
	unsigned a, b;
	int at = 0;

	if (sscanf(line, "packet %u %n", &a, &at) == 1 && at > 0)
		return a <= PACKET_MAX && strlen(line + at) >= 2 * (size_t)a &&
		       read_packet(s, line + at, a);
	if (sscanf(line, "ask %x %u", &a, &b) != 2 || b >= s->n_packets)
		return 0;
	return packets_add(s, a, s->packet[b].octets, s->packet[b].len);
}

int
packets_read(struct packets *s, const char *path)
{
	static char line[2 * PACKET_MAX + 64];
	FILE *f = fopen(path, "re");
	unsigned n = 0;
	int ok = f != NULL;

	if (f == NULL)
		perror(path);
	while (ok && fgets(line, sizeof(line), f) != NULL) {
		n++;
		ok = read_line(s, line);
		if (!ok)
			fprintf(stderr, "%s:%u: not what was written there\n", path, n);
	}
	if (f != NULL)
		fclose(f);
	return ok;
}

void
packets_free(struct packets *s)
{
	size_t i;

	for (i = 0; i < s->n_packets; i++)
		free(s->packet[i].octets);
	free(s->packet);
	free(s->asked);
	*s = (struct packets){0};
}
