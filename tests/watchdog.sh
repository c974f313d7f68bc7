#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What kkachid tells systemd: ready when it can be asked, alive for as long as it works, reloading, stopping.
set -u
. "${srcdir:-.}/tests/daemon_help.sh"
command -v perl >/dev/null || skip "perl is not there"

# A service manager: prints what it is told, a line each, "ready" as soon as it listens.
perl -MIO::Socket::UNIX -MSocket -e '$| = 1; $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ARGV[0]) or die $!;
	print "listening\n"; while (defined $s->recv($m, 4096)) { print "$m\n" }' "$dir/notify" > "$dir/told" &
manager_pid=$!
trap 'kill "$manager_pid" 2>/dev/null; cleanup' EXIT
eventually 20 grep -q listening "$dir/told" || die "nobody listens"
start_sim --devices 3
configure "$sim_port" 1 500 1
kkachi import "$dir/city.csv" > "$dir/import.out" || die "kkachi import exits $?"

told() { [ "$(grep -c "^$1" "$dir/told")" -ge "${2:-1}" ]; }
export NOTIFY_SOCKET=$dir/notify WATCHDOG_USEC=1000000
start_daemon
eventually 60 told READY=1 || die "not ready: $(tail -1 "$dir/daemon.err")"
control status | grep -q '"devices":3' || fail "ready, but cannot be asked"
eventually 60 told WATCHDOG=1 4 || fail "no signs of life: $(cat "$dir/told")"
told 'STATUS=.* devices' || eventually 60 told 'STATUS=.* devices' || fail "no status: $(cat "$dir/told")"
# Its work is what sends them: what hangs is silent, and goes on when it is well again.
kill -STOP "$daemon_pid"
sleep 0.3
before=$(grep -c ^WATCHDOG "$dir/told")
sleep 2
[ "$(grep -c ^WATCHDOG "$dir/told")" = "$before" ] || fail "a sign of life of one that hangs"
kill -CONT "$daemon_pid"
eventually 60 told WATCHDOG=1 $((before + 2)) || fail "no sign of life any more"
kill -HUP "$daemon_pid"
eventually 60 told RELOADING=1 || fail "no word of reloading"
eventually 60 told MONOTONIC_USEC=[1-9] || fail "reloading since when?"
eventually 60 told READY=1 2 || fail "not ready after reloading"
told STOPPING=1 && fail "stopping, although nobody has asked for it"
stop_daemon
eventually 20 told STOPPING=1 || fail "no word of the end"

# At half of what is asked for, also where that is shorter than anything else the loop waits for.
WATCHDOG_USEC=400000 start_daemon
eventually 60 told READY=1 3 || fail "not ready again"
n=$(grep -c ^WATCHDOG "$dir/told")
rounds() { [ "$(control status | grep -oE '"sweeps":[0-9]+' | cut -d: -f2)" -ge "$1" ]; }
eventually 60 rounds 5 || fail "no sweeps: $(control status)"
told WATCHDOG=1 $((n + 10)) || fail "$(($(grep -c ^WATCHDOG "$dir/told") - n)) signs of life in 5 s, at 0.2 s each"
stop_daemon

# For another process, or without a watchdog: none is wanted.
WATCHDOG_PID=1 start_daemon
eventually 60 told READY=1 4 || fail "not ready again"
n=$(grep -c ^WATCHDOG "$dir/told")
eventually 60 rounds 2 || fail "no sweeps: $(control status)"
[ "$(grep -c ^WATCHDOG "$dir/told")" = "$n" ] || fail "signs of life that are another's"
stop_daemon
exit $failed
