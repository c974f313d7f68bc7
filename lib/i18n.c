/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/i18n.h"

#include <string.h>

#define TEXT(id, ko, en) {ko, en},

static const char *const texts[TEXT_COUNT][2] = {
#include "lib/i18n.def"
};

enum language
i18n_language(const char *code)
{
	if (strncmp(code, "ko", 2) != 0)
		return LANG_EN;
	/* "ko", "ko-KR", "ko_KR.UTF-8", but not "kok" (Konkani). */
	return code[2] == '\0' || strchr("-_.@", code[2]) != NULL ? LANG_KO : LANG_EN;
}

const char *
i18n(enum language lang, enum text_id id)
{
	return texts[id][lang == LANG_KO ? 0 : 1];
}
