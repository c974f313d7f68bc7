/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_mutated.c - captures with damaged octets, through the whole of kkachi-probe: it ends, says
 * what is wrong where it cannot go on, and takes no more memory than for the capture as it was. The
 * project's own captures (tests/corpus/read), and those that lie beside the sources, where they
 * are. Damage is the same each time; KK_MUTATED_ROUNDS=N makes more of it.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "tests/harness.h"

#define FILE_MAX     (8 << 20)
#define HITS_MAX     64
#define ROUNDS	     3
#define CPU_S	     60
#define MORE_KB	     65536 /* that damage may cost: tables grow by what they hold */
#define PCAP_HEADER  24
#define PCAP_RECORD  16
#define NG_PACKET    6
#define NG_PACKET_AT 28

static uint64_t state;

static void
must(int holds)
{
	if (holds)
		return;
	perror("test_mutated");
	exit(2);
}

static uint32_t
dice(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 16);
}

static uint32_t
le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Somewhere in the octets of a packet, so that what comes behind it can be read still; of a form
 * that is not known here, anywhere. */
static size_t
place(const uint8_t *f, size_t len)
{
	int ng = len > NG_PACKET_AT && le32(f) == 0x0a0d0d0a && le32(f + 8) == 0x1a2b3c4d;
	int pcap = len > PCAP_HEADER && (le32(f) == 0xa1b2c3d4 || le32(f) == 0xa1b23c4d);
	size_t at = ng ? 0 : PCAP_HEADER, target = dice() % len;

	while ((ng || pcap) && at + NG_PACKET_AT < len) {
		size_t head = ng ? NG_PACKET_AT : PCAP_RECORD;
		size_t octets = le32(f + at + (ng ? 20 : 8));
		size_t next = ng ? at + le32(f + at + 4) : at + head + octets;

		if (next <= at || next > len)
			break;
		if (next > target && octets > 0 && (!ng || le32(f + at) == NG_PACKET) &&
		    head + octets <= len - at)
			return at + head + dice() % octets;
		at = next;
	}
	return target;
}

static void
damage(uint8_t *f, size_t *len, int anywhere)
{
	static const uint8_t nasty[] = {0x00, 0xff, 0x7f, 0x80, 0x01, 0x45, 0x60, 0x41};
	unsigned hits = 1 + dice() % HITS_MAX;

	for (unsigned i = 0; i < hits; i++) {
		size_t at = anywhere ? dice() % *len : place(f, *len);

		f[at] = dice() % 2 ? nasty[dice() % sizeof(nasty)]
				   : (uint8_t)(f[at] ^ 1U << dice() % 8);
	}
	if (anywhere && dice() % 4 == 0)
		*len = 1 + dice() % *len;
}

static void
be_probe(int in, int err)
{
	const char *builddir = getenv("builddir") ? getenv("builddir") : ".";
	const struct rlimit cpu = {CPU_S, CPU_S};
	char program[PATH_MAX];
	int out = open("/dev/null", O_WRONLY);

	setrlimit(RLIMIT_CPU, &cpu);
	snprintf(program, sizeof(program), "%s/kkachi-probe", builddir);
	dup2(in, 0);
	dup2(out, 1);
	dup2(err, 2);
	execl(program, program, "-r", "-", (char *)NULL);
	_exit(127);
}

/* Runs the probe over some octets. Returns its peak of memory in kB; -1: it ended as it must not.
 */
static long
run(const char *name, const uint8_t *f, size_t len)
{
	int in = memfd_create("capture", MFD_CLOEXEC), err = memfd_create("messages", MFD_CLOEXEC),
	    status;
	char text[4096] = "";
	struct rusage ru;
	pid_t child;

	must(in >= 0 && err >= 0 && write(in, f, len) == (ssize_t)len &&
	     lseek(in, 0, SEEK_SET) == 0);
	if ((child = fork()) == 0)
		be_probe(in, err);
	must(wait4(child, &status, 0, &ru) == child);
	if (pread(err, text, sizeof(text) - 1, 0) < 0)
		text[0] = '\0';
	close(in);
	close(err);
	if (WIFEXITED(status) &&
	    (WEXITSTATUS(status) == 0 || (WEXITSTATUS(status) == 1 && text[0] != '\0')))
		return ru.ru_maxrss;
	printf("%s: ended with status %#x: %s\n", name, (unsigned)status, text);
	return -1;
}

static int
keep(const uint8_t *f, size_t len)
{
	FILE *out = fopen("mutated.capture", "wb");

	if (out == NULL)
		return 0;
	fwrite(f, 1, len, out);
	return fclose(out) == 0;
}

/* One capture, as it is and damaged. Returns how many runs went wrong. */
static int
try_capture(const char *path, uint8_t *whole, uint8_t *copy, int rounds)
{
	FILE *in = fopen(path, "rb");
	size_t len = in != NULL ? fread(whole, 1, FILE_MAX, in) : 0;
	int bad = 0;
	long calm;

	if (in != NULL)
		fclose(in);
	if (len == 0)
		return 0;
	calm = run(path, whole, len);
	bad += calm < 0;
	for (int i = 0; i < rounds; i++) {
		size_t left = len;
		long kb;

		memcpy(copy, whole, len);
		damage(copy, &left, i % 3 == 2);
		kb = run(path, copy, left);
		if (kb >= 0 && kb <= calm + MORE_KB)
			continue;
		printf("%s, round %d: %ld kB, undamaged %ld kB%s\n", path, i, kb, calm,
		    keep(copy, left) ? ": kept in mutated.capture" : "");
		bad++;
	}
	return bad;
}

/* All captures of a folder. Returns how many there are. */
static int
try_folder(const char *folder, uint8_t *whole, uint8_t *copy, int rounds, int *bad)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	char path[PATH_MAX];
	int n = 0;

	while (d != NULL && (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		*bad += try_capture(path, whole, copy, rounds);
		n++;
	}
	if (d != NULL)
		closedir(d);
	return n;
}

int
main(void)
{
	const char *srcdir = getenv("srcdir") ? getenv("srcdir") : ".",
		   *more = getenv("KK_MUTATED_ROUNDS");
	int rounds = more != NULL ? (int)strtol(more, NULL, 10) : ROUNDS, bad = 0, n;
	uint8_t *whole = malloc(FILE_MAX), *copy = malloc(FILE_MAX);
	char folder[PATH_MAX];

	must(whole != NULL && copy != NULL);
	/* A process that shut itself in cannot be looked at for leaks. */
	setenv("ASAN_OPTIONS", "exitcode=99:detect_leaks=0", 1);
	setenv("UBSAN_OPTIONS", "halt_on_error=1:exitcode=99", 1);
	state = UINT64_C(0x9e3779b97f4a7c15);
	snprintf(folder, sizeof(folder), "%s/tests/corpus/read", srcdir);
	n = try_folder(folder, whole, copy, rounds, &bad);
	must(n > 0);
	snprintf(folder, sizeof(folder), "%s/../shared/data/pcap", srcdir);
	n += try_folder(folder, whole, copy, rounds, &bad);
	printf("%d captures, %d times each: %d went wrong\n", n, rounds + 1, bad);
	free(whole);
	free(copy);
	return bad == 0 ? 0 : 1;
}
