/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/conf.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lib/conf_key.h"
#include "lib/log.h"
#include "lib/mail.h"
#include "lib/slurp.h"
#include "lib/ssid.h"
#include "lib/text.h"
#include "lib/zone.h"

/* Checks of texts: NULL, or why the value cannot be used. */

static const char *
not_empty(const char *v)
{
	return *v == '\0' ? "must not be empty" : NULL;
}

/* Sockets lie in the folder, and a socket's address holds 107 octets. */
static const char *
short_folder(const char *v)
{
	return strlen(v) > 90 ? "must not be longer than 90 octets, as sockets lie in it"
			      : not_empty(v);
}

static const char *
known_zone(const char *v)
{
	return zone_known(v) ? NULL : "is not in the zone database (package tzdata)";
}

static const char *
known_language(const char *v)
{
	return strcmp(v, "ko") == 0 || strcmp(v, "en") == 0 ? NULL : "must be ko or en";
}

static const char *
known_level(const char *v)
{
	return conf_log_level(v) >= 0 ? NULL : "must be error, warning, notice, info or debug";
}

static const char *
known_version(const char *v)
{
	return strcmp(v, "2c") == 0 || strcmp(v, "1") == 0 || strcmp(v, "3") == 0
		   ? NULL
		   : "must be 2c, 1 or 3";
}

static const char *
cached_address(const char *v)
{
	if (*v == '\0')
		return NULL;
	return strncmp(v, "unix:/", 6) == 0 && v[6] != '\0' ? NULL : "must be empty or unix:/PATH";
}

static const char *
listen_address(const char *v)
{
	struct sockaddr_storage a;
	socklen_t len;

	return conf_address(v, &a, &len) == KK_OK
		   ? NULL
		   : "must be ADDRESS:PORT, as 127.0.0.1:8080 or [::1]:8080";
}

static const char *
no_or_listen_address(const char *v)
{
	return *v == '\0' ? NULL : listen_address(v);
}

static const char *
network_names(const char *v)
{
	struct ssid_list list;

	switch (ssid_list_parse(v, &list)) {
	case KK_OK:
		return NULL;
	case KK_E_RANGE:
		return "must hold no name of more than 32 octets";
	case KK_E_FULL:
		return "must hold no more than 128 names";
	default:
		return "must be names separated by commas, with \\xNN for an octet";
	}
}

#define TEXT_KEY(path, field, check)                               \
	{                                                          \
		path, CONF_KEY_TEXT, offsetof(struct conf, field), \
		    sizeof(((struct conf *)0)->field), 0, 0, check \
	}
#define UINT_KEY(path, field, min, max)                                                        \
	{                                                                                      \
		path, CONF_KEY_UINT, offsetof(struct conf, field), sizeof(unsigned), min, max, \
		    NULL                                                                       \
	}
#define BOOL_KEY(path, field)                                                              \
	{                                                                                  \
		path, CONF_KEY_BOOL, offsetof(struct conf, field), sizeof(int), 0, 0, NULL \
	}

/* Every key, in the order in which conf_print() shows them; keys of a section stand together. */
static const struct conf_key keys[] = {
    TEXT_KEY("state_dir", state_dir, not_empty),
    TEXT_KEY("run_dir", run_dir, short_folder),
    TEXT_KEY("timezone", timezone, known_zone),
    TEXT_KEY("language", language, known_language),
    TEXT_KEY("log_level", log_level, known_level),
    UINT_KEY("snmp.interval", snmp.interval, 1, 3600),
    UINT_KEY("snmp.timeout", snmp.timeout, 50, 60000),
    UINT_KEY("snmp.retries", snmp.retries, 0, 10),
    UINT_KEY("snmp.subnet_rate", snmp.subnet_rate, 0, 100000),
    BOOL_KEY("snmp.echo", snmp.echo),
    UINT_KEY("snmp.ports", snmp.ports, 0, 86400),
    UINT_KEY("snmp.neighbours", snmp.neighbours, 0, 86400),
    UINT_KEY("snmp.port", snmp.port, 1, 65535),
    TEXT_KEY("snmp.version", snmp.version, known_version),
    TEXT_KEY("snmp.community", snmp.community, not_empty),
    TEXT_KEY("snmp.user", snmp.user, NULL),
    TEXT_KEY("snmp.users_file", snmp.users_file, NULL),
    TEXT_KEY("snmp.traps", snmp.traps, no_or_listen_address),
    TEXT_KEY("snmp.trap_community", snmp.trap_community, NULL),
    TEXT_KEY("snmp.profiles", snmp.profiles, NULL),
    BOOL_KEY("store.archives", store.archives),
    UINT_KEY("store.journal_days", store.journal_days, 0, 3650),
    TEXT_KEY("store.rrdcached", store.rrdcached, cached_address),
    TEXT_KEY("web.listen", web.listen, listen_address),
    TEXT_KEY("web.page", web.page, NULL),
    UINT_KEY("alerts.misses", alerts.misses, 1, 1000),
    TEXT_KEY("air.ssids", air.ssids, network_names),
    TEXT_KEY("air.legacy_ssids", air.legacy_ssids, network_names),
    UINT_KEY("air.flood", air.flood, 0, 10000),
    UINT_KEY("open_data.min_clients", open_data.min_clients, 2, 1000),
    UINT_KEY("usage.won_per_gb", usage.won_per_gb, 0, 1000000000),
    UINT_KEY("usage.cost_per_tb", usage.cost_per_tb, 0, 4000000000),
    UINT_KEY("usage.cost_per_ap", usage.cost_per_ap, 0, 4000000000),
    TEXT_KEY("usage.areas", usage.areas, NULL),
    TEXT_KEY("report.dir", report.dir, not_empty),
    TEXT_KEY("report.mail_to", report.mail_to, mail_address_fault),
    TEXT_KEY("report.mail_from", report.mail_from, mail_address_fault),
    TEXT_KEY("report.sendmail", report.sendmail, not_empty),
};

#define N_KEYS (sizeof(keys) / sizeof(keys[0]))

_Static_assert(N_KEYS <= CONF_KEYS_MAX, "conf_key.h: CONF_KEYS_MAX");

const struct conf_key *
conf_keys(size_t *n)
{
	*n = N_KEYS;
	return keys;
}

void
conf_defaults(struct conf *c)
{
	*c = (struct conf){
	    .state_dir = "/var/lib/kkachi",
	    .run_dir = "/run/kkachi",
	    .timezone = "Asia/Seoul",
	    .language = "ko",
	    .log_level = "info",
	    .snmp = {.interval = 60,
		.timeout = 1000,
		.retries = 2,
		.subnet_rate = 1000,
		.echo = 1,
		.ports = 300,
		.neighbours = 900,
		.port = 161,
		.version = "2c",
		.community = "public"},
	    .store = {.archives = 1, .journal_days = 7},
	    .web = {.listen = "127.0.0.1:8080"},
	    .alerts = {.misses = 3},
	    .air = {.ssids = "SEOUL,SEOUL_Secure", .flood = 50},
	    .open_data = {.min_clients = 5},
	    .usage = {.won_per_gb = 6600},
	    .report = {.dir = "/var/lib/kkachi/reports", .sendmail = "/usr/sbin/sendmail"},
	};
}

int
conf_log_level(const char *name)
{
	static const struct {
		const char *name;
		enum log_level level;
	} levels[] = {{"error", LOG_LV_ERROR}, {"warning", LOG_LV_WARNING},
	    {"notice", LOG_LV_NOTICE}, {"info", LOG_LV_INFO}, {"debug", LOG_LV_DEBUG}};

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (strcmp(levels[i].name, name) == 0)
			return (int)levels[i].level;
	return -1;
}

int
conf_address(const char *text, struct sockaddr_storage *out, socklen_t *len)
{
	const char *colon = strrchr(text, ':');
	char host[64], *end;
	unsigned long port;
	size_t n;

	if (colon == NULL || colon[1] < '0' || colon[1] > '9' || strlen(colon + 1) > 5)
		return KK_E_SYNTAX;
	port = strtoul(colon + 1, &end, 10);
	n = (size_t)(colon - text);
	if (*end != '\0' || port > 65535 || n == 0 || n >= sizeof(host))
		return KK_E_SYNTAX;
	memcpy(host, text, n);
	host[n] = '\0';
	memset(out, 0, sizeof(*out));
	if (host[0] == '[' && host[n - 1] == ']') {
		struct sockaddr_in6 *a6 = (struct sockaddr_in6 *)out;

		host[n - 1] = '\0';
		a6->sin6_family = AF_INET6;
		a6->sin6_port = htons((uint16_t)port);
		*len = sizeof(*a6);
		return inet_pton(AF_INET6, host + 1, &a6->sin6_addr) == 1 ? KK_OK : KK_E_SYNTAX;
	}
	struct sockaddr_in *a4 = (struct sockaddr_in *)out;
	a4->sin_family = AF_INET;
	a4->sin_port = htons((uint16_t)port);
	*len = sizeof(*a4);
	return inet_pton(
		   AF_INET, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, &a4->sin_addr) == 1
		   ? KK_OK
		   : KK_E_SYNTAX;
}

#define CONF_OCTETS_MOST (1 << 20)

int
conf_read(const char *path, struct conf *c, struct diag *d)
{
	static const char *const usual[] = {
	    KK_SYSCONFDIR "/kkachi/kkachi.yaml", "/etc/kkachi/kkachi.yaml"};
	const char *named = path != NULL ? path : getenv("KKACHI_CONFIG");
	char *text = NULL;
	size_t len = 0;
	int rc = KK_E_NOTFOUND;

	if (named != NULL && *named != '\0') {
		rc = slurp(path = named, CONF_OCTETS_MOST, &text, &len, d);
	} else {
		for (size_t i = 0; i < 2 && rc == KK_E_NOTFOUND; i++)
			rc = slurp(path = usual[i], CONF_OCTETS_MOST, &text, &len, d);
		if (rc == KK_E_NOTFOUND) {
			conf_defaults(c);
			return KK_OK;
		}
	}
	if (rc == KK_OK)
		rc = conf_parse(path, text, len, c, d);
	free(text);
	return rc;
}

static void
print_quoted(const char *v, FILE *out)
{
	putc('"', out);
	for (; *v != '\0'; v++) {
		if (*v == '"' || *v == '\\')
			putc('\\', out);
		putc(*v, out);
	}
	putc('"', out);
}

void
conf_print(const struct conf *c, FILE *out)
{
	const char *section = "";
	size_t section_len = 0;

	for (size_t i = 0; i < N_KEYS; i++) {
		const struct conf_key *k = &keys[i];
		const char *dot = strchr(k->path, '.');
		size_t n = dot != NULL ? (size_t)(dot - k->path) : 0;
		const void *at = (const char *)c + k->offset;

		if (n > 0 && (n != section_len || strncmp(section, k->path, n) != 0))
			fprintf(out, "%.*s:\n", (int)n, k->path);
		section = k->path;
		section_len = n;
		fprintf(out, "%s%s: ", n > 0 ? "  " : "", n > 0 ? dot + 1 : k->path);
		if (k->type == CONF_KEY_UINT)
			fprintf(out, "%u", *(const unsigned *)at);
		else if (k->type == CONF_KEY_BOOL)
			fputs(*(const int *)at ? "yes" : "no", out);
		else if (at == c->snmp.community ||
			 (at == c->snmp.trap_community && c->snmp.trap_community[0] != '\0'))
			fputs("\"***\"", out);
		else
			print_quoted(at, out);
		putc('\n', out);
	}
}
