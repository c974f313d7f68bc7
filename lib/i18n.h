/* SPDX-License-Identifier: GPL-3.0-or-later */
/* i18n.h - what people read, in Korean and English, from one list (lib/i18n.def) that cannot lack
 * one of them. */
#ifndef KK_LIB_I18N_H
#define KK_LIB_I18N_H

#define TEXT(id, ko, en) TEXT_##id,
enum text_id {
#include "lib/i18n.def"
	TEXT_COUNT
};
#undef TEXT

enum language { LANG_KO, LANG_EN };

/** The language of a code. @param code "ko", "en", "ko_KR.UTF-8", ... @return LANG_EN for any
 * other. */
enum language i18n_language(const char *code);

/** A text. @param lang Language. @param id Which. @return Static UTF-8 text. */
const char *i18n(enum language lang, enum text_id id);

#endif
