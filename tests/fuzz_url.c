/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"
#include "web/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct region *r = region_new();
	char *path = malloc(size + 1);
	struct url_path p;

	if (r == NULL || path == NULL)
		abort();
	memcpy(path, data, size);
	path[size] = '\0';
	if (url_split(r, path, &p) == KK_OK)
		for (size_t i = 0; i < p.n; i++)
			if (!text_is_utf8(p.part[i], strlen(p.part[i])) || p.part[i][0] == '\0')
				abort();
	free(path);
	region_free(r);
	return 0;
}
