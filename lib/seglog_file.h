/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seglog_file.h - the files of a seglog, as writer and reader both see them. Only for
 * lib/seglog*.c. */
#ifndef KK_LIB_SEGLOG_FILE_H
#define KK_LIB_SEGLOG_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

#define SEG_DIR_MAX  400 /* octets of a folder's name, with NUL */
#define SEG_PATH_MAX 440
#define SEG_HEAD     16 /* octets before the first record */
#define SEG_RECORD   8	/* octets before a record's payload */

enum seg_form { SEG_PLAIN = 1, SEG_PACKED = 2 }; /* .log, .log.zst; a set of bits */

struct seg_entry {
	uint64_t number;
	unsigned forms; /* enum seg_form: which files are there */
};

/** Path of a segment. @param dir Folder. @param number Segment. @param form Plain or packed. @param
 * out Receives the path. */
void seg_path(const char *dir, uint64_t number, enum seg_form form, char out[SEG_PATH_MAX]);

/**
 * All segments of a folder, by number.
 *
 * @param dir  Folder; one that is absent has none.
 * @param out  Receives a malloc'd array, NULL if there is none.
 * @param n    Receives its length.
 * @param d    Why not.
 * @retval KK_OK Done.
 * @retval KK_E_NOMEM Out of memory.
 * @retval KK_E_IO  And its kin.
 */
int seg_list(const char *dir, struct seg_entry **out, size_t *n, struct diag *d);

/** The header of every segment. @param out Receives it. */
void seg_head(uint8_t out[SEG_HEAD]);

/** Check a header. @param head Octets. @retval KK_OK Done. @retval KK_E_VERSION Made by another
 * version. @retval KK_E_CORRUPT Not ours. */
int seg_head_check(const uint8_t head[SEG_HEAD]);

/** The head of a record. @param out Receives it. @param p Payload. @param len Octets. */
void seg_record_head(uint8_t out[SEG_RECORD], const void *p, size_t len);

/** Length that a record's head tells. @param head Octets. @return Octets of payload, 0 if that
 * cannot be a record. */
size_t seg_record_len(const uint8_t head[SEG_RECORD]);

/** Whether head and payload fit one another. @param head Head. @param p Payload of
 * seg_record_len(). @return 1 or 0. */
int seg_record_ok(const uint8_t head[SEG_RECORD], const void *p);

/**
 * Where the whole records of a file end. A damaged record does not count as the end when a whole
 * one stands behind it.
 *
 * @param fd    File with a good header.
 * @param size  Its octets.
 * @return      Offset of the first octet behind the last whole record; -1: errno.
 */
int64_t seg_whole(int fd, uint64_t size);

/**
 * Compress a closed segment, in steps of which each leaves it readable; its modification time
 * stays.
 *
 * @param dir     Folder.
 * @param number  Segment.
 * @param d       Why not, with the file's name; the plain file is still there.
 * @retval KK_OK Done.
 * @retval KK_E_FULL No room left.
 * @retval KK_E_IO
 */
int seg_pack(const char *dir, uint64_t number, struct diag *d);

/**
 * A compressed segment as octets.
 *
 * @param path  File.
 * @param out   Receives malloc'd octets, header first.
 * @param len   Receives their count.
 * @param d     Why not, with the file's name.
 * @retval KK_OK Done.
 * @retval KK_E_NOTFOUND Not there.
 * @retval KK_E_CORRUPT See err.h.
 * @retval KK_E_NOMEM
 */
int seg_unpack(const char *path, uint8_t **out, size_t *len, struct diag *d);

/** Make names in a folder durable. @param dir Folder. @return 0, -1: errno. */
int seg_sync_dir(const char *dir);

#endif
