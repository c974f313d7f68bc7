/* SPDX-License-Identifier: GPL-3.0-or-later */
/* app.h - what the handlers share: configuration, the page's files, and the picture of the city. */
#ifndef KK_WEB_APP_H
#define KK_WEB_APP_H

#include "lib/conf.h"
#include "web/static.h"

struct model; /* model.h */

/* Plain, filled by main before the server starts, read-only from then on. */
struct app {
	const struct conf *conf;
	struct static_files *files;
	struct model *model;
};

#endif
