/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "lib/log.h"
#include "probes/dec/dec.h"
#include "probes/privileges.h"

#define BLOCK_MS    100 /* how long the kernel collects packets before it hands them on */
#define PACKETS_MAX 64	/* handed on at once */

struct capture {
	struct reader *reader; /* of a file */
	int fd;		       /* of a file, or -1 */
	pcap_t *pcap;	       /* of an interface */
	const char *name;      /* of the file or interface */
	u_int dropped, if_dropped;
};

/* A packet on its way from libpcap to the caller. */
struct handing {
	capture_cb cb;
	void *ctx;
	int linktype;
};

/* ---- files ---- */

static int
open_offline(struct capture *c, const struct capture_options *o, struct diag *d)
{
	int rc;

	c->fd = strcmp(o->file, "-") == 0 ? dup(STDIN_FILENO) : open(o->file, O_RDONLY | O_CLOEXEC);
	if (c->fd < 0)
		return diag_set(d, kk_from_errno(errno), "%s: %s", o->file, strerror(errno));
	/* What the file holds is read without privileges only. */
	if ((rc = privileges_drop(o->user, 0, d)) != KK_OK)
		return rc;
	return reader_open(c->fd, o->file, &c->reader, d);
}

/* ---- interfaces ---- */

static int
activate(pcap_t *p, const struct capture_options *o, struct diag *d)
{
	int rc;

	pcap_set_snaplen(p, o->snaplen);
	pcap_set_promisc(p, 1);
	/* Blocks, not single packets: immediate mode costs twenty times the processor and loses. */
	pcap_set_timeout(p, BLOCK_MS);
	pcap_set_buffer_size(p, o->buffer_mb * 1024 * 1024);
	rc = pcap_activate(p);
	if (rc < 0)
		return diag_set(d,
		    rc == PCAP_ERROR_PERM_DENIED || rc == PCAP_ERROR_PROMISC_PERM_DENIED
			? KK_E_DENIED
			: KK_E_IO,
		    "%s: %s%s%s", o->iface, pcap_statustostr(rc), *pcap_geterr(p) ? ": " : "",
		    pcap_geterr(p));
	if (rc > 0)
		log_line(LOG_LV_WARNING, "%s: %s", o->iface, pcap_statustostr(rc));
	return KK_OK;
}

static int
open_live(struct capture *c, const struct capture_options *o, struct diag *d)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	int rc;

	if ((c->pcap = pcap_create(o->iface, why)) == NULL)
		return diag_set(d, KK_E_IO, "%s: %s", o->iface, why);
	if ((rc = activate(c->pcap, o, d)) != KK_OK)
		return rc;
	if (pcap_setnonblock(c->pcap, 1, why) != 0)
		return diag_set(d, KK_E_IO, "%s: %s", o->iface, why);
	return privileges_drop(o->user, 1, d);
}

/* Of a file with many interfaces, the packets tell; those that cannot be decoded are counted. */
static int
check_link(const struct capture *c, struct diag *d)
{
	int linktype = c->reader != NULL ? reader_linktype(c->reader) : pcap_datalink(c->pcap);
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
	const char *name = o->file != NULL ? o->file : o->iface;
	int rc;

	if (c == NULL)
		return diag_set(d, KK_E_NOMEM, "%s: out of memory", name);
	c->name = name;
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
	if (c->pcap != NULL)
		pcap_close(c->pcap);
	reader_free(c->reader);
	if (c->fd >= 0)
		close(c->fd);
	free(c);
}

int
capture_fd(const struct capture *c)
{
	return c->pcap != NULL ? pcap_get_selectable_fd(c->pcap) : -1;
}

static void
hand_on(u_char *user, const struct pcap_pkthdr *h, const u_char *p)
{
	const struct handing *to = (const struct handing *)(const void *)user;
	const struct packet packet = {.p = p,
	    .time_us = (int64_t)h->ts.tv_sec * 1000000 + h->ts.tv_usec,
	    .caplen = h->caplen,
	    .len = h->len > h->caplen ? h->len : h->caplen,
	    .linktype = to->linktype};

	to->cb(to->ctx, &packet, 1);
}

static int
read_live(struct capture *c, int max, capture_cb cb, void *ctx, struct diag *d)
{
	struct handing to = {cb, ctx, pcap_datalink(c->pcap)};

	if (pcap_dispatch(c->pcap, max, hand_on, (u_char *)&to) >= 0)
		return KK_OK;
	return diag_set(d, KK_E_IO, "%s: %s", c->name, pcap_geterr(c->pcap));
}

int
capture_read(struct capture *c, int max, capture_cb cb, void *ctx, struct diag *d)
{
	struct packet packet[PACKETS_MAX];
	int rc = KK_OK;

	if (c->pcap != NULL)
		return read_live(c, max, cb, ctx, d);
	for (int i = 0; i < max && rc == KK_OK; i += PACKETS_MAX) {
		size_t n;

		rc = reader_next(c->reader, packet, PACKETS_MAX, &n, d);
		if (n > 0)
			cb(ctx, packet, n);
	}
	return rc;
}

uint64_t
capture_lost(struct capture *c)
{
	struct pcap_stat now;
	u_int lost;

	if (c->pcap == NULL || pcap_stats(c->pcap, &now) != 0)
		return 0;
	/* 32-bit counters of libpcap's, which wrap. */
	lost = now.ps_drop - c->dropped + (now.ps_ifdrop - c->if_dropped);
	c->dropped = now.ps_drop;
	c->if_dropped = now.ps_ifdrop;
	return lost;
}
