/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include "alerts/notify.h"

int
notify_stdout(const struct notice *n, size_t rows, enum language lang)
{
	char text[NOTICE_TEXT];

	for (size_t i = 0; i < rows; i++)
		puts(notice_text(&n[i], lang, text));
	return fflush(stdout) == 0 && !ferror(stdout) ? KK_OK : KK_E_IO;
}
