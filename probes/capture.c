/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/capture.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>
#include <zlib.h>

#include "lib/log.h"
#include "probes/dec/dec.h"
#include "probes/privileges.h"

#define BLOCK_MS    100	      /* how long the kernel collects packets before it hands them on */
#define READ_OCTETS (1 << 20) /* libpcap alone reads files in pieces of 4 KB */

struct capture {
	pcap_t *pcap;
	const char *name; /* of the file or interface */
	u_int dropped, if_dropped;
};

/* A packet on its way from libpcap to the caller. */
struct handing {
	capture_cb cb;
	void *ctx;
};

/* ---- files, compressed or not ---- */

static ssize_t
gz_read(void *cookie, char *p, size_t n)
{
	return gzread(cookie, p, (unsigned)n);
}

static int
gz_close(void *cookie)
{
	return gzclose(cookie) == Z_OK ? 0 : -1;
}

/* zlib reads what is not compressed as it is. */
static FILE *
open_file(const char *path)
{
	const cookie_io_functions_t io = {.read = gz_read, .close = gz_close};
	gzFile gz = strcmp(path, "-") == 0 ? gzdopen(dup(STDIN_FILENO), "rb") : gzopen(path, "rb");
	FILE *f;

	if (gz == NULL)
		return NULL;
	gzbuffer(gz, READ_OCTETS);
	f = fopencookie(gz, "rb", io);
	if (f == NULL)
		gzclose(gz);
	else
		setvbuf(f, NULL, _IOFBF, READ_OCTETS);
	return f;
}

static int
open_offline(struct capture *c, const struct capture_options *o, struct diag *d)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	FILE *f;
	int rc;

	errno = 0;
	if ((f = open_file(o->file)) == NULL)
		return diag_set(d, errno != 0 ? kk_from_errno(errno) : KK_E_NOMEM, "%s: %s",
		    o->file, errno != 0 ? strerror(errno) : "cannot be opened");
	/* What the file holds is read without privileges only. */
	if ((rc = privileges_drop(o->user, 0, d)) != KK_OK) {
		fclose(f);
		return rc;
	}
	c->pcap = pcap_fopen_offline_with_tstamp_precision(f, PCAP_TSTAMP_PRECISION_MICRO, why);
	if (c->pcap == NULL) {
		fclose(f);
		return diag_set(d, KK_E_IO, "%s: %s", o->file, why);
	}
	return KK_OK;
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

int
capture_open(const struct capture_options *o, struct capture **out, struct diag *d)
{
	struct capture *c = calloc(1, sizeof(*c));
	const char *name = o->file != NULL ? o->file : o->iface;
	int rc;

	if (c == NULL)
		return diag_set(d, KK_E_NOMEM, "%s: out of memory", name);
	c->name = name;
	rc = o->file != NULL ? open_offline(c, o, d) : open_live(c, o, d);
	if (rc == KK_OK && !dec_knows(pcap_datalink(c->pcap))) {
		const char *link = pcap_datalink_val_to_name(pcap_datalink(c->pcap));

		rc = diag_set(d, KK_E_UNSUPPORTED, "%s: link type %d (%s) is not decoded", name,
		    pcap_datalink(c->pcap), link != NULL ? link : "unknown");
	}
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
	free(c);
}

int
capture_linktype(const struct capture *c)
{
	return pcap_datalink(c->pcap);
}

int
capture_fd(const struct capture *c)
{
	return pcap_get_selectable_fd(c->pcap);
}

static void
hand_on(u_char *user, const struct pcap_pkthdr *h, const u_char *p)
{
	const struct handing *to = (const struct handing *)(const void *)user;
	size_t len = h->len > h->caplen ? h->len : h->caplen;

	to->cb(to->ctx, (int64_t)h->ts.tv_sec * 1000000 + h->ts.tv_usec, p, h->caplen, len);
}

int
capture_read(struct capture *c, int max, capture_cb cb, void *ctx, struct diag *d)
{
	struct handing to = {cb, ctx};
	int live = pcap_file(c->pcap) == NULL;
	int n = pcap_dispatch(c->pcap, max, hand_on, (u_char *)&to);

	if (n > 0 || (n == 0 && live))
		return KK_OK;
	if (n == 0)
		return KK_END;
	return diag_set(d, live ? KK_E_IO : KK_E_CORRUPT, "%s: %s", c->name, pcap_geterr(c->pcap));
}

uint64_t
capture_lost(struct capture *c)
{
	struct pcap_stat now;
	u_int lost;

	if (pcap_file(c->pcap) != NULL || pcap_stats(c->pcap, &now) != 0)
		return 0;
	/* 32-bit counters of libpcap's, which wrap. */
	lost = now.ps_drop - c->dropped + (now.ps_ifdrop - c->if_dropped);
	c->dropped = now.ps_drop;
	c->if_dropped = now.ps_ifdrop;
	return lost;
}
