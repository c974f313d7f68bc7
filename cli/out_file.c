/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/out_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int
out_file_open(const struct cli *c, const char *path, struct out_file *f)
{
	*f = (struct out_file){.stream = stdout, .path = path};
	if (path == NULL)
		return 1;
	if (asprintf(&f->beside, "%s.new-%ld", path, (long)getpid()) < 0) {
		f->beside = NULL;
		cli_say(c, "%s", kk_strerror(KK_E_NOMEM));
		return 0;
	}
	if ((f->stream = fopen(f->beside, "we")) != NULL)
		return 1;
	cli_say(c, "%s: %s", path, strerror(errno));
	free(f->beside);
	return 0;
}

int
out_file_close(const struct cli *c, struct out_file *f, int code)
{
	if (f->path == NULL)
		return code;
	errno = 0;
	if ((ferror(f->stream) | fclose(f->stream)) != 0 ||
	    (code == CLI_DONE && rename(f->beside, f->path) != 0)) {
		cli_say(c, "%s: %s", f->path, errno ? strerror(errno) : "cannot be written");
		code = CLI_FAILED;
	}
	if (code != CLI_DONE)
		unlink(f->beside);
	free(f->beside);
	return code;
}
