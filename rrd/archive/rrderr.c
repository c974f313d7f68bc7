/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/archive/rrderr.h"

#include <rrd.h>
#include <string.h>
#include <time.h>

/* librrd 1.7.2's texts; the first that fits wins. */
static const struct {
	const char *part;
	int rc;
} texts[] = {
    {"could not lock RRD", KK_E_BUSY},
    {"No such file or directory", KK_E_NOTFOUND},
    {"Permission denied", KK_E_DENIED},
    {"Read-only file system", KK_E_DENIED},
    {"No space left on device", KK_E_FULL},
    {"Disk quota exceeded", KK_E_FULL},
    {"Cannot allocate memory", KK_E_NOMEM},
    {"illegal attempt to update", KK_E_ORDER},
    {"is not an RRD file", KK_E_CORRUPT},
    {"is too small", KK_E_CORRUPT},
    {"reached EOF while loading", KK_E_CORRUPT},
    {"mmaping file", KK_E_CORRUPT},
    {"another architecture", KK_E_CORRUPT},
    {"can't handle RRD file version", KK_E_CORRUPT},
    {"data source readings", KK_E_CORRUPT}, /* another number of data sources */
    {"extra data on update argument", KK_E_CORRUPT},
    {"unknown DS name", KK_E_CORRUPT},
    {"Is a directory", KK_E_CORRUPT},
    {"Unable to connect to rrdcached", KK_E_REFUSED},
    {"Not connected", KK_E_REFUSED},
};

int
rrderr_take(const char *path, struct diag *d)
{
	const char *text = rrd_get_error();
	int rc = KK_E_IO;

	if (text == NULL || text[0] == '\0')
		text = "librrd gave no reason";
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strstr(text, texts[i].part) != NULL) {
			rc = texts[i].rc;
			break;
		}
	if (strstr(text, path) != NULL)
		diag_set(d, rc, "%s", text);
	else
		diag_set(d, rc, "%s: %s", path, text);
	rrd_clear_error();
	return rc;
}

int
rrderr_wait(unsigned attempt)
{
	struct timespec ts = {0, 1000000L << attempt};

	if (attempt > 6)
		return 0;
	nanosleep(&ts, NULL);
	return 1;
}
