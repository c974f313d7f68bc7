/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log.h - one line per event on stderr, in the level format of journald (sd-daemon(3)). */
#ifndef KK_LIB_LOG_H
#define KK_LIB_LOG_H

#include <stdarg.h>
#include <stdint.h>

/* Values are those of syslog(3), as journald reads them from "<N>". */
enum log_level {
	LOG_LV_ERROR = 3,
	LOG_LV_WARNING = 4,
	LOG_LV_NOTICE = 5,
	LOG_LV_INFO = 6,
	LOG_LV_DEBUG = 7
};

/**
 * Set what is written; the one piece of state that is shared by a whole process, set once in main.
 *
 * @param program  Name put before a line when stderr is a terminal; borrowed for the process's
 * life.
 * @param most     Least important level that is still written.
 */
void log_open(const char *program, enum log_level most);

/**
 * Write one line; control characters are escaped, so that a device's text cannot forge a line.
 * Safe from several threads: a line is one write(2).
 *
 * @param level  Importance.
 * @param fmt    printf format, without a line end.
 */
void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A trouble that lasts: told once, then at growing intervals, then its end. A plain value, zeroed
 * at first. */
struct complaint {
	int64_t next_ms;     /* monotonic time at which it may be told again, milliseconds */
	int64_t interval_ms; /* 0: nothing wrong */
	uint64_t unsaid;     /* how often it happened since the last line */
};

/**
 * Tell of a trouble, unless it was told of late: at once, then after 10 s, 20 s ... up to an hour.
 *
 * @param c       Its state.
 * @param now_ms  Monotonic time, milliseconds.
 * @param level   Importance.
 * @param fmt     printf format.
 */
void complain(struct complaint *c, int64_t now_ms, enum log_level level, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/**
 * Tell that it is over, if it had been told of.
 *
 * @param c    Its state; zeroed.
 * @param fmt  printf format.
 */
void complaint_over(struct complaint *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
