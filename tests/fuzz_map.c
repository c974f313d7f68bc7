/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_map.c - map files from anywhere: what is taken names an access point for every line. */
#include <stdlib.h>
#include <string.h>

#include "probes/map.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pseudonyms *key;
	struct diag d = {""};
	struct map *m = NULL;
	const struct map_row *row;
	size_t n;

	if (key == NULL && pseudonyms_new(&key, NULL) != KK_OK)
		abort();
	if (map_over("map", data, size, key, &m, &d) != KK_OK) {
		if (d.text[0] == '\0')
			abort(); /* an error says why */
		return 0;
	}
	row = map_rows(m, &n);
	for (size_t i = 0; i < n; i++)
		if (map_has_ap(row[i].key) &&
		    (row[i].ap >= map_aps(m) || strlen(map_ap(m, row[i].ap)) == 0 ||
			strpbrk(map_ap(m, row[i].ap), "\033\n\r") != NULL))
			abort();
	map_free(m);
	return 0;
}
