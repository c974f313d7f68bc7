/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/log.h"

static int
become(const char *user, int required, struct diag *d)
{
	const struct passwd *pw = getpwnam(user);

	if (pw == NULL && required)
		return diag_set(d, KK_E_NOTFOUND, "there is no user %s to become (--user)", user);
	if (pw == NULL) {
		log_line(LOG_LV_NOTICE, "there is no user %s to become: this stays root", user);
		return KK_OK;
	}
	if (pw->pw_uid == 0)
		return diag_set(d, KK_E_DENIED, "%s is root: not dropped", user);
	if (initgroups(user, pw->pw_gid) != 0 ||
	    setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) != 0 ||
	    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) != 0)
		return diag_set(d, KK_E_DENIED, "cannot become %s: %s", user, strerror(errno));
	if (setuid(0) == 0)
		return diag_set(d, KK_E_DENIED, "root came back");
	return KK_OK;
}

/* What a program that is executed could get again. Only who may change the set can empty it: a
 * unit bounds it to CAP_NET_RAW, and no_new_privs says that nobody gets that either. */
static void
drop_bounding(void)
{
	for (unsigned long cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
}

/* Also for one who was given CAP_NET_RAW only, and for root where there is nobody to become. */
static int
drop_capabilities(struct diag *d)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	const struct __user_cap_data_struct none[2] = {{0}};
	struct __user_cap_data_struct left[2] = {{0}};

	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (syscall(SYS_capset, &head, none) != 0)
		return diag_set(d, KK_E_DENIED, "capset: %s", strerror(errno));
	if (syscall(SYS_capget, &head, left) != 0 || memcmp(left, none, sizeof(left)) != 0)
		return diag_set(d, KK_E_DENIED, "capabilities are left");
	return KK_OK;
}

int
privileges_drop(const char *user, int required, struct diag *d)
{
	const struct rlimit none = {0, 0};
	int rc;

	drop_bounding();
	if (geteuid() == 0 && (rc = become(user, required, d)) != KK_OK)
		return rc;
	if ((rc = drop_capabilities(d)) != KK_OK)
		return rc;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return diag_set(d, KK_E_DENIED, "cannot forbid core dumps: %s", strerror(errno));
	return KK_OK;
}
