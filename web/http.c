/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/log.h"

#define HTTP_THREADS	 2
#define HTTP_CONNECTIONS 512
#define HTTP_IDLE_S	 30
#define HTTP_MEMORY	 16384 /* octets of a request's line and headers */

struct http {
	struct MHD_Daemon *mhd;
	web_handler handler;
	void *app;
	unsigned port;
};

/* "ADDRESS:PORT" as a socket address. Only numbers: a server should not depend on a resolver to
 * start. */
static int
parse_listen(const char *listen, struct sockaddr_storage *ss, socklen_t *len, struct diag *d)
{
	const char *colon = strrchr(listen, ':');
	struct sockaddr_in *v4 = (struct sockaddr_in *)ss;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ss;
	char host[64], *end;
	unsigned long port;
	size_t n;

	memset(ss, 0, sizeof(*ss));
	if (colon == NULL || (size_t)(colon - listen) >= sizeof(host))
		return diag_set(d, KK_E_RANGE, "web.listen: %s is not ADDRESS:PORT", listen);
	errno = 0;
	port = strtoul(colon + 1, &end, 10);
	if (colon[1] == '\0' || *end != '\0' || errno != 0 || port > 65535)
		return diag_set(d, KK_E_RANGE, "web.listen: %s is not a port", colon + 1);
	n = (size_t)(colon - listen);
	if (n >= 2 && listen[0] == '[' && listen[n - 1] == ']')
		snprintf(host, sizeof(host), "%.*s", (int)n - 2, listen + 1);
	else
		snprintf(host, sizeof(host), "%.*s", (int)n, listen);
	if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)port);
		*len = sizeof(*v4);
	} else if (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)port);
		*len = sizeof(*v6);
	} else {
		return diag_set(d, KK_E_RANGE, "web.listen: %s is not an IP address", host);
	}
	return KK_OK;
}

static int
listen_on(const char *listen_text, unsigned *port, struct diag *d)
{
	struct sockaddr_storage ss;
	socklen_t len;
	int rc, one = 1, fd;

	if ((rc = parse_listen(listen_text, &ss, &len, d)) != KK_OK)
		return rc;
	fd = socket(ss.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return diag_set(
		    d, kk_from_errno(errno), "web.listen: %s: %s", listen_text, strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&ss, len) != 0 || listen(fd, 256) != 0 ||
	    getsockname(fd, (struct sockaddr *)&ss, &len) != 0) {
		rc = errno == EADDRINUSE ? KK_E_BUSY : kk_from_errno(errno);
		diag_set(d, rc, "web.listen: %s: %s", listen_text, strerror(errno));
		close(fd);
		return rc;
	}
	*port = ntohs(ss.ss_family == AF_INET ? ((struct sockaddr_in *)&ss)->sin_port
					      : ((struct sockaddr_in6 *)&ss)->sin6_port);
	return fd;
}

/* Paths and values stay as they were sent: url.c decodes them after cutting, so that %2F is no
 * slash. */
static size_t
leave_escaped(void *ctx, struct MHD_Connection *c, char *text)
{
	(void)ctx;
	(void)c;
	return strlen(text);
}

static void
add_headers(struct MHD_Response *r, const struct web_answer *a)
{
	char name[256];

	MHD_add_response_header(r, "Content-Type", a->type);
	MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(r, "Referrer-Policy", "no-referrer");
	MHD_add_response_header(r, "Cross-Origin-Resource-Policy", "same-origin");
	MHD_add_response_header(r, "Content-Security-Policy",
	    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
	    "connect-src 'self'; "
	    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
	MHD_add_response_header(r, "Cache-Control", a->etag ? "no-cache" : "no-store");
	if (a->etag)
		MHD_add_response_header(r, "ETag", a->etag);
	if (a->download) {
		snprintf(name, sizeof(name), "attachment; filename=\"%s\"", a->download);
		MHD_add_response_header(r, "Content-Disposition", name);
	}
	if (a->status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(r, "Allow", "GET, HEAD");
}

static enum MHD_Result
send_answer(struct MHD_Connection *c, const struct web_answer *a)
{
	struct MHD_Response *r;
	enum MHD_Result queued;

	r = MHD_create_response_from_buffer(a->len, (void *)(uintptr_t)a->body,
	    a->owned ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_MUST_COPY);
	if (r == NULL) {
		if (a->owned)
			free((void *)(uintptr_t)a->body);
		return MHD_NO;
	}
	add_headers(r, a);
	queued = MHD_queue_response(c, a->status, r);
	MHD_destroy_response(r);
	return queued;
}

static enum MHD_Result
on_request(void *ctx, struct MHD_Connection *c, const char *url, const char *method,
    const char *version, const char *upload, size_t *upload_len, void **state)
{
	struct http *h = ctx;
	struct web_request rq = {.connection = c};
	struct web_answer a = {
	    .status = MHD_HTTP_OK, .type = "text/plain; charset=utf-8", .body = ""};
	enum MHD_Result result;
	int rc;

	(void)version;
	(void)upload;
	(void)upload_len;
	(void)state;
	if ((rq.region = region_new()) == NULL)
		return MHD_NO;
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		answer_error(&a, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD");
	else if ((rc = url_split(rq.region, url, &rq.path)) != KK_OK)
		answer_error(&a, MHD_HTTP_BAD_REQUEST, "the path is %s", kk_strerror(rc));
	else
		h->handler(h->app, &rq, &a);
	result = send_answer(c, &a);
	region_free(rq.region);
	return result;
}

__attribute__((format(printf, 2, 0))) static void
mhd_says(void *ctx, const char *fmt, va_list ap)
{
	char text[500];

	(void)ctx;
	vsnprintf(text, sizeof(text), fmt, ap);
	text[strcspn(text, "\n")] = '\0';
	log_line(LOG_LV_DEBUG, "http: %s", text);
}

int
http_start(const char *listen, web_handler handler, void *app, struct http **out, struct diag *d)
{
	struct http *h = calloc(1, sizeof(*h));
	int fd;

	if (h == NULL)
		return diag_set(d, KK_E_NOMEM, "web: out of memory");
	h->handler = handler;
	h->app = app;
	if ((fd = listen_on(listen, &h->port, d)) < 0) {
		free(h);
		return fd;
	}
	h->mhd = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG, 0, NULL, NULL,
	    on_request, h, MHD_OPTION_EXTERNAL_LOGGER, mhd_says, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_THREAD_POOL_SIZE, (unsigned)HTTP_THREADS, MHD_OPTION_CONNECTION_LIMIT,
	    (unsigned)HTTP_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)HTTP_IDLE_S,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_MEMORY, MHD_OPTION_UNESCAPE_CALLBACK,
	    leave_escaped, NULL, MHD_OPTION_END);
	if (h->mhd == NULL) {
		close(fd);
		free(h);
		return diag_set(
		    d, KK_E_IO, "web.listen: %s: the HTTP server could not start", listen);
	}
	*out = h;
	return KK_OK;
}

unsigned
http_port(const struct http *h)
{
	return h->port;
}

void
http_stop(struct http *h)
{
	if (h == NULL)
		return;
	MHD_stop_daemon(h->mhd);
	free(h);
}

const char *
http_query(const struct web_request *rq, const char *name)
{
	const char *raw = MHD_lookup_connection_value(rq->connection, MHD_GET_ARGUMENT_KIND, name);
	const char *text;

	if (raw == NULL || raw[0] == '\0' ||
	    url_decode(rq->region, raw, strlen(raw), &text) != KK_OK)
		return NULL;
	return text;
}

int
http_query_int(const struct web_request *rq, const char *name, int64_t min, int64_t max,
    int64_t otherwise, int64_t *out)
{
	const char *text = http_query(rq, name);
	char *end;

	*out = otherwise;
	if (text == NULL)
		return 1;
	errno = 0;
	*out = strtoll(text, &end, 10);
	return errno == 0 && *end == '\0' && *out >= min && *out <= max;
}

int
http_not_modified(const struct web_request *rq, const char *etag)
{
	const char *seen =
	    MHD_lookup_connection_value(rq->connection, MHD_HEADER_KIND, "If-None-Match");

	return seen != NULL && strcmp(seen, etag) == 0;
}
