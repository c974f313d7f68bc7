/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/url.h"

#include <string.h>

#include "lib/text.h"

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int
url_decode(struct region *r, const char *in, size_t len, const char **out)
{
	char *text = region_alloc(r, len + 1);
	size_t n = 0;

	if (text == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)in[i];

		if (c == '%') {
			if (i + 2 >= len || hex(in[i + 1]) < 0 || hex(in[i + 2]) < 0)
				return KK_E_SYNTAX;
			c = (unsigned char)(hex(in[i + 1]) << 4 | hex(in[i + 2]));
			i += 2;
		}
		if (c < 0x20 || c == 0x7f)
			return KK_E_SYNTAX;
		text[n++] = (char)c;
	}
	text[n] = '\0';
	if (!text_is_utf8(text, n))
		return KK_E_SYNTAX;
	*out = text;
	return KK_OK;
}

int
url_split(struct region *r, const char *path, struct url_path *out)
{
	int rc;

	out->n = 0;
	while (*path != '\0') {
		size_t len = strcspn(path, "/");

		if (len > 0) {
			if (out->n == URL_PARTS_MAX)
				return KK_E_RANGE;
			if ((rc = url_decode(r, path, len, &out->part[out->n])) != KK_OK)
				return rc;
			out->n++;
		}
		path += len;
		if (*path == '/')
			path++;
	}
	return KK_OK;
}
