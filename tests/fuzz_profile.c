/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A profile from anybody: read or refused, with a reason, never a crash. */
#include <stdint.h>
#include <stdlib.h>

#include "collector/profile/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct profile *p = NULL;
	struct diag d = {{0}};

	if (profile_parse("fuzz", (const char *)data, size, &p, &d) == KK_OK)
		profile_free(p);
	else if (d.text[0] == '\0')
		abort();
	return 0;
}
