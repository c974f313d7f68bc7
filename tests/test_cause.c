/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alerts/cause.h"
#include "alerts/state.h"
#include "tests/harness.h"

/*
 * A case is a text: one word per device, in order, `NAME[<UP[,UP2]][:STATE][@SINCE]`, and what is
 * expected of each: its root's NAME, "-" none, "*" the collector; a "?" behind it: pending, a "+":
 * proven at work. States: + answers, ! dead, ? in doubt, none: not asked. Since: seconds; an answer
 * is newer than all silences unless it has a time ("+@5": answers since 5 s). Now is 1000 s,
 * waiting 180 s.
 */
static const struct {
	const char *why, *tree, *want;
} cases[] = {
    {"nothing", "", ""},
    {"one that answers", "a:+", "-+"},
    {"one that is dead", "a:!", "a"},
    {"below a dead switch", "s:! a<s:! b<s:!", "s s s"},
    {"switch alive, one dead", "s:+ a<s:! b<s:+", "-+ a -+"},
    {"switch alive, all dead", "s:+ a<s:! b<s:!", "-+ a b"},
    {"switch silent, one below answers", "s:! a<s:! b<s:+", "-+ a -+"},
    {"switch not asked, all dead", "s a<s:! b<s:!", "s s s"},
    {"switch not asked, its only one dead", "s a<s:!", "- a"},
    {"switch not asked, one answers", "s a<s:! b<s:! c<s:+", "-+ a b -+"},
    {"never seen below a cut is counted to it", "s:! a<s b<s:!", "s s s"},
    {"in doubt below a cut is counted to it", "s:! a<s:? b<s:!", "s s s"},
    {"the switch not yet, but its access points and all above", "n:! s<n:? a<s:! b<s:!", "n n n n"},
    {"switch in doubt: wait", "s:? a<s:! b<s:!", "- a? b?"},
    {"sibling in doubt: wait", "s a<s:! b<s:?", "- a? -"},
    {"cut, one still in doubt: wait", "s a<s:! b<s:! c<s:?", "s? s s s"},
    {"sibling in doubt, another answers: tell", "s a<s:! b<s:? c<s:+", "-+ a - -+"},
    {"node above the switch in doubt: wait", "n:? s<n a<s:!", "- - a?"},
    {"two levels", "n:! s<n:! t<n:! a<s:! b<s:! c<t:!", "n n n n n n"},
    {"two levels, none asked", "n s<n t<n a<s:! b<s:! c<t:! d<t:!", "n n n n n n n"},
    {"one of two branches", "n s<n t<n a<s:! b<s:! c<t:+ d<t:!", "-+ s -+ s s -+ d"},
    {"only one branch: the lowest that explains it", "n s<n a<s:! b<s:!", "- s s s"},
    {"order of the list does not matter", "a<s:! b<s:! s<n:! n:!", "n n n n"},
    {"ring: one arm cut", "n:! m:+ s<n,m:+ a<s:+", "n -+ -+ -+"},
    {"ring: switch itself", "n:! m:+ s<n,m:! a<s:!", "n -+ s s"},
    {"ring: both arms cut", "n:! m:! s<n,m:! a<s:!", "n m n n"},
    {"ring: second arm in doubt: wait", "n:! m:? s<n,m:! a<s:!", "n - s? s"},
    {"ring: an answer around does not prove the cut arm", "n m:+ s<n,m:+ a<n:! b<n:!",
	"n -+ -+ n n"},
    {"both uplinks the same", "n:! s<n,n:!", "n n"},
    {"second uplink alone", "n:! s<,n:!", "n n"},
    {"its own uplink", "s<s:! a<s:!", "s s"},
    {"two that hang on each other", "s<t:! t<s:! a<s:!", "s s s"},
    {"a tail to a ring of three", "a<s:! s<t:! t<u:! u<s:!", "s s s s"},
    {"uplink that nobody knows", "a<zz:! b<zz:!", "a b"},
    {"coming back: the switch first", "s:+@900 a<s:!@500 b<s:!@500", "-+ a? b?"},
    {"not back after the wait", "s:+@810 a<s:!@500", "-+ a"},
    {"fell silent after the switch came back", "s:+@900 a<s:!@930", "-+ a"},
    {"coming back: siblings answer", "s a<s:!@500 b<s:+@950", "-+ a? -+"},
    {"a sibling answered all along", "s a<s:!@500 b<s:+@950 c<s:+@5", "-+ a -+ -+"},
    {"a stale answer proves nothing", "s:!@500 a<s:+@5=499 b<s:!@501", "s -+ s"},
    {"a fresh answer does", "s:!@500 a<s:+@5=501 b<s:!@501", "-+ -+ b"},
    {"whole city silent", "20 a:!", "20 *"},
    {"nineteen are no city", "19 a:!", "19 ="},
    {"one answers: no cut", "20 a:! z:+", "20 = -+"},
    {"city silent, one not asked", "20 a:! z", "20 * *"},
    {"city going silent: wait", "19 a:! z:?", "19 =? -"},
    {"city coming back: wait", "20 a:!@500 z:+@990", "20 =? -+"},
};

#define MOST 64

static struct cause_node node[MOST];
static char name[MOST][8];
static char above[MOST][2][8];

static void
read_node(size_t i, const char *word)
{
	char state = ' ';
	long since = 0, answered = 2000;
	const char *p = strpbrk(word, "<:@");
	size_t len = p ? (size_t)(p - word) : strlen(word);

	memset(&node[i], 0, sizeof(node[i]));
	memset(above[i], 0, sizeof(above[i]));
	snprintf(name[i], sizeof(name[i]), "%.*s", (int)len, word);
	if (p != NULL && *p == '<') {
		size_t end = strcspn(++p, ":@"), first = strcspn(p, ",:@");

		snprintf(above[i][0], 8, "%.*s", (int)first, p);
		if (first < end)
			snprintf(above[i][1], 8, "%.*s", (int)(end - first - 1), p + first + 1);
		p += end;
	}
	if (p != NULL && *p == ':')
		state = p[1];
	if ((p = strchr(word, '@')) != NULL)
		since = strtol(p + 1, NULL, 10);
	if ((p = strchr(word, '=')) != NULL)
		answered = strtol(p + 1, NULL, 10);
	node[i].evidence = (uint8_t)(state == '+'   ? EVIDENCE_ALIVE
				     : state == '?' ? EVIDENCE_DOUBT
				     : state == '!' ? EVIDENCE_DEAD
						    : EVIDENCE_NONE);
	if (state == '+') {
		node[i].up_since_s = since ? since : 10;
		node[i].answered_s = answered;
	} else if (state != ' ') {
		node[i].silent_s = since ? since : 600;
	}
}

static size_t
read_tree(const char *text)
{
	char copy[400], *save = NULL;
	long times = 1;
	size_t n = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		char *end;
		long k = strtol(w, &end, 10);

		if (*end == '\0') {
			times = k;
			continue;
		}
		while (times-- > 0)
			read_node(n++, w);
		times = 1;
	}
	for (size_t i = 0; i < n; i++)
		for (int k = 0; k < 2; k++) {
			node[i].up[k] = -1;
			for (size_t j = 0; j < n; j++)
				if (above[i][k][0] && strcmp(above[i][k], name[j]) == 0)
					node[i].up[k] = (int32_t)j;
		}
	return n;
}

/* One device's outcome in the words of the table. */
static void
outcome(size_t i, char out[16])
{
	const struct cause_node *c = &node[i];

	snprintf(out, 16, "%s%s%s",
	    c->root == CAUSE_NONE	 ? "-"
	    : c->root == CAUSE_COLLECTOR ? "*"
					 : name[c->root],
	    c->pending ? "?" : "", c->proven ? "+" : "");
}

START_TEST(roots)
{
	size_t n = read_tree(cases[_i].tree), i = 0;
	char copy[400], *save = NULL, got[16];
	long times = 1;

	ck_assert_int_eq(cause_find(node, n, 180, 1000), KK_OK);
	snprintf(copy, sizeof(copy), "%s", cases[_i].want);
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		char *end;
		long k = strtol(w, &end, 10);

		if (*end == '\0') {
			times = k;
			continue;
		}
		for (; times > 0; times--, i++) {
			outcome(i, got);
			if (w[0] == '=') { /* itself */
				ck_assert_msg(
				    node[i].root == (int32_t)i, "%s: #%zu", cases[_i].why, i);
				ck_assert_msg(node[i].pending == (w[1] == '?'), "%s: #%zu pending",
				    cases[_i].why, i);
			} else {
				ck_assert_msg(strcmp(got, w) == 0, "%s: %s is %s, not %s",
				    cases[_i].why, name[i], got, w);
			}
		}
		times = 1;
	}
	ck_assert_msg(i == n, "%s: %zu outcomes for %zu devices", cases[_i].why, i, n);
}
END_TEST

/* A hundred thousand in a chain, in a ring, and all on one: no deep recursion, no quadratic walk.
 */
START_TEST(large)
{
	size_t n = 100000;
	struct cause_node *c = calloc(n, sizeof(*c));

	ck_assert_ptr_nonnull(c);
	for (int shape = 0; shape < 3; shape++) {
		for (size_t i = 0; i < n; i++) {
			c[i].evidence = i % 5 ? EVIDENCE_DEAD : EVIDENCE_DOUBT;
			c[i].silent_s = 10;
			c[i].up[0] = (int32_t)(shape == 2 ? 0 : i == 0 ? n - 1 : i - 1);
			c[i].up[1] = -1;
			if (shape == 0 && i == 0)
				c[i].up[0] = -1;
		}
		ck_assert_int_eq(cause_find(c, n, 180, 1000), KK_OK);
	}
	free(c);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("cause");
	TCase *tc = tcase_create("cause");

	tcase_add_loop_test(tc, roots, 0, ROWS(cases));
	tcase_add_test(tc, large);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
