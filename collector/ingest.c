/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/ingest.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "collector/intake.h"
#include "lib/batch_wire.h"
#include "lib/log.h"

#define BATCHES_PER_RUN	   64 /* of all connections, in one ingest_run() */
#define BATCHES_PER_CLIENT 8
#define LISTENER	   UINT32_MAX
#define ALL_KEYS	   3 /* a bit for each of the day's keys */

#define INGEST_AS_NAME(id, name) name,

struct client {
	int fd; /* -1: free */
	int probe;
	int keys;     /* it has said hello: it gets the day's keys */
	unsigned due; /* a bit for each key that it has not got yet */
};

struct ingest {
	int listener, epoll;
	struct sockaddr_un addr;
	struct client client[INGEST_CLIENTS_MAX];
	struct intake *intake;
	struct ingest_stats stats;
	struct ingest_env env;
	struct complaint trouble;
	uint64_t committed; /* of stats.samples: how many are in one of the store's batches */
	uint8_t message[BATCH_OCTETS_MAX + 1]; /* one more shows that a message is too long */
};

static const char *const drop_names[INGEST_DROP_COUNT] = {INGEST_DROPS(INGEST_AS_NAME)};

const char *
ingest_drop_name(unsigned reason)
{
	return reason < INGEST_DROP_COUNT ? drop_names[reason] : "?";
}

const struct ingest_stats *
ingest_stats(const struct ingest *in)
{
	return &in->stats;
}

int
ingest_fd(const struct ingest *in)
{
	return in->epoll;
}

int
ingest_restore(struct ingest *in, const struct sample *s)
{
	return intake_restore(in->intake, s);
}

/* ---- the socket ---- */

static int
watch(struct ingest *in, int fd, uint32_t who)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.u32 = who};

	return epoll_ctl(in->epoll, EPOLL_CTL_ADD, fd, &ev);
}

/* A socket that was left behind by a collector that is gone: nobody answers on it. */
static int
remove_stale(const struct sockaddr_un *addr, struct diag *d)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), rc = KK_OK;
	struct stat st;

	if (fd < 0)
		return diag_set(d, kk_from_errno(errno), "socket: %s", strerror(errno));
	if (lstat(addr->sun_path, &st) != 0)
		rc = KK_OK;
	else if (!S_ISSOCK(st.st_mode))
		rc = diag_set(d, KK_E_EXISTS, "%s: exists and is not a socket", addr->sun_path);
	else if (connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) == 0)
		rc = diag_set(d, KK_E_BUSY, "%s: another collector listens", addr->sun_path);
	else if (errno != ECONNREFUSED)
		rc = diag_set(d, kk_from_errno(errno), "%s: %s", addr->sun_path, strerror(errno));
	else
		unlink(addr->sun_path);
	close(fd);
	return rc;
}

/* Who may connect: the group of the probes, where there is one. */
static void
give_to_group(const char *path, const char *name)
{
	const struct group *g = getgrnam(name);

	if (g == NULL)
		log_line(LOG_LV_INFO, "%s: there is no group %s: only this user may deliver", path,
		    name);
	else if (chown(path, (uid_t)-1, g->gr_gid) != 0)
		log_line(LOG_LV_WARNING, "%s: cannot give it to group %s: %s", path, name,
		    strerror(errno));
}

static int
listen_at(struct ingest *in, struct diag *d)
{
	const char *path = in->addr.sun_path;
	int rc = remove_stale(&in->addr, d);

	if (rc != KK_OK)
		return rc;
	in->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	in->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (in->listener < 0 || in->epoll < 0)
		return diag_set(d, kk_from_errno(errno), "%s: %s", path, strerror(errno));
	/* The mode is set before there is a path, so that nobody slips in between. */
	if (fchmod(in->listener, 0660) != 0 ||
	    bind(in->listener, (const struct sockaddr *)&in->addr, sizeof(in->addr)) != 0 ||
	    listen(in->listener, INGEST_CLIENTS_MAX) != 0 || watch(in, in->listener, LISTENER) != 0)
		return diag_set(d, kk_from_errno(errno), "%s: %s", path, strerror(errno));
	/* An umask takes bits away from what fchmod() asked for. */
	if (chmod(path, 0660) != 0)
		return diag_set(d, kk_from_errno(errno), "%s: %s", path, strerror(errno));
	give_to_group(path, in->env.group != NULL ? in->env.group : "kkachi-probe");
	return KK_OK;
}

int
ingest_new(const struct ingest_env *env, struct ingest **out, struct diag *d)
{
	struct ingest *in = calloc(1, sizeof(*in));
	size_t len = strlen(env->run_dir);
	int rc;

	if (in == NULL)
		return diag_set(d, KK_E_NOMEM, "out of memory");
	in->env = *env;
	in->listener = in->epoll = -1;
	for (unsigned i = 0; i < INGEST_CLIENTS_MAX; i++)
		in->client[i] = (struct client){.fd = -1, .probe = -1};
	in->addr.sun_family = AF_UNIX;
	if (len + sizeof("/samples") > sizeof(in->addr.sun_path)) {
		rc = diag_set(d, KK_E_RANGE, "%s: too long for a socket's path", env->run_dir);
		goto fail;
	}
	memcpy(in->addr.sun_path, env->run_dir, len);
	memcpy(in->addr.sun_path + len, "/samples", sizeof("/samples"));
	if ((in->intake = intake_new(env, &in->stats)) == NULL) {
		rc = diag_set(d, KK_E_NOMEM, "out of memory");
		goto fail;
	}
	if ((rc = listen_at(in, d)) != KK_OK)
		goto fail;
	*out = in;
	return KK_OK;
fail:
	/* A socket of somebody else's must stay. */
	if (in->listener >= 0)
		close(in->listener);
	in->listener = -1;
	ingest_free(in);
	return rc;
}

static void
drop_client(struct ingest *in, struct client *c)
{
	if (c->fd < 0)
		return;
	close(c->fd); /* epoll forgets it */
	intake_gone(in->intake, c->probe);
	*c = (struct client){.fd = -1, .probe = -1};
	in->stats.clients--;
}

void
ingest_free(struct ingest *in)
{
	if (in == NULL)
		return;
	for (unsigned i = 0; i < INGEST_CLIENTS_MAX; i++)
		drop_client(in, &in->client[i]);
	if (in->listener >= 0) {
		unlink(in->addr.sun_path);
		close(in->listener);
	}
	if (in->epoll >= 0)
		close(in->epoll);
	intake_free(in->intake);
	free(in);
}

/* ---- connections ---- */

static void
accept_one(struct ingest *in)
{
	int fd = accept4(in->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	unsigned i = 0;

	if (fd < 0)
		return;
	while (i < INGEST_CLIENTS_MAX && in->client[i].fd >= 0)
		i++;
	if (i == INGEST_CLIENTS_MAX || watch(in, fd, i) != 0) {
		in->stats.drops[INGEST_DROP_CLIENTS]++;
		complain(&in->trouble, clock_mono_ms(in->env.clock), LOG_LV_WARNING,
		    "%s: more than %u connections", in->addr.sun_path, INGEST_CLIENTS_MAX);
		close(fd);
		return;
	}
	in->client[i] = (struct client){.fd = fd, .probe = -1};
	in->stats.connections++;
	in->stats.clients++;
}

/* An answer that cannot be sent is not sent: a later one says the same and more. */
static void
answer(struct ingest *in, struct client *c)
{
	uint8_t out[BATCH_ACK_OCTETS];
	uint64_t run, sequence;

	if (c->fd < 0 || c->probe < 0 || !intake_answer(in->intake, c->probe, &run, &sequence))
		return;
	batch_ack_encode(run, sequence, out);
	if (send(c->fd, out, sizeof(out), MSG_DONTWAIT | MSG_NOSIGNAL) < 0 && errno != EAGAIN)
		drop_client(in, c);
}

/* The day's keys, as far as they go; the rest in the next second. */
static void
hand_out(struct ingest *in, struct client *c)
{
	uint8_t out[DAYKEY_WIRE_OCTETS];

	for (unsigned i = 0; c->due >> i != 0; i++) {
		ssize_t n = 1;

		if ((c->due >> i & 1) == 0)
			continue;
		if (in->env.key(in->env.ctx, i, out))
			n = send(c->fd, out, sizeof(out), MSG_DONTWAIT | MSG_NOSIGNAL);
		explicit_bzero(out, sizeof(out));
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0) {
			drop_client(in, c);
			return;
		}
		c->due &= ~(1U << i);
	}
}

void
ingest_keys(struct ingest *in, int changed)
{
	for (unsigned i = 0; i < INGEST_CLIENTS_MAX; i++) {
		struct client *c = &in->client[i];

		if (changed && c->keys)
			c->due = ALL_KEYS;
		hand_out(in, c);
	}
}

/* What is no batch: a hello, or sketches. */
static int
take_message(struct ingest *in, struct client *c, char kind, size_t len)
{
	char probe[BATCH_NAME_MAX + 1];
	int rc;

	if (kind == 'S')
		return in->env.sketches != NULL ? in->env.sketches(in->env.ctx, in->message, len)
						: KK_OK;
	if (kind != 'H')
		return KK_E_SYNTAX;
	if ((rc = daykey_hello_decode(in->message, len, probe)) == KK_OK && in->env.key != NULL) {
		c->keys = 1;
		c->due = ALL_KEYS;
		hand_out(in, c);
	}
	return rc;
}

/* A probe that connects anew has given up its old connection. */
static void
only_this(struct ingest *in, const struct client *c)
{
	for (unsigned i = 0; i < INGEST_CLIENTS_MAX; i++) {
		struct client *other = &in->client[i];

		if (other != c && other->fd >= 0 && other->probe == c->probe) {
			other->probe = -1; /* the probe stays connected */
			drop_client(in, other);
		}
	}
}

/* One message; 0: there is none, or the connection is gone. */
static int
read_one(struct ingest *in, struct client *c)
{
	ssize_t n = recv(c->fd, in->message, sizeof(in->message), MSG_DONTWAIT);
	int known = c->probe, rc;
	char kind;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0) {
		drop_client(in, c);
		return 0;
	}
	kind = daykey_message(in->message, (size_t)n);
	rc = kind != '\0' ? take_message(in, c, kind, (size_t)n)
			  : intake_batch(in->intake, in->message, (size_t)n, &c->probe);
	if (rc != KK_OK) {
		complain(&in->trouble, clock_mono_ms(in->env.clock), LOG_LV_WARNING,
		    "%s: a probe's message is not taken: %s", in->addr.sun_path, kk_strerror(rc));
		drop_client(in, c);
		return 0;
	}
	if (kind != '\0')
		return 1;
	if (known < 0)
		only_this(in, c);
	answer(in, c);
	return 1;
}

size_t
ingest_run(struct ingest *in)
{
	struct epoll_event ev[INGEST_CLIENTS_MAX + 1];
	uint64_t before = in->stats.samples;
	int n = epoll_wait(in->epoll, ev, INGEST_CLIENTS_MAX + 1, 0);
	unsigned taken = 0;

	for (int i = 0; i < n && taken < BATCHES_PER_RUN; i++) {
		struct client *c;

		if (ev[i].data.u32 == LISTENER) {
			accept_one(in);
			continue;
		}
		c = &in->client[ev[i].data.u32];
		for (unsigned k = 0; k < BATCHES_PER_CLIENT && c->fd >= 0 && read_one(in, c); k++)
			taken++;
	}
	/* Batches of which nothing is kept have nothing to wait for. */
	if (taken > 0 && in->stats.samples == in->committed)
		ingest_committed(in, 0);
	return (size_t)(in->stats.samples - before);
}

void
ingest_committed(struct ingest *in, int64_t batch)
{
	in->committed = in->stats.samples;
	if (intake_committed(in->intake, batch)) {
		/* The probes connect again, and send what was not answered. */
		for (unsigned i = 0; i < INGEST_CLIENTS_MAX; i++)
			drop_client(in, &in->client[i]);
		return;
	}
	for (unsigned i = 0; i < INGEST_CLIENTS_MAX; i++)
		answer(in, &in->client[i]);
}

void
ingest_synced(struct ingest *in, int64_t batch)
{
	intake_synced(in->intake, batch);
	for (unsigned i = 0; i < INGEST_CLIENTS_MAX; i++)
		answer(in, &in->client[i]);
}
