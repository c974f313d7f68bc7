/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_basics.c - errors, log lines and complaints, clocks, metrics, sources, the wire cursor. */
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"
#include "lib/metric.h"
#include "lib/sample.h"
#include "lib/slurp.h"
#include "lib/text.h"
#include "lib/wire.h"
#include "tests/harness.h"

/* ---- err.h ---- */

START_TEST(words_for_errors)
{
	ck_assert_str_eq(kk_strerror(KK_OK), "done");
	ck_assert_str_eq(kk_strerror(KK_E_NOMEM), "out of memory");
	ck_assert_str_eq(kk_strerror(KK_E_DB), "database error");
	for (int rc = -KK_INDEX_COUNT; rc <= KK_END; rc++)
		ck_assert_ptr_null(strstr(kk_strerror(rc), "unknown e"));
	ck_assert_str_eq(kk_strerror(KK_END + 1), "unknown outcome");
	ck_assert_str_eq(kk_strerror(-KK_INDEX_COUNT - 1), "unknown error");
	ck_assert_str_eq(kk_strerror(INT32_MIN), "unknown error");
	ck_assert_int_eq(kk_from_errno(0), KK_OK);
	ck_assert_int_eq(kk_from_errno(ENOSPC), KK_E_FULL);
	ck_assert_int_eq(kk_from_errno(EROFS), KK_E_DENIED);
	ck_assert_int_eq(kk_from_errno(99999), KK_E_IO);
}
END_TEST

START_TEST(diag_texts)
{
	struct diag d;
	char longer[600];

	ck_assert_int_eq(diag_set(NULL, KK_E_IO, "%d", 1), KK_E_IO);
	ck_assert_int_eq(diag_set(&d, KK_E_IO, "%s:%d", "f", 7), KK_E_IO);
	ck_assert_str_eq(d.text, "f:7");
	/* Cut at a character, wherever the cut falls. */
	for (int shift = 0; shift < 4; shift++) {
		memset(longer, 'x', (size_t)shift);
		for (size_t i = (size_t)shift; i + 3 < sizeof(longer); i += 3)
			memcpy(longer + i, "까", 4);
		diag_set(&d, KK_E_IO, "%s", longer);
		ck_assert_uint_ge(strlen(d.text), sizeof(d.text) - 4);
		ck_assert(text_is_utf8(d.text, strlen(d.text)));
	}
}
END_TEST

/* ---- log.h ---- */

static FILE *captured;
static int kept_stderr;

static void
capture(void)
{
	captured = tmpfile();
	kept_stderr = dup(STDERR_FILENO);
	dup2(fileno(captured), STDERR_FILENO);
	log_open("test", LOG_LV_INFO);
}

/* What was written since capture() or the last call. */
static const char *
said(char out[2048])
{
	size_t n;

	rewind(captured);
	n = fread(out, 1, 2047, captured);
	out[n] = '\0';
	ck_assert_int_eq(ftruncate(fileno(captured), 0), 0);
	rewind(captured);
	return out;
}

static void
release(void)
{
	dup2(kept_stderr, STDERR_FILENO);
	close(kept_stderr);
	fclose(captured);
}

START_TEST(log_lines)
{
	char out[2048], longer[3000];

	log_line(LOG_LV_WARNING, "disk %d", 7);
	ck_assert_str_eq(said(out), "<4>disk 7\n");
	log_line(LOG_LV_DEBUG, "too fine");
	ck_assert_str_eq(said(out), "");
	log_line(LOG_LV_INFO, "a\nb\x1b[31m");
	ck_assert_str_eq(said(out), "<6>a?b?[31m\n");
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	log_line(LOG_LV_ERROR, "%s", longer);
	said(out);
	ck_assert_uint_gt(strlen(out), 1000);
	ck_assert_ptr_eq(strchr(out, '\n'), out + strlen(out) - 1);
}
END_TEST

/* A trouble that comes every second for three hours: told at 0, 10, 30, 70, ... s. */
START_TEST(complaints)
{
	struct complaint c = {0};
	char out[2048];
	unsigned lines = 0;
	int64_t last = -1, gap = 0, widest = 0;

	complaint_over(&c, "nothing was wrong");
	ck_assert_str_eq(said(out), "");
	for (int64_t s = 0; s < 3 * 3600; s++) {
		complain(&c, s * 1000, LOG_LV_ERROR, "disk full");
		if (*said(out) == '\0')
			continue;
		if (last >= 0) {
			ck_assert_int_ge(s - last, gap);
			gap = s - last;
			widest = gap > widest ? gap : widest;
		}
		if (lines == 0)
			ck_assert_str_eq(out, "<3>disk full\n");
		if (lines == 1) {
			ck_assert_int_eq(s, 10);
			ck_assert_str_eq(out, "<3>disk full (and 9 times before)\n");
		}
		last = s;
		lines++;
	}
	ck_assert_uint_ge(lines, 9);
	ck_assert_uint_le(lines, 13);
	ck_assert_int_eq(widest, 3600);
	complaint_over(&c, "room again");
	ck_assert_str_eq(said(out), "<5>room again\n");
	complaint_over(&c, "room again");
	ck_assert_str_eq(said(out), "");
	complain(&c, 0, LOG_LV_ERROR, "disk full");
	ck_assert_str_eq(said(out), "<3>disk full\n");
}
END_TEST

/* ---- clock.h ---- */

START_TEST(clocks)
{
	struct kk_clock c = {.simulated = 1, .mono_ms = 5, .utc_cs = 1000};
	int64_t mono = clock_mono_ms(NULL);

	ck_assert_int_eq(clock_mono_ms(&c), 5);
	for (int i = 0; i < 1000; i++)
		clock_advance(&c, 1);
	ck_assert_int_eq(clock_mono_ms(&c), 1005);
	ck_assert_int_eq(clock_utc_cs(&c), 1100);
	clock_advance(&c, 60000);
	ck_assert_int_eq(clock_utc_cs(&c), 7100);
	ck_assert_int_ge(clock_mono_ms(NULL), mono);
	c.simulated = 0;
	ck_assert_int_ge(clock_mono_ms(&c), mono);
	ck_assert_int_gt(clock_utc_cs(NULL), INT64_C(160000000000)); /* 2020 is over */
}
END_TEST

/* ---- metric.h, sample.h ---- */

START_TEST(metrics)
{
	struct sample s = {0};

	for (int m = 0; m < METRIC_COUNT; m++) {
		const struct metric_info *i = metric_info(m);

		ck_assert_int_eq(metric_by_name(i->name), m);
		ck_assert_int_ge(i->scale, 1);
		ck_assert_int_le(i->min, i->max);
		ck_assert(strlen(i->name) < 20); /* an RRD's name of a data source */
	}
	ck_assert_int_eq(metric_by_name("octets"), -1);
	ck_assert(metric_plausible(METRIC_NOISE_5G, -95));
	ck_assert(!metric_plausible(METRIC_NOISE_5G, 0));
	ck_assert(metric_plausible(METRIC_RTT, 60 * 1000000));
	ck_assert(!metric_plausible(METRIC_RTT, 60 * 1000000 + 1));
	ck_assert(metric_plausible(METRIC_OCTETS_UP, INT64_MAX));
	sample_set(&s, METRIC_CLIENTS, 0);
	ck_assert(sample_has(&s, METRIC_CLIENTS));
	sample_set(&s, METRIC_CLIENTS_5G, -1);
	ck_assert(!sample_has(&s, METRIC_CLIENTS_5G));
	for (int i = 0; i < SOURCE_COUNT; i++)
		ck_assert_int_eq(sample_source_by_name(sample_source_name((unsigned)i)), i);
	ck_assert_int_eq(sample_source_by_name("guess"), -1);
	ck_assert_str_eq(sample_source_name(SOURCE_COUNT), "?");
}
END_TEST

/* ---- wire.h ---- */

START_TEST(cursor)
{
	static const uint8_t octets[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
	struct wire w = wire_over(octets, sizeof(octets)), sub;

	ck_assert_uint_eq(wire_u8(&w), 1);
	ck_assert_uint_eq(wire_be16(&w), 0x0203);
	ck_assert_uint_eq(wire_le16(&w), 0x0504);
	sub = wire_sub(&w, 2);
	ck_assert_uint_eq(wire_left(&sub), 2);
	ck_assert_uint_eq(wire_be32(&sub), 0);
	ck_assert(sub.failed);
	ck_assert(!w.failed);
	ck_assert_uint_eq(wire_left(&w), 3);
	ck_assert_uint_eq(wire_le32(&w), 0);
	ck_assert(w.failed);
	ck_assert_uint_eq(wire_u8(&w), 0); /* sticky */
	ck_assert_uint_eq(wire_left(&w), 0);
	sub = wire_sub(&w, 1);
	ck_assert(sub.failed);
	w = wire_over(octets, 8);
	ck_assert_uint_eq(wire_le64(&w), UINT64_C(0x0807060504030201));
	ck_assert_uint_eq(wire_be32(&w), 0);
}
END_TEST

static const struct {
	int64_t v;
	size_t octets;
} numbers[] = {{0, 1}, {-1, 1}, {63, 1}, {-64, 1}, {64, 2}, {-65, 2}, {INT32_MAX, 5},
    {INT64_MAX, 10}, {INT64_MIN, 10}};

START_TEST(leb)
{
	uint8_t out[WIRE_LEB_MAX];
	struct wire w;
	size_t n = wire_put_zigzag(out, numbers[_i].v);

	ck_assert_uint_eq(n, numbers[_i].octets);
	w = wire_over(out, n);
	ck_assert_int_eq(wire_zigzag(&w), numbers[_i].v);
	ck_assert(!w.failed);
	w = wire_over(out, n - 1);
	ck_assert_int_eq(wire_zigzag(&w), 0);
	ck_assert(w.failed);
}
END_TEST

START_TEST(leb_too_long)
{
	static const uint8_t most[] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 1};
	static const uint8_t more[] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 2};
	static const uint8_t longer[] = {128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 0};
	static const uint8_t padded[] = {0x85, 0x80, 0x00};
	struct wire w = wire_over(most, sizeof(most));

	ck_assert_uint_eq(wire_leb(&w), UINT64_MAX);
	ck_assert(!w.failed);
	w = wire_over(more, sizeof(more));
	ck_assert_uint_eq(wire_leb(&w), 0);
	ck_assert(w.failed);
	w = wire_over(longer, sizeof(longer));
	ck_assert_uint_eq(wire_leb(&w), 0);
	ck_assert(w.failed);
	w = wire_over(padded, sizeof(padded));
	ck_assert_uint_eq(wire_leb(&w), 5);
}
END_TEST

static const struct {
	size_t octets, most;
	int rc;
} files[] = {
    {0, 0, KK_OK},
    {0, 10, KK_OK},
    {1, 0, KK_E_RANGE},
    {9, 10, KK_OK},
    {10, 10, KK_OK},
    {11, 10, KK_E_RANGE},
    {65535, 1 << 20, KK_OK},
    {65536, 1 << 20, KK_OK},
    {65537, 65536, KK_E_RANGE},
    {300000, 300000, KK_OK},
    {300001, 300000, KK_E_RANGE},
    {300000, SIZE_MAX - 1, KK_OK},
};

START_TEST(whole_files)
{
	struct diag d = {""};
	char dir[64], path[96], *out;
	size_t len;
	FILE *f;

	harness_dir(dir);
	snprintf(path, sizeof(path), "%s/f", dir);
	f = fopen(path, "w");
	for (size_t i = 0; i < files[_i].octets; i++)
		putc((int)(i % 251), f);
	fclose(f);
	ck_assert_int_eq(slurp(path, files[_i].most, &out, &len, &d), files[_i].rc);
	if (files[_i].rc == KK_OK) {
		ck_assert_uint_eq(len, files[_i].octets);
		for (size_t i = 0; i < len; i++)
			ck_assert_int_eq((uint8_t)out[i], (int)(i % 251));
	} else {
		ck_assert_ptr_null(out);
		ck_assert_ptr_nonnull(strstr(d.text, path));
	}
	free(out);
	harness_remove(dir);
}
END_TEST

START_TEST(no_whole_files)
{
	struct diag d = {""};
	char *out;
	size_t len;

	ck_assert_int_eq(slurp("/nowhere/f", 10, &out, &len, &d), KK_E_NOTFOUND);
	ck_assert_str_eq(d.text, "/nowhere/f: No such file or directory");
	ck_assert_int_eq(slurp("/", 10, &out, &len, &d), KK_E_IO);
	ck_assert_str_eq(d.text, "/: Is a directory");
	ck_assert_ptr_null(out);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("basics");
	TCase *tc = tcase_create("basics"), *log = tcase_create("log");

	tcase_add_test(tc, words_for_errors);
	tcase_add_test(tc, diag_texts);
	tcase_add_test(tc, clocks);
	tcase_add_test(tc, metrics);
	tcase_add_test(tc, cursor);
	tcase_add_loop_test(tc, leb, 0, ROWS(numbers));
	tcase_add_test(tc, leb_too_long);
	tcase_add_loop_test(tc, whole_files, 0, ROWS(files));
	tcase_add_test(tc, no_whole_files);
	suite_add_tcase(s, tc);
	tcase_add_checked_fixture(log, capture, release);
	tcase_add_test(log, log_lines);
	tcase_add_test(log, complaints);
	tcase_set_timeout(log, 60);
	suite_add_tcase(s, log);
	return harness_run(s);
}
