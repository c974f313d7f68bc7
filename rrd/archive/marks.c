/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/archive/marks.h"

#include <stdlib.h>
#include <string.h>

static struct mark *
mark_at(const struct marks *m, uint32_t number)
{
	return &m->ring[(m->head + (uint32_t)(number - m->first)) % m->room];
}

static int
grow(struct marks *m)
{
	size_t room = m->room == 0 ? 64 : m->room * 2;
	struct mark *ring = malloc(room * sizeof(*ring));

	if (ring == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < m->n; i++)
		ring[i] = m->ring[(m->head + i) % m->room];
	free(m->ring);
	m->ring = ring;
	m->room = room;
	m->head = 0;
	return KK_OK;
}

int
marks_begin(struct marks *m, uint32_t *number)
{
	int rc;

	marks_passed(m);
	if (m->n == m->room && (rc = grow(m)) != KK_OK)
		return rc;
	*number = m->first + (uint32_t)m->n;
	m->n++;
	*mark_at(m, *number) = (struct mark){m->end, 0};
	return KK_OK;
}

void
marks_end(struct marks *m, struct cursor end)
{
	m->end = end;
}

void
marks_hold(struct marks *m, uint32_t number)
{
	mark_at(m, number)->held++;
	m->held++;
}

void
marks_release(struct marks *m, uint32_t number)
{
	mark_at(m, number)->held--;
	m->held--;
}

struct cursor
marks_passed(struct marks *m)
{
	while (m->n > 0 && m->ring[m->head].held == 0) {
		m->head = (m->head + 1) % m->room;
		m->first++;
		m->n--;
	}
	return m->n > 0 ? m->ring[m->head].from : m->end;
}

void
marks_free(struct marks *m)
{
	free(m->ring);
	memset(m, 0, sizeof(*m));
}
