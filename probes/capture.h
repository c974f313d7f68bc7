/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture.h - packets from a file or from an interface. Opens with the privileges that the process
 * was started with, and leaves it none. */
#ifndef KK_PROBES_CAPTURE_H
#define KK_PROBES_CAPTURE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "probes/live.h"
#include "probes/read/read.h"

struct capture_options {
	const char *file;	   /* "-": standard input; NULL: live */
	struct live_options live;  /* iface NULL: file */
	const char *user;	   /* whom to become if this is root */
	struct read_patience wait; /* asked before a read that may block; none: wait is NULL */
};

struct capture;

/* Called with some packets, in the order of their capture; their octets live during the call. */
typedef void (*capture_cb)(void *ctx, const struct packet *packet, size_t n);

/**
 * Open, then give up all privileges: privileges.h.
 *
 * @param o    Options; the texts are borrowed.
 * @param out  Receives the capture; capture_close() frees it.
 * @param d    Why not, with the file's or interface's name.
 * @retval KK_OK
 * @retval KK_E_IO           Not there, or not a capture.
 * @retval KK_E_DENIED
 * @retval KK_E_CLOSED       Nobody waits any more.
 * @retval KK_E_UNSUPPORTED  Its link type is not decoded.
 */
int capture_open(const struct capture_options *o, struct capture **out, struct diag *d);

/** @param c Capture, NULL is allowed. */
void capture_close(struct capture *c);

/** @param c Capture. @return The interface; NULL for a file. */
struct live *capture_live(const struct capture *c);

/**
 * Hand on a file's next packets.
 *
 * @param c    Capture of a file.
 * @param max  At most so many, about.
 * @param cb   Per some packets.
 * @param ctx  For `cb`.
 * @param d    Why not.
 * @retval KK_OK
 * @retval KK_END        The file has ended.
 * @retval KK_E_CLOSED   Nobody waits any more.
 * @retval KK_E_TRUNCATED  The file is cut short; what was before has been handed on.
 * @retval KK_E_CORRUPT    The file is damaged; likewise.
 * @retval KK_E_IO         The file cannot be read.
 */
int capture_read(struct capture *c, int max, capture_cb cb, void *ctx, struct diag *d);

/** reader_ahead() of a file. @param c Capture of a file. @return Octets. */
size_t capture_ahead(const struct capture *c);

#endif
