/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alerts/cause.h"

#include <stdlib.h>

#include "alerts/state.h"

/* No network is deeper; a longer chain in the inventory is a mistake and is not followed. */
#define DEPTH_MAX 64
#define BRANCHES  2

/* Working memory. Index n is the collector, above all devices without an uplink. */
struct work {
	struct cause_node *node;
	size_t n;
	int64_t wait_s, now_s;
	struct cause_node top;
	uint32_t *dead;	    /* branches below that are cut or silent */
	uint32_t *doubtful; /* branches below that are in doubt */
	uint8_t *doubt;	    /* something below is in doubt */
	uint8_t *mark;
	int32_t *list;
};

static struct cause_node *
at(struct work *w, int32_t i)
{
	return (size_t)i == w->n ? &w->top : &w->node[i];
}

/* The k-th thing that a node hangs on: an uplink, or the collector; CAUSE_NONE: no k-th one. */
static int32_t
parent(struct work *w, int32_t i, int k)
{
	const struct cause_node *c = at(w, i);
	int32_t n = (int32_t)w->n, one, two;

	if (i == n)
		return CAUSE_NONE;
	one = c->up[0] >= 0 && c->up[0] < n && c->up[0] != i ? c->up[0] : CAUSE_NONE;
	two = c->up[1] >= 0 && c->up[1] < n && c->up[1] != i ? c->up[1] : CAUSE_NONE;
	if (one == CAUSE_NONE || one == two) {
		one = two;
		two = CAUSE_NONE;
	}
	if (one == CAUSE_NONE)
		one = n;
	return k == 0 ? one : two;
}

struct alive {
	int64_t since_s;
	int32_t index;
};

static int
by_since(const void *a, const void *b)
{
	const struct alive *x = a, *y = b;

	return x->since_s != y->since_s ? (x->since_s < y->since_s ? -1 : 1) : x->index - y->index;
}

/* An answer proves everything above it that it had no way around. */
static void
climb(struct work *w, const struct alive *from)
{
	int64_t answered = w->node[from->index].answered_s;
	int32_t i = from->index;

	for (int depth = 0; depth < DEPTH_MAX && i != CAUSE_NONE; depth++) {
		struct cause_node *c = at(w, i);

		if (c->proven && depth > 0)
			return;
		/* An answer from before the silence proves nothing about now. */
		if ((c->evidence == EVIDENCE_DEAD || c->evidence == EVIDENCE_DOUBT) &&
		    answered <= c->silent_s)
			return;
		if (!c->proven) {
			c->proven = 1;
			c->proof_s = from->since_s;
		}
		if (parent(w, i, 1) != CAUSE_NONE)
			return;
		i = parent(w, i, 0);
	}
}

/* The longest alive first, so that what is proven is proven since the earliest. */
static int
prove(struct work *w)
{
	struct alive *alive = malloc((w->n + 1) * sizeof(*alive));
	size_t n = 0;

	if (alive == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < w->n; i++)
		if (w->node[i].evidence == EVIDENCE_ALIVE)
			alive[n++] = (struct alive){w->node[i].up_since_s, (int32_t)i};
	qsort(alive, n, sizeof(*alive), by_since);
	for (size_t i = 0; i < n; i++)
		climb(w, &alive[i]);
	if (n > 0) { /* whatever way it took, it came to the collector */
		w->top.proven = 1;
		w->top.proof_s = alive[0].since_s;
	}
	free(alive);
	return KK_OK;
}

/* Tell all above an undecided device that something below them is in doubt. */
static void
spread_doubt(struct work *w)
{
	for (size_t i = 0; i < w->n; i++) {
		int32_t p = (int32_t)i;

		if (w->node[i].evidence != EVIDENCE_DOUBT)
			continue;
		for (int depth = 0; depth < DEPTH_MAX && p != CAUSE_NONE; depth++) {
			int32_t next = parent(w, p, 0);

			if (at(w, p)->proven || w->mark[p])
				break;
			w->mark[p] = 1;
			if (next == CAUSE_NONE)
				break;
			w->doubt[next] = 1;
			w->doubtful[next]++;
			p = next;
		}
	}
}

static int
enough(const struct work *w, int32_t i)
{
	return w->dead[i] >= ((size_t)i == w->n ? CAUSE_CITY_MIN : BRANCHES);
}

/* From the silent devices up: what has only silence below it is cut. */
static void
cut(struct work *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++) {
		struct cause_node *c = &w->node[i];

		if (c->evidence != EVIDENCE_DEAD || c->proven)
			continue;
		c->cut = 1;
		c->since_s = c->silent_s;
		w->list[n++] = (int32_t)i;
	}
	while (n > 0) {
		int32_t i = w->list[--n];

		for (int k = 0; k < 2; k++) {
			int32_t p = parent(w, i, k);
			struct cause_node *c = p == CAUSE_NONE ? NULL : at(w, p);

			if (c == NULL)
				continue;
			w->dead[p]++;
			if (c->evidence != EVIDENCE_NONE || c->proven)
				continue;
			if (c->since_s == 0 || at(w, i)->since_s < c->since_s)
				c->since_s = at(w, i)->since_s;
			if (c->cut || !enough(w, p))
				continue;
			c->cut = c->inferred = 1;
			w->list[n++] = p;
		}
	}
}

/* Where to look next for the cause of a node that is cut: above it, if all above it is cut. */
static int32_t
next_up(struct work *w, int32_t i)
{
	int32_t one = parent(w, i, 0), two = parent(w, i, 1);

	if (one == CAUSE_NONE || !at(w, one)->cut || (two != CAUSE_NONE && !at(w, two)->cut))
		return CAUSE_NONE;
	return one;
}

/* The topmost cut node above (or at) i; in a ring that is cut as a whole, its first device. */
static int32_t
root_of(struct work *w, int32_t i)
{
	int32_t lowest = i, next;

	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		if ((next = next_up(w, i)) == CAUSE_NONE)
			return i;
		i = next;
	}
	/* No way out: walk the ring once more and take a member that all of it agree on. */
	lowest = i;
	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		if ((next = next_up(w, i)) == CAUSE_NONE)
			return i; /* no ring, only a chain that is deeper than any network */
		i = next;
		if (i < lowest)
			lowest = i;
	}
	return lowest;
}

/* What is below a cut, and not proven, is cut off with it, whatever it says itself. */
static void
darken(struct work *w)
{
	int more = 1;

	for (int depth = 0; depth < DEPTH_MAX && more; depth++) {
		more = 0;
		for (size_t i = 0; i < w->n; i++) {
			struct cause_node *c = &w->node[i];

			if (c->cut || c->proven || next_up(w, (int32_t)i) == CAUSE_NONE)
				continue;
			c->cut = 1;
			more = 1;
		}
	}
}

/* Whether what is above may yet turn out to be cut. */
static int
shaky(struct work *w, int32_t i)
{
	for (int depth = 0; depth < DEPTH_MAX && i != CAUSE_NONE; depth++) {
		const struct cause_node *c = at(w, i);

		if (c->proven)
			return 0;
		if (c->cut || c->evidence == EVIDENCE_DOUBT)
			return 1;
		if ((size_t)i == w->n)
			return w->doubt[i] && w->dead[i] + w->doubtful[i] >= CAUSE_CITY_MIN;
		if (c->evidence == EVIDENCE_NONE && w->doubt[i])
			return 1;
		i = parent(w, i, 1) == CAUSE_NONE ? parent(w, i, 0) : CAUSE_NONE;
	}
	return 0;
}

/* Silent since before its uplink came back, and not long enough since then. */
static int
coming_back(struct work *w, int32_t i, int32_t p)
{
	const struct cause_node *up = at(w, p);

	return up->proven && at(w, i)->since_s < up->proof_s && w->now_s < up->proof_s + w->wait_s;
}

static int
is_pending(struct work *w, int32_t i)
{
	int32_t one = parent(w, i, 0), two = parent(w, i, 1);

	if (at(w, i)->inferred && w->doubt[i])
		return 1;
	if (one == CAUSE_NONE || next_up(w, i) != CAUSE_NONE) /* a ring that is cut as a whole */
		return 0;
	if (coming_back(w, i, one) || (two != CAUSE_NONE && coming_back(w, i, two)))
		return 1;
	return shaky(w, one) && (two == CAUSE_NONE || shaky(w, two));
}

static void
decide(struct work *w)
{
	for (size_t k = 0; k < w->n; k++) {
		struct cause_node *c = &w->node[k];
		int32_t i = (int32_t)k, root;

		if (!c->cut)
			continue;
		root = root_of(w, i);
		c->root = (size_t)root == w->n ? CAUSE_COLLECTOR : root;
		if (root == i)
			c->pending = (uint8_t)is_pending(w, i);
	}
}

int
cause_find(struct cause_node *node, size_t n, int64_t wait_s, int64_t now_s)
{
	struct work w = {.node = node, .n = n, .wait_s = wait_s, .now_s = now_s};
	int rc = KK_E_NOMEM;

	for (size_t i = 0; i < n; i++) {
		node[i].root = CAUSE_NONE;
		node[i].proven = node[i].cut = node[i].inferred = node[i].pending = 0;
		node[i].since_s = node[i].proof_s = 0;
	}
	w.dead = calloc(n + 1, sizeof(*w.dead));
	w.doubtful = calloc(n + 1, sizeof(*w.doubtful));
	w.doubt = calloc(n + 1, 1);
	w.mark = calloc(n + 1, 1);
	w.list = calloc(n + 1, sizeof(*w.list));
	if (w.dead != NULL && w.doubtful != NULL && w.doubt != NULL && w.mark != NULL &&
	    w.list != NULL && prove(&w) == KK_OK) {
		spread_doubt(&w);
		cut(&w);
		darken(&w);
		decide(&w);
		rc = KK_OK;
	}
	free(w.dead);
	free(w.doubtful);
	free(w.doubt);
	free(w.mark);
	free(w.list);
	return rc;
}
