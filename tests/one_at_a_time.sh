#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# An agent has one request at a time to answer, whoever wants to know: the sweep, traps, people who poll it.
set -u
. "${srcdir:-.}/tests/daemon_help.sh"
command -v perl >/dev/null || skip "perl is not there"
command -v snmptrap >/dev/null || skip "snmptrap is not there (tools/deps installs it)"

start_sim --devices 1
host=$(sed 1d "$dir/city.csv" | grep -oE '\b127\.[0-9]+\.[0-9]+\.[0-9]+')
perl "$srcdir/tests/slow_proxy.pl" "$host" "$sim_port" > "$dir/proxy" &
proxy_pid=$!
trap 'kill "$proxy_pid" 2>/dev/null; cleanup' EXIT
eventually 20 grep -qE '^[0-9]+$' "$dir/proxy" || die "the proxy does not start"
traps=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.1")->sockport')
configure "$sim_port" 1 5000 2
sed -i "s|snmp: {|snmp: {traps: '127.0.0.1:$traps', |" "$KKACHI_CONFIG"
printf 'id,host,port\nAP,127.0.0.1,%s\n' "$(head -1 "$dir/proxy")" > "$dir/one.csv"
kkachi import "$dir/one.csv" > "$dir/import.out" || die "kkachi import exits $?"
start_daemon

requests() { [ "$(grep -c request "$dir/proxy")" -ge "$1" ]; }
eventually 60 requests 3 || fail "it is not polled: $(tail -1 "$dir/daemon.err")"
for i in 1 2 3 4 5; do
	kkachi poll AP > "$dir/poll.$i" 2>&1 &
	polls[i]=$!
	MIBS='' snmptrap -v2c -c public --clientaddr=127.0.0.1 127.0.0.1:"$traps" 4711 .1.3.6.1.6.3.1.1.5.1 2>> "$dir/trap.err"
	sleep 0.1
done
for i in 1 2 3 4 5; do wait "${polls[i]}" || fail "poll $i: $(cat "$dir/poll.$i")"; done
eventually 60 requests 60 || fail "only $(grep -c request "$dir/proxy") requests"
grep -q overlap "$dir/proxy" && fail "$(grep -c overlap "$dir/proxy") of $(grep -c request "$dir/proxy") requests came while another was open"
stop_daemon
exit $failed
