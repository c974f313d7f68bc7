#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Debian's snmpd, a real interface, real traffic: the odometers are the kernel's counters, to the octet.
set -u
. "${srcdir:-.}/tests/daemon_help.sh"

[ "$(id -u)" = 0 ] || skip "needs root, for network namespaces"
snmpd=$(PATH=$PATH:/usr/sbin command -v snmpd) || skip "snmpd is not installed"
command -v ip > /dev/null || skip "iproute2 is not installed"
here=kk-$$-agent there=kk-$$-peer
# `ip netns` mounts this folder onto itself where nobody has yet, and leaves it so.
mounted=$(grep -c ' /run/netns ' /proc/self/mounts)
ip netns add "$here" 2> "$dir/err" || skip "no network namespace: $(cat "$dir/err")"
snmpd_pid=
clean_net() {
	[ -z "$snmpd_pid" ] || kill "$snmpd_pid" 2>/dev/null
	ip netns del "$here" 2>/dev/null; ip netns del "$there" 2>/dev/null
	[ "$mounted" != 0 ] || umount /run/netns 2>/dev/null
	cleanup
}
trap clean_net EXIT
ip netns add "$there" || die "ip netns"
# Not `ip netns exec`, which wants to mount and cannot in a root that is not a mount point. What is read is /proc's,
# which is that of the reader's namespace; /sys is not.
inside() { nsenter --net="/run/netns/$1" "${@:2}"; }
in_here() { inside "$here" "$@"; }
for ns in "$here" "$there"; do
	# Neighbour discovery would move octets between two looks at the counters.
	inside "$ns" sh -c 'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6
		echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6' 2>/dev/null
done
ip link add wan0 netns "$here" type veth peer name far0 netns "$there" || skip "no veth interfaces"
in_here ip address add 192.0.2.1/24 dev wan0
inside "$there" ip address add 192.0.2.2/24 dev far0
in_here ip link set lo up; in_here ip link set wan0 up
inside "$there" ip link set far0 up
mac() { inside "$1" ip link show dev "$2" | awk '/link\/ether/ {print $2}'; }
in_here ip neighbour add 192.0.2.2 lladdr "$(mac "$there" far0)" dev wan0
inside "$there" ip neighbour add 192.0.2.1 lladdr "$(mac "$here" wan0)" dev far0

cat > "$dir/snmpd.conf" <<END
agentAddress udp:127.0.0.1:10161
rocommunity secret 127.0.0.1
END
mkdir -p "$dir/snmp"
nsenter --net="/run/netns/$here" env SNMP_PERSISTENT_DIR="$dir/snmp" SNMPCONFPATH="$dir" MIBS= \
	"$snmpd" -f -Le -C -c "$dir/snmpd.conf" -I -smux > "$dir/snmpd.out" 2>&1 &
snmpd_pid=$!
configure 10161 60 500 10
sed -i 's/retries: 10}/retries: 10, community: secret}/' "$KKACHI_CONFIG"
printf 'id,name,host\nREAL1,a real agent,127.0.0.1\n' > "$dir/one.csv"
kkachi import "$dir/one.csv" > /dev/null || die "kkachi import exits $?"

# "wan0: RX-octets packets errs drop fifo frame compressed multicast TX-octets ..."
kernel() { in_here cat /proc/net/dev | sed -n 's/^ *wan0: *//p' | awk -v i="$([ "$1" = rx ] && echo 1 || echo 9)" '{print $i}'; }
odometer() { kkachi show REAL1 --json | grep -oE "\"odometer_$1\":[0-9]+" | cut -d: -f2; }
sweep() {
	in_here env KKACHI_CONFIG="$KKACHI_CONFIG" KKACHI_PROFILES="$KKACHI_PROFILES" \
		"$builddir/kkachid" --once --json > "$dir/once.json" 2> "$dir/once.err" || fail "kkachid exits $?: $(tail -1 "$dir/once.err")"
}
answered() { sweep; [ "$(number answered "$dir/once.json")" = 1 ]; }
eventually 30 answered || die "snmpd does not answer: $(tail -2 "$dir/snmpd.out")"

# traffic N: datagrams of 1,400 octets each way; nobody listens, which does not matter to the counters.
send() {
	inside "$1" perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(Proto => "udp",
		PeerAddr => $ARGV[0], PeerPort => 9) or exit 1;
		for (1 .. $ARGV[1]) { send($s, "x" x 1400, 0); select(undef, undef, undef, 0.001) if $_ % 50 == 0 }' "$2" "$3"
}
traffic() { send "$here" 192.0.2.2 "$1" && send "$there" 192.0.2.1 "$1" || fail "no traffic: $?"; }
base_rx=$(kernel rx) base_tx=$(kernel tx)
[ "$(odometer down)" = 0 ] && [ "$(odometer up)" = 0 ] || fail "the odometers do not start at 0"
# An access point without radios that can be seen is counted on its uplink: in is towards the clients.
# snmpd looks at the kernel every few seconds only, so ask until it has; it must never be more.
same() {
	sweep
	[ "$(odometer down)" = $(($(kernel rx) - base_rx)) ] && [ "$(odometer up)" = $(($(kernel tx) - base_tx)) ]
}
for round in 500 1500 3000; do
	traffic $round
	eventually 40 same ||
		fail "after $round datagrams: odometers $(odometer down) $(odometer up), kernel $(($(kernel rx) - base_rx)) $(($(kernel tx) - base_tx))"
done
[ "$(odometer down)" -gt $((5000 * 1400)) ] || fail "too few octets: $(odometer down)"
echo "5000 datagrams each way: down $(odometer down), up $(odometer up), as the kernel counts"

# The agent starts anew: its sysUpTime falls, the interface's counters do not; no octet is lost or invented.
kill "$snmpd_pid"; wait "$snmpd_pid" 2>/dev/null
nsenter --net="/run/netns/$here" env SNMP_PERSISTENT_DIR="$dir/snmp" SNMPCONFPATH="$dir" MIBS= \
	"$snmpd" -f -Le -C -c "$dir/snmpd.conf" -I -smux > "$dir/snmpd.out" 2>&1 &
snmpd_pid=$!
eventually 30 answered || fail "snmpd does not answer after its restart"
traffic 700
eventually 40 same ||
	fail "after the agent's restart: odometers $(odometer down) $(odometer up), kernel $(($(kernel rx) - base_rx)) $(($(kernel tx) - base_tx))"
exit $failed
