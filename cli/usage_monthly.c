/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kkachi usage report: a month as HTML and XLSX in a folder, and by mail. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/city.h"
#include "cli/out_file.h"
#include "cli/usage_in.h"
#include "lib/mail.h"
#include "lib/slurp.h"
#include "lib/zone.h"

#define FILE_MOST ((size_t)1 << 28)

/* One report on its way. */
struct monthly {
	const struct cli *c;
	kk_day month;
	enum language lang;
	char month_text[16];
	char html[512], xlsx[512]; /* paths */
};

static int
fail(const struct cli *c, int rc, const struct diag *d)
{
	cli_say(c, "%s", d->text[0] ? d->text : kk_strerror(rc));
	return CLI_FAILED;
}

static int
name_files(struct monthly *m, const char *dir)
{
	int n = snprintf(m->html, sizeof(m->html), "%s/kkachi-%s.html", dir, m->month_text);

	snprintf(m->xlsx, sizeof(m->xlsx), "%s/kkachi-%s.xlsx", dir, m->month_text);
	if (n < (int)sizeof(m->html))
		return 1;
	cli_say(m->c, "%s: too long a name", dir);
	return 0;
}

/* The folder is made, but none above it: a mistyped path is no new tree. */
static int
make_folder(const struct cli *c, const char *dir)
{
	if (mkdir(dir, 0750) == 0 || errno == EEXIST)
		return 1;
	cli_say(c, "%s: %s", dir, strerror(errno));
	return 0;
}

static int
write_html(const struct monthly *m, const struct book *b)
{
	struct out_file f;

	if (!out_file_open(m->c, m->html, &f))
		return CLI_FAILED;
	book_html(b, m->lang, f.stream);
	return out_file_close(m->c, &f, CLI_DONE);
}

static int
write_files(const struct monthly *m)
{
	const struct cli *c = m->c;
	struct diag d = {""};
	struct book *b = NULL;
	struct db *db = NULL;
	int rc, code;

	if (!city_db(c, DB_READ, &db))
		return CLI_FAILED;
	rc = ask_month_book(&c->conf, db, m->month, c->now_s, m->lang, &b, &d);
	db_close(db);
	if (rc != KK_OK)
		return fail(c, rc, &d);
	code = write_html(m, b);
	if (code == CLI_DONE && (rc = book_xlsx(b, m->lang, m->xlsx, &d)) != KK_OK)
		code = fail(c, rc, &d);
	book_free(b);
	return code;
}

/* ---- by mail ---- */

static int
send_both(const struct monthly *m, const struct mail_file *files)
{
	const struct conf *conf = &m->c->conf;
	char subject[256], text[512];
	struct mail mail = {.to = conf->report.mail_to,
	    .from = conf->report.mail_from,
	    .subject = subject,
	    .text = text,
	    .files = files,
	    .n = 2};
	struct diag d = {""};
	int rc;

	snprintf(
	    subject, sizeof(subject), "%s %s", i18n(m->lang, TEXT_REPORT_TITLE), m->month_text);
	snprintf(text, sizeof(text), "%s %s\n\n%s\n", i18n(m->lang, TEXT_REPORT_TITLE),
	    m->month_text, i18n(m->lang, TEXT_REPORT_MAIL));
	rc = mail_send(conf->report.sendmail, &mail, &d);
	return rc == KK_OK ? CLI_DONE : fail(m->c, rc, &d);
}

static int
mail(const struct monthly *m)
{
	const char *const paths[2] = {m->html, m->xlsx};
	struct mail_file files[2] = {{.type = "text/html; charset=UTF-8"},
	    {.type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}};
	char *octets[2] = {NULL, NULL};
	struct diag d = {""};
	int rc = KK_OK, code;

	if (m->c->conf.report.mail_to[0] == '\0')
		return CLI_DONE; /* files only, as configured */
	for (int i = 0; i < 2 && rc == KK_OK; i++) {
		files[i].name = strrchr(paths[i], '/') + 1;
		rc = slurp(paths[i], FILE_MOST, &octets[i], &files[i].len, &d);
		files[i].octets = octets[i];
	}
	code = rc == KK_OK ? send_both(m, files) : fail(m->c, rc, &d);
	free(octets[0]);
	free(octets[1]);
	return code;
}

int
usage_monthly(struct cli *c, const struct usage_wish *w)
{
	const char *dir = w->out ? w->out : c->conf.report.dir;
	struct monthly m = {
	    .c = c, .lang = w->lang_set ? w->lang : i18n_language(c->conf.language)};
	int code;

	m.month = zone_month_add(ask_period_of(USAGE_MONTHS, c->now_s), -1);
	if (w->month != NULL && ask_period(USAGE_MONTHS, w->month, &m.month) != KK_OK)
		return cli_misused(c, "--month is a month, YYYY-MM, not \"%s\"", w->month);
	report_period_text(m.month, m.month_text);
	if (!name_files(&m, dir) || !make_folder(c, dir))
		return CLI_FAILED;
	code = write_files(&m);
	if (code == CLI_DONE && w->mail)
		code = mail(&m);
	if (code == CLI_DONE && c->json)
		return cli_json(c, json_pack("{s:s,s:s,s:s}", "month", m.month_text, "html", m.html,
				       "xlsx", m.xlsx));
	return code;
}
