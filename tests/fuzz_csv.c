/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_csv.c - a file from anybody: fields are valid text, lines go up, and what csv_put() writes
 * reads back. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/csv.h"
#include "lib/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A record written and read again has as many fields, of the same text but for a formula's mark. */
static void
write_and_read(char **fields, size_t n)
{
	char *text = NULL, *again[CSV_FIELDS_MAX];
	size_t len = 0, m;
	FILE *f = open_memstream(&text, &len);
	struct csv *c = NULL;
	unsigned line;
	int rc, blank = 1;

	for (size_t i = 0; i < n; i++) {
		csv_put(f, fields[i], i == 0);
		blank &= fields[i][0] == '\0';
	}
	fclose(f);
	if (csv_over("again", text, len, &c, NULL) != KK_OK)
		abort();
	rc = csv_next(c, again, &m, &line, NULL);
	if (!(blank && n == 1) && (rc != KK_OK || m != n))
		abort();
	for (size_t i = 0; rc == KK_OK && i < n; i++) {
		const char *a = again[i];

		if (strcmp(a, fields[i]) != 0 && (*a != '\'' || strcmp(a + 1, fields[i]) != 0))
			abort();
	}
	csv_free(c);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *fields[CSV_FIELDS_MAX];
	struct csv *c = NULL;
	unsigned line, last = 0;
	size_t n;
	int rc;

	if (csv_over("fuzz", data, size, &c, NULL) != KK_OK)
		return 0;
	while ((rc = csv_next(c, fields, &n, &line, NULL)) != KK_END) {
		if (line <= last || (rc == KK_OK && n == 0))
			abort();
		last = line;
		for (size_t i = 0; i < n; i++)
			if (!text_is_utf8(fields[i], strlen(fields[i])))
				abort();
		if (rc == KK_OK)
			write_and_read(fields, n);
	}
	csv_free(c);
	return 0;
}
