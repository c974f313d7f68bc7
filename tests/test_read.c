/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The readers of pcap and pcapng: files spelt out number by number, read as a file, as a pipe that
 * trickles, and packed; and other people's captures, where they are, as libpcap reads them.
 *
 * A file is spelt in words: `W` a number of 32 bits, `H` of 16, both in the file's byte order and
 * hexadecimal; `Z` that many octets that count 1, 2, 3, ...
 */
#include "probes/read/read.h"

#include <dirent.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <sys/wait.h>
#include <zlib.h>

#include "tests/harness.h"

#define FILE_ROOM (3 << 20)
#define SAID_ROOM 600

#define PCAP	   "W a1b2c3d4 H 2 H 4 W 0 W 0 W 40 W 1 "
#define PCAP_NANO  "W a1b23c4d H 2 H 4 W 0 W 0 W 40 W 69 "
#define SECTION	   "W a0d0d0a W 1c W 1a2b3c4d H 1 H 0 W ffffffff W ffffffff W 1c "
#define LINK	   "W 1 W 14 H 1 H 0 W 0 W 14 "
#define LINK_105   "W 1 W 14 H 69 H 0 W 3 W 14 "
#define PACKET(id) "W 6 W 24 W " id " W 2 W 1 W 3 W 5 Z 4 W 24 "
#define PACKET_US  "8589934593" /* 2 << 32 | 1 */
#define SIMPLE	   "W 3 W 14 W 4 Z 4 W 14 "
#define UNKNOWN(n) "W bad W " n " Z "

static const struct {
	const char *name, *file;
	const char *want; /* packets as CAPLEN/LEN@US:LINK, then how it ended */
} rows[] = {
    {"pcap", PCAP "W 5 W 7 W 4 W 9 Z 4 W 6 W f423f W 0 W 0 ", "4/9@5000007:1 0/0@6999999:1 end"},
    {"pcap, nanoseconds, 802.11", PCAP_NANO "W 5 W 7d0 W 1 W 1 Z 1 ", "1/1@5000002:105 end"},
    {"pcap, Kuznetzov's", "W a1b2cd34 H 2 H 4 W 0 W 0 W 40 W 1 W 5 W 7 W 4 W 9 W 1 W 2 Z 4 ",
	"4/9@5000007:1 end"},
    {"pcap, raw IP by its number in files",
	"W a1b2c3d4 H 2 H 4 W 0 W 0 W 40 W 65 W 5 W 7 W 1 W 1 Z 1 ", "1/1@5000007:12 end"},
    {"pcap, with a checksum's length",
	"W a1b2c3d4 H 2 H 4 W 0 W 0 W 40 W 24000001 W 5 W 7 W 1 W 1 Z 1 ", "1/1@5000007:1 end"},
    {"pcap, more captured than was there", PCAP "W 5 W 7 W 4 W 3 Z 4 ", "4/4@5000007:1 end"},
    {"pcap, more captured than the snap length", PCAP "W 5 W 7 W 50 W 50 Z 50 ",
	"80/80@5000007:1 end"},
    {"pcap, no packet", PCAP, "end"},
    {"pcap, giants",
	PCAP "W 5 W 7 W 40000 W 40000 Z 40000 W 5 W 8 W 40000 W 40000 Z 40000 "
	     "W 5 W 9 W 40000 W 40000 Z 40000 W 5 W a W 40000 W 40000 Z 40000 "
	     "W 5 W b W 40000 W 40000 Z 40000 ",
	"262144/262144@5000007:1 262144/262144@5000008:1 262144/262144@5000009:1 "
	"262144/262144@5000010:1 262144/262144@5000011:1 end"},
    {"pcap, impossible length", PCAP "W 5 W 7 W 1 W 1 Z 1 W 5 W 7 W 40001 W 40001 Z 8 ",
	"1/1@5000007:1 corrupt: octet 41: a packet of impossible length: 262145"},
    {"pcap, cut in a packet", PCAP "W 5 W 7 W 1 W 1 Z 1 W 5 W 7 W 4 W 4 Z 3 ",
	"1/1@5000007:1 cut: octet 41: the file is cut short in a packet"},
    {"pcap, cut in a record", PCAP "W 5 W 7 W 1 W 1 Z 1 W 5 W 7 W 4 Z 3 ",
	"1/1@5000007:1 cut: octet 41: the file is cut short in a record's head"},
    {"pcap, cut in its head", "W a1b2c3d4 H 2 H 4 W 0 ",
	"cut: octet 0: the file is cut short in its head"},
    {"pcap, lengths in the old order", "W a1b2c3d4 H 2 H 2 W 0 W 0 W 40 W 1 W 5 W 7 W 9 W 4 Z 4 ",
	"4/9@5000007:1 end"},
    {"pcap, lengths in either order",
	"W a1b2c3d4 H 2 H 3 W 0 W 0 W 40 W 1 W 5 W 7 W 9 W 4 Z 4 W 5 W 7 W 4 W 9 Z 4 ",
	"4/9@5000007:1 4/9@5000007:1 end"},
    {"pcap, another version", "W a1b2c3d4 H 2 H 5 W 0 W 0 W 40 W 1 ",
	"other: pcap version 2.5 is not read"},
    {"neither", "W 12345678 Z 40 ", "corrupt: neither pcap nor pcapng"},
    {"empty", "", "cut: octet 0: the file is cut short in its first number"},
    {"one octet", "Z 1 ", "cut: octet 0: the file is cut short in its first number"},

    {"pcapng", SECTION LINK PACKET("0") PACKET("0"), "3/5@" PACKET_US ":1 3/5@" PACKET_US ":1 end"},
    {"pcapng, two interfaces", SECTION LINK LINK_105 PACKET("1") PACKET("0"),
	"3/5@" PACKET_US ":105 3/5@" PACKET_US ":1 end"},
    {"pcapng, a tenth of a second",
	SECTION "W 1 W 20 H 1 H 0 W 0 H 9 H 1 Z 4 W 0 W 20 W 6 W 24 W 0 W 0 W 1f W 3 W 5 Z 4 W 24 ",
	"3/5@3100000:1 end"},
    {"pcapng, an offset in seconds",
	SECTION "W 1 W 28 H 1 H 0 W 0 H e H 8 Q 3 W 0 W 0 W 28 "
		"W 6 W 24 W 0 W 0 W 1f W 3 W 5 Z 4 W 24 ",
	"3/5@3000031:1 end"},
    {"pcapng, an offset before all time",
	SECTION "W 1 W 28 H 1 H 0 W 0 H e H 8 Q fffffffffffffff0 W 0 W 0 W 28 "
		"W 6 W 24 W 0 W 0 W 1f W 3 W 5 Z 4 W 24 ",
	"3/5@0:1 end"},
    {"pcapng, powers of two",
	SECTION "W 1 W 1c H 1 H 0 W 0 H 9 H 1 O 8a Z 3 W 1c "
		"W 6 W 24 W 0 W 0 W e00 W 3 W 5 Z 4 W 24 ",
	"3/5@3500000:1 end"},
    {"pcapng, small powers of two",
	SECTION "W 1 W 1c H 1 H 0 W 0 H 9 H 1 O b4 Z 3 W 1c "
		"W 6 W 24 W 0 W 380000 W 0 W 3 W 5 Z 4 W 24 ",
	"3/5@3500000:1 end"},
    {"pcapng, nanoseconds",
	SECTION "W 1 W 1c H 1 H 0 W 0 H 9 H 1 O 9 Z 3 W 1c "
		"W 6 W 24 W 0 W 0 W 7d0 W 3 W 5 Z 4 W 24 ",
	"3/5@2:1 end"},
    {"pcapng, a resolution that cannot be",
	SECTION LINK "W 1 W 1c H 1 H 0 W 0 H 9 H 1 O ff Z 3 W 1c " PACKET("0") PACKET("1"),
	"3/5@" PACKET_US ":1 3/5@" PACKET_US ":1 end"},
    {"pcapng, a time that cannot be",
	SECTION LINK PACKET("0") "W 6 W 24 W 0 W ffffffff W 1 W 3 W 5 Z 4 W 24 ",
	"3/5@" PACKET_US ":1 3/5@" PACKET_US ":1 end"},
    {"pcapng, simple packets, of no time", SECTION LINK_105 LINK SIMPLE PACKET("1") SIMPLE,
	"3/4@0:105 3/5@" PACKET_US ":1 3/4@" PACKET_US ":105 end"},
    {"pcapng, an obsolete packet",
	SECTION LINK LINK_105 "W 2 W 24 H 1 H ffff W 2 W 1 W 3 W 5 Z 4 W 24 ",
	"3/5@" PACKET_US ":105 end"},
    {"pcapng, other blocks are stepped over", SECTION LINK UNKNOWN("14") "8 W 14 " PACKET("0"),
	"3/5@" PACKET_US ":1 end"},
    {"pcapng, giants are stepped over",
	SECTION LINK PACKET("0") UNKNOWN("20000c") "200000 W 20000c " PACKET("0"),
	"3/5@" PACKET_US ":1 3/5@" PACKET_US ":1 end"},
    {"pcapng, a section forgets its interfaces", SECTION LINK PACKET("0") SECTION PACKET("0"),
	"3/5@" PACKET_US ":1 corrupt: octet 112: a packet of an interface that is not told: 0"},
    {"pcapng, a section of the other byte order",
	SECTION LINK PACKET("0") "X " SECTION LINK PACKET("0"),
	"3/5@" PACKET_US ":1 3/5@" PACKET_US ":1 end"},
    {"pcapng, no packet", SECTION, "end"},
    {"pcapng, a packet before interfaces", SECTION SIMPLE,
	"corrupt: octet 28: a packet of an interface that is not told: 0"},
    {"pcapng, no byte order", "W a0d0d0a W 1c W 1 H 1 H 0 W 0 W 0 W 1c ",
	"corrupt: octet 0: no mark of the byte order: "},
    {"pcapng, another version", "W a0d0d0a W 1c W 1a2b3c4d H 2 H 0 W 0 W 0 W 1c ",
	"other: octet 0: pcapng version 2.0 is not read"},
    {"pcapng, a short section", "W a0d0d0a W 18 W 1a2b3c4d H 1 H 0 W 0 W 18 ",
	"corrupt: octet 0: a section's head of impossible length: 12"},
    {"pcapng, a short interface", SECTION "W 1 W 10 H 1 H 0 W 10 ",
	"corrupt: octet 28: an interface of impossible length: 4"},
    {"pcapng, an option past its end", SECTION "W 1 W 18 H 1 H 0 W 0 H 9 H 1 W 18 ",
	"corrupt: octet 28: an option runs past its block: 1"},
    {"pcapng, a short packet's block", SECTION LINK "W 6 W 1c W 0 W 0 W 0 W 0 W 1c ",
	"corrupt: octet 48: a packet's block of impossible length: 16"},
    {"pcapng, a short simple block", SECTION LINK "W 3 W c W c ",
	"corrupt: octet 48: a packet's block of impossible length: 0"},
    {"pcapng, a packet past its block",
	SECTION LINK PACKET("0") "W 6 W 24 W 0 W 2 W 1 W 5 W 5 Z 4 W 24 ",
	"3/5@" PACKET_US ":1 corrupt: octet 84: a packet of impossible length: 5"},
    {"pcapng, two lengths", SECTION LINK "W 6 W 24 W 0 W 2 W 1 W 3 W 5 Z 4 W 28 ",
	"corrupt: octet 48: a block whose two lengths differ: 36"},
    {"pcapng, no length", SECTION "W 9 W 8 W 8 ",
	"corrupt: octet 28: a block of impossible length: 8"},
    {"pcapng, a crooked length", SECTION "W 9 W d Z 1 W d ",
	"corrupt: octet 28: a block of impossible length: 13"},
    {"pcapng, a giant of a packet", SECTION LINK "W 6 W c0004 Z 40 ",
	"corrupt: octet 48: a block of impossible length: 786436"},
    {"pcapng, cut in a block", SECTION LINK PACKET("0") "W 6 W 24 W 0 W 2 ",
	"3/5@" PACKET_US ":1 cut: octet 84: the file is cut short in a block"},
    {"pcapng, cut in a head", SECTION LINK PACKET("0") "W 6 ",
	"3/5@" PACKET_US ":1 cut: octet 84: the file is cut short in a block's head"},
    {"pcapng, cut in a section", "W a0d0d0a W 1c ",
	"cut: octet 0: the file is cut short in a section's head"},
    {"pcapng, cut in a giant", SECTION UNKNOWN("20000c") "4 ",
	"cut: octet 40: the file is cut short in a block"},
};

/* ---- files in memory ---- */

static uint8_t file[FILE_ROOM], packed[FILE_ROOM];

static void
put(size_t *n, uint64_t v, unsigned octets, int big)
{
	for (unsigned i = 0; i < octets; i++)
		file[(*n)++] = (uint8_t)(v >> 8 * (big ? octets - 1 - i : i));
}

/* Write a file as it is spelt. */
static size_t
spell(const char *spec, int big)
{
	size_t n = 0;
	char word;
	unsigned long long v;
	int step;

	for (; *spec != '\0'; spec += step) {
		if (*spec == 'X') {
			big = !big;
			step = 2;
			continue;
		}
		ck_assert_msg(sscanf(spec, "%c %llx %n", &word, &v, &step) == 2, "%s", spec);
		if (word == 'Z')
			for (size_t i = 0; i < v; i++)
				file[n++] = (uint8_t)(i + 1);
		else
			put(&n, v, word == 'Q' ? 8 : word == 'W' ? 4 : word == 'H' ? 2 : 1, big);
	}
	return n;
}

static size_t
pack(size_t len)
{
	z_stream z = {
	    .next_in = file, .avail_in = (uInt)len, .next_out = packed, .avail_out = FILE_ROOM};

	ck_assert_int_eq(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return FILE_ROOM - z.avail_out;
}

/* A pipe into which a child writes, `step` octets at once. */
static int
pipe_of(const uint8_t *p, size_t len, size_t step, pid_t *child)
{
	int fd[2];

	ck_assert_int_eq(pipe(fd), 0);
	*child = fork();
	ck_assert(*child >= 0);
	if (*child == 0) {
		close(fd[0]);
		signal(SIGPIPE, SIG_DFL);
		for (size_t at = 0; at < len;) {
			ssize_t n = write(fd[1], p + at, len - at < step ? len - at : step);

			if (n <= 0)
				_exit(1);
			at += (size_t)n;
		}
		_exit(0);
	}
	close(fd[1]);
	return fd[0];
}

/* ---- what is read ---- */

static const char *
outcome(int rc)
{
	return rc == KK_END		? "end"
	       : rc == KK_E_CORRUPT	? "corrupt: "
	       : rc == KK_E_TRUNCATED	? "cut: "
	       : rc == KK_E_UNSUPPORTED ? "other: "
					: "failed: ";
}

static void
say_packets(const struct packet *p, size_t n, char *said)
{
	for (size_t i = 0; i < n; i++, p++) {
		size_t at = strlen(said);

		for (size_t j = 0; j < p->caplen; j++)
			ck_assert_uint_eq(p->p[j], (uint8_t)(j + 1));
		snprintf(said + at, SAID_ROOM - at, "%u/%u@%lld:%d ", p->caplen, p->len,
		    (long long)p->time_us, p->linktype);
	}
}

/* Read all of it, as a line. */
static void
read_all(int fd, size_t max, char said[SAID_ROOM])
{
	struct packet p[64];
	struct reader *r = NULL;
	struct diag d = {""};
	size_t n, at;
	int rc = reader_open(fd, "F", NULL, &r, &d);

	said[0] = '\0';
	while (rc == KK_OK) {
		rc = reader_next(r, p, max, &n, &d);
		ck_assert((rc == KK_OK) == (n > 0));
		say_packets(p, n, said);
	}
	/* Whoever asks again gets no packets. */
	if (r != NULL)
		ck_assert_int_ne(reader_next(r, p, max, &n, NULL), KK_OK);
	at = strlen(said);
	snprintf(said + at, SAID_ROOM - at, "%s%s", outcome(rc),
	    rc == KK_END		     ? ""
	    : strncmp(d.text, "F: ", 3) == 0 ? d.text + 3
					     : d.text);
	reader_free(r);
	close(fd);
}

static void
check(const char *name, const char *how, const char *said, const char *want)
{
	/* Of a number that both byte orders spell differently only the beginning is told. */
	size_t len = strlen(want);
	int open = len > 0 && want[len - 1] == ' ';

	ck_assert_msg(open ? strncmp(said, want, len) == 0 : strcmp(said, want) == 0,
	    "%s, %s:\n got %s\nwant %s", name, how, said, want);
}

/* A file that nobody else has: it is looked at where the kernel has it, if the kernel lets us. */
static int
held_of(const uint8_t *p, size_t len)
{
	char path[] = "/tmp/kk-test-read-XXXXXX";
	int fd = mkstemp(path), held;

	ck_assert_int_eq(write(fd, p, len), (ssize_t)len);
	close(fd);
	held = open(path, O_RDONLY | O_CLOEXEC);
	unlink(path);
	reader_hold(held);
	return held;
}

START_TEST(test_rows)
{
	const char *name = rows[_i].name, *want = rows[_i].want;
	char said[SAID_ROOM];

	for (int big = 0; big < 2; big++) {
		size_t len = spell(rows[_i].file, big);
		pid_t child;
		int status;

		read_all(pipe_of(file, len, FILE_ROOM, &child), 64, said);
		waitpid(child, &status, 0);
		check(name, big ? "big endian" : "little endian", said, want);
		read_all(pipe_of(file, len, len > 4096 ? 50000 : 1, &child), 64, said);
		waitpid(child, &status, 0);
		check(name, "octet by octet", said, want);
		read_all(pipe_of(file, len, FILE_ROOM, &child), 1, said);
		waitpid(child, &status, 0);
		check(name, "packet by packet", said, want);
		read_all(held_of(file, len), 64, said);
		check(name, "held", said, want);
	}
}
END_TEST

/* The same packets; what is damaged says that the octet is one of what was packed. */
START_TEST(test_gzip)
{
	char said[SAID_ROOM], plain[SAID_ROOM], *mark;
	size_t len = spell(rows[_i].file, 0);
	pid_t child;

	read_all(_i % 2 ? held_of(packed, pack(len)) : pipe_of(packed, pack(len), 100, &child), 64,
	    said);
	if (_i % 2 == 0)
		waitpid(child, NULL, 0);
	if ((mark = strstr(said, " (unpacked)")) != NULL)
		memmove(mark, mark + 11, strlen(mark + 11) + 1);
	snprintf(plain, sizeof(plain), "%s", rows[_i].want);
	check(rows[_i].name, "packed", said, plain);
}
END_TEST

/* Damage to the packing itself. */
enum hurt { HURT_CUT, HURT_HEAD, HURT_SUM, HURT_TRAILER, HURT_ZEROS, HURT_TWICE };
static const struct {
	const char *name;
	enum hurt hurt;
	const char *want;
} hurts[] = {
    {"cut", HURT_CUT, "2/2@5000007:1 cut: octet "},
    {"no method", HURT_HEAD, "corrupt: octet "},
    {"a wrong checksum", HURT_SUM, "2/2@5000007:1 corrupt: octet "},
    {"something behind", HURT_TRAILER, "2/2@5000007:1 corrupt: octet "},
    {"zeros behind", HURT_ZEROS, "2/2@5000007:1 end"},
    {"two members", HURT_TWICE, "2/2@5000007:1 2/2@5000007:1 end"},
};

static size_t
hurt(enum hurt how, size_t n)
{
	switch (how) {
	case HURT_CUT:
		return n - 6;
	case HURT_HEAD:
		packed[3] = 0xff;
		return n;
	case HURT_SUM:
		packed[n - 8] ^= 1;
		return n;
	case HURT_TRAILER:
		packed[n] = 'x';
		return n + 1;
	case HURT_ZEROS:
		memset(packed + n, 0, 1000);
		return n + 1000;
	default:
		break;
	}
	/* A record alone, packed behind the whole file. */
	memmove(packed + FILE_ROOM / 2, packed, n);
	{
		size_t second = pack(spell("W 5 W 7 W 2 W 2 Z 2 ", 0));

		memmove(packed + n, packed, second);
		memmove(packed, packed + FILE_ROOM / 2, n);
		return n + second;
	}
}

START_TEST(test_hurt)
{
	char said[SAID_ROOM];
	size_t n = hurt(hurts[_i].hurt, pack(spell(PCAP "W 5 W 7 W 2 W 2 Z 2 ", 0)));
	pid_t child;

	for (size_t step = 1; step <= FILE_ROOM; step *= FILE_ROOM) {
		read_all(pipe_of(packed, n, step, &child), 64, said);
		waitpid(child, NULL, 0);
		check(
		    hurts[_i].name, step == 1 ? "octet by octet" : "at once", said, hurts[_i].want);
	}
}
END_TEST

/* A folder opens, and cannot be read. */
START_TEST(test_folder)
{
	char said[SAID_ROOM];

	read_all(open("/", O_RDONLY), 64, said);
	ck_assert_str_eq(said, "failed: Is a directory");
}
END_TEST

/* More interfaces than anybody has. */
START_TEST(test_many_links)
{
	char said[SAID_ROOM];
	size_t n = spell(SECTION, 0), one = spell(LINK, 0);
	pid_t child;

	memmove(packed, file, one);
	n = spell(SECTION, 0);
	for (int i = 0; i <= READ_LINKS_MAX; i++, n += one)
		memcpy(file + n, packed, one);
	read_all(pipe_of(file, n, FILE_ROOM, &child), 64, said);
	waitpid(child, NULL, 0);
	check("many", "at once", said, "corrupt: octet 81948: more interfaces than can be: 4096");
}
END_TEST

/* ---- other people's captures ---- */

/* Packet by packet what libpcap reads. 0: it cannot read it to the end. */
static int
same_as_libpcap(const char *path)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_open_offline(path, why);
	struct reader *r = NULL;
	struct pcap_pkthdr *h;
	struct packet p;
	const u_char *octets;
	size_t n;
	int rc = 0, fd = open(path, O_RDONLY);

	if (pcap == NULL) {
		close(fd);
		return 0;
	}
	ck_assert_msg(reader_open(fd, path, NULL, &r, NULL) == KK_OK, "%s", path);
	while ((rc = pcap_next_ex(pcap, &h, &octets)) == 1) {
		ck_assert_msg(reader_next(r, &p, 1, &n, NULL) == KK_OK, "%s", path);
		/* It leaves out what a lying snap length does not allow, though it is there. */
		ck_assert_msg(p.caplen == h->caplen ||
				  ((int)h->caplen == pcap_snapshot(pcap) && p.caplen > h->caplen),
		    "%s", path);
		ck_assert_msg(memcmp(p.p, octets, h->caplen) == 0, "%s", path);
		ck_assert_msg(p.len == (h->len > h->caplen ? h->len : h->caplen), "%s", path);
		ck_assert_msg(
		    p.time_us == (int64_t)h->ts.tv_sec * 1000000 + h->ts.tv_usec, "%s", path);
		ck_assert_msg(p.linktype == pcap_datalink(pcap), "%s", path);
	}
	if (rc == PCAP_ERROR_BREAK)
		ck_assert_msg(reader_next(r, &p, 1, &n, NULL) == KK_END, "%s", path);
	pcap_close(pcap);
	reader_free(r);
	close(fd);
	return rc == PCAP_ERROR_BREAK;
}

START_TEST(test_captures)
{
	const char *srcdir = getenv("srcdir") ? getenv("srcdir") : ".";
	char folder[300], path[600];
	struct dirent *e;
	int same = 0;
	DIR *dir;

	snprintf(folder, sizeof(folder), "%s/../shared/data/pcap", srcdir);
	if ((dir = opendir(folder)) == NULL) {
		printf("no other people's captures in %s\n", folder);
		return;
	}
	while ((e = readdir(dir)) != NULL) {
		size_t len = strlen(e->d_name);

		/* libpcap does not unpack. */
		if (strstr(e->d_name, "cap") == NULL || strcmp(e->d_name + len - 3, ".gz") == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		same += same_as_libpcap(path);
	}
	closedir(dir);
	printf("%d captures are read as libpcap reads them\n", same);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("read");
	TCase *t = tcase_create("read");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, test_rows, 0, ROWS(rows));
	tcase_add_loop_test(t, test_gzip, 0, ROWS(rows));
	tcase_add_loop_test(t, test_hurt, 0, ROWS(hurts));
	tcase_add_test(t, test_folder);
	tcase_add_test(t, test_many_links);
	tcase_add_test(t, test_captures);
	suite_add_tcase(s, t);
	return harness_run(s);
}
