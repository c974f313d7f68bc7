/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/region.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 8192
#define ALIGN _Alignof(max_align_t)

struct chunk {
	struct chunk *next;
	size_t used, size;
	max_align_t data[]; /* aligned for anything */
};

struct region {
	struct chunk *first; /* the one that still has room; full and large ones behind it */
};

struct region *
region_new(void)
{
	return calloc(1, sizeof(struct region));
}

static struct chunk *
chunk_new(size_t size)
{
	struct chunk *c;

	if ((c = calloc(1, sizeof(*c) + size)) != NULL)
		c->size = size;
	return c;
}

void *
region_alloc(struct region *r, size_t size)
{
	struct chunk *c = r->first;
	uint8_t *p;

	if (size > PTRDIFF_MAX / 2)
		return NULL; /* a size that wrapped, not one that somebody wants */
	size = (size + ALIGN - 1) / ALIGN * ALIGN;
	if (c == NULL || c->size - c->used < size) {
		int large = size > CHUNK / 4;

		if ((c = chunk_new(large ? size : CHUNK)) == NULL)
			return NULL;
		if (large && r->first != NULL) {
			c->next =
			    r->first->next; /* a large one does not hide the room of the first */
			r->first->next = c;
		} else {
			c->next = r->first;
			r->first = c;
		}
	}
	p = (uint8_t *)c->data + c->used;
	c->used += size;
	return p;
}

char *
region_strdup(struct region *r, const char *text)
{
	size_t len = strlen(text) + 1;
	char *copy = region_alloc(r, len);

	return copy != NULL ? memcpy(copy, text, len) : NULL;
}

void
region_free(struct region *r)
{
	if (r == NULL)
		return;
	while (r->first != NULL) {
		struct chunk *next = r->first->next;

		free(r->first);
		r->first = next;
	}
	free(r);
}
