/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mail.h - a mail with files (MIME), handed to the system's sendmail. */
#ifndef KK_LIB_MAIL_H
#define KK_LIB_MAIL_H

#include <stddef.h>
#include <stdio.h>

#include "lib/err.h"

struct mail_file {
	const char *name; /* as the reader sees it: letters, digits, ".", "-", "_" */
	const char *type; /* "text/html" */
	const void *octets;
	size_t len;
};

/* Texts are UTF-8. Addresses have no control characters (mail_address_fault()). */
struct mail {
	const char *to;	  /* one or more, with commas */
	const char *from; /* "": the system's choice */
	const char *subject, *text;
	const struct mail_file *files;
	size_t n;
};

/** What is wrong with a list of addresses. @param to Text, may be "". @return NULL, or static text.
 */
const char *mail_address_fault(const char *to);

/**
 * Write a mail as `sendmail -t` reads it.
 *
 * @param m    Mail.
 * @param out  Stream; its errors are the caller's to ask for.
 */
void mail_write(const struct mail *m, FILE *out);

/**
 * Hand a mail to a program: PROGRAM -t -i, the mail on its standard input.
 *
 * @param program  Path.
 * @param m        Mail.
 * @param d        Why not.
 * @retval KK_OK
 * @retval KK_E_NOTFOUND  There is no such program.
 * @retval KK_E_REFUSED   It ended with another code than 0, or did not read the mail.
 * @return                And kk_from_errno().
 */
int mail_send(const char *program, const struct mail *m, struct diag *d);

#endif
