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
#include "probes/spool.h"

#define OCTETS_MAX     (16 << 20)
#define WINDOW	       (256 << 10) /* of the spool's octets that are in memory, about */
#define SYNC_MS	       2000	   /* what is not answered by then must outlive the machine */
#define BACKOFF_MS     500
#define BACKOFF_MAX_MS 30000

struct batch {
	struct batch *next;
	struct batch_head head;
	struct cursor behind; /* in the spool */
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
	struct spool *spool; /* NULL: in memory only */
	struct spool_stats spool_seen;
	int64_t sync_ms; /* when the spool must be synced; 0: nothing new in it */
	int fd;
	char said[BATCH_NAME_MAX + 1]; /* whose batches went over this connection */
	int64_t retry_ms, backoff_ms;  /* monotonic time of the next try to connect */
	struct sender_stats stats;
	struct complaint away, full, unwritten;
	uint8_t scratch[BATCH_OCTETS_MAX];
};

int
sender_new(const struct sender_options *o, struct sender **out, struct diag *d)
{
	struct sender *s = calloc(1, sizeof(*s));
	int rc;

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
	if (o->spool != NULL &&
	    (rc = spool_open(o->spool, o->spool_octets, &s->spool, d)) != KK_OK) {
		sender_free(s);
		return rc;
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
	spool_close(s->spool);
	free(s);
}

static void
lose(struct sender *s, unsigned entries)
{
	s->stats.lost++;
	s->stats.entries_lost += entries;
}

/* The oldest go first: what is newest is most likely still of use. */
static void
make_room(struct sender *s, size_t len)
{
	while (s->first != NULL && s->octets + len > s->o.octets_max) {
		lose(s, s->first->entries);
		drop_first(s);
		complain(&s->full, clock_mono_ms(s->o.clock), LOG_LV_ERROR,
		    "the collector does not take samples: the oldest of more than %zu octets are "
		    "lost",
		    s->o.octets_max);
	}
}

/* 0: out of memory. */
static int
enqueue(struct sender *s, const struct spooled *from)
{
	struct batch *b = malloc(sizeof(*b) + from->len);

	if (b == NULL)
		return 0;
	*b = (struct batch){NULL, from->head, from->behind, from->entries, from->len};
	memcpy(b->octets, from->octets, b->len);
	if (s->last != NULL)
		s->last->next = b;
	else
		s->first = b;
	s->last = b;
	if (s->unsent == NULL)
		s->unsent = b;
	s->octets += b->len;
	s->waiting++;
	return 1;
}

static void
keep_in_memory(struct sender *s, const struct spooled *b)
{
	make_room(s, b->len);
	if (!enqueue(s, b))
		lose(s, b->entries);
}

/* What the spool lost since the last time. */
static void
add_spool_losses(struct sender *s)
{
	const struct spool_stats *now;

	if (s->spool == NULL)
		return;
	now = spool_stats(s->spool);
	s->stats.lost += now->lost - s->spool_seen.lost;
	s->stats.entries_lost += now->entries_lost - s->spool_seen.entries_lost;
	/* Where they stood others will stand, which are not answered with them. */
	for (struct batch *b = s->first; b != NULL && now->cuts != s->spool_seen.cuts; b = b->next)
		b->behind = (struct cursor){0, 0};
	s->spool_seen = *now;
}

/* From the disk into the window. */
static void
refill(struct sender *s)
{
	struct spooled b;
	struct diag d;
	int rc = KK_OK;

	while (s->spool != NULL && rc == KK_OK && s->octets < WINDOW) {
		rc = spool_next(s->spool, &b, &d);
		if (rc == KK_OK && !enqueue(s, &b))
			lose(s, b.entries);
		else if (rc != KK_OK && rc != KK_END)
			complain(
			    &s->unwritten, clock_mono_ms(s->o.clock), LOG_LV_ERROR, "%s", d.text);
	}
}

/* What cannot be written stays in memory if nothing older waits on disk: the order must hold. */
static void
keep(struct sender *s, const struct spooled *b)
{
	int64_t now = clock_mono_ms(s->o.clock);
	struct diag d;

	if (s->spool == NULL) {
		keep_in_memory(s, b);
	} else if (spool_put(s->spool, b->octets, b->len, &d) == KK_OK) {
		complaint_over(&s->unwritten, "%s: can be written again", s->o.spool);
		if (s->sync_ms == 0)
			s->sync_ms = now + SYNC_MS;
	} else {
		complain(&s->unwritten, now, LOG_LV_ERROR, "%s", d.text);
		refill(s);
		if (spool_unread(s->spool) == 0)
			keep_in_memory(s, b);
		else
			lose(s, b->entries);
	}
}

void
sender_commit(struct sender *s)
{
	const struct spooled b = {s->scratch, s->writer.len, s->head, s->entries, {0, 0}};

	if (s->entries == 0)
		return;
	s->stats.batches++;
	keep(s, &b);
	add_spool_losses(s);
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

int
sender_put_event(struct sender *s, const struct event *e)
{
	int rc = batch_add_event(&s->writer, e);

	if (rc == KK_E_FULL && s->entries > 0) {
		sender_commit(s);
		rc = batch_add_event(&s->writer, e);
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
	    sender_waiting(s));
}

/* Asks for the day's keys, if somebody wants them. */
static void
say_hello(struct sender *s)
{
	uint8_t hello[DAYKEY_HELLO_MAX];
	size_t len;

	if (s->o.key == NULL)
		return;
	len = daykey_hello_encode(s->o.probe, hello);
	if (send(s->fd, hello, len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		hang_up(s, strerror(errno));
}

static void
dial(struct sender *s)
{
	s->said[0] = '\0';
	s->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->fd < 0 || connect(s->fd, (struct sockaddr *)&s->addr, sizeof(s->addr)) != 0) {
		hang_up(s, strerror(errno));
	} else {
		s->stats.connects++;
		say_hello(s);
	}
}

/* Batches of the oldest one's run are durable at the collector, up to this one. */
static void
answered(struct sender *s, uint64_t sequence)
{
	const uint64_t run = s->first->head.run;
	struct cursor behind = {0, 0};

	while (
	    s->first != NULL && s->first->head.run == run && s->first->head.sequence <= sequence) {
		if (s->first->behind.segment != 0)
			behind = s->first->behind;
		s->stats.answered++;
		drop_first(s);
	}
	if (behind.segment != 0)
		spool_passed(s->spool, behind);
}

/* 0: it is no key. */
static int
take_key(struct sender *s, const uint8_t *in, size_t len)
{
	struct daykey key;
	int ok;

	if (daykey_message(in, len) != 'K' || s->o.key == NULL)
		return 0;
	if ((ok = daykey_decode(in, len, &key) == KK_OK))
		s->o.key(s->o.ctx, &key);
	sodium_memzero(&key, sizeof(key));
	return ok;
}

static void
take_answers(struct sender *s)
{
	uint8_t in[DAYKEY_WIRE_OCTETS + 1];
	uint64_t run, sequence;
	ssize_t n;

	while (s->fd >= 0 && (n = recv(s->fd, in, sizeof(in), MSG_DONTWAIT)) != -1) {
		if (n == 0) {
			hang_up(s, "the collector closed the connection");
			return;
		}
		if (take_key(s, in, (size_t)n)) {
			sodium_memzero(in, sizeof(in));
			continue;
		}
		if (batch_ack_decode(in, (size_t)n, &run, &sequence) != KK_OK) {
			hang_up(s, "what answers is no collector of this version");
			return;
		}
		if (s->first == NULL || run != s->first->head.run)
			continue;
		answered(s, sequence);
		s->backoff_ms = 0;
		complaint_over(&s->away, "%s: the collector takes samples again", s->o.socket);
		complaint_over(&s->full, "the collector takes samples again");
	}
	if (s->fd >= 0 && errno != EAGAIN && errno != EINTR)
		hang_up(s, strerror(errno));
}

/* Runs are delivered one after the other: the collector forgets one when it hears of the next. */
static int
may_send(const struct sender *s)
{
	return s->unsent != NULL && s->unsent->head.run == s->first->head.run &&
	       strcmp(s->unsent->head.probe, s->first->head.probe) == 0;
}

static void
send_batches(struct sender *s)
{
	while (s->fd >= 0 && may_send(s)) {
		struct batch *b = s->unsent;

		/* What was spooled under another name: a connection is one probe's. */
		if (s->said[0] != '\0' && strcmp(s->said, b->head.probe) != 0) {
			close(s->fd);
			dial(s);
			continue;
		}
		if (send(s->fd, b->octets, b->len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
			if (errno != EAGAIN && errno != EINTR)
				hang_up(s, strerror(errno));
			return;
		}
		memcpy(s->said, b->head.probe, sizeof(s->said));
		s->unsent = b->next;
	}
}

/* What is answered need not be synced, and mostly that is soon. */
static void
sync_late(struct sender *s, int64_t now)
{
	struct diag d;

	if (s->sync_ms != 0 && sender_waiting(s) == 0)
		s->sync_ms = 0;
	if (s->sync_ms == 0 || now < s->sync_ms)
		return;
	s->sync_ms = 0;
	if (spool_sync(s->spool, &d) != KK_OK)
		complain(&s->unwritten, now, LOG_LV_ERROR, "%s", d.text);
}

/* Milliseconds to the earlier of two times; 0 is no time; -1: both are none. */
static int
until(int64_t now, int64_t a, int64_t b)
{
	int64_t first = a == 0 || (b != 0 && b < a) ? b : a;

	return first == 0 ? -1 : first > now ? (int)(first - now) : 0;
}

/* Who wants keys is connected all the time. */
static int
wants_line(const struct sender *s)
{
	return s->waiting > 0 || s->o.key != NULL;
}

int
sender_say(struct sender *s, const uint8_t *message, size_t len)
{
	if (s->fd < 0)
		return KK_E_CLOSED;
	if (send(s->fd, message, len, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		return KK_OK;
	if (errno == EAGAIN || errno == EINTR)
		return KK_E_BUSY;
	hang_up(s, strerror(errno));
	return KK_E_CLOSED;
}

int
sender_run(struct sender *s)
{
	int64_t now = clock_mono_ms(s->o.clock);

	refill(s);
	if (s->fd < 0 && wants_line(s) && now >= s->retry_ms)
		dial(s);
	take_answers(s);
	refill(s);
	send_batches(s);
	now = clock_mono_ms(s->o.clock);
	sync_late(s, now);
	add_spool_losses(s);
	return until(now, s->sync_ms, s->fd < 0 && wants_line(s) ? s->retry_ms : 0);
}

int
sender_fd(const struct sender *s, short *events)
{
	*events = (short)(POLLIN | (may_send(s) ? POLLOUT : 0));
	return s->fd;
}

size_t
sender_waiting(const struct sender *s)
{
	return s->waiting + (s->spool != NULL ? (size_t)spool_unread(s->spool) : 0);
}

const struct sender_stats *
sender_stats(const struct sender *s)
{
	return &s->stats;
}
