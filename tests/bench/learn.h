/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learn.h - a relay between a collector and a simulated fleet that writes down what is asked. */
#ifndef KK_BENCH_LEARN_H
#define KK_BENCH_LEARN_H

/**
 * Relay until SIGTERM or SIGINT, then write what was asked, retries left out.
 *
 * @param port      UDP port to listen on, on all addresses of 127.0.0.0/8.
 * @param upstream  The fleet's port, on the same addresses.
 * @param path      File for packets_write().
 * @return          Exit code.
 */
int learn(unsigned port, unsigned upstream, const char *path);

#endif
