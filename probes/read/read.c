/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/read/read.h"

#include <pcap/dlt.h>
#include <stdlib.h>

#include "probes/read/format.h"

#define LINKTYPE_RAW  101
#define LINKTYPE_BITS 0xffff /* what is above tells of checksums */
#define AHEAD	      32768 /* more than the packets of one call have, and little enough for the cache */
#define MAGIC_PCAPNG  0x0a0d0d0a

int
reader_damaged(const struct reader *r, const char *what, uint64_t value, struct diag *d)
{
	return diag_set(d, KK_E_CORRUPT, "%s: octet %llu%s: %s: %llu", r->s.name,
	    (unsigned long long)source_offset(&r->s), r->s.gunzip != NULL ? " (unpacked)" : "",
	    what, (unsigned long long)value);
}

int
reader_cut(const struct reader *r, const char *what, struct diag *d)
{
	return diag_set(d, KK_E_TRUNCATED, "%s: octet %llu%s: the file is cut short in %s",
	    r->s.name, (unsigned long long)source_offset(&r->s),
	    r->s.gunzip != NULL ? " (unpacked)" : "", what);
}

int
reader_dlt(uint32_t number)
{
	number &= LINKTYPE_BITS;
	return number == LINKTYPE_RAW ? DLT_RAW : (int)number;
}

static int
begin(struct reader *r, struct diag *d)
{
	uint32_t magic;
	int rc = source_need(&r->s, sizeof(magic), d);

	if (rc == KK_END)
		return reader_cut(r, "its first number", d);
	if (rc != KK_OK)
		return rc;
	memcpy(&magic, r->s.at, sizeof(magic));
	return magic == MAGIC_PCAPNG ? pcapng_begin(r, d) : pcap_begin(r, d);
}

void
reader_hold(int fd)
{
	(void)mapped_hold(fd);
}

int
reader_open(
    int fd, const char *name, const struct read_patience *wait, struct reader **out, struct diag *d)
{
	struct reader *r = calloc(1, sizeof(*r));
	int rc;

	if (r == NULL)
		return diag_set(d, KK_E_NOMEM, "%s: out of memory", name);
	rc = source_open(&r->s, fd, name, wait, d);
	if (rc == KK_OK)
		rc = begin(r, d);
	if (rc == KK_OK)
		*out = r;
	else
		reader_free(r);
	return rc;
}

void
reader_free(struct reader *r)
{
	if (r == NULL)
		return;
	source_close(&r->s);
	free(r->link);
	free(r);
}

int
reader_next(struct reader *r, struct packet *out, size_t max, size_t *n, struct diag *d)
{
	int rc = source_check(&r->s, d);

	*n = 0;
	return rc == KK_OK ? r->next(r, out, max, n, d) : rc;
}

size_t
reader_ahead(const struct reader *r)
{
	return source_is_mapped(&r->s) ? AHEAD : 0;
}

int
reader_linktype(const struct reader *r)
{
	return r->linktype;
}
