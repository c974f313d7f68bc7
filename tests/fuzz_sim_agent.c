/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any datagram at the simulator's agent over a virtual MIB: it ends, and its answer fits. */
#include <stdlib.h>

#include "tests/sim/agent.h"
#include "tests/sim/mib.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct fleet fleet;
static struct mib *mib;

static int
put(const struct mib_object *obj, struct ber_out *o)
{
	unsigned served = 0;
	const uint8_t *end;

	mib_put_value(o, obj, &fleet, 1, 1700000000, &served);
	end = o->at;
	ber_put(o, obj->encoded, obj->encoded_len);
	ber_close(o, 0x06, end);
	return 1;
}

static int
get(void *ctx, const uint8_t *encoded, size_t len, struct ber_out *o)
{
	const struct mib_object *obj = mib_get(ctx, encoded, len);

	return obj ? put(obj, o) : -1;
}

static int
next(void *ctx, struct ber_oid *name, struct ber_out *o)
{
	const struct mib_object *obj = mib_next(ctx, name);

	if (obj == NULL)
		return 0;
	if (ber_oid_cmp(&obj->name, name) <= 0)
		abort();
	*name = obj->name;
	return put(obj, o);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct agent_options o = {.community = "public", .packet_max = AGENT_PACKET};
	uint8_t out[AGENT_PACKET];
	struct agent_result r;

	if (mib == NULL) {
		struct fleet_options fo = {
		    .aps = 3, .seed = 1, .mix = {1}, .month_octets = 1000000000000};

		mib = mib_new(SIM_UNIFI, 0);
		if (mib == NULL || !fleet_init(&fleet, &fo))
			abort();
	}
	agent_answer(&o, &(struct agent_view){mib, get, next}, data, size, out, &r);
	if (r.len > AGENT_PACKET || (r.len > 0 && out[AGENT_PACKET - r.len] != 0x30))
		abort();
	return 0;
}
