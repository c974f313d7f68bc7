/* SPDX-License-Identifier: GPL-3.0-or-later */
/* harness.h - what every Check test repeats: count rows, run one suite, a temporary folder. */
#ifndef KK_TESTS_HARNESS_H
#define KK_TESTS_HARNESS_H

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROWS(table) ((int)(sizeof(table) / sizeof((table)[0])))

/** Run a suite; the body of every test's main(). @param s Suite. @return Exit code: 0 passed, 1
 * failed. */
static inline int
harness_run(Suite *s)
{
	SRunner *r = srunner_create(s);
	int failed;

	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/** Make an empty folder. @param out Receives its path. @return `out`; aborts the test if it cannot.
 */
static inline char *
harness_dir(char out[64])
{
	snprintf(out, 64, "/tmp/kk-test-XXXXXX");
	ck_assert_msg(mkdtemp(out) != NULL, "mkdtemp: %s", strerror(errno));
	return out;
}

/** Remove a folder of harness_dir() and all in it. @param dir Folder below /tmp/kk-test-. */
static inline void
harness_remove(const char *dir)
{
	pid_t pid;

	if (strncmp(dir, "/tmp/kk-test-", 13) != 0)
		return;
	pid = fork();
	if (pid == 0) {
		execlp("rm", "rm", "-rf", "--", dir, (char *)NULL);
		_exit(127);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

#endif
