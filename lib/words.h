/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words.h - sentences of i18n.def with numbers and names put in: "{0} polls missed". */
#ifndef KK_LIB_WORDS_H
#define KK_LIB_WORDS_H

#include <stddef.h>

/**
 * Put texts into a sentence; a place without a text stays as it stands. Control characters in the
 * texts become spaces, so that a device's name cannot forge a line of an alert.
 *
 * @param out       Receives NUL-terminated UTF-8, cut at a character.
 * @param room      Octets in `out`, at least 1.
 * @param sentence  With {0}, {1} ... {9}.
 * @param words     Texts for the places.
 * @param n         How many, at most 10.
 * @return          `out`.
 */
const char *words_fill(
    char *out, size_t room, const char *sentence, const char *const *words, size_t n);

#endif
