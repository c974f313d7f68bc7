/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PARSES: collector/profile/ */
/* A profile from anybody: read or refused, with a reason, never a crash. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/profile/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[64];

static void
remove_folder(void)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/a.yaml", folder);
	unlink(path);
	snprintf(path, sizeof(path), "%s/b.yaml", folder);
	unlink(path);
	rmdir(folder);
}

static void
put_file(const char *name, const uint8_t *data, size_t size)
{
	char path[96];
	FILE *f;

	if (folder[0] == '\0') {
		const char *tmp = getenv("TMPDIR");

		if (snprintf(folder, sizeof(folder), "%s/kk-fuzz-XXXXXX",
			tmp != NULL ? tmp : "/tmp") >= (int)sizeof(folder) ||
		    mkdtemp(folder) == NULL)
			abort();
	}
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if ((f = fopen(path, "we")) == NULL)
		abort();
	if (fwrite(data, 1, size, f) != size || fclose(f) != 0)
		abort();
}

/* Every match of the profile finds it, or one that fits better; and each prefix is printed as it
 * is read. */
static void
match(const struct profiles *all, const struct profile *p)
{
	for (unsigned i = 0; i < p->n_match; i++) {
		const struct oid *id = &p->match[i].object_id;
		const struct profile_match *rule;
		char text[OID_TEXT];
		struct oid same;

		oid_text(id->sub, id->len, text, sizeof(text));
		if (id->len > 0 && strlen(text) < sizeof(text) - 1 &&
		    (!oid_parse(text, &same) ||
			oid_compare(same.sub, same.len, id->sub, id->len) != 0 ||
			oid_below(same.sub, same.len, id)))
			abort();
		if (!p->match[i].has_descr && profiles_match(all, id, "an AP", 0, &rule) != p)
			abort();
		(void)profiles_match(all, NULL, "an AP", i, &rule);
	}
}

/* The same profile as a folder's file; twice, it is a mistake. */
static void
as_folder(const uint8_t *data, size_t size, const struct profile *p)
{
	struct profiles *all = NULL;
	struct diag d = {{0}};
	size_t n;

	put_file("a.yaml", data, size);
	if (profiles_read(folder, &all, &d) != KK_OK)
		abort();
	if (profiles_by_name(all, p->name) != profiles_all(all, &n)[0] || n != 1)
		abort();
	match(all, profiles_all(all, &n)[0]);
	profiles_free(all);
	put_file("b.yaml", data, size);
	if (profiles_read(folder, &all, &d) != KK_E_EXISTS)
		abort();
	remove_folder();
	folder[0] = '\0';
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct profile *p = NULL;
	struct diag d = {{0}};

	if (profile_parse("fuzz", (const char *)data, size, &p, &d) == KK_OK) {
		as_folder(data, size, p);
		profile_free(p);
	} else if (d.text[0] == '\0') {
		abort();
	}
	return 0;
}
