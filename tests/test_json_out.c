/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_json_out.c - every line is what jansson makes of the same values. */
#include "probes/json_out.h"

#include <jansson.h>

#include "tests/harness.h"

#define DEEP 8

/* What was written, as a text. */
struct written {
	char *text;
	size_t len;
	FILE *f;
};

static struct json_out
begin(struct written *w)
{
	*w = (struct written){NULL, 0, NULL};
	w->f = open_memstream(&w->text, &w->len);
	ck_assert_ptr_nonnull(w->f);
	return json_line(w->f);
}

/* The line is an object whose only value, "k", is `want`. */
static void
end(struct written *w, struct json_out *j, const char *why, const char *want)
{
	char line[256];

	ck_assert_int_eq(json_end(j), 1);
	ck_assert_int_eq(fclose(w->f), 0);
	snprintf(line, sizeof(line), "{\"k\":%s}\n", want);
	ck_assert_msg(strcmp(w->text, line) == 0, "%s: %s, not %s", why, w->text, line);
}

/* jansson's own of a value is the same; of none, null. */
static void
same(struct written *w, const char *why, json_t *value)
{
	json_t *o = json_pack("{s:o}", "k", value != NULL ? value : json_null());
	char *text = json_dumps(o, JSON_COMPACT);

	ck_assert_ptr_nonnull(text);
	w->text[w->len - 1] = '\0';
	ck_assert_msg(strcmp(w->text, text) == 0, "%s: %s, jansson: %s", why, w->text, text);
	free(text);
	json_decref(o);
	free(w->text);
}

static const struct {
	const char *why, *text, *want;
} texts[] = {
    {"none", NULL, "null"},
    {"empty", "", "\"\""},
    {"plain", "WF181037", "\"WF181037\""},
    {"a quote", "a\"b", "\"a\\\"b\""},
    {"a backslash", "a\\b", "\"a\\\\b\""},
    {"a slash", "a/b", "\"a/b\""},
    {"backspace", "\b", "\"\\b\""},
    {"form feed", "\f", "\"\\f\""},
    {"line feed", "a\n", "\"a\\n\""},
    {"carriage return", "\r", "\"\\r\""},
    {"tabulator", "\ta", "\"\\ta\""},
    {"the first control", "\x01", "\"\\u0001\""},
    {"before backspace", "\x07", "\"\\u0007\""},
    {"between", "\x0b", "\"\\u000B\""},
    {"before the sixteenth", "\x0f", "\"\\u000F\""},
    {"the sixteenth", "\x10", "\"\\u0010\""},
    {"escape", "\x1b[2J", "\"\\u001B[2J\""},
    {"the last control", "\x1f", "\"\\u001F\""},
    {"a blank", " ", "\" \""},
    {"delete", "\x7f", "\"\x7f\""},
    {"Korean", "서울5차-0152-1", "\"서울5차-0152-1\""},
    {"a line's end of Unicode", "\xe2\x80\xa8", "\"\xe2\x80\xa8\""},
    {"four octets", "\xf0\x9f\x90\xa6", "\"\xf0\x9f\x90\xa6\""},
    {"no UTF-8", "a\xff", "null"},
    {"CP949", "\xc0\xcc\xb8\xa7", "null"},
    {"cut", "\xed\x95", "null"},
    {"a surrogate", "\xed\xa0\x80", "null"},
    {"too long a form", "\xc0\xaf", "null"},
};

START_TEST(puts_texts)
{
	struct written w;
	struct json_out j = begin(&w);

	json_put_text(&j, "k", texts[_i].text);
	end(&w, &j, texts[_i].why, texts[_i].want);
	same(&w, texts[_i].why, json_string(texts[_i].text));
}
END_TEST

static const struct {
	uint64_t v;
	const char *want;
} counts[] = {
    {0, "0"},
    {7, "7"},
    {9, "9"},
    {10, "10"},
    {1234567890, "1234567890"},
    {INT64_MAX, "9223372036854775807"},
    {(uint64_t)INT64_MAX + 1, "9223372036854775808"},
    {UINT64_MAX, "18446744073709551615"},
};

START_TEST(puts_counts)
{
	struct written w;
	struct json_out j = begin(&w);

	json_put_count(&j, "k", counts[_i].v);
	end(&w, &j, "count", counts[_i].want);
	if (counts[_i].v <= INT64_MAX) /* jansson has no more */
		same(&w, "count", json_integer((json_int_t)counts[_i].v));
	else
		free(w.text);
}
END_TEST

static const struct {
	int64_t v;
	const char *want, *known;
} numbers[] = {
    {0, "0", "0"},
    {1, "1", "1"},
    {-1, "-1", "null"},
    {-52, "-52", "null"},
    {INT64_MAX, "9223372036854775807", "9223372036854775807"},
    {INT64_MIN + 1, "-9223372036854775807", "null"},
    {INT64_MIN, "-9223372036854775808", "null"},
};

START_TEST(puts_numbers)
{
	struct written w;
	struct json_out j = begin(&w);

	json_put_number(&j, "k", numbers[_i].v);
	end(&w, &j, "number", numbers[_i].want);
	same(&w, "number", json_integer(numbers[_i].v));
	j = begin(&w);
	json_put_known(&j, "k", numbers[_i].v);
	end(&w, &j, "known", numbers[_i].known);
	same(&w, "known", numbers[_i].v < 0 ? NULL : json_integer(numbers[_i].v));
}
END_TEST

/* Steps: brackets; n null, t true, f false, c count, s number, k known, x text. Keys are a, b, ...
 * in each object. */
static const struct {
	const char *why, *steps, *want;
} shapes[] = {
    {"nothing", "", "{}"},
    {"one", "c", "{\"a\":1}"},
    {"one of each", "ntfcskx",
	"{\"a\":null,\"b\":true,\"c\":false,\"d\":1,\"e\":-1,\"f\":2,\"g\":\"x\"}"},
    {"empty list", "[]", "{\"a\":[]}"},
    {"empty object", "{}", "{\"a\":{}}"},
    {"behind empty ones", "[]c{}t", "{\"a\":[],\"b\":1,\"c\":{},\"d\":true}"},
    {"a list of one", "[x]", "{\"a\":[\"x\"]}"},
    {"a list of each", "[ntfcskx[]{}]", "{\"a\":[null,true,false,1,-1,2,\"x\",[],{}]}"},
    {"lists in a list", "[[c][][cc]]", "{\"a\":[[1],[],[1,1]]}"},
    {"objects in a list", "[{cx}{}{n}]", "{\"a\":[{\"a\":1,\"b\":\"x\"},{},{\"a\":null}]}"},
    {"objects in objects", "{{{c}f}c}x",
	"{\"a\":{\"a\":{\"a\":{\"a\":1},\"b\":false},\"b\":1},\"b\":\"x\"}"},
};

/* One step within an object, where it has a key, or a list. */
static void
step(struct json_out *j, char what, const char *key)
{
	switch (what) {
	case '{':
	case '[':
		json_open(j, key, what);
		break;
	case 'n':
		json_put_null(j, key);
		break;
	case 't':
	case 'f':
		json_put_flag(j, key, what == 't' ? 4 : 0);
		break;
	case 'c':
		json_put_count(j, key, 1);
		break;
	case 's':
		json_put_number(j, key, -1);
		break;
	case 'k':
		json_put_known(j, key, 2);
		break;
	default:
		json_put_text(j, key, "x");
	}
}

static void
put_shape(struct json_out *j, const char *steps)
{
	struct {
		char next[2]; /* key; "" in a list */
	} in[DEEP] = {{"a"}};
	unsigned depth = 0;

	for (; *steps != '\0'; steps++) {
		if (*steps == '}' || *steps == ']') {
			json_close(j, *steps);
			depth--;
			continue;
		}
		step(j, *steps, in[depth].next[0] != '\0' ? in[depth].next : NULL);
		if (in[depth].next[0] != '\0')
			in[depth].next[0]++;
		if (*steps == '{' || *steps == '[')
			in[++depth].next[0] = *steps == '{' ? 'a' : '\0';
	}
}

START_TEST(puts_shapes)
{
	struct written w;
	struct json_out j = begin(&w);
	json_t *o;
	char *text;

	put_shape(&j, shapes[_i].steps);
	ck_assert_int_eq(json_end(&j), 1);
	fclose(w.f);
	ck_assert_int_eq(w.text[w.len - 1], '\n');
	w.text[w.len - 1] = '\0';
	ck_assert_msg(strcmp(w.text, shapes[_i].want) == 0, "%s: %s", shapes[_i].why, w.text);
	o = json_loads(w.text, JSON_REJECT_DUPLICATES, NULL);
	ck_assert_msg(o != NULL, "%s: no JSON: %s", shapes[_i].why, w.text);
	text = json_dumps(o, JSON_COMPACT);
	ck_assert_str_eq(text, w.text);
	free(text);
	json_decref(o);
	free(w.text);
}
END_TEST

START_TEST(one_line_after_another)
{
	struct written w;
	struct json_out j = begin(&w);

	json_put_count(&j, "k", 1);
	ck_assert_int_eq(json_end(&j), 1);
	j = json_line(w.f);
	json_put_count(&j, "k", 2);
	ck_assert_int_eq(json_end(&j), 1);
	fclose(w.f);
	ck_assert_str_eq(w.text, "{\"k\":1}\n{\"k\":2}\n");
	free(w.text);
}
END_TEST

/* With a buffer that is not full the line is still taken: flushing fails, and the next line. */
static const struct {
	size_t room; /* octets of the stream's buffer */
	int taken;
} full[] = {{0, 0}, {8, 0}, {4096, 1}};

START_TEST(says_that_the_stream_failed)
{
	FILE *f = fopen("/dev/full", "w");
	char room[4096];
	struct json_out j;

	ck_assert_ptr_nonnull(f);
	setvbuf(f, room, full[_i].room > 0 ? _IOFBF : _IONBF, full[_i].room);
	j = json_line(f);
	json_put_text(&j, "k", "a text of more than eight octets");
	ck_assert_int_eq(json_end(&j), full[_i].taken);
	fflush(f);
	j = json_line(f);
	ck_assert_int_eq(json_end(&j), 0);
	fclose(f);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("json_out");
	TCase *c = tcase_create("all");

	tcase_add_loop_test(c, puts_texts, 0, ROWS(texts));
	tcase_add_loop_test(c, puts_counts, 0, ROWS(counts));
	tcase_add_loop_test(c, puts_numbers, 0, ROWS(numbers));
	tcase_add_loop_test(c, puts_shapes, 0, ROWS(shapes));
	tcase_add_test(c, one_line_after_another);
	tcase_add_loop_test(c, says_that_the_stream_failed, 0, ROWS(full));
	suite_add_tcase(s, c);
	return harness_run(s);
}
