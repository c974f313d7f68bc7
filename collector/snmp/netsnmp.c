/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/snmp/netsnmp.h"

#include <stdlib.h>

#include <net-snmp/net-snmp-config.h>
/* The configuration has to come first. */
#include <net-snmp/net-snmp-includes.h>

void
netsnmp_start(void)
{
	static const int off[] = {
	    NETSNMP_DS_LIB_DONT_READ_CONFIGS,
	    NETSNMP_DS_LIB_DONT_PERSIST_STATE,
	    NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD,
	    NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE,
	    NETSNMP_DS_LIB_DONT_LOAD_HOST_FILES,
	    NETSNMP_DS_LIB_ALARM_DONT_USE_SIG,
	    NETSNMP_DS_LIB_REVERSE_ENCODE,
	};

	for (size_t i = 0; i < sizeof(off) / sizeof(off[0]); i++)
		netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, off[i], 1);
	if (netsnmp_ds_get_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_HAVE_READ_CONFIG))
		return;
	setenv(
	    "MIBS", "", 1); /* OIDs are numbers here; loading MIB files takes longer than a poll */
	/* Whoever sends garbage would else fill the log: what it complains of is counted by us. */
	snmp_disable_stderrlog();
	netsnmp_register_loghandler(NETSNMP_LOGHANDLER_CALLBACK, LOG_DEBUG);
	init_snmp("kkachi");
}
