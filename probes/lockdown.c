/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/lockdown.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/log.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* ---- files: Landlock ---- */

/* Newer than Debian 12's headers. */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (UINT64_C(1) << 14)
#endif
#define ACCESS_IOCTL_DEV (UINT64_C(1) << 15)
#define ACCESS_TCP	 UINT64_C(3) /* bind, connect */
#define SCOPE_ALL	 UINT64_C(3) /* abstract UNIX sockets and signals of others */

#define ACCESS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define ACCESS_SPOOL                                                                 \
	(ACCESS_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | \
	    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)

/* struct landlock_ruleset_attr as it is today; an older kernel takes the first part. */
struct ruleset {
	uint64_t files, network, scope;
};

/* What a version of the kernel's interface knows; what it does not know it would refuse. */
static size_t
ruleset_of(long abi, struct ruleset *r)
{
	*r = (struct ruleset){.files = (UINT64_C(1) << 13) - 1};
	if (abi >= 2)
		r->files |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		r->files |= LANDLOCK_ACCESS_FS_TRUNCATE;
	if (abi >= 5)
		r->files |= ACCESS_IOCTL_DEV;
	if (abi < 4)
		return offsetof(struct ruleset, network);
	r->network = ACCESS_TCP;
	if (abi < 6)
		return offsetof(struct ruleset, scope);
	r->scope = SCOPE_ALL;
	return sizeof(*r);
}

static int
allow(int rules, const char *path, uint64_t access, struct diag *d)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = access};
	int rc = KK_OK;

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return diag_set(d, kk_from_errno(errno), "%s: %s", path, strerror(errno));
	if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
		rc = diag_set(d, KK_E_DENIED, "%s: landlock: %s", path, strerror(errno));
	close(rule.parent_fd);
	return rc;
}

/* A file that is replaced is another file: its folder is what stays, where links lead to. */
static int
allow_folder_of(int rules, const char *file, struct diag *d)
{
	char real[PATH_MAX];

	if (realpath(file, real) == NULL)
		return diag_set(d, kk_from_errno(errno), "%s: %s", file, strerror(errno));
	*(strrchr(real, '/') + 1) = '\0';
	return allow(rules, real, ACCESS_READ, d);
}

/* "any" is no interface, and has no counters. */
static int
allow_iface(int rules, const char *iface, struct diag *d)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/class/net/%s", iface);
	return access(path, F_OK) == 0 ? allow(rules, path, ACCESS_READ, d) : KK_OK;
}

static int
allow_all(int rules, const struct lockdown_paths *p, uint64_t known, struct diag *d)
{
	int rc = KK_OK;

	if (p->map != NULL)
		rc = allow_folder_of(rules, p->map, d);
	if (rc == KK_OK && p->iface != NULL)
		rc = allow_iface(rules, p->iface, d);
	if (rc == KK_OK && p->spool != NULL)
		rc = allow(rules, p->spool, ACCESS_SPOOL & known, d);
	if (rc == KK_OK && SANITIZED) /* which look for leaks there, at the end */
		rc = allow(rules, "/proc", ACCESS_READ, d);
	return rc;
}

int
lockdown_paths(const struct lockdown_paths *paths, struct diag *d)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct ruleset r;
	size_t size;
	int rules, rc;

	if (abi < 1) {
		log_line(LOG_LV_NOTICE, "this kernel has no Landlock: what files may be opened is "
					"the user's and the unit's to say");
		return KK_OK;
	}
	size = ruleset_of(abi, &r);
	rules = (int)syscall(SYS_landlock_create_ruleset, &r, size, 0);
	if (rules < 0)
		return diag_set(d, KK_E_DENIED, "landlock: %s", strerror(errno));
	rc = allow_all(rules, paths, r.files, d);
	if (rc == KK_OK && syscall(SYS_landlock_restrict_self, rules, 0) != 0)
		rc = diag_set(d, KK_E_DENIED, "landlock: %s", strerror(errno));
	close(rules);
	return rc;
}

/* ---- system calls: seccomp ---- */

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

int
lockdown_has_calls(void)
{
#ifdef ARCH
	return !SANITIZED;
#else
	return 0;
#endif
}

#ifdef ARCH

/* What the loop needs, whatever its arguments. */
static const uint16_t allowed[] = {
    /* packets, batches, signals, output */
    SYS_read, SYS_readv, SYS_pread64, SYS_write, SYS_writev, SYS_pwrite64, SYS_pwritev, SYS_close,
    SYS_lseek, SYS_ppoll, SYS_connect, SYS_sendto, SYS_sendmsg, SYS_recvfrom, SYS_recvmsg,
    SYS_getsockopt, SYS_setsockopt, SYS_getsockname, SYS_shutdown, SYS_ioctl, SYS_fcntl,
#ifdef SYS_poll
    SYS_poll,
#endif
    /* the map, the interface's counters, the spool; which files these are is Landlock's */
    SYS_openat, SYS_fstat, SYS_newfstatat, SYS_statx, SYS_getdents64, SYS_unlinkat, SYS_ftruncate,
    SYS_fsync, SYS_fdatasync, SYS_faccessat,
#ifdef SYS_unlink
    SYS_unlink, SYS_access, SYS_readlink,
#endif
    SYS_readlinkat,
    /* memory */
    SYS_brk, SYS_munmap, SYS_mremap, SYS_madvise, SYS_mlock, SYS_munlock,
    /* threads, time, the C library */
    SYS_futex, SYS_rseq, SYS_sched_yield, SYS_sched_getaffinity, SYS_set_robust_list,
    SYS_clock_gettime, SYS_clock_nanosleep, SYS_nanosleep, SYS_gettimeofday, SYS_restart_syscall,
    SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_getpid, SYS_gettid, SYS_getuid,
    SYS_geteuid, SYS_getgid, SYS_getegid, SYS_getrandom, SYS_sysinfo, SYS_uname, SYS_exit,
    SYS_exit_group};

#define LOAD(field)	     BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define EQUAL(k, yes, no)    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (k), (yes), (no))
#define HAS_BITS(k, yes, no) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (k), (yes), (no))
#define ALLOW		     BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define KILL		     BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)

/* A number means a call on one architecture only. */
static const struct sock_filter first[] = {LOAD(arch), EQUAL(ARCH, 1, 0), KILL, LOAD(nr)};

/* Those whose arguments count; low words first, as both architectures are little endian. */
static const struct sock_filter last[] = {EQUAL(SYS_mmap, 1, 0), EQUAL(SYS_mprotect, 0, 4),
    LOAD(args[2]), HAS_BITS(PROT_EXEC, 1, 0), ALLOW, KILL, EQUAL(SYS_socket, 0, 3), LOAD(args[0]),
    EQUAL(AF_UNIX, 0, 1), ALLOW, KILL};

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define RULES	  (LENGTH(first) + 2 * LENGTH(allowed) + LENGTH(last))

static void
put_rules(struct sock_filter *f)
{
	const struct sock_filter allow_it = ALLOW;

	memcpy(f, first, sizeof(first));
	f += LENGTH(first);
	for (size_t i = 0; i < LENGTH(allowed); i++) {
		*f++ = (struct sock_filter)EQUAL(allowed[i], 0, 1);
		*f++ = allow_it;
	}
	memcpy(f, last, sizeof(last));
}

static int
install(struct diag *d)
{
	struct sock_filter filter[RULES];
	const struct sock_fprog program = {RULES, filter};

	put_rules(filter);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0)
		return diag_set(d, KK_E_DENIED, "seccomp: %s", strerror(errno));
	return KK_OK;
}

#else

static int
install(struct diag *d)
{
	(void)d;
	return KK_OK;
}

#endif

int
lockdown_calls(struct diag *d)
{
	if (lockdown_has_calls())
		return install(d);
	log_line(LOG_LV_NOTICE, "this build leaves system calls as they are: %s",
	    SANITIZED ? "it has sanitizers" : "no filter is known for its processor");
	return KK_OK;
}
