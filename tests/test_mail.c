/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/mail.h"

#include <sys/stat.h>

#include "tests/harness.h"

static const struct mail_file files[] = {
    {"a.html", "text/html", "<p>", 3}, {"b.bin", "application/x", "\0\1", 2}};
static const struct mail sample = {.to = "planner@seoul.example",
    .from = "kkachi@seoul.example",
    .subject = "공공와이파이 이용 보고서 2021-07, a subject that is longer than one word",
    .text = "안녕하십니까\n",
    .files = files,
    .n = 2};

START_TEST(written)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	mail_write(&sample, f);
	fclose(f);
	ck_assert_str_eq(text,
	    "From: kkachi@seoul.example\nTo: planner@seoul.example\n"
	    "Subject: =?UTF-8?B?6rO16rO17JmA7J207YyM7J20IOydtOyaqSDrs7Tqs6DshJwgMjAyMS0w?=\n"
	    " =?UTF-8?B?NywgYSBzdWJqZWN0IHRoYXQgaXMgbG9uZ2VyIHRoYW4gb25lIHdvcmQ=?=\n"
	    "MIME-Version: 1.0\nAuto-Submitted: auto-generated\n"
	    "Content-Type: multipart/mixed; boundary=\"=_kkachi_1818d1ec16527b89\"\n\n"
	    "--=_kkachi_1818d1ec16527b89\nContent-Type: text/plain; "
	    "charset=UTF-8\nContent-Transfer-Encoding: base64\n\n"
	    "7JWI64WV7ZWY7Iut64uI6rmMCg==\n"
	    "--=_kkachi_1818d1ec16527b89\nContent-Type: text/html\nContent-Transfer-Encoding: "
	    "base64\n"
	    "Content-Disposition: attachment; filename=\"a.html\"\n\nPHA+\n"
	    "--=_kkachi_1818d1ec16527b89\nContent-Type: application/x\nContent-Transfer-Encoding: "
	    "base64\n"
	    "Content-Disposition: attachment; "
	    "filename=\"b.bin\"\n\nAAE=\n--=_kkachi_1818d1ec16527b89--\n");
	free(text);
}
END_TEST

static const struct {
	const char *why, *script; /* NULL: no such program */
	size_t octets;		  /* of an attachment */
	int rc;
	const char *want; /* in the diagnosis */
} programs[] = {
    {"takes it", "test \"$1 $2\" = '-t -i' && cat >\"$0.got\"", 3, KK_OK, ""},
    {"refuses", "cat >/dev/null; exit 75", 3, KK_E_REFUSED, "exit code 75"},
    {"reads nothing of a mail larger than a pipe", "exit 0", 1 << 20, KK_E_REFUSED, "not taken"},
    {"is killed", "kill -9 $$", 3, KK_E_REFUSED, "signal"},
    {"is not there", NULL, 3, KK_E_NOTFOUND, "No such file"},
};

START_TEST(sent)
{
	char dir[64], path[96], got[100];
	char *octets = calloc(1, programs[_i].octets);
	struct mail_file big = {"big.bin", "application/x", octets, programs[_i].octets};
	struct mail m = sample;
	struct diag d = {""};
	FILE *f;

	m.files = &big;
	m.n = 1;
	harness_dir(dir);
	snprintf(path, sizeof(path), "%s/sendmail", dir);
	snprintf(got, sizeof(got), "%s.got", path);
	if (programs[_i].script != NULL) {
		f = fopen(path, "w");
		fprintf(f, "#!/bin/sh\n%s\n", programs[_i].script);
		fclose(f);
		chmod(path, 0755);
	}
	ck_assert_msg(
	    mail_send(path, &m, &d) == programs[_i].rc, "%s: %s", programs[_i].why, d.text);
	ck_assert_ptr_nonnull(strstr(d.text, programs[_i].want));
	ck_assert_int_eq(access(got, F_OK) == 0, programs[_i].rc == KK_OK);
	free(octets);
	harness_remove(dir);
}
END_TEST

START_TEST(addresses)
{
	ck_assert_ptr_null(mail_address_fault(""));
	ck_assert_ptr_null(mail_address_fault("a@b.example, \"김 기획\" <c@d.example>"));
	ck_assert_ptr_nonnull(mail_address_fault("a@b.example\nBcc: everybody@d.example"));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("mail");
	TCase *tc = tcase_create("mail");

	tcase_add_test(tc, written);
	tcase_add_loop_test(tc, sent, 0, ROWS(programs));
	tcase_add_test(tc, addresses);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
