/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_conf.c - kkachi.yaml: refused with a reason, or printed and read again the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf c, again;
	struct diag d = {""};
	char *text = NULL;
	size_t len = 0;
	FILE *f;

	if (conf_parse("fuzz", (const char *)data, size, &c, &d) != KK_OK) {
		if (strncmp(d.text, "fuzz:", 5) != 0)
			abort();
		return 0;
	}
	f = open_memstream(&text, &len);
	conf_print(&c, f);
	fclose(f);
	if (conf_parse("fuzz", text, len, &again, &d) != KK_OK)
		abort();
	memcpy(again.snmp.community, c.snmp.community, sizeof(c.snmp.community));
	if (memcmp(&c, &again, sizeof(c)) != 0)
		abort();
	free(text);
	return 0;
}
