/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * control.h - $rundir/control: one-line commands to a running collector, one line back.
 *
 * A UNIX stream socket, mode 0660. A client writes a command and a line end, and reads one line:
 *
 *     device ID   one JSON object, how the device's polls go; or "error REASON"
 *     flush KEY   "ok": the archive KEY (archive_key()) is up to date; or "error REASON"
 *     poll ID     one JSON object, what the device says now; or "error REASON"
 *     slow        one JSON array, the devices that take longest
 *     status      one JSON object of counters
 *
 * It may go on with the next command on the same connection, after the answer to the last one.
 */
#ifndef KK_COLLECTOR_CONTROL_H
#define KK_COLLECTOR_CONTROL_H

#include <stdint.h>

#include "lib/err.h"

#define CONTROL_CLIENTS_MAX 64
#define CONTROL_LINE_MAX    1024 /* octets of a command, its line end included */

struct control;

/**
 * A command has come. Must lead to one control_answer() with its ticket, at once or later.
 *
 * @param ctx     As given to control_new().
 * @param ticket  Whom to answer.
 * @param line    Command without its line end, valid UTF-8; lives during the call.
 */
typedef void (*control_command_cb)(void *ctx, uint64_t ticket, const char *line);

/**
 * Listen on run_dir/control; a socket that nobody listens on is replaced.
 *
 * @param run_dir  Folder; made if absent.
 * @param command  Called from inside control_run().
 * @param ctx      For `command`.
 * @param out      Receives it; control_free() frees it.
 * @param d        Why not, with the path.
 * @retval KK_OK
 * @retval KK_E_BUSY  Somebody listens there.
 * @retval KK_E_IO    And its kin from errno.
 */
int control_new(const char *run_dir, control_command_cb command, void *ctx, struct control **out,
    struct diag *d);

/** Close all connections, remove the socket, free. @param c Control, NULL is allowed. */
void control_free(struct control *c);

/** For the owner's epoll: readable when control_run() has something to do. @param c Control.
 * @return An epoll descriptor. */
int control_fd(const struct control *c);

/** Accept, read commands, write answers. Never waits; a client that does not read its answer is
 * dropped. @param c Control. */
void control_run(struct control *c);

/**
 * Answer a command.
 *
 * @param c       Control.
 * @param ticket  Its ticket; a client that has gone is no error.
 * @param text    One line without its end; copied.
 */
void control_answer(struct control *c, uint64_t ticket, const char *text);

#endif
