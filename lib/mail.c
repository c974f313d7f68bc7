/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/mail.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base64.h"
#include "lib/text.h"

/* Octets of a subject in one encoded word: 75 characters at the most (RFC 2047). */
#define WORD_MOST 42

extern char **environ;

const char *
mail_address_fault(const char *to)
{
	for (; *to != '\0'; to++)
		if ((unsigned char)*to < ' ' || *to == 0x7f)
			return "must not have control characters";
	return NULL;
}

/* ---- the message ---- */

/* A text of any language in a heading: encoded words, cut between characters. */
static void
put_words(FILE *out, const char *text)
{
	while (*text != '\0') {
		size_t n = strlen(text);

		if (n > WORD_MOST) {
			n = WORD_MOST;
			while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
				n--;
		}
		fputs("=?UTF-8?B?", out);
		base64_put(out, text, n, 0);
		fputs("?=", out);
		text += n;
		if (*text != '\0')
			fputs("\n ", out);
	}
}

/* A line that no part has: parts are base64, which has no "=_". */
static void
boundary(const struct mail *m, char out[32])
{
	snprintf(out, 32, "=_kkachi_%016" PRIx64, text_hash(m->subject, strlen(m->subject)));
}

void
mail_write(const struct mail *m, FILE *out)
{
	char line[32];

	boundary(m, line);
	if (*m->from)
		fprintf(out, "From: %s\n", m->from);
	fprintf(out, "To: %s\nSubject: ", m->to);
	put_words(out, m->subject);
	fputs("\nMIME-Version: 1.0\nAuto-Submitted: auto-generated\n", out);
	fprintf(out, "Content-Type: multipart/mixed; boundary=\"%s\"\n\n", line);
	fprintf(out, "--%s\nContent-Type: text/plain; charset=UTF-8\n", line);
	fputs("Content-Transfer-Encoding: base64\n\n", out);
	base64_put(out, m->text, strlen(m->text), BASE64_LINE);
	for (size_t i = 0; i < m->n; i++) {
		const struct mail_file *f = &m->files[i];

		fprintf(out, "--%s\nContent-Type: %s\nContent-Transfer-Encoding: base64\n", line,
		    f->type);
		fprintf(out, "Content-Disposition: attachment; filename=\"%s\"\n\n", f->name);
		base64_put(out, f->octets, f->len, BASE64_LINE);
	}
	fprintf(out, "--%s--\n", line);
}

/* ---- handing it over ---- */

static int
start(const char *program, int from, int other, pid_t *pid)
{
	char option_t[] = "-t", option_i[] = "-i", name[] = "sendmail";
	char *argv[] = {name, option_t, option_i, NULL};
	posix_spawn_file_actions_t actions;
	int err = posix_spawn_file_actions_init(&actions);

	if (err != 0)
		return err;
	err = posix_spawn_file_actions_adddup2(&actions, from, STDIN_FILENO);
	if (err == 0)
		err = posix_spawn_file_actions_addclose(&actions, other);
	if (err == 0)
		err = posix_spawn(pid, program, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return err;
}

static int
wait_for(pid_t pid, const char *program, int whole, struct diag *d)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return diag_set(
			    d, kk_from_errno(errno), "%s: %s", program, strerror(errno));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && whole)
		return KK_OK;
	if (WIFEXITED(status))
		return diag_set(d, KK_E_REFUSED, "%s: the mail was not taken (exit code %d)",
		    program, WEXITSTATUS(status));
	return diag_set(d, KK_E_REFUSED, "%s: ended by a signal", program);
}

/* A program that ends before it has read all must not end this one. */
static int
feed(int to, const struct mail *m)
{
	struct sigaction quiet = {.sa_handler = SIG_IGN}, before;
	FILE *f = fdopen(to, "w");
	int whole;

	if (f == NULL) {
		close(to);
		return 0;
	}
	sigaction(SIGPIPE, &quiet, &before);
	mail_write(m, f);
	whole = !ferror(f);
	whole = fclose(f) == 0 && whole;
	sigaction(SIGPIPE, &before, NULL);
	return whole;
}

int
mail_send(const char *program, const struct mail *m, struct diag *d)
{
	int ends[2], err, whole;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return diag_set(d, kk_from_errno(errno), "%s: %s", program, strerror(errno));
	err = start(program, ends[0], ends[1], &pid);
	close(ends[0]);
	if (err != 0) {
		close(ends[1]);
		return diag_set(d, kk_from_errno(err), "%s: %s", program, strerror(err));
	}
	whole = feed(ends[1], m);
	return wait_for(pid, program, whole, d);
}
