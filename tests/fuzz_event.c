/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PARSES: lib/event.c lib/ssid.c */
/*
 * fuzz_event.c - events from a probe: what is read can be written, and reads back the same; its
 * name becomes text and back.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
name_as_text(const struct ssid *name)
{
	struct ssid_list list;
	char text[SSID_TEXT_MAX];

	if (ssid_list_parse(ssid_text(name, text), &list) != KK_OK || list.n != (name->len > 0) ||
	    (list.n == 1 && !ssid_same(&list.name[0], name)))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct event e, again;
	struct ssid_list list;
	uint8_t wire[EVENT_WIRE_MAX], second[EVENT_WIRE_MAX];
	char text[128];
	int n;

	if (size > 0 && size < sizeof(text)) {
		memcpy(text, data, size);
		text[size] = '\0';
		if (ssid_list_parse(text, &list) == KK_OK && list.n > 0 &&
		    ssid_list_find(&list, &list.name[0]) != 0)
			abort();
	}
	if (event_decode(data, size, &e) != KK_OK)
		return 0;
	if ((n = event_encode(&e, wire, sizeof(wire))) <= 0 ||
	    event_decode(wire, (size_t)n, &again) != KK_OK ||
	    event_encode(&again, second, sizeof(second)) != n ||
	    memcmp(wire, second, (size_t)n) != 0)
		abort();
	name_as_text(&e.ssid);
	event_reasons(&e, text);
	if (event_kind_of(event_kind_name(e.kind)) != e.kind ||
	    event_phase_name(e.phase)[0] == '?' || event_difference_name(e.differs)[0] == '?' ||
	    event_bssid(e.bssid, text)[17] != '\0')
		abort();
	return 0;
}
