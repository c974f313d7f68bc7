/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/filter.h"

#include <pcap/dlt.h>
#include <stdio.h>

/* Switches' own, to 01-80-c2-00-00-0x (STP, LACP, pauses), and no client's login or neighbour. */
#define LINK_LOCAL "ether[0:4] = 0x0180c200 and ether[4:2] < 16"
#define EAPOL	   "ether proto 0x888e"
#define LLDP	   "ether proto 0x88cc"

static const struct {
	int linktype;
	const char *all, *octets;
} filters[] = {
    {DLT_EN10MB, "not (" LINK_LOCAL " and not " EAPOL " and not " LLDP ")",
	"not (" LINK_LOCAL " and not " EAPOL ")"},
    /* On the air all frames say something of the air, but only data carries octets. */
    {DLT_IEEE802_11_RADIO, "", "type data"},
    {DLT_IEEE802_11, "", "type data"},
    {DLT_PRISM_HEADER, "", "type data"},
    {DLT_IEEE802_11_RADIO_AVS, "", "type data"},
    {DLT_PPI, "", "type data"},
};

int
filter_expression(int linktype, int octets_only, const char *more, char *out, size_t room)
{
	const char *ours = "";
	int n;

	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
		if (filters[i].linktype == linktype)
			ours = octets_only ? filters[i].octets : filters[i].all;
	if (more == NULL || *more == '\0')
		n = snprintf(out, room, "%s", ours);
	else if (*ours == '\0')
		n = snprintf(out, room, "%s", more);
	else
		n = snprintf(out, room, "(%s) and (%s)", ours, more);
	return n >= 0 && (size_t)n < room;
}
