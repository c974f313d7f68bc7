/* SPDX-License-Identifier: GPL-3.0-or-later */
/* net_udp.h - the engine's network: a few UDP sockets that all devices share, datagrams in batches.
 */
#ifndef KK_COLLECTOR_SNMP_NET_UDP_H
#define KK_COLLECTOR_SNMP_NET_UDP_H

#include "collector/snmp/engine.h"
#include "lib/err.h"

struct net_udp;

/**
 * Open the sockets: per lane one for IPv4, and one for IPv6 where the kernel has it.
 *
 * @param lanes  1 .. 16.
 * @param out    Receives the network; net_udp_free() frees it.
 * @param d      Why not.
 * @retval KK_OK Done.
 * @retval KK_E_IO  And its kin from errno.
 */
int net_udp_new(unsigned lanes, struct net_udp **out, struct diag *d);

/**
 * Open a socket that listens; one for IPv4 and one for IPv6 if the address is [::].
 *
 * @param at   Address and port; IPv4 as an IPv4-mapped one.
 * @param out  Receives the network; net_udp_free() frees it.
 * @param d    Why not.
 * @retval KK_OK Done.
 * @retval KK_E_BUSY    The port is taken.
 * @retval KK_E_DENIED  It is below 1024, and this process may not have it.
 * @return     Or kk_from_errno() of what the system said.
 */
int net_udp_listen(const struct sockaddr_in6 *at, struct net_udp **out, struct diag *d);

/**
 * Open unprivileged ICMP sockets, which send and receive echoes in the same way: one for IPv4, and
 * one for ICMPv6 where the kernel has it. The port of an address is of no meaning.
 *
 * @param out  Receives the network; net_udp_free() frees it.
 * @param d    Why not.
 * @retval KK_OK Done.
 * @retval KK_E_DENIED  The kernel allows it to nobody of this group: net.ipv4.ping_group_range.
 * @return     Or kk_from_errno() of what the system said.
 */
int net_udp_icmp(struct net_udp **out, struct diag *d);

/** @param u Network, NULL is allowed. */
void net_udp_free(struct net_udp *u);

/** As the engine wants it; `fd` is an epoll descriptor over all sockets. @param u Network, which
 * must outlive the engine. @return A value to copy. */
struct net net_udp_net(struct net_udp *u);

/** Datagrams that the sockets had no room for, as far as the kernel says. @param u Network. @return
 * Octets of receive buffer over all sockets. */
size_t net_udp_room(const struct net_udp *u);

/**
 * A numeric address as the engine has it.
 *
 * @param host  "192.0.2.1", "2001:db8::1", "fe80::1%eth0".
 * @param port  1 .. 65535.
 * @param out   Receives it; IPv4 as an IPv4-mapped one (RFC 4291).
 * @retval KK_OK Done.
 * @retval KK_E_SYNTAX  Not a numeric address: names are never looked up, as a resolver may block.
 */
int net_udp_address(const char *host, unsigned port, struct sockaddr_in6 *out);

#endif
