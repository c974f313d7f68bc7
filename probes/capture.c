/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/log.h"
#include "probes/dec/dec.h"
#include "probes/privileges.h"

#define PACKETS_MAX 64 /* handed on at once */

struct capture {
	struct reader *reader; /* of a file */
	int fd;		       /* of a file, or -1 */
	struct live *live;     /* of an interface */
	const char *name;      /* of the file or interface */
	struct read_patience wait;
};

/* A FIFO is there when somebody writes to it: that is waited for where signals are seen. */
static int
open_file(const char *file)
{
	struct stat st;
	int is_fifo = stat(file, &st) == 0 && S_ISFIFO(st.st_mode);
	int fd = open(file, O_RDONLY | O_CLOEXEC | (is_fifo ? O_NONBLOCK : 0));

	if (fd >= 0 && is_fifo)
		fcntl(fd, F_SETFL, O_RDONLY);
	return fd;
}

static int
open_offline(struct capture *c, const struct capture_options *o, struct diag *d)
{
	int is_pipe = strcmp(o->file, "-") == 0, rc;

	c->fd = is_pipe ? dup(STDIN_FILENO) : open_file(o->file);
	if (c->fd < 0)
		return diag_set(d, kk_from_errno(errno), "%s: %s", o->file, strerror(errno));
	if (!is_pipe)
		reader_hold(c->fd);
	/* What the file holds is read without privileges only. */
	if ((rc = privileges_drop(o->user, 0, d)) != KK_OK)
		return rc;
	return reader_open(c->fd, o->file, c->wait.wait != NULL ? &c->wait : NULL, &c->reader, d);
}

static int
open_live(struct capture *c, const struct capture_options *o, struct diag *d)
{
	int rc = live_open(&o->live, &c->live, d);

	return rc == KK_OK ? privileges_drop(o->user, 1, d) : rc;
}

/* Of a file with many interfaces, the packets tell; those that cannot be decoded are counted. */
static int
check_link(const struct capture *c, struct diag *d)
{
	int linktype = c->reader != NULL ? reader_linktype(c->reader) : live_linktype(c->live);
	const char *link = pcap_datalink_val_to_name(linktype);

	if (linktype < 0 || dec_knows(linktype))
		return KK_OK;
	return diag_set(d, KK_E_UNSUPPORTED, "%s: link type %d (%s) is not decoded", c->name,
	    linktype, link != NULL ? link : "unknown");
}

int
capture_open(const struct capture_options *o, struct capture **out, struct diag *d)
{
	struct capture *c = calloc(1, sizeof(*c));
	const char *name = o->file != NULL ? o->file : o->live.iface;
	int rc;

	if (c == NULL)
		return diag_set(d, KK_E_NOMEM, "%s: out of memory", name);
	c->name = name;
	c->wait = o->wait;
	c->fd = -1;
	rc = o->file != NULL ? open_offline(c, o, d) : open_live(c, o, d);
	if (rc == KK_OK)
		rc = check_link(c, d);
	if (rc == KK_OK)
		*out = c;
	else
		capture_close(c);
	return rc;
}

void
capture_close(struct capture *c)
{
	if (c == NULL)
		return;
	live_close(c->live);
	reader_free(c->reader);
	if (c->fd >= 0)
		close(c->fd);
	free(c);
}

struct live *
capture_live(const struct capture *c)
{
	return c->live;
}

int
capture_read(struct capture *c, int max, capture_cb cb, void *ctx, struct diag *d)
{
	struct packet packet[PACKETS_MAX];
	int rc = KK_OK;

	for (int i = 0; i < max && rc == KK_OK; i += PACKETS_MAX) {
		size_t n;

		rc = reader_next(c->reader, packet, PACKETS_MAX, &n, d);
		if (n > 0)
			cb(ctx, packet, n);
	}
	return rc;
}

size_t
capture_ahead(const struct capture *c)
{
	return reader_ahead(c->reader);
}
