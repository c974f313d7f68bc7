/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_conf.c - kkachi.yaml: refused with a reason, or printed and read again the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Everything but the community, which is not told. */
static char *
print(const struct conf *c, size_t *len)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, len);

	conf_print(c, f);
	fclose(f);
	return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf c, again;
	struct diag d = {""};
	char *text = NULL, *twice = NULL;
	size_t len = 0, twice_len = 0;

	if (conf_parse("fuzz", (const char *)data, size, &c, &d) != KK_OK) {
		if (strncmp(d.text, "fuzz:", 5) != 0)
			abort();
		return 0;
	}
	text = print(&c, &len);
	if (conf_parse("fuzz", text, len, &again, &d) != KK_OK)
		abort();
	twice = print(&again, &twice_len);
	if (len != twice_len || memcmp(text, twice, len) != 0)
		abort();
	free(text);
	free(twice);
	return 0;
}
