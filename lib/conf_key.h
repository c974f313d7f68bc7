/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conf_key.h - the table of kkachi.yaml's keys, between conf.c (what they are) and conf_yaml.c (how
 * they are read). */
#ifndef KK_LIB_CONF_KEY_H
#define KK_LIB_CONF_KEY_H

#include <stddef.h>

enum conf_key_type { CONF_KEY_TEXT, CONF_KEY_UINT, CONF_KEY_BOOL };

#define CONF_KEYS_MAX 64

/* One key: where its value stands in struct conf and what it may be. A new key is a row in conf.c.
 */
struct conf_key {
	const char *path; /* "timezone", or "snmp.port": one section deep at the most */
	enum conf_key_type type;
	size_t offset;				 /* into struct conf */
	size_t room;				 /* octets of the field */
	unsigned long min, max;			 /* CONF_KEY_UINT: allowed values */
	const char *(*check)(const char *value); /* CONF_KEY_TEXT: NULL, or why not; may be NULL */
};

/** The table. @param n Receives the count of rows, at most CONF_KEYS_MAX. @return First row. */
const struct conf_key *conf_keys(size_t *n);

#endif
