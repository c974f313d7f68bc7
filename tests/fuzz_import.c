/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_import.c - an inventory file, CSV or JSON, as an attacker would have written it. */
#include <stdlib.h>

#include "rrd/import/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct import_options o = {.dry_run = 1, .prune = 1, .now_s = 1625065200};
	struct import_report *r;
	struct diag d;
	int rc = import_text(NULL, "fuzz", (const char *)data, size, &o, &r, &d);

	if (r == NULL || (rc == KK_OK) != (r->n_errors == 0))
		abort();
	if (rc == KK_OK && (r->added > r->rows || r->changed + r->unchanged + r->removed > 0))
		abort();
	import_report_free(r);
	return 0;
}
