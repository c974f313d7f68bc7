/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/book.h"

#include <stdlib.h>
#include <string.h>

#include "usage/book_in.h"

struct book *
book_new(enum text_id title, const char *about, int64_t made_s)
{
	struct book *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return NULL;
	if ((b->about = strdup(about)) == NULL) {
		free(b);
		return NULL;
	}
	b->title = title;
	b->made_s = made_s;
	return b;
}

static void
item_free(struct book_item *i)
{
	sheet_free(i->sheet);
	free(i->caption);
	free(i->svg);
}

void
book_free(struct book *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < b->n; i++)
		item_free(&b->items[i]);
	free(b->items);
	free(b->about);
	free(b);
}

/* Takes the item, also on errors. */
static int
add(struct book *b, struct book_item item)
{
	if (b != NULL && b->n == b->room) {
		size_t room = b->room ? b->room * 2 : 16;
		struct book_item *more = realloc(b->items, room * sizeof(*more));

		if (more == NULL)
			b = NULL;
		else {
			b->items = more;
			b->room = room;
		}
	}
	if (b == NULL) {
		item_free(&item);
		return KK_E_NOMEM;
	}
	b->items[b->n++] = item;
	b->n_sheets += item.sheet != NULL;
	return KK_OK;
}

int
book_sheet(struct book *b, struct sheet *s)
{
	int rc;

	/* Whoever hands a book on is told on its first sheet, in both formats. */
	if (b != NULL && b->n_sheets == 0 && s != NULL)
		sheet_note(s, TEXT_NOTE_HOUSE);
	rc = sheet_error(s);
	if (rc != KK_OK) {
		sheet_free(s);
		return rc;
	}
	return add(b, (struct book_item){.sheet = s});
}

int
book_picture(struct book *b, const char *caption, const char *svg)
{
	struct book_item item = {.caption = strdup(caption), .svg = strdup(svg)};

	if (item.caption == NULL || item.svg == NULL) {
		item_free(&item);
		return KK_E_NOMEM;
	}
	return add(b, item);
}

size_t
book_sheets(const struct book *b)
{
	return b->n_sheets;
}

const struct sheet *
book_sheet_at(const struct book *b, size_t at)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->items[i].sheet != NULL && at-- == 0)
			return b->items[i].sheet;
	return NULL;
}
