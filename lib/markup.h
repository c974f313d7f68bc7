/* SPDX-License-Identifier: GPL-3.0-or-later */
/* markup.h - text that stands in an HTML or SVG document without being read as one. */
#ifndef KK_LIB_MARKUP_H
#define KK_LIB_MARKUP_H

#include <stdio.h>

/**
 * Write text that may stand between tags and in a quoted attribute of HTML and XML 1.0; control
 * characters, which XML forbids, become spaces.
 *
 * @param out   Stream; its errors are the caller's to ask for.
 * @param text  UTF-8; NULL writes nothing.
 */
void markup_escaped(FILE *out, const char *text);

#endif
