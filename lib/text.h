/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text.h - text from devices, files and people: valid UTF-8, its width on a terminal, and as a file
 * name. */
#ifndef KK_LIB_TEXT_H
#define KK_LIB_TEXT_H

#include <stddef.h>
#include <stdint.h>

/**
 * One character of UTF-8 (RFC 3629: shortest form, no surrogates, up to U+10FFFF, no NUL).
 *
 * @param p    Octets.
 * @param len  Count.
 * @param out  Receives the character.
 * @return     Its octets, 0 if it is none.
 */
size_t text_char(const uint8_t *p, size_t len, uint32_t *out);

/** Whether a character can be shown to people without deceiving them: no control, nothing without
 * width or of direction, no blank but the usual one. @param c Character. @return 1 or 0. */
int text_is_plain(uint32_t c);

/** Whether octets are valid UTF-8 without NUL (RFC 3629). @param p Octets. @param len Count.
 * @return 1 or 0. */
int text_is_utf8(const char *p, size_t len);

/** More than this of a device's text is not looked at, octets. */
#define TEXT_OCTETS_MAX 65536

/**
 * Octets from a device as UTF-8: as they are if valid, else from CP949, else as hex. Control
 * characters become spaces, NULs at the end are left out.
 *
 * @param p     Octets.
 * @param len   Count.
 * @param out   Receives NUL-terminated text, cut at a character.
 * @param room  Octets in `out`, at least 1.
 */
void text_from_octets(const uint8_t *p, size_t len, char *out, size_t room);

/**
 * Convert CP949 to UTF-8.
 *
 * @param in       Octets.
 * @param len      Count.
 * @param out      Receives malloc'd UTF-8, NUL-terminated; NULL on errors.
 * @param out_len  Receives the count of the result.
 * @retval KK_OK        Done.
 * @retval KK_E_SYNTAX  It is not CP949.
 * @retval KK_E_NOMEM   No memory, or no converter.
 */
int text_from_cp949(const char *in, size_t len, char **out, size_t *out_len);

/** Columns on a terminal: Hangul and other wide characters take two. @param utf8 Valid text.
 * @return Columns. */
size_t text_width(const char *utf8);

/**
 * Copy, cut at a character if need be.
 *
 * @param out   Receives NUL-terminated text.
 * @param room  Octets in `out`, at least 1.
 * @param utf8  Text.
 * @return      1 if it was cut.
 */
int text_copy(char *out, size_t room, const char *utf8);

/** Octets of the longest text_file_key() of an id of up to 80 octets, with NUL. */
#define TEXT_KEY_MAX 248

/**
 * An id as a safe file name: [A-Za-z0-9_] and inner [-] stay, every other octet becomes %XX;
 * over-long ones end in a hash. Different ids give different names.
 *
 * @param id   UTF-8 id, as `---EP000001` or `서울5차-0152-1`.
 * @param out  Receives the name.
 */
void text_file_key(const char *id, char out[TEXT_KEY_MAX]);

/** A hardware address of text. @param text "02:4b:00:00:00:01" or with dashes. @return 48
 * bits; 0: it is none. */
uint64_t text_mac(const char *text);

/** FNV-1a, for spreading: stable over runs and machines. @param p Octets. @param len Count. @return
 * 64-bit hash. */
uint64_t text_hash(const void *p, size_t len);

/**
 * A number as a person reads it: "48.0 TB", "1.2 Gbit/s"; powers of 1000.
 *
 * @param value  In `unit`.
 * @param unit   "B", "bit/s", ...
 * @param out    Buffer of at least 32 octets.
 * @return       `out`.
 */
const char *text_si(double value, const char *unit, char out[32]);

#endif
