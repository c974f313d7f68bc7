/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/dec/detail.h"

#include <stdio.h>

#define EAPOL_AS_NAME(id, name) name,

static const char *const securities[] = {"open", "WEP", "WPA", "WPA2-PSK", "WPA2-Enterprise",
    "WPA3-SAE", "WPA3-Enterprise", "OWE", "OWE-transition", "other"};

static const char *const generations[] = {"unknown", "1", "3", "4", "5", "6", "6E", "7"};

static const char *const eapol[] = {EAPOL_MESSAGES(EAPOL_AS_NAME)};

void
detail_security_text(unsigned security, char *out, size_t size)
{
	size_t used = 0;

	snprintf(out, size, "unknown");
	for (unsigned i = 0; i < sizeof(securities) / sizeof(securities[0]); i++) {
		int n;

		if ((security & 1u << i) == 0)
			continue;
		n = snprintf(out + used, size - used, "%s%s", used > 0 ? "+" : "", securities[i]);
		if (n < 0 || (size_t)n >= size - used)
			return;
		used += (size_t)n;
	}
}

const char *
detail_generation_name(unsigned generation)
{
	return generations[generation <= WIFI_7 ? generation : WIFI_UNKNOWN];
}

const char *
detail_eapol_name(unsigned message)
{
	return eapol[message < EAPOL_MESSAGE_COUNT ? message : EAPOL_OTHER];
}
