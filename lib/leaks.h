/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * leaks.h - what the leak sanitizer need not look at: memory that a library loses while it is
 * called. Without the sanitizer this is nothing at all.
 */
#ifndef KK_LIB_LEAKS_H
#define KK_LIB_LEAKS_H

#if defined(__SANITIZE_ADDRESS__)
#define KK_LEAKS_ARE_SEEN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KK_LEAKS_ARE_SEEN 1
#endif
#endif

#ifdef KK_LEAKS_ARE_SEEN
#include <sanitizer/lsan_interface.h>
#endif

/** From here on this thread's allocations may be lost. Ends with leaks_watch(). */
static inline void
leaks_ignore(void)
{
#ifdef KK_LEAKS_ARE_SEEN
	__lsan_disable();
#endif
}

/** They are looked at again. */
static inline void
leaks_watch(void)
{
#ifdef KK_LEAKS_ARE_SEEN
	__lsan_enable();
#endif
}

#endif
