/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/sender.h"

#include <errno.h>
#include <poll.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/batch_wire.h"
#include "lib/log.h"

#define OCTETS_MAX     (16 << 20)
#define BACKOFF_MS     500
#define BACKOFF_MAX_MS 30000

struct batch {
	struct batch *next;
	uint64_t sequence;
	unsigned entries;
	size_t len;
	uint8_t octets[];
};

struct sender {
	struct sender_options o;
	struct sockaddr_un addr;
	struct batch_head head; /* the next batch's name */
	struct batch_writer writer;
	unsigned entries; /* in the batch that is being written; 0: none is */
	struct batch *first, *last, *unsent;
	size_t octets, waiting;
	int fd;
	int64_t retry_ms, backoff_ms; /* monotonic time of the next try to connect */
	struct sender_stats stats;
	struct complaint away, full;
	uint8_t scratch[BATCH_OCTETS_MAX];
};

int
sender_new(const struct sender_options *o, struct sender **out, struct diag *d)
{
	struct sender *s = calloc(1, sizeof(*s));

	if (s == NULL || sodium_init() < 0) {
		free(s);
		return diag_set(d, KK_E_NOMEM, "out of memory");
	}
	s->o = *o;
	s->fd = -1;
	if (s->o.octets_max == 0)
		s->o.octets_max = OCTETS_MAX;
	s->addr.sun_family = AF_UNIX;
	if (strlen(o->socket) >= sizeof(s->addr.sun_path)) {
		sender_free(s);
		return diag_set(d, KK_E_RANGE, "%s: too long for a socket's path", o->socket);
	}
	memcpy(s->addr.sun_path, o->socket, strlen(o->socket) + 1);
	s->head.sequence = 1;
	if (strlen(o->probe) <= BATCH_NAME_MAX)
		memcpy(s->head.probe, o->probe, strlen(o->probe) + 1);
	randombytes_buf(&s->head.run, sizeof(s->head.run));
	if (batch_begin(&s->writer, s->scratch, sizeof(s->scratch), &s->head) != KK_OK) {
		sender_free(s);
		return diag_set(d, KK_E_RANGE, "\"%s\" is no name for a probe (--id)", o->probe);
	}
	*out = s;
	return KK_OK;
}

static void
drop_first(struct sender *s)
{
	struct batch *b = s->first;

	s->first = b->next;
	if (s->first == NULL)
		s->last = NULL;
	if (s->unsent == b)
		s->unsent = b->next;
	s->octets -= b->len;
	s->waiting--;
	free(b);
}

void
sender_free(struct sender *s)
{
	if (s == NULL)
		return;
	while (s->first != NULL)
		drop_first(s);
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}

/* The oldest go first: what is newest is most likely still of use. */
static void
make_room(struct sender *s, size_t len)
{
	while (s->first != NULL && s->octets + len > s->o.octets_max) {
		s->stats.lost++;
		s->stats.entries_lost += s->first->entries;
		drop_first(s);
		complain(&s->full, clock_mono_ms(s->o.clock), LOG_LV_ERROR,
		    "the collector does not take samples: the oldest of more than %zu octets are "
		    "lost",
		    s->o.octets_max);
	}
}

void
sender_commit(struct sender *s)
{
	struct batch *b;

	if (s->entries == 0)
		return;
	make_room(s, s->writer.len);
	b = malloc(sizeof(*b) + s->writer.len);
	s->stats.batches++;
	if (b == NULL) {
		s->stats.lost++;
		s->stats.entries_lost += s->entries;
	} else {
		*b = (struct batch){NULL, s->head.sequence, s->entries, s->writer.len};
		memcpy(b->octets, s->scratch, b->len);
		if (s->last != NULL)
			s->last->next = b;
		else
			s->first = b;
		s->last = b;
		if (s->unsent == NULL)
			s->unsent = b;
		s->octets += b->len;
		s->waiting++;
	}
	s->head.sequence++;
	s->entries = 0;
	batch_begin(&s->writer, s->scratch, sizeof(s->scratch), &s->head);
}

int
sender_put(struct sender *s, const char *ap, int64_t from_cs, const struct sample *sample)
{
	int rc = batch_add(&s->writer, ap, from_cs, sample);

	if (rc == KK_E_FULL && s->entries > 0) {
		sender_commit(s);
		rc = batch_add(&s->writer, ap, from_cs, sample);
	}
	if (rc == KK_OK)
		s->entries++;
	return rc;
}

/* ---- the connection ---- */

static void
hang_up(struct sender *s, const char *why)
{
	int64_t now = clock_mono_ms(s->o.clock);

	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->unsent = s->first; /* all that was not answered is sent again */
	s->backoff_ms = s->backoff_ms == 0 ? BACKOFF_MS : s->backoff_ms * 2;
	if (s->backoff_ms > BACKOFF_MAX_MS)
		s->backoff_ms = BACKOFF_MAX_MS;
	s->retry_ms = now + s->backoff_ms;
	complain(&s->away, now, LOG_LV_WARNING, "%s: %s; %zu batches wait", s->o.socket, why,
	    s->waiting);
}

static void
dial(struct sender *s)
{
	s->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->fd < 0 || connect(s->fd, (struct sockaddr *)&s->addr, sizeof(s->addr)) != 0)
		hang_up(s, strerror(errno));
	else
		s->stats.connects++;
}

static void
take_answers(struct sender *s)
{
	uint8_t in[BATCH_ACK_OCTETS + 1];
	uint64_t run, sequence;
	ssize_t n;

	while (s->fd >= 0 && (n = recv(s->fd, in, sizeof(in), MSG_DONTWAIT)) != -1) {
		if (n == 0) {
			hang_up(s, "the collector closed the connection");
			return;
		}
		if (batch_ack_decode(in, (size_t)n, &run, &sequence) != KK_OK) {
			hang_up(s, "what answers is no collector of this version");
			return;
		}
		if (run != s->head.run)
			continue;
		while (s->first != NULL && s->first->sequence <= sequence) {
			s->stats.answered++;
			drop_first(s);
		}
		s->backoff_ms = 0;
		complaint_over(&s->away, "%s: the collector takes samples again", s->o.socket);
		complaint_over(&s->full, "the collector takes samples again");
	}
	if (s->fd >= 0 && errno != EAGAIN && errno != EINTR)
		hang_up(s, strerror(errno));
}

static void
send_batches(struct sender *s)
{
	while (s->fd >= 0 && s->unsent != NULL) {
		struct batch *b = s->unsent;

		if (send(s->fd, b->octets, b->len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
			if (errno != EAGAIN && errno != EINTR)
				hang_up(s, strerror(errno));
			return;
		}
		s->unsent = b->next;
	}
}

int
sender_run(struct sender *s)
{
	int64_t now = clock_mono_ms(s->o.clock);

	if (s->fd < 0 && s->waiting > 0 && now >= s->retry_ms)
		dial(s);
	take_answers(s);
	send_batches(s);
	if (s->fd >= 0 || s->waiting == 0)
		return -1;
	now = clock_mono_ms(s->o.clock);
	return s->retry_ms > now ? (int)(s->retry_ms - now) : 0;
}

int
sender_fd(const struct sender *s, short *events)
{
	*events = (short)(POLLIN | (s->unsent != NULL ? POLLOUT : 0));
	return s->fd;
}

size_t
sender_waiting(const struct sender *s)
{
	return s->waiting;
}

const struct sender_stats *
sender_stats(const struct sender *s)
{
	return &s->stats;
}
