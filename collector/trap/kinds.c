/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/trap/kinds.h"

#define OID_MOST 16

/* Where the numbers are from: the MIB that is named. None was seen in a trap of a real device. */
static const struct {
	enum trap_kind kind;
	unsigned len;
	unsigned long oid[OID_MOST];
} known[] = {
    /* SNMPv2-MIB (RFC 3418), IF-MIB (RFC 2863) */
    {TRAP_COLD_START, 10, {1, 3, 6, 1, 6, 3, 1, 1, 5, 1}},
    {TRAP_WARM_START, 10, {1, 3, 6, 1, 6, 3, 1, 1, 5, 2}},
    {TRAP_LINK_DOWN, 10, {1, 3, 6, 1, 6, 3, 1, 1, 5, 3}},
    {TRAP_LINK_UP, 10, {1, 3, 6, 1, 6, 3, 1, 1, 5, 4}},
    /* AIRESPACE-WIRELESS-MIB bsnAPDisassociated; CISCO-LWAPP-AP-MIB ciscoLwappApAssociated */
    {TRAP_AP_DOWN, 11, {1, 3, 6, 1, 4, 1, 14179, 2, 6, 3, 8}},
    {TRAP_AP_UP, 11, {1, 3, 6, 1, 4, 1, 9, 9, 513, 0, 4}},
    /* WLSX-TRAP-MIB wlsxNAccessPointIsDown, IsUp; WLSX-SWITCH-MIB's, of old releases */
    {TRAP_AP_DOWN, 14, {1, 3, 6, 1, 4, 1, 14823, 2, 3, 1, 11, 1, 2, 1041}},
    {TRAP_AP_UP, 14, {1, 3, 6, 1, 4, 1, 14823, 2, 3, 1, 11, 1, 2, 1040}},
    {TRAP_AP_DOWN, 13, {1, 3, 6, 1, 4, 1, 14823, 2, 2, 1, 1, 100, 1031}},
    {TRAP_AP_UP, 13, {1, 3, 6, 1, 4, 1, 14823, 2, 2, 1, 1, 100, 1030}},
    /* RUCKUS-ZD-EVENT-MIB ruckusZDEventAPLostTrap, APJoinTrap */
    {TRAP_AP_DOWN, 11, {1, 3, 6, 1, 4, 1, 25053, 2, 2, 1, 5}},
    {TRAP_AP_UP, 11, {1, 3, 6, 1, 4, 1, 25053, 2, 2, 1, 1}},
    /* FORTINET-FORTIGATE-MIB fgTrapWcApDown, fgTrapWcApUp */
    {TRAP_AP_DOWN, 11, {1, 3, 6, 1, 4, 1, 12356, 101, 2, 0, 802}},
    {TRAP_AP_UP, 11, {1, 3, 6, 1, 4, 1, 12356, 101, 2, 0, 801}},
    /* HUAWEI-WLAN-AP-MIB: fault and normal */
    {TRAP_AP_DOWN, 13, {1, 3, 6, 1, 4, 1, 2011, 6, 139, 13, 1, 1, 1}},
    {TRAP_AP_UP, 13, {1, 3, 6, 1, 4, 1, 2011, 6, 139, 13, 1, 1, 2}},
};

/* A v1 trap of an enterprise has a 0 before its number, which some MIBs leave out (RFC 3584 section
 * 3.1): equal but for that. */
static int
is_same(const unsigned long *a, size_t a_len, const unsigned long *b, size_t b_len)
{
	size_t skip = a_len == b_len + 1 && b_len > 0 && a[a_len - 2] == 0 ? a_len - 2 : a_len;

	if (skip == a_len && a_len != b_len)
		return 0;
	for (size_t i = 0, k = 0; i < a_len; i++)
		if (i != skip && a[i] != b[k++])
			return 0;
	return 1;
}

enum trap_kind
trap_kind_of(const unsigned long *oid, size_t len)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (is_same(oid, len, known[i].oid, known[i].len))
			return known[i].kind;
	return TRAP_OTHER;
}

const char *
trap_kind_name(unsigned k)
{
	static const char *const names[TRAP_KINDS] = {
	    "other", "cold_start", "warm_start", "link_down", "link_up", "ap_down", "ap_up"};

	return k < TRAP_KINDS ? names[k] : "?";
}
