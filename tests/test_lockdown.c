/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_lockdown.c - what a process can still do after the probe's lockdown, tried by children. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "lib/log.h"
#include "probes/lockdown.h"
#include "probes/privileges.h"
#include "tests/harness.h"

#define SKIPPED 200 /* a child's exit code: this kernel or build has it not */

static char dir[64];

/* A path below the test's folder. */
static const char *
below(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void
make_file(const char *name)
{
	int fd = open(below(name), O_WRONLY | O_CREAT, 0666);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "x", 1), 1);
	close(fd);
}

static int
outcome(long rc)
{
	return rc < 0 ? errno : 0;
}

static int
open_as(const char *name, int flags)
{
	return outcome(open(below(name), flags, 0600));
}

/* clang-format off */
static int read_store(void) { return open_as("state/kkachi.db", O_RDONLY); }
static int write_store(void) { return open_as("state/kkachi.db", O_RDWR); }
static int list_state(void) { return open_as("state", O_RDONLY | O_DIRECTORY); }
static int make_in_state(void) { return open_as("state/new", O_WRONLY | O_CREAT); }
static int cut_store(void) { return outcome(truncate(below("state/kkachi.db"), 0)); }
static int read_map(void) { return open_as("etc/map.csv", O_RDONLY); }
static int write_map(void) { return open_as("etc/map.csv", O_WRONLY); }
static int make_spool(void) { return open_as("spool/new", O_RDWR | O_CREAT); }
static int remove_spool(void) { return outcome(unlink(below("spool/old"))); }
static int read_passwd(void) { return outcome(open("/etc/passwd", O_RDONLY)); }
static int udp(void) { return outcome(socket(AF_INET, SOCK_DGRAM, 0)); }
static int packets(void) { return outcome(socket(AF_PACKET, SOCK_RAW, 0)); }
static int unix_socket(void) { return outcome(socket(AF_UNIX, SOCK_SEQPACKET, 0)); }
static int process(void) { return outcome(fork()); }
static int program(void) { return outcome(execl("/bin/true", "true", (char *)NULL)); }
static int trace(void) { return outcome(ptrace(PTRACE_TRACEME, 0, NULL, NULL)); }
static int filter(void) { return outcome(syscall(SYS_bpf, 0, NULL, 0)); }
static int shoot(void) { return outcome(kill(getppid(), 0)); }
/* clang-format on */

static int
map_memory(int protection)
{
	/* cppcheck-suppress invalidFunctionArg */
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? errno : outcome(mprotect(p, 4096, protection));
}

static int
make_executable(void)
{
	return map_memory(PROT_READ | PROT_EXEC);
}

static int
make_readable(void)
{
	return map_memory(PROT_READ);
}

static int
map_executable(void)
{
	/* cppcheck-suppress invalidFunctionArg */
	void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? errno : outcome(munmap(p, 4096));
}

static int
undumpable(void)
{
	struct rlimit core = {1, 1};

	return getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0 &&
		       prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0
		   ? 0
		   : EPERM;
}

/* Waits for a turn. */
static void *
open_inet(void *turn)
{
	pthread_mutex_lock(turn);
	(void)udp();
	return NULL;
}

/* What steps a child takes before it tries. */
enum steps { PRIVILEGES = 1, PATHS = 2, CALLS = 4 };

/* An outcome: an errno, or -SIGNAL. */
static const struct {
	const char *what;
	int steps;
	int (*attempt)(void);
	int want;
} rows[] = {
    {"no core dump", PRIVILEGES, undumpable, 0},
    {"the store is read", PRIVILEGES | PATHS, read_store, EACCES},
    {"the store is written", PRIVILEGES | PATHS, write_store, EACCES},
    {"the store's folder is listed", PRIVILEGES | PATHS, list_state, EACCES},
    {"a file is made there", PRIVILEGES | PATHS, make_in_state, EACCES},
    {"the store is cut", PRIVILEGES | PATHS, cut_store, EACCES},
    {"another file is read", PRIVILEGES | PATHS, read_passwd, EACCES},
    {"the map is read again", PRIVILEGES | PATHS, read_map, 0},
    {"the map is written", PRIVILEGES | PATHS, write_map, EACCES},
    {"a segment of the spool is made", PRIVILEGES | PATHS | CALLS, make_spool, 0},
    {"a segment of the spool is removed", PRIVILEGES | PATHS | CALLS, remove_spool, 0},
    {"the store, with both", PRIVILEGES | PATHS | CALLS, read_store, EACCES},
    {"a network socket", PRIVILEGES | CALLS, udp, -SIGSYS},
    {"another capture", PRIVILEGES | CALLS, packets, -SIGSYS},
    {"a UNIX socket", PRIVILEGES | CALLS, unix_socket, 0},
    {"a process", PRIVILEGES | CALLS, process, -SIGSYS},
    {"a program", PRIVILEGES | CALLS, program, -SIGSYS},
    {"a trace", PRIVILEGES | CALLS, trace, -SIGSYS},
    {"bpf", PRIVILEGES | CALLS, filter, -SIGSYS},
    {"a signal to another", PRIVILEGES | CALLS, shoot, -SIGSYS},
    {"memory made executable", PRIVILEGES | CALLS, make_executable, -SIGSYS},
    {"memory that is executable", PRIVILEGES | CALLS, map_executable, -SIGSYS},
    {"memory made read-only", PRIVILEGES | CALLS, make_readable, 0},
};

static int
has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, 1) >= 1;
}

static int
take_steps(int steps)
{
	char map[128], spool[128];
	const struct lockdown_paths paths = {.map = map, .iface = "lo", .spool = spool};

	memcpy(map, below("etc/map.csv"), sizeof(map));
	memcpy(spool, below("spool"), sizeof(spool));
	if ((steps & PATHS && !has_landlock()) || (steps & CALLS && !lockdown_has_calls()))
		return SKIPPED;
	if ((steps & PRIVILEGES && privileges_drop("nobody", 0, NULL) != KK_OK) ||
	    (steps & PATHS && lockdown_paths(&paths, NULL) != KK_OK) ||
	    (steps & CALLS && lockdown_calls(NULL) != KK_OK))
		return SKIPPED + 1;
	return 0;
}

/* What became of a child. */
static int
ended(pid_t child)
{
	int status;

	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

START_TEST(attempts)
{
	pid_t child;
	int got;

	make_file("spool/old");
	child = fork();
	if (child == 0) {
		got = take_steps(rows[_i].steps);
		_exit(got != 0 ? got : rows[_i].attempt());
	}
	got = ended(child);
	if (got == SKIPPED)
		printf("%s: skipped: not in this kernel or build\n", rows[_i].what);
	else
		ck_assert_msg(
		    got == rows[_i].want, "%s: %d, not %d", rows[_i].what, got, rows[_i].want);
}
END_TEST

/* A thread that was there before is under the filter as well, and ends the whole process. */
START_TEST(other_threads)
{
	pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
	pid_t child;
	pthread_t t;

	if (!lockdown_has_calls())
		return;
	child = fork();
	if (child == 0) {
		pthread_mutex_lock(&turn);
		if (pthread_create(&t, NULL, open_inet, &turn) != 0 ||
		    take_steps(PRIVILEGES | CALLS) != 0)
			_exit(1);
		pthread_mutex_unlock(&turn);
		pthread_join(t, NULL);
		_exit(0);
	}
	ck_assert_int_eq(ended(child), -SIGSYS);
}
END_TEST

START_TEST(refuses)
{
	const struct lockdown_paths gone = {.spool = "/nonexistent/spool"};
	const struct lockdown_paths any = {.iface = "any"};
	struct diag d = {""};
	pid_t child = fork();

	if (child == 0) {
		if (!has_landlock())
			_exit(0);
		if (lockdown_paths(&gone, &d) != KK_E_NOTFOUND ||
		    strstr(d.text, "/nonexistent/spool") == NULL)
			_exit(1);
		_exit(privileges_drop("nobody", 0, NULL) == KK_OK &&
			      lockdown_paths(&any, NULL) == KK_OK
			  ? 0
			  : 2);
	}
	ck_assert_int_eq(ended(child), 0);
}
END_TEST

static void
setup(void)
{
	const char *const folders[] = {"state", "etc", "spool"};

	log_open("test", LOG_LV_ERROR);
	harness_dir(dir);
	ck_assert_int_eq(chmod(dir, 0755), 0);
	for (int i = 0; i < ROWS(folders); i++) {
		ck_assert_int_eq(mkdir(below(folders[i]), 0777), 0);
		/* An umask must not be what refuses. */
		ck_assert_int_eq(chmod(below(folders[i]), 0777), 0);
	}
	make_file("state/kkachi.db");
	ck_assert_int_eq(chmod(below("state/kkachi.db"), 0666), 0);
	make_file("etc/map.csv");
	ck_assert_int_eq(chmod(below("etc/map.csv"), 0666), 0);
}

static void
teardown(void)
{
	harness_remove(dir);
}

int
main(void)
{
	Suite *s = suite_create("lockdown");
	TCase *tc = tcase_create("attempts");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, attempts, 0, ROWS(rows));
	tcase_add_test(tc, other_threads);
	tcase_add_test(tc, refuses);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
