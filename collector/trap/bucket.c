/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/trap/bucket.h"

#define TOKEN 1000

int
bucket_take(struct bucket *b, int64_t burst, int64_t rate, int64_t now_ms)
{
	int64_t full = burst * TOKEN, passed = now_ms + 1 - b->looked_ms;

	if (b->looked_ms == 0 || passed > full / rate)
		b->tokens = full;
	else if (passed > 0)
		b->tokens = b->tokens + passed * rate < full ? b->tokens + passed * rate : full;
	if (b->looked_ms == 0 || passed > 0)
		b->looked_ms = now_ms + 1;
	if (b->tokens < TOKEN)
		return 0;
	b->tokens -= TOKEN;
	return 1;
}
