/* SPDX-License-Identifier: GPL-3.0-or-later */
/* answer.c - the few shapes that answers have. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "web/http.h"

void
answer_json(struct web_answer *a, unsigned status, json_t *json)
{
	char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;

	json_decref(json);
	a->type = "application/json";
	if (text == NULL) {
		a->status = 500;
		a->body = "{\"error\":\"out of memory\"}";
		a->len = strlen(a->body);
		return;
	}
	a->status = status;
	a->body = text;
	a->len = strlen(text);
	a->owned = 1;
}

void
answer_error(struct web_answer *a, unsigned status, const char *fmt, ...)
{
	char text[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	answer_json(a, status, json_pack("{s:s}", "error", text));
}

void
answer_rc(struct web_answer *a, int rc, const char *text)
{
	unsigned status = 500;

	switch (rc) {
	case KK_E_NOTFOUND:
		status = 404;
		break;
	case KK_E_RANGE:
	case KK_E_SYNTAX:
	case KK_E_TYPE:
		status = 400;
		break;
	case KK_E_BUSY:
	case KK_E_SILENT:
		status = 503;
		break;
	default:
		break;
	}
	answer_error(a, status, "%s", text);
}
