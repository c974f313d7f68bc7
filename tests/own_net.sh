# SPDX-License-Identifier: GPL-3.0-or-later
# own_net.sh - sourced by tests of live captures: goes on in a network namespace of its own, with two interfaces that are
# one wire, kk0 and kk1. Leaves srcdir, builddir, failed and:
#   skip WHY            77, and why
#   fail WHY            goes on, and fails at the end
#   eventually SECONDS COMMAND...   until it succeeds
set -u
export LC_ALL=C
srcdir=${srcdir:-.}; builddir=${builddir:-.}
failed=0
skip() { echo "skipped: $*"; exit 77; }
fail() { echo "FAIL: $*"; failed=1; }
eventually() {
	local tries=$(($1 * 10)); shift
	while ! "$@" >/dev/null 2>&1; do
		[ $((tries -= 1)) -gt 0 ] || return 1
		sleep 0.1
	done
}
[ -x "$builddir/kkachid" ] || skip "kkachid is not built"
[ "$(id -u)" = 0 ] || skip "network namespaces and raw sockets are root's"
command -v ip >/dev/null || skip "no ip(8)"
if [ -z "${KK_OWN_NET:-}" ]; then
	unshare -n true 2>/dev/null || skip "no network namespaces"
	KK_OWN_NET=1 exec unshare -n "$0" "$@"
fi
ip link add kk0 type veth peer name kk1 2>/dev/null || skip "no veth interfaces"
sysctl -qw net.ipv6.conf.all.disable_ipv6=1 2>/dev/null # nobody speaks but the test
for i in kk0 kk1; do ip link set $i mtu 9000 up; done
