/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * canary.c - clients that must be found nowhere, for tests/privacy.sh.
 *
 *     canary send IFACE          their frames, once, on an Ethernet interface
 *     canary pcap OUT            the same clients on the air: a capture of 802.11
 *     canary relay AT TO RECORD  a samples socket that hands on and writes down what passes
 *     canary scan PATH...        every file below: their addresses, raw and spelled, and their
 * names canary list                what is looked for, as text
 */
#include <arpa/inet.h>
#include <errno.h>
#include <ftw.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS	  12
#define FRAME_MAX 512
#define MESSAGE	  70000
#define USER	  "canary-user-7c1e"
#define HOST	  "canary-host-7c1e"
#define SSID	  "canary-ssid-7c1e"

static const unsigned char gateway[6] = {0x02, 0xbb, 0, 0, 0, 1};
static const unsigned char bssid[6] = {0x02, 0xaa, 0, 0, 0, 1};

static void
mac_of(unsigned client, unsigned char mac[6])
{
	const unsigned char first[5] = {0xda, 0xa1, 0x19, 0x7c, 0x1e};

	memcpy(mac, first, sizeof(first));
	mac[5] = (unsigned char)(0x41 + client);
}

/* ---- frames ---- */

struct frame {
	unsigned char p[FRAME_MAX];
	size_t n;
};

static void
put(struct frame *f, const void *p, size_t n)
{
	memcpy(f->p + f->n, p, n);
	f->n += n;
}

static void
put_be16(struct frame *f, unsigned v)
{
	const unsigned char p[2] = {(unsigned char)(v >> 8), (unsigned char)v};

	put(f, p, 2);
}

static void
put_zeros(struct frame *f, size_t n)
{
	memset(f->p + f->n, 0, n);
	f->n += n;
}

/* Ethernet, VLAN 100, IPv4, UDP, and what is in it. */
static void
udp(struct frame *f, const unsigned char *from, const unsigned char *to, unsigned client,
    unsigned port, const struct frame *in)
{
	const unsigned char start[] = {0x81, 0, 0, 100, 8, 0, 0x45, 0};
	const unsigned char rest[] = {
	    0, 0, 0, 0, 64, 17, 0, 0, 10, 9, 0, (unsigned char)(client + 10), 203, 0, 113, 9};

	f->n = 0;
	put(f, to, 6);
	put(f, from, 6);
	put(f, start, sizeof(start));
	put_be16(f, (unsigned)(28 + in->n));
	put(f, rest, sizeof(rest));
	put_be16(f, port == 67 ? 68 : 50000);
	put_be16(f, port);
	put_be16(f, (unsigned)(8 + in->n));
	put_be16(f, 0);
	put(f, in->p, in->n);
}

static void
dhcp(struct frame *f, const unsigned char *mac)
{
	const unsigned char head[] = {1, 1, 6, 0, 0x7c, 0x1e, 0, mac[5], 0, 0, 0, 0};
	const unsigned char cookie[] = {0x63, 0x82, 0x53, 0x63, 53, 1, 1, 61, 7, 1};

	f->n = 0;
	put(f, head, sizeof(head));
	put_zeros(f, 16);
	put(f, mac, 6);
	put_zeros(f, 10 + 192);
	put(f, cookie, sizeof(cookie));
	put(f, mac, 6);
	put(f, "\x0c\x10" HOST "\xff", 2 + strlen(HOST) + 1);
}

static void
attribute(struct frame *f, unsigned type, const void *p, size_t n)
{
	const unsigned char head[2] = {(unsigned char)type, (unsigned char)(n + 2)};

	put(f, head, 2);
	put(f, p, n);
}

/* An accounting request that names the client as RADIUS does. */
static void
radius(struct frame *f, const unsigned char *mac)
{
	char calling[18];

	snprintf(calling, sizeof(calling), "%02X-%02X-%02X-%02X-%02X-%02X", mac[0], mac[1], mac[2],
	    mac[3], mac[4], mac[5]);
	f->n = 0;
	put(f, "\x04\x01\0\0", 4);
	put_zeros(f, 16);
	attribute(f, 1, USER, strlen(USER));
	attribute(f, 4, "\x0a\x09\0\x02", 4);
	attribute(f, 30, "02-AA-00-00-00-01:SEOUL", 23);
	attribute(f, 31, calling, 17);
	attribute(f, 40, "\0\0\0\x03", 4);
	attribute(f, 44, calling, 17);
	f->p[2] = (unsigned char)(f->n >> 8);
	f->p[3] = (unsigned char)f->n;
}

/* What a client says on the wire, one after another; 0: that was all. */
static int
wire_frame(unsigned i, struct frame *out)
{
	struct frame in = {.n = 0};
	unsigned char mac[6];

	if (i >= 3 * CLIENTS)
		return 0;
	mac_of(i / 3, mac);
	if (i % 3 == 0) {
		put(&in, "GET / for somebody", 18);
		udp(out, mac, gateway, i / 3, 443, &in);
	} else if (i % 3 == 1) {
		dhcp(&in, mac);
		udp(out, mac, gateway, i / 3, 67, &in);
	} else {
		radius(&in, mac);
		udp(out, mac, gateway, i / 3, 1813, &in);
	}
	return 1;
}

static void
air(struct frame *f, unsigned control, const unsigned char *a, const unsigned char *b,
    const unsigned char *c)
{
	const unsigned char head[4] = {(unsigned char)control, (unsigned char)(control >> 8), 0, 0};

	f->n = 0;
	put(f, head, 4);
	put(f, a, 6);
	put(f, b, 6);
	put(f, c, 6);
	put_be16(f, 0x1000);
}

/* And on the air: it asks for a network, associates, sends, and leaves. */
static int
air_frame(unsigned i, struct frame *f)
{
	static const unsigned char all[6] = {255, 255, 255, 255, 255, 255};
	unsigned char mac[6];

	if (i >= 5 * CLIENTS)
		return 0;
	mac_of(i / 5, mac);
	switch (i % 5) {
	case 0:
		air(f, 0x40, all, mac, all);
		put(f, "\0\x10" SSID, 2 + strlen(SSID));
		break;
	case 1:
		air(f, 0x00, bssid, mac, bssid);
		put(f, "\x01\0\x0a\0\0\x05SEOUL", 11);
		break;
	case 2:
		air(f, 0x10, mac, bssid, bssid);
		put(f, "\x01\0\0\0\x01\xc0", 6);
		break;
	case 3:
		air(f, 0x0108, bssid, mac, gateway);
		put(f, "\xaa\xaa\x03\0\0\0\x08\0some payload", 20);
		break;
	default:
		air(f, 0xc0, bssid, mac, bssid);
		put(f, "\x08\0", 2);
		break;
	}
	return 1;
}

static int
send_frames(const char *iface)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_halen = 6};
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
	struct frame f;

	to.sll_ifindex = (int)if_nametoindex(iface);
	for (unsigned i = 0; fd >= 0 && wire_frame(i, &f); i++)
		if (sendto(fd, f.p, f.n, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
			fd = -1;
	if (fd < 0)
		fprintf(stderr, "canary: %s: %s\n", iface, strerror(errno));
	return fd < 0;
}

static int
write_pcap(const char *path)
{
	pcap_t *p = pcap_open_dead(DLT_IEEE802_11, 65535);
	pcap_dumper_t *d = p != NULL ? pcap_dump_open(p, path) : NULL;
	struct frame f;

	if (d == NULL)
		return 1;
	for (unsigned i = 0; air_frame(i, &f); i++) {
		struct pcap_pkthdr h = {.ts = {time(NULL) - 60, 1000 * i},
		    .caplen = (bpf_u_int32)f.n,
		    .len = (bpf_u_int32)f.n};

		pcap_dump((u_char *)d, &h, f.p);
	}
	pcap_dump_close(d);
	pcap_close(p);
	return 0;
}

/* ---- the relay ---- */

static int
unix_socket(const char *path, int serve)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	if (serve ? bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0 && listen(fd, 8) == 0
		  : connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* One message from here to there; 0: somebody hung up. */
static int
pass(int from, int to, FILE *record)
{
	static unsigned char message[MESSAGE];
	ssize_t n = recv(from, message, sizeof(message), 0);

	if (n <= 0)
		return 0;
	fwrite(message, 1, (size_t)n, record);
	fflush(record);
	return send(to, message, (size_t)n, MSG_NOSIGNAL) == n;
}

/* Until it is killed, one connection at a time. */
static int
relay(const char *at, const char *to, const char *path)
{
	int listener = unix_socket(at, 1);
	FILE *record = fopen(path, "wb");

	if (listener < 0 || record == NULL)
		return 1;
	for (;;) {
		int near = accept(listener, NULL, NULL), far = unix_socket(to, 0), go = far >= 0;

		while (go) {
			struct pollfd fd[2] = {{near, POLLIN, 0}, {far, POLLIN, 0}};

			poll(fd, 2, -1);
			go = (fd[0].revents == 0 || pass(near, far, record)) &&
			     (fd[1].revents == 0 || pass(far, near, record));
		}
		close(near);
		if (far >= 0)
			close(far);
	}
}

/* ---- the scan ---- */

#define SPELLINGS 10

/* A spelling of an address; its length. */
static size_t
spell(const unsigned char *m, unsigned how, char out[32])
{
	static const char *const formats[] = {"%02x:%02x:%02x:%02x:%02x:%02x",
	    "%02X:%02X:%02X:%02X:%02X:%02X", "%02x-%02x-%02x-%02x-%02x-%02x",
	    "%02X-%02X-%02X-%02X-%02X-%02X", "%02x%02x%02x%02x%02x%02x", "%02X%02X%02X%02X%02X%02X",
	    "%02x%02x.%02x%02x.%02x%02x", "%02X%02X.%02X%02X.%02X%02X"};

	if (how < 8) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(out, 32, formats[how], m[0], m[1], m[2], m[3], m[4], m[5]);
#pragma GCC diagnostic pop
		return strlen(out);
	}
	/* Raw, and as a little-endian number. */
	for (unsigned i = 0; i < 6; i++)
		out[i] = (char)m[how == 8 ? i : 5 - i];
	return 6;
}

static int found;

static void
look_for(const char *path, const char *text, size_t len, const char *what, size_t n, unsigned how)
{
	const char *at = memmem(text, len, what, n);

	if (at == NULL)
		return;
	printf("%s: a canary at %td, spelling %u\n", path, at - text, how);
	found++;
}

static void
scan_text(const char *path, const char *text, size_t len)
{
	static const char *const names[] = {USER, HOST, SSID};
	unsigned char mac[6];
	char spelled[32];

	for (unsigned c = 0; c < CLIENTS; c++) {
		mac_of(c, mac);
		for (unsigned how = 0; how < SPELLINGS; how++)
			look_for(path, text, len, spelled, spell(mac, how, spelled), how);
	}
	for (unsigned i = 0; i < 3; i++)
		look_for(path, text, len, names[i], strlen(names[i]), SPELLINGS + i);
}

static int
scan_file(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f;

	(void)ftw;
	if (kind != FTW_F || !S_ISREG(st->st_mode))
		return 0;
	if ((f = fopen(path, "rb")) == NULL || (text = malloc((size_t)st->st_size + 1)) == NULL) {
		fprintf(stderr, "canary: %s: %s\n", path, strerror(errno));
		exit(2);
	}
	len = fread(text, 1, (size_t)st->st_size, f);
	fclose(f);
	scan_text(path, text, len);
	free(text);
	return 0;
}

static int
list(void)
{
	unsigned char mac[6];
	char spelled[32];

	mac_of(3, mac);
	for (unsigned how = 0; how < SPELLINGS; how++) {
		size_t len = spell(mac, how, spelled);

		fwrite(spelled, 1, len, stdout);
		putchar('\n');
	}
	printf("%s\n%s\n%s\n", USER, HOST, SSID);
	return 0;
}

int
main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "list") == 0)
		return list();
	if (strcmp(what, "send") == 0 && argc == 3)
		return send_frames(argv[2]);
	if (strcmp(what, "pcap") == 0 && argc == 3)
		return write_pcap(argv[2]);
	if (strcmp(what, "relay") == 0 && argc == 5)
		return relay(argv[2], argv[3], argv[4]);
	if (strcmp(what, "scan") == 0 && argc > 2) {
		for (int i = 2; i < argc; i++)
			if (nftw(argv[i], scan_file, 16, FTW_PHYS) != 0) {
				fprintf(stderr, "canary: %s: %s\n", argv[i], strerror(errno));
				return 2;
			}
		return found > 0;
	}
	fprintf(stderr, "usage: canary send|pcap|relay|scan|list ...\n");
	return 2;
}
