/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/csv.h"
#include "tests/harness.h"

/* What a reader gives, as text: fields in <>, records as "LINE:<a><b>;", errors as "!". */
static const struct {
	const char *why, *in, *want;
} files[] = {
    {"empty", "", ""},
    {"plain", "a,b\n1,2\n", "1:<a><b>;2:<1><2>;"},
    {"no line end", "a,b", "1:<a><b>;"},
    {"CRLF", "a,b\r\n1,2\r\n", "1:<a><b>;2:<1><2>;"},
    {"CR at the end", "a,b\r", "1:<a><b>;"},
    {"CR inside", "a\rb,c\n", "1:<a\rb><c>;"},
    {"BOM",
	"\xef\xbb\xbf"
	"a,b\n",
	"1:<a><b>;"},
    {"BOM only", "\xef\xbb\xbf", ""},
    {"BOM and quotes", "\xef\xbb\xbf\"a\",b\n", "1:<a><b>;"},
    {"empty lines", "\n\na\n\r\n\nb\n\n", "3:<a>;6:<b>;"},
    {"empty fields", ",\n,,\n", "1:<><>;2:<><><>;"},
    {"quotes", "\"a,b\",\"\"\"c\"\"\"\n", "1:<a,b><\"c\">;"},
    {"empty quotes", "\"\",\"\"\nx\n", "1:<><>;2:<x>;"},
    {"only empty quotes", "\"\"", "1:<>;"},
    {"line breaks in quotes", "a,\"b\nc\r\nd\"\ne\n", "1:<a><b\nc\r\nd>;4:<e>;"},
    {"blanks stay", " a , b \n", "1:< a >< b >;"},
    {"Korean", "이름,자치구\n까치,성동구\n", "1:<이름><자치구>;2:<까치><성동구>;"},
    {"CP949", "\xc0\xcc\xb8\xa7,\xc0\xda\xc4\xa1\xb1\xb8\n", "1:<이름><자치구>;"},
    {"never closed", "a,\"b\nc\nd,e\n",
	"!f:1: field 2: a quote that is never closed!"
	"2:<c>;3:<d><e>;"},
    {"opened and closed far below", "a,\"b\nc\nd,\"e\"\nf\n",
	"!f:1: field 2: text behind a closing quote!2:<c>;3:<d><e>;4:<f>;"},
    {"behind a quote", "a\n\"b\"c,d\ne\n",
	"1:<a>;!f:2: field 1: text behind a closing quote!3:<e>;"},
    {"inside", "a,b\"c\nd\n",
	"!f:1: field 2: a quote inside a field that does not start with one!2:<d>;"},
    {"second line of a record", "\"a\nb\",\"c\n",
	"!f:2: field 2: a quote that is never closed!"
	"!f:2: field 1: a quote inside a field that does not start with one!"},
    {"quote at the very end", "a,\"", "!f:1: field 2: a quote that is never closed!"},
};

static void
render(const char *text, size_t len, char *out, size_t room)
{
	char *fields[CSV_FIELDS_MAX];
	FILE *f = fmemopen(out, room, "w");
	struct csv *c = NULL;
	struct diag d = {""};
	unsigned line;
	size_t n;
	int rc;

	ck_assert_ptr_nonnull(f);
	rc = csv_over("f", text, len, &c, &d);
	if (rc != KK_OK) {
		fprintf(f, "!%s!", d.text);
		fclose(f);
		return;
	}
	while ((rc = csv_next(c, fields, &n, &line, &d)) != KK_END) {
		if (rc != KK_OK) {
			fprintf(f, "!%s!", d.text);
			continue;
		}
		fprintf(f, "%u:", line);
		for (size_t i = 0; i < n; i++)
			fprintf(f, "<%s>", fields[i]);
		fputc(';', f);
	}
	ck_assert_int_eq(csv_next(c, fields, &n, &line, &d), KK_END);
	csv_free(c);
	fclose(f);
}

START_TEST(reads)
{
	char got[1024] = "";

	render(files[_i].in, strlen(files[_i].in), got, sizeof(got));
	ck_assert_msg(strcmp(got, files[_i].want) == 0, "%s: got \"%s\"", files[_i].why, got);
}
END_TEST

static const struct {
	const char *in;
	size_t len;
	const char *want;
} encodings[] = {
    {"a\n\xff\xff\n", 5, "!f:2: neither UTF-8 nor CP949!"},
    {"a\nb\0c\n", 6, "!f:2: neither UTF-8 nor CP949!"},
    /* UTF-8 with one bad octet in line 3: CP949 stumbles at once, UTF-8 went further. */
    {"까치온\n까\n\xff\n", 16, "!f:3: neither UTF-8 nor CP949!"},
    {"\xff\xfe"
     "a\0b\0\n\0",
	8, "!f:1: neither UTF-8 nor CP949!"},
};

START_TEST(bad_encodings)
{
	char got[256] = "";

	render(encodings[_i].in, encodings[_i].len, got, sizeof(got));
	ck_assert_str_eq(got, encodings[_i].want);
}
END_TEST

START_TEST(many_fields)
{
	char in[2 * CSV_FIELDS_MAX + 8], *fields[CSV_FIELDS_MAX];
	struct csv *c = NULL;
	struct diag d;
	unsigned line;
	size_t n;

	memset(in, ',', CSV_FIELDS_MAX - 1);
	memcpy(in + CSV_FIELDS_MAX - 1, "\nx\n", 4);
	ck_assert_int_eq(csv_over("f", in, CSV_FIELDS_MAX + 2, &c, &d), KK_OK);
	ck_assert_int_eq(csv_next(c, fields, &n, &line, &d), KK_OK);
	ck_assert_uint_eq(n, CSV_FIELDS_MAX);
	csv_free(c);
	memset(in, ',', CSV_FIELDS_MAX);
	memcpy(in + CSV_FIELDS_MAX, "\nx\n", 4);
	ck_assert_int_eq(csv_over("f", in, CSV_FIELDS_MAX + 3, &c, &d), KK_OK);
	ck_assert_int_eq(csv_next(c, fields, &n, &line, &d), KK_E_SYNTAX);
	ck_assert_str_eq(d.text, "f:1: more than 128 fields");
	ck_assert_int_eq(csv_next(c, fields, &n, &line, &d), KK_OK);
	ck_assert_str_eq(fields[0], "x");
	csv_free(c);
}
END_TEST

START_TEST(opens_files)
{
	char dir[64], path[128], *fields[CSV_FIELDS_MAX];
	struct csv *c = NULL;
	struct diag d = {""};
	unsigned line, rows = 0;
	size_t n;
	FILE *f;

	harness_dir(dir);
	snprintf(path, sizeof(path), "%s/a.csv", dir);
	ck_assert_int_eq(csv_open(path, &c, &d), KK_E_NOTFOUND);
	ck_assert_ptr_nonnull(strstr(d.text, "a.csv: "));
	ck_assert_int_ne(csv_open(dir, &c, &d), KK_OK);
	f = fopen(path, "w");
	for (int i = 0; i < 20000; i++) /* more than one buffer */
		fprintf(f, "%d,\"서울\n%d\"\n", i, i);
	fclose(f);
	ck_assert_int_eq(csv_open(path, &c, &d), KK_OK);
	while (csv_next(c, fields, &n, &line, &d) == KK_OK) {
		ck_assert_uint_eq(line, 2 * rows + 1);
		rows++;
	}
	ck_assert_uint_eq(rows, 20000);
	csv_free(c);
	harness_remove(dir);
}
END_TEST

static const struct {
	const char *text, *want;
} puts_rows[] = {
    {NULL, ""},
    {"", ""},
    {"abc", "abc"},
    {"a,b", "\"a,b\""},
    {"a\"b", "\"a\"\"b\""},
    {"a\nb", "\"a\nb\""},
    {" a", "\" a\""},
    {"a ", "\"a \""},
    {"=1+2", "'=1+2"},
    {"=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""},
    {"@SUM(A1)", "'@SUM(A1)"},
    {"-1+2", "'-1+2"},
    {"-", "'-"},
    {"+", "'+"},
    {"\tx", "'\tx"},
    {"\rx", "\"'\rx\""},
    {"-12.5", "-12.5"},
    {"+3", "+3"},
    {"-3e-5", "-3e-5"},
    {"-3e", "'-3e"},
    {"-0x10", "'-0x10"},
    {"-inf", "'-inf"},
    {"=1", "'=1"},
    {"---EP000001", "'---EP000001"},
    {"까치", "까치"},
};

START_TEST(writes)
{
	char got[128] = "";
	FILE *f = fmemopen(got, sizeof(got), "w");

	csv_put(f, puts_rows[_i].text, 1);
	fclose(f);
	ck_assert_str_eq(got, puts_rows[_i].want);
}
END_TEST

START_TEST(commas)
{
	char got[32] = "";
	FILE *f = fmemopen(got, sizeof(got), "w");

	csv_put(f, "a", 1);
	csv_put(f, NULL, 0);
	csv_put(f, "b", 0);
	fclose(f);
	ck_assert_str_eq(got, "a,,b");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("csv");
	TCase *tc = tcase_create("csv");

	tcase_add_loop_test(tc, reads, 0, ROWS(files));
	tcase_add_loop_test(tc, bad_encodings, 0, ROWS(encodings));
	tcase_add_test(tc, many_fields);
	tcase_add_test(tc, opens_files);
	tcase_add_loop_test(tc, writes, 0, ROWS(puts_rows));
	tcase_add_test(tc, commas);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
