/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/city.h"
#include "cli/out_file.h"
#include "usage/ask.h"
#include "usage/pairs.h"
#include "usage/question.h"
#include "usage/sheet_out.h"

enum {
	OPT_WITHIN = CLI_OWN,
	OPT_MONTHS,
	OPT_DAYS,
	OPT_BELOW,
	OPT_OBSERVED,
	OPT_CLIENTS,
	OPT_LOAD,
	OPT_TOP,
	OPT_APART,
	OPT_DISTRICT,
	OPT_SHEET,
	OPT_FORMAT,
	OPT_LANGUAGE,
	OPT_NO_BOM
};

static const struct option options[] = {{"within", required_argument, NULL, OPT_WITHIN},
    {"months", required_argument, NULL, OPT_MONTHS}, {"days", required_argument, NULL, OPT_DAYS},
    {"below", required_argument, NULL, OPT_BELOW},
    {"observed", required_argument, NULL, OPT_OBSERVED},
    {"clients", required_argument, NULL, OPT_CLIENTS}, {"load", required_argument, NULL, OPT_LOAD},
    {"top", required_argument, NULL, OPT_TOP}, {"apart", no_argument, NULL, OPT_APART},
    {"district", required_argument, NULL, OPT_DISTRICT},
    {"sheet", required_argument, NULL, OPT_SHEET}, {"format", required_argument, NULL, OPT_FORMAT},
    {"language", required_argument, NULL, OPT_LANGUAGE}, {"no-bom", no_argument, NULL, OPT_NO_BOM},
    {"output", required_argument, NULL, 'o'}, {NULL, 0, NULL, 0}};

struct wish {
	struct question q;
	int asked[QUESTION_COUNT];
	unsigned n_asked;
	enum ask_format format;
	int format_set, top_set, lang_set, bom;
	const char *out, *sheet;
};

/* ---- options ---- */

/* A whole number in its range. */
static int
set_number(struct cli *c, const char *option, unsigned least, unsigned most, unsigned *out)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(optarg, &end, 10);
	if (errno != 0 || *optarg < '0' || *optarg > '9' || *end != '\0' || n < least || n > most) {
		cli_misused(
		    c, "--%s is a number from %u to %u, not \"%s\"", option, least, most, optarg);
		return 0;
	}
	*out = (unsigned)n;
	return 1;
}

/* Octets as a person writes them: 500kB, 10MB, 1GB. */
static int
set_size(struct cli *c, uint64_t *out)
{
	static const struct {
		const char *name;
		uint64_t factor;
	} units[] = {{"", 1}, {"B", 1}, {"kB", 1000}, {"MB", 1000000}, {"GB", 1000000000}};
	char *end;
	unsigned long long n;

	errno = 0;
	n = strtoull(optarg, &end, 10);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (errno == 0 && *optarg >= '0' && *optarg <= '9' && n <= 1000000000 &&
		    strcmp(end, units[i].name) == 0) {
			*out = n * units[i].factor;
			return 1;
		}
	cli_misused(c, "--below is a size as 500kB, 10MB or 1GB, not \"%s\"", optarg);
	return 0;
}

static int
set_top(struct cli *c, struct wish *w)
{
	unsigned n = 0;

	w->top_set = 1;
	if (!set_number(c, "top", 0, 1000000, &n))
		return 0;
	w->q.limits.top = n;
	return 1;
}

static int
set_format(struct cli *c, struct wish *w)
{
	int format = ask_format_of(optarg);

	if (format < 0) {
		cli_misused(c, "--format is table, csv, json, xlsx or html, not \"%s\"", optarg);
		return 0;
	}
	w->format = (enum ask_format)format;
	w->format_set = 1;
	return 1;
}

static int
set_language(struct cli *c, struct wish *w)
{
	if (strcmp(optarg, "ko") != 0 && strcmp(optarg, "en") != 0) {
		cli_misused(c, "--language is ko or en, not \"%s\"", optarg);
		return 0;
	}
	w->q.lang = i18n_language(optarg);
	w->lang_set = 1;
	return 1;
}

static int
take_output(struct cli *c, struct wish *w, int o)
{
	switch (o) {
	case OPT_FORMAT:
		return set_format(c, w);
	case OPT_LANGUAGE:
		return set_language(c, w);
	case OPT_SHEET:
		w->sheet = optarg;
		return 1;
	case OPT_NO_BOM:
		w->bom = 0;
		return 1;
	default:
		w->out = optarg;
		return 1;
	}
}

static int
take(struct cli *c, struct wish *w, int o)
{
	struct question_limits *l = &w->q.limits;

	switch (o) {
	case OPT_WITHIN:
		return set_number(c, "within", 1, PAIRS_METRES_MAX, &l->metres);
	case OPT_MONTHS:
		return set_number(c, "months", 1, 12, &l->months);
	case OPT_DAYS:
		return set_number(c, "days", 7, 366, &l->days);
	case OPT_BELOW:
		return set_size(c, &l->a_day);
	case OPT_OBSERVED:
		return set_number(c, "observed", 1, 100, &l->observed);
	case OPT_CLIENTS:
		return set_number(c, "clients", 1, 10000, &l->clients);
	case OPT_LOAD:
		return set_number(c, "load", 1, 100, &l->load);
	case OPT_TOP:
		return set_top(c, w);
	case OPT_APART:
		l->apart = 1;
		return 1;
	case OPT_DISTRICT:
		l->district = optarg;
		return 1;
	default:
		return take_output(c, w, o);
	}
}

/* Which questions; none named is all. */
static int
take_questions(struct cli *c, struct wish *w, int argc, char **argv)
{
	for (int i = optind; i < argc; i++) {
		int id = question_of(argv[i]);

		if (id < 0) {
			cli_misused(
			    c, "there is no question \"%s\"; see kkachi-questions(1)", argv[i]);
			return 0;
		}
		w->n_asked += !w->asked[id];
		w->asked[id] = 1;
	}
	for (int i = 0; i < QUESTION_COUNT && optind == argc; i++)
		w->asked[i] = 1;
	w->n_asked = optind == argc ? QUESTION_COUNT : w->n_asked;
	return 1;
}

static int
sound(struct cli *c, struct wish *w)
{
	if (c->json && w->format_set && w->format != ASK_FORMAT_JSON)
		cli_misused(c, "--json and --format contradict each other");
	else if (w->format == ASK_FORMAT_XLSX && w->out == NULL)
		cli_misused(c, "--format xlsx needs -o FILE");
	else if (w->format == ASK_FORMAT_CSV && w->n_asked != 1)
		cli_misused(c, "--format csv is one table: name one question");
	else
		return 1;
	return 0;
}

/* ---- output ---- */

static int
fail(const struct cli *c, int rc, const struct diag *d)
{
	cli_say(c, "%s", d->text[0] ? d->text : kk_strerror(rc));
	return CLI_FAILED;
}

/* The sheet that was named, or the one that has the question's name. */
static const struct sheet *
chosen(const struct wish *w, const struct book *b)
{
	const char *name = w->sheet;

	for (int i = 0; i < QUESTION_COUNT && name == NULL; i++)
		if (w->asked[i])
			name = question_name((enum question_id)i);
	for (size_t i = 0; i < book_sheets(b); i++)
		if (strcmp(sheet_name(book_sheet_at(b, i)), name) == 0)
			return book_sheet_at(b, i);
	return NULL;
}

static int
print_tables(const struct wish *w, const struct book *b, FILE *out)
{
	int rc = KK_OK, first = 1;

	for (size_t i = 0; rc == KK_OK && i < book_sheets(b); i++) {
		const struct sheet *s = book_sheet_at(b, i);

		if (w->sheet != NULL && strcmp(sheet_name(s), w->sheet) != 0)
			continue;
		if (!first)
			fputc('\n', out);
		first = 0;
		rc = sheet_table(s, w->q.lang, out);
	}
	return rc;
}

static int
print_json(const struct wish *w, const struct book *b, FILE *out)
{
	json_t *all = json_array(), *j = json_pack("{s:o}", "sheets", all);
	int rc;

	for (size_t i = 0; i < book_sheets(b); i++)
		if (w->sheet == NULL || strcmp(sheet_name(book_sheet_at(b, i)), w->sheet) == 0)
			json_array_append_new(all, sheet_json(book_sheet_at(b, i), w->q.lang));
	rc = j != NULL && json_dumpf(j, out, JSON_COMPACT | JSON_REAL_PRECISION(15)) == 0
		 ? KK_OK
		 : KK_E_NOMEM;
	fputc('\n', out);
	json_decref(j);
	return rc;
}

static int
print(const struct wish *w, const struct book *b, FILE *out)
{
	switch (w->format) {
	case ASK_FORMAT_CSV:
		sheet_csv(chosen(w, b), w->bom, out);
		return KK_OK;
	case ASK_FORMAT_JSON:
		return print_json(w, b, out);
	case ASK_FORMAT_HTML:
		book_html(b, w->q.lang, out);
		return KK_OK;
	default:
		return print_tables(w, b, out);
	}
}

static int
hand_over(const struct cli *c, const struct wish *w, const struct book *b)
{
	struct diag d = {""};
	struct out_file f;
	int rc;

	if ((w->sheet != NULL || w->format == ASK_FORMAT_CSV) && chosen(w, b) == NULL) {
		cli_say(c, "there is no sheet \"%s\"", w->sheet);
		return CLI_USAGE;
	}
	if (w->format == ASK_FORMAT_XLSX) {
		rc = book_xlsx(b, w->q.lang, w->out, &d);
		return rc == KK_OK ? CLI_DONE : fail(c, rc, &d);
	}
	if (!out_file_open(c, w->out, &f))
		return CLI_FAILED;
	rc = print(w, b, f.stream);
	return out_file_close(c, &f, rc == KK_OK ? CLI_DONE : fail(c, rc, &d));
}

static int
answer(const struct cli *c, struct wish *w)
{
	struct diag d = {""};
	struct book *b;
	char today[ZONE_TEXT];
	int rc = KK_OK, code;

	if (!city_db(c, DB_READ, &w->q.db))
		return CLI_FAILED;
	zone_format(c->now_s, today);
	today[10] = '\0';
	b = book_new(TEXT_QUESTIONS_TITLE, today, c->now_s);
	if (b == NULL)
		rc = KK_E_NOMEM;
	for (int i = 0; rc == KK_OK && i < QUESTION_COUNT; i++)
		if (w->asked[i])
			rc = question_answer(&w->q, (enum question_id)i, b, &d);
	code = rc == KK_OK ? hand_over(c, w, b) : fail(c, rc, &d);
	book_free(b);
	db_close(w->q.db);
	return code;
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct wish w = {.bom = 1};
	int o, code = CLI_USAGE;

	question_defaults(&w.q.limits);
	while ((o = cli_option(c, argc, argv, options, &code)) != -1) {
		if (o == CLI_STOP)
			return code;
		if (!take(c, &w, o))
			return c->usage_code;
	}
	if (!take_questions(c, &w, argc, argv) || !sound(c, &w))
		return c->usage_code;
	if ((code = cli_open(c)) != CLI_DONE)
		return code;
	if (c->json)
		w.format = ASK_FORMAT_JSON;
	if (!w.lang_set)
		w.q.lang = c->lang;
	/* A person is shown the first rows; what goes on to another program is whole. */
	if (!w.top_set && w.format != ASK_FORMAT_TABLE && w.format != ASK_FORMAT_HTML)
		w.q.limits.top = 0;
	w.q.conf = &c->conf;
	w.q.now_s = c->now_s;
	return answer(c, &w);
}

const struct command command_questions = {.name = "questions",
    .arguments = "[near] [idle] [saturated] [phases] [wifi6] [forecast] [uplinks]",
    .about = TEXT_ABOUT_QUESTIONS,
    .options = "      --within METRES access points so close are close (30)\n"
	       "      --apart         the same coordinates in the list are not close together\n"
	       "      --months N      over which use is summed, whole months (1)\n"
	       "      --days N        in which an idle access point was not used (90)\n"
	       "      --below SIZE    octets a day that are no use (10MB)\n"
	       "      --observed N    percent of the time that must have been observed (80)\n"
	       "      --clients N     at once, that an access point serves well (30)\n"
	       "      --load N        percent of a line's capacity that is too much (80)\n"
	       "      --district NAME only this one's\n"
	       "      --top N         rows of a long list; 0: all (50; csv, json, xlsx: all)\n"
	       "      --sheet NAME    only this sheet\n"
	       "      --format FORMAT table (default), csv, json, xlsx or html\n"
	       "      --language LANG ko or en\n"
	       "      --no-bom        csv without a byte-order mark\n"
	       "  -o, --output FILE   to a file, which appears whole or not at all\n",
    .run = run};
