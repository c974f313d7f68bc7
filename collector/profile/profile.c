/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/profile/profile.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/profile/ap_rules.h"
#include "collector/profile/port_rules.h"
#include "collector/profile/profile_in.h"
#include "lib/slurp.h"

/* No profile is longer, octets. */
#define FILE_MAX (256 * 1024)

struct profiles {
	size_t n;
	struct profile **all; /* by name */
};

void
selection_forget(struct selection *s)
{
	for (unsigned i = 0; i < s->n_where; i++)
		if (s->where[i].has_pattern)
			regfree(&s->where[i].pattern);
}

void
profile_free(struct profile *p)
{
	if (p == NULL)
		return;
	for (unsigned i = 0; i < p->n_match; i++)
		if (p->match[i].has_descr) {
			regfree(&p->match[i].descr);
			free(p->match[i].descr_text);
		}
	for (unsigned i = 0; i < p->n_octets; i++) {
		selection_forget(&p->octets[i].rows);
		for (unsigned k = 0; k < p->octets[i].n_prefer; k++)
			regfree(&p->octets[i].prefer[k]);
	}
	for (unsigned i = 0; i < p->n_metrics; i++)
		selection_forget(&p->metric[i].rows);
	profile_free_plate(p);
	port_rules_free(p->ports);
	ap_rules_free(p->aps);
	free(p);
}

void
profiles_free(struct profiles *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->n; i++)
		profile_free(p->all[i]);
	free(p->all);
	free(p);
}

static int
add_file(struct profiles *p, const char *path, struct diag *d)
{
	struct profile **all = realloc(p->all, (p->n + 1) * sizeof(*all));
	const struct profile *same;
	char *text;
	size_t len = 0;
	int rc;

	if (all == NULL)
		return diag_set(d, KK_E_NOMEM, "%s: %s", path, kk_strerror(KK_E_NOMEM));
	p->all = all;
	if ((rc = slurp(path, FILE_MAX, &text, &len, d)) != KK_OK)
		return rc;
	rc = profile_parse(path, text, len, &all[p->n], d);
	free(text);
	if (rc != KK_OK)
		return rc;
	same = profiles_by_name(p, all[p->n]->name);
	if (same != NULL) {
		rc = diag_set(d, KK_E_EXISTS, "%s: profile \"%s\" stands in %s already", path,
		    same->name, same->file);
		profile_free(all[p->n]);
		return rc;
	}
	p->n++;
	return KK_OK;
}

static int
is_profile_file(const struct dirent *e)
{
	const char *dot = strrchr(e->d_name, '.');

	return e->d_name[0] != '.' && dot != NULL && strcmp(dot, ".yaml") == 0;
}

static int
add_folder(struct profiles *p, const char *dir, struct diag *d)
{
	struct dirent **files;
	char path[1024];
	int n = scandir(dir, &files, is_profile_file, alphasort);
	int rc = KK_OK;

	if (n < 0)
		return diag_set(d, KK_E_NOTFOUND, "%s: profiles: %s", dir, strerror(errno));
	if (n == 0)
		rc = diag_set(d, KK_E_NOTFOUND, "%s: no profile (*.yaml) is there", dir);
	for (int i = 0; i < n; i++) {
		if (rc == KK_OK && snprintf(path, sizeof(path), "%s/%s", dir, files[i]->d_name) >=
				       (int)sizeof(path))
			rc = diag_set(d, KK_E_RANGE, "%s: path too long", dir);
		if (rc == KK_OK)
			rc = add_file(p, path, d);
		free(files[i]);
	}
	free(files);
	return rc;
}

int
profiles_read(const char *dir, struct profiles **out, struct diag *d)
{
	struct profiles *p = calloc(1, sizeof(*p));
	const char *from = dir;
	int rc;

	if (p == NULL)
		return diag_set(d, KK_E_NOMEM, "profiles: %s", kk_strerror(KK_E_NOMEM));
	if (from == NULL || from[0] == '\0')
		from = getenv("KKACHI_PROFILES");
	if (from == NULL || from[0] == '\0')
		from = KK_PROFILEDIR;
	if ((rc = add_folder(p, from, d)) != KK_OK) {
		profiles_free(p);
		return rc;
	}
	*out = p;
	return KK_OK;
}

const struct profile *
profiles_by_name(const struct profiles *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->all[i]->name, name) == 0)
			return p->all[i];
	return NULL;
}

struct profile *const *
profiles_all(const struct profiles *p, size_t *n)
{
	*n = p->n;
	return p->all;
}

/* How well a match fits: 0 not at all; a longer prefix beats all else, then who asks for more. */
static unsigned
fitness(const struct profile_match *m, const struct oid *object_id, const char *descr)
{
	const struct oid *prefix = &m->object_id;

	if (object_id == NULL) {
		if (prefix->len > 2)
			return 0;
	} else if (object_id->len < prefix->len ||
		   memcmp(object_id->sub, prefix->sub, prefix->len * sizeof(prefix->sub[0])) != 0) {
		return 0;
	}
	if (m->has_descr && regexec(&m->descr, descr, 0, NULL, 0) != 0)
		return 0;
	return (unsigned)prefix->len * 4 + (m->has_descr ? 2 : 0) + (m->probe.len > 0 ? 1 : 0);
}

const struct profile *
profiles_match(const struct profiles *p, const struct oid *object_id, const char *descr,
    unsigned nth, const struct profile_match **rule)
{
	unsigned below = UINT32_MAX;

	/* The nth best, by going down through the fitnesses; equal ones stand by profile's name and
	 * order. */
	for (;;) {
		unsigned best = 0;

		for (size_t i = 0; i < p->n; i++)
			for (unsigned k = 0; k < p->all[i]->n_match; k++) {
				unsigned f = fitness(&p->all[i]->match[k], object_id, descr);

				if (f < below && f > best)
					best = f;
			}
		if (best == 0)
			return NULL;
		for (size_t i = 0; i < p->n; i++)
			for (unsigned k = 0; k < p->all[i]->n_match; k++) {
				const struct profile_match *m = &p->all[i]->match[k];

				if (fitness(m, object_id, descr) != best || nth-- > 0)
					continue;
				*rule = m;
				return p->all[i];
			}
		below = best;
	}
}
