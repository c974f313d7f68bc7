/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nomem.h - memory that runs out: the n-th allocation of the project's own code fails, for every n.
 *
 * The test that includes it is linked with NOMEM_LINK (see alerts/local.mk): malloc(), calloc() and
 * realloc() of what is linked statically come here, those of shared libraries do not.
 */
#ifndef KK_TESTS_NOMEM_H
#define KK_TESTS_NOMEM_H

#include <stddef.h>

#include "lib/err.h"
#include "tests/harness.h"

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

static struct {
	int on;
	long calls, at; /* the at-th call fails, from 1 */
	int all;	/* and all behind it */
} nomem;

static inline int
nomem_fails(void)
{
	if (!nomem.on)
		return 0;
	nomem.calls++;
	if (nomem.all ? nomem.calls < nomem.at : nomem.calls != nomem.at)
		return 0;
	errno = ENOMEM;
	return 1;
}

void *
__wrap_malloc(size_t n)
{
	return nomem_fails() ? NULL : __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return nomem_fails() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t n)
{
	return nomem_fails() ? NULL : __real_realloc(p, n);
}

/**
 * Run something with every one of its allocations failing in turn: it must not crash, must leak
 * nothing (LeakSanitizer sees that), and must say KK_E_NOMEM, or have done without.
 *
 * @param why    Name, for messages.
 * @param run    What is to be done; undoes what it did.
 * @param all    1: the allocations behind the failing one fail as well.
 * @param may    1: it may do without and say KK_OK.
 * @return       How many allocations it makes.
 */
static inline long
nomem_try(const char *why, int (*run)(void), int all, int may)
{
	long at = 0;
	int rc;

	do {
		nomem.at = ++at;
		nomem.calls = 0;
		nomem.all = all;
		nomem.on = 1;
		rc = run();
		nomem.on = 0;
		if (nomem.calls < at)
			break;
		ck_assert_msg(rc == KK_E_NOMEM || (may && rc == KK_OK),
		    "%s: allocation %ld fails: %s", why, at, kk_strerror(rc));
	} while (at < 100000);
	ck_assert_msg(rc == KK_OK, "%s: with memory: %s", why, kk_strerror(rc));
	return at - 1;
}

#endif
