/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fetch_key.h - a key that comes from outside names a file below $statedir/rrd and nothing else. */
#ifndef KK_RRD_ARCHIVE_FETCH_KEY_H
#define KK_RRD_ARCHIVE_FETCH_KEY_H

/** Whether a key can be an archive's. @param key Text. @return 1 or 0. */
int fetch_key_safe(const char *key);

#endif
