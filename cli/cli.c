/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/log.h"
#include "lib/zone.h"

#define OPTIONS_MAX 32
#define JSON_FLAGS  (JSON_COMPACT | JSON_REAL_PRECISION(15) | JSON_ENCODE_ANY)

enum { OPT_JSON = 200, OPT_HELP, OPT_VERSION };

static const struct option common[] = {{"config", required_argument, NULL, 'c'},
    {"json", no_argument, NULL, OPT_JSON}, {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION}};
#define COMMON (sizeof(common) / sizeof(common[0]))

static const char common_help[] =
    "  -c, --config FILE   configuration (default $KKACHI_CONFIG, else /etc/kkachi/kkachi.yaml)\n"
    "      --json          one JSON value on one line\n"
    "      --help          this text\n"
    "      --version       version\n";

void
cli_say(const struct cli *c, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "kkachi%s%s: ", c->command ? " " : "", c->command ? c->command->name : "");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

int
cli_misused(const struct cli *c, const char *fmt, ...)
{
	const char *name = c->command ? c->command->name : "";
	va_list ap;

	fprintf(stderr, "kkachi%s%s: ", name[0] ? " " : "", name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\nTry \"kkachi %s%s--help\".\n", name, name[0] ? " " : "");
	return c->usage_code;
}

/* The language of a person's session, if it is one of ours; else (cron, C.UTF-8) the city's. */
static enum language
session_language(const char *configured)
{
	static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		const char *v = getenv(variables[i]);

		if (v == NULL || v[0] == '\0')
			continue;
		if (strncmp(v, "ko", 2) == 0 || strncmp(v, "en", 2) == 0)
			return i18n_language(v);
		break;
	}
	return i18n_language(configured);
}

static int
help_all(void)
{
	enum language lang = session_language("en");

	printf("Usage: kkachi [-c FILE] COMMAND [ARGUMENT ...]\n\n");
	for (const struct command *const *p = commands(); *p != NULL; p++)
		printf("  %-13s %s\n", (*p)->name, i18n(lang, (*p)->about));
	printf("\n%s\n\"kkachi COMMAND --help\" tells more. See kkachi(1), kkachi.yaml(5).\n",
	    common_help);
	return CLI_DONE;
}

static int
help_command(const struct command *k)
{
	printf("Usage: kkachi %s %s\n%s\n\n%s%s\nAn id that begins with '-' goes after \"--\".\n",
	    k->name, k->arguments, i18n(session_language("en"), k->about), k->options, common_help);
	return CLI_DONE;
}

static int
version(void)
{
	puts("kkachi " PACKAGE_VERSION);
	return CLI_DONE;
}

/* Long and short options of a command in getopt's form. */
static void
merge(const struct option *own, struct option *all, char *letters)
{
	size_t n = 0, len = 0;

	letters[len++] = ':';
	for (size_t i = 0; i < COMMON; i++)
		all[n++] = common[i];
	for (; own != NULL && own->name != NULL && n + 1 < OPTIONS_MAX; own++)
		all[n++] = *own;
	memset(&all[n], 0, sizeof(all[n]));
	for (size_t i = 0; i < n; i++)
		if (all[i].val < 128) {
			letters[len++] = (char)all[i].val;
			if (all[i].has_arg == required_argument)
				letters[len++] = ':';
		}
	letters[len] = '\0';
}

static int
bad_option(struct cli *c, const char *word)
{
	cli_misused(c, "unknown option: %s", word);
	if (c->command != NULL)
		fprintf(stderr, "If it is an id, put it after \"--\": kkachi %s -- %s\n",
		    c->command->name, word);
	return c->usage_code;
}

int
cli_option(struct cli *c, int argc, char **argv, const struct option *own, int *code)
{
	struct option all[OPTIONS_MAX];
	char letters[3 * OPTIONS_MAX];
	int before = optind ? optind : 1, o;

	merge(own, all, letters);
	opterr = 0;
	if (c->command == NULL) /* global options end where the command's name stands */
		letters[0] = '+';
	while ((o = getopt_long(argc, argv, letters, all, NULL)) != -1) {
		switch (o) {
		case 'c':
			c->conf_path = optarg;
			break;
		case OPT_JSON:
			c->json = 1;
			break;
		case OPT_HELP:
			*code = c->command ? help_command(c->command) : help_all();
			return CLI_STOP;
		case OPT_VERSION:
			*code = version();
			return CLI_STOP;
		case ':':
			*code = cli_misused(c, "%s needs an argument", argv[optind - 1]);
			return CLI_STOP;
		case '?':
			*code = bad_option(c, argv[optind > before ? optind - 1 : optind]);
			return CLI_STOP;
		default:
			return o;
		}
		before = optind;
	}
	return -1;
}

int
cli_arguments(struct cli *c, int argc, char **argv, int least, int most)
{
	if (argc - optind < least)
		cli_misused(c, "an argument is missing: %s", c->command->arguments);
	else if (argc - optind > most)
		cli_misused(c, "unexpected argument: %s", argv[optind + most]);
	else
		return 1;
	return 0;
}

int
cli_open(struct cli *c)
{
	const char *term = getenv("TERM");
	struct diag d = {""};

	if (conf_read(c->conf_path, &c->conf, &d) != KK_OK ||
	    zone_use(c->conf.timezone, &d) != KK_OK) {
		cli_say(c, "%s", d.text);
		return c->usage_code;
	}
	log_open("kkachi", LOG_LV_WARNING);
	c->lang = session_language(c->conf.language);
	c->colour = isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL && term != NULL &&
		    strcmp(term, "dumb") != 0;
	c->now_s = clock_utc_cs(NULL) / 100;
	return CLI_DONE;
}

int
cli_json_part(const json_t *j)
{
	return json_dumpf(j, stdout, JSON_FLAGS) == 0 || ferror(stdout);
}

int
cli_json(const struct cli *c, json_t *j)
{
	int whole = j != NULL && cli_json_part(j);

	json_decref(j);
	if (!whole) {
		cli_say(c, "out of memory");
		return CLI_FAILED;
	}
	putchar('\n');
	return CLI_DONE;
}

/* What was printed must have arrived: a full disk or a closed pipe is a failure like any other. */
static int
finish(const struct cli *c, int code)
{
	int bad;

	errno = 0;
	bad = ferror(stdout) != 0;
	bad = fflush(stdout) != 0 || bad;
	if (!bad)
		return code;
	cli_say(c, "standard output: %s", errno ? strerror(errno) : "cannot be written");
	return code == CLI_DONE ? CLI_FAILED : code;
}

int
cli_main(int argc, char **argv)
{
	struct cli c = {.usage_code = CLI_USAGE};
	const struct command *const *p = commands();
	const char *name;
	int code = CLI_USAGE;

	signal(SIGPIPE, SIG_IGN);
	if (cli_option(&c, argc, argv, NULL, &code) == CLI_STOP)
		return finish(&c, code);
	if (optind >= argc)
		return cli_misused(&c, "which command?");
	name = argv[optind];
	while (*p != NULL && strcmp((*p)->name, name) != 0)
		p++;
	if (*p == NULL)
		return cli_misused(&c, "no such command: %s", name);
	c.command = *p;
	argc -= optind;
	argv += optind;
	optind = 0; /* start over, behind the command's name */
	return finish(&c, c.command->run(&c, argc, argv));
}
