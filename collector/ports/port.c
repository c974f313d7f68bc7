/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/ports/port.h"

#include <stdlib.h>
#include <string.h>

void
ports_forget(struct ports *p)
{
	free(p->port);
	*p = (struct ports){0};
}

/* Where an index stands, or would. */
static size_t
place(const struct ports *p, uint32_t index)
{
	size_t low = 0, high = p->n;

	if (p->n > 0 && p->port[p->n - 1].index < index)
		return p->n; /* agents tell them in order */
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (p->port[mid].index < index)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct port *
ports_find(const struct ports *p, uint32_t index)
{
	size_t at = place(p, index);

	return at < p->n && p->port[at].index == index ? &p->port[at] : NULL;
}

struct port *
ports_make(struct ports *p, uint32_t index)
{
	size_t at = place(p, index);

	if (at < p->n && p->port[at].index == index)
		return &p->port[at];
	if (p->n == PORTS_MAX) {
		p->cut = 1;
		return NULL;
	}
	if (p->n == p->room) {
		size_t room = p->room > 0 ? p->room * 2 : 32;
		struct port *more = realloc(p->port, room * sizeof(*more));

		if (more == NULL)
			return NULL;
		p->port = more;
		p->room = room;
	}
	memmove(&p->port[at + 1], &p->port[at], (p->n - at) * sizeof(*p->port));
	p->port[at] = (struct port){.index = index};
	p->n++;
	return &p->port[at];
}

static struct port *
with_text(const struct ports *p, const char *text, size_t field)
{
	struct port *found = NULL;

	for (size_t i = 0; i < p->n; i++) {
		if (strcmp((const char *)&p->port[i] + field, text) != 0)
			continue;
		if (found != NULL)
			return NULL;
		found = &p->port[i];
	}
	return found;
}

struct port *
ports_named(const struct ports *p, const char *text)
{
	static const size_t fields[] = {offsetof(struct port, name), offsetof(struct port, descr),
	    offsetof(struct port, alias)};
	struct port *found = NULL;

	if (text[0] == '\0')
		return NULL;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]) && found == NULL; i++)
		found = with_text(p, text, fields[i]);
	return found;
}
