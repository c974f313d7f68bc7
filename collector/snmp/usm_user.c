/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usm_user.c - users, and the keys of their secrets. A secret is forgotten as soon as its key is
 * made. */
#include <stdlib.h>
#include <string.h>

#include "collector/snmp/usm_in.h"
#include "lib/text.h"

struct usm_users {
	struct usm_table table;
};

int
usm_users_new(struct usm_users **out)
{
	*out = calloc(1, sizeof(**out));
	return *out != NULL ? KK_OK : KK_E_NOMEM;
}

struct usm_user *
usm_user_hold(struct usm_user *user)
{
	user->refs++;
	return user;
}

static void
forget(char **secret)
{
	if (*secret != NULL)
		usm_wipe(*secret, strlen(*secret));
	free(*secret);
	*secret = NULL;
}

void
usm_user_drop(struct usm_user *user)
{
	if (user == NULL || --user->refs > 0)
		return;
	forget(&user->auth_secret);
	forget(&user->priv_secret);
	usm_wipe(user, sizeof(*user));
	free(user);
}

void
usm_users_free(struct usm_users *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->table.buckets; i++)
		while (s->table.bucket[i] != NULL) {
			struct usm_user *user = (struct usm_user *)s->table.bucket[i];

			usm_table_remove(&s->table, &user->link);
			usm_user_drop(user);
		}
	free(s->table.bucket);
	free(s);
}

size_t
usm_users_count(const struct usm_users *s)
{
	return s != NULL ? s->table.n : 0;
}

struct usm_user *
usm_users_find(const struct usm_users *s, const char *name)
{
	struct usm_link *l =
	    s != NULL ? usm_table_first(&s->table, text_hash(name, strlen(name))) : NULL;

	while (l != NULL && strcmp(((struct usm_user *)l)->name, name) != 0)
		l = usm_table_next(l);
	return (struct usm_user *)l;
}

uint64_t
usm_user_print(const struct usm_user *user)
{
	return user->print;
}

unsigned
usm_user_level(const struct usm_user *user)
{
	return (user->auth != USM_AUTH_NONE ? USM_FLAG_AUTH : 0) |
	       (user->priv != USM_PRIV_NONE ? USM_FLAG_PRIV : 0);
}

static int
check_secret(const struct usm_identity *id, const char *which, const char *secret, struct diag *d)
{
	size_t len = secret != NULL ? strlen(secret) : 0;

	if (len >= USM_SECRET_MIN && len <= USM_SECRET_MAX)
		return KK_OK;
	return diag_set(d, KK_E_RANGE, "user \"%s\": %s needs %d to %d octets", id->name, which,
	    USM_SECRET_MIN, USM_SECRET_MAX);
}

static int
check(const struct usm_users *s, const struct usm_identity *id, struct diag *d)
{
	size_t len = strlen(id->name);
	int rc = KK_OK;

	if (len == 0 || len > USM_USER_MAX)
		return diag_set(d, KK_E_RANGE, "user \"%s\": a name has 1 to %d octets", id->name,
		    USM_USER_MAX);
	if (usm_users_find(s, id->name) != NULL)
		return diag_set(d, KK_E_EXISTS, "user \"%s\" stands twice", id->name);
	if (id->priv != USM_PRIV_NONE && id->auth == USM_AUTH_NONE)
		return diag_set(
		    d, KK_E_RANGE, "user \"%s\": encryption needs authentication", id->name);
	if (id->auth != USM_AUTH_NONE)
		rc = check_secret(id, "auth_secret", id->auth_secret, d);
	if (rc == KK_OK && id->priv != USM_PRIV_NONE)
		rc = check_secret(id, "priv_secret", id->priv_secret, d);
	return rc;
}

static uint64_t
mix(uint64_t h, const void *p, size_t len)
{
	return (h ^ text_hash(p, len)) * UINT64_C(0x9e3779b97f4a7c15);
}

int
usm_users_add(struct usm_users *s, const struct usm_identity *id, struct diag *d)
{
	struct usm_user *user;
	int rc = check(s, id, d);

	if (rc != KK_OK)
		return rc;
	if ((user = calloc(1, sizeof(*user))) == NULL)
		return diag_set(
		    d, KK_E_NOMEM, "user \"%s\": %s", id->name, kk_strerror(KK_E_NOMEM));
	user->refs = 1;
	user->name_len = (uint8_t)strlen(id->name);
	memcpy(user->name, id->name, user->name_len);
	user->auth = (uint8_t)id->auth;
	user->priv = (uint8_t)id->priv;
	user->print = mix(id->auth * USM_PRIV_COUNT + id->priv + 1, id->name, user->name_len);
	if (id->auth != USM_AUTH_NONE) {
		user->auth_secret = strdup(id->auth_secret);
		user->print = mix(user->print, id->auth_secret, strlen(id->auth_secret));
	}
	if (id->priv != USM_PRIV_NONE) {
		user->priv_secret = strdup(id->priv_secret);
		user->print = mix(user->print, id->priv_secret, strlen(id->priv_secret));
	}
	if ((id->auth != USM_AUTH_NONE && user->auth_secret == NULL) ||
	    (id->priv != USM_PRIV_NONE && user->priv_secret == NULL) ||
	    usm_table_add(&s->table, &user->link, text_hash(user->name, user->name_len)) != KK_OK) {
		usm_user_drop(user);
		return diag_set(
		    d, KK_E_NOMEM, "user \"%s\": %s", id->name, kk_strerror(KK_E_NOMEM));
	}
	return KK_OK;
}

void
usm_users_inherit(struct usm_users *s, const struct usm_users *old)
{
	for (size_t i = 0; i < s->table.buckets; i++)
		for (struct usm_link *l = s->table.bucket[i]; l != NULL; l = l->next) {
			struct usm_user *user = (struct usm_user *)l;
			const struct usm_user *was = usm_users_find(old, user->name);

			if (was == NULL || !was->ready || user->ready || was->print != user->print)
				continue;
			memcpy(user->ku_auth, was->ku_auth, sizeof(user->ku_auth));
			memcpy(user->ku_priv, was->ku_priv, sizeof(user->ku_priv));
			user->ready = 1;
			forget(&user->auth_secret);
			forget(&user->priv_secret);
		}
}

int
usm_user_ready(struct usm_user *user, struct usm_crypt *c)
{
	int rc = usm_crypt_has(c, user->auth, user->priv) ? KK_OK : KK_E_UNSUPPORTED;

	if (user->ready || rc != KK_OK)
		return rc;
	if (user->auth != USM_AUTH_NONE)
		rc = usm_secret_key(
		    c, user->auth, user->auth_secret, strlen(user->auth_secret), user->ku_auth);
	if (rc == KK_OK && user->priv != USM_PRIV_NONE)
		rc = usm_secret_key(
		    c, user->auth, user->priv_secret, strlen(user->priv_secret), user->ku_priv);
	if (rc != KK_OK)
		return rc;
	user->ready = 1;
	forget(&user->auth_secret);
	forget(&user->priv_secret);
	return KK_OK;
}
