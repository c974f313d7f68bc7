/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/users.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collector/profile/ptree.h"

#define FILE_MAX (16 << 20)

/* One user while it is read. */
struct entry {
	unsigned auth, priv;
	const yaml_node_t *auth_at, *priv_at; /* where the secrets stand; NULL: nowhere */
	const char *auth_secret, *priv_secret;
};

static int
read_auth(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct entry *e = into;
	const char *name;
	int rc = ptree_text(t, node, &name), auth;

	if (rc != KK_OK)
		return rc;
	if ((auth = usm_auth_by_name(name)) < 0)
		return ptree_error(t, node, KK_E_RANGE,
		    "auth: must be none, MD5, SHA-1, SHA-224, SHA-256, SHA-384 or SHA-512");
	e->auth = (unsigned)auth;
	return KK_OK;
}

static int
read_priv(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct entry *e = into;
	const char *name;
	int rc = ptree_text(t, node, &name), priv;

	if (rc != KK_OK)
		return rc;
	if (strcasecmp(name, "DES") == 0 || strcasecmp(name, "3DES") == 0)
		return ptree_error(t, node, KK_E_RANGE,
		    "priv: DES is broken, and not spoken: use AES-128 or better");
	if ((priv = usm_priv_by_name(name)) < 0)
		return ptree_error(t, node, KK_E_RANGE,
		    "priv: must be none, AES-128, AES-192, AES-256, AES-192-C or AES-256-C");
	e->priv = (unsigned)priv;
	return KK_OK;
}

static int
read_auth_secret(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct entry *e = into;

	e->auth_at = node;
	return ptree_text(t, node, &e->auth_secret);
}

static int
read_priv_secret(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct entry *e = into;

	e->priv_at = node;
	return ptree_text(t, node, &e->priv_secret);
}

static const struct ptree_key user_keys[] = {
    {"auth", read_auth, 0},
    {"auth_secret", read_auth_secret, 0},
    {"priv", read_priv, 0},
    {"priv_secret", read_priv_secret, 0},
};

/* A secret without its protocol, or the other way round, is a mistake and no wish. */
static int
check_pair(struct ptree *t, const yaml_node_t *value, const char *key, unsigned protocol,
    const yaml_node_t *at)
{
	if (protocol != 0 && at == NULL)
		return ptree_error(t, value, KK_E_SYNTAX, "%s_secret is missing", key);
	if (protocol == 0 && at != NULL)
		return ptree_error(t, at, KK_E_SYNTAX, "%s_secret without %s", key, key);
	return KK_OK;
}

static int
read_user(struct ptree *t, const yaml_node_t *key, const yaml_node_t *value, void *into)
{
	struct entry e = {0};
	struct usm_identity id;
	struct diag why = {""};
	const char *name;
	int rc;

	if ((rc = ptree_text(t, key, &name)) != KK_OK ||
	    (rc = ptree_map(t, value, user_keys, sizeof(user_keys) / sizeof(user_keys[0]), &e)) !=
		KK_OK ||
	    (rc = check_pair(t, value, "auth", e.auth, e.auth_at)) != KK_OK ||
	    (rc = check_pair(t, value, "priv", e.priv, e.priv_at)) != KK_OK)
		return rc;
	id = (struct usm_identity){name, e.auth, e.priv, e.auth_secret, e.priv_secret};
	rc = usm_users_add(into, &id, &why);
	return rc == KK_OK ? KK_OK : ptree_error(t, key, rc, "%s", why.text);
}

static int
read_users(struct ptree *t, const yaml_node_t *node, void *into)
{
	return ptree_pairs(t, node, read_user, into);
}

static const struct ptree_key top_keys[] = {{"users", read_users, 1}};

/* libyaml's copies of the secrets are given back to malloc; without this they would stay readable
 * there. */
static void
wipe_tree(struct ptree *t)
{
	for (yaml_node_t *n = t->doc.nodes.start; n < t->doc.nodes.top; n++)
		if (n->type == YAML_SCALAR_NODE)
			usm_wipe(n->data.scalar.value, n->data.scalar.length);
}

int
users_parse(const char *name, const char *text, size_t len, struct usm_users **out, struct diag *d)
{
	struct ptree t;
	int rc = usm_users_new(out);

	if (rc != KK_OK)
		return diag_set(d, rc, "%s: %s", name, kk_strerror(rc));
	if ((rc = ptree_open(&t, name, text, len, d)) == KK_OK) {
		rc = ptree_map(&t, ptree_root(&t), top_keys, 1, *out);
		wipe_tree(&t);
		ptree_close(&t);
	}
	if (rc != KK_OK) {
		usm_users_free(*out);
		*out = NULL;
	}
	return rc;
}

/* Whom a file of secrets must not be open to. */
static int
check_mode(int fd, const char *path, int strict, off_t *size, struct diag *d)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return diag_set(d, kk_from_errno(errno), "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return diag_set(d, KK_E_TYPE, "%s: not a regular file", path);
	if (strict && (st.st_mode & 077) != 0)
		return diag_set(d, KK_E_DENIED,
		    "%s: mode %04o: others may read or write the secrets; chmod 600 it", path,
		    (unsigned)st.st_mode & 07777);
	if (st.st_size > FILE_MAX)
		return diag_set(d, KK_E_RANGE, "%s: larger than 16 MiB", path);
	*size = st.st_size;
	return KK_OK;
}

static int
read_whole(int fd, const char *path, char *text, size_t size, size_t *len, struct diag *d)
{
	for (*len = 0; *len < size;) {
		ssize_t n = read(fd, text + *len, size - *len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return diag_set(d, kk_from_errno(errno), "%s: %s", path, strerror(errno));
		if (n == 0)
			break;
		*len += (size_t)n;
	}
	return KK_OK;
}

static int
read_file(const char *path, int strict, struct usm_users **out, struct diag *d)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc;
	char *text = NULL;
	off_t size = 0;
	size_t len = 0;

	if (fd < 0)
		return diag_set(d, kk_from_errno(errno), "%s: %s", path, strerror(errno));
	rc = check_mode(fd, path, strict, &size, d);
	if (rc == KK_OK && (text = malloc((size_t)size + 1)) == NULL)
		rc = diag_set(d, KK_E_NOMEM, "%s: %s", path, kk_strerror(KK_E_NOMEM));
	if (rc == KK_OK)
		rc = read_whole(fd, path, text, (size_t)size, &len, d);
	if (rc == KK_OK)
		rc = users_parse(path, text, len, out, d);
	if (text != NULL)
		usm_wipe(text, (size_t)size);
	free(text);
	close(fd);
	return rc;
}

int
users_read(const char *path, struct usm_users **out, struct diag *d)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	char credential[4096];
	int n;

	*out = NULL;
	if (path[0] != '\0')
		return read_file(path, 1, out, d);
	n = dir != NULL ? snprintf(credential, sizeof(credential), "%s/snmp-users", dir) : 0;
	if (n > 0 && (size_t)n < sizeof(credential) && access(credential, F_OK) == 0)
		return read_file(credential, 0, out, d);
	return usm_users_new(out);
}
