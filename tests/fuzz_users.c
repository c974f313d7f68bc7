/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PARSES: collector/users.c */
/* The file of SNMPv3 users: read or refused with a reason; a file of the same octets says the same,
 * and one that others may read says nothing. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collector/users.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same octets as a file, with the mode it must have or one that it must not. */
static int
from_file(const uint8_t *data, size_t size, mode_t mode, struct diag *d)
{
	int fd = memfd_create("users", MFD_CLOEXEC), rc;
	struct usm_users *users = NULL;
	char path[64];

	if (fd < 0 || write(fd, data, size) != (ssize_t)size || fchmod(fd, mode) != 0)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	rc = users_read(path, &users, d);
	if ((rc == KK_OK) != (users != NULL))
		abort();
	usm_users_free(users);
	close(fd);
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct usm_users *users = NULL;
	struct diag d = {{0}}, again = {{0}};
	int rc = users_parse("fuzz", (const char *)data, size, &users, &d);

	if ((rc == KK_OK) != (users != NULL) || (rc != KK_OK && d.text[0] == '\0'))
		abort();
	usm_users_free(users);
	if (from_file(data, size, 0600, &again) != rc)
		abort();
	if (from_file(data, size, 0640, &again) != KK_E_DENIED)
		abort();
	return 0;
}
