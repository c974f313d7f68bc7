/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/sample.h"

#include <string.h>

#define SAMPLE_AS_NAME(id, name) name,

static const char *const names[SOURCE_COUNT] = {SAMPLE_SOURCES(SAMPLE_AS_NAME)};

const char *
sample_source_name(unsigned source)
{
	return source < SOURCE_COUNT ? names[source] : "?";
}

int
sample_source_by_name(const char *name)
{
	for (int i = 0; i < SOURCE_COUNT; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}
