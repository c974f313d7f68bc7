#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# kill -9 of kkachid in the middle of sweeps, ten times: no octet is lost or counted twice. Then what
# else a running daemon does: a second one is refused, SIGHUP, the control socket, a clean stop.
set -u
. "${srcdir:-.}/tests/daemon_help.sh"

start_sim --devices 200 --switches 5 --mix unifi=60,ifmib=25,ifmib32=15 --loss 2 --duplicate 1
configure "$sim_port" 1 200 4
kkachi import "$dir/city.csv" > "$dir/import.out" || die "kkachi import exits $?"
# The odometers begin here, as the simulator sees it.
kkachid --once > /dev/null 2> "$dir/once.err" || die "the first sweep exits $?: $(tail -1 "$dir/once.err")"

up() { control status | grep -q '"devices":205'; }
for kill in 1 2 3 4 5 6 7 8 9 10; do
	start_daemon
	eventually 30 up || fail "kkachid does not come up after $((kill - 1)) kills: $(tail -1 "$dir/daemon.err")"
	sleep "1.$((RANDOM % 10))$((RANDOM % 10))"
	kill -9 "$daemon_pid"; wait "$daemon_pid" 2>/dev/null; daemon_pid=
done

# A daemon that lives: it is the only one, and can be asked.
start_daemon
eventually 30 up || fail "kkachid does not come up after all kills"
kkachid --once > /dev/null 2> "$dir/err"; [ $? = 1 ] || fail "a second kkachid does not exit 1"
grep -qi 'another' "$dir/err" || fail "a second kkachid does not say why: $(cat "$dir/err")"
kill -0 "$daemon_pid" || fail "the first kkachid is gone"
status=$(control status)
for key in answered silent overruns unknown_id journal_ok ledger_ok gaps; do
	case $status in *"\"$key\":"*) ;; *) fail "status has no $key: $status" ;; esac
done
[ "$(control nonsense)" = "error no such command: device ID, explain LANGUAGE ID, flush KEY, poll ID, slow, status" ] || fail "control: a bad command"
[ "$(control 'poll nobody')" = "error no such device" ] || fail "control: poll of nobody"
ap=$(awk -F, 'NR == 2 {print $1}' "$dir/city.csv")
case $(control "poll $ap") in *"\"id\":\"$ap\""*) ;; *) fail "control: poll $ap: $(control "poll $ap")" ;; esac

case $(control "device $ap") in *"\"id\":\"$ap\""*'"slow_lane":false'*) ;; *) fail "control: device: $(control "device $ap")" ;; esac
[ "$(kkachi devices --slow | wc -l)" -ge 20 ] || fail "kkachi devices --slow"
kkachi show --json "$ap" | grep -q '"polls":{' || fail "kkachi show: no time of polls"

# An import while it runs: those that are gone are not polled any more, those that are new are.
head -101 "$dir/city.csv" > "$dir/half.csv"
kkachi import --prune "$dir/half.csv" > /dev/null || fail "import --prune exits $?"
fewer() { control status | grep -q '"devices":100,'; }
eventually 20 fewer || fail "kkachid does not follow the inventory: $(control status)"
kkachi import "$dir/city.csv" > /dev/null || fail "import exits $?"
eventually 20 up || fail "kkachid does not follow the inventory back: $(control status)"

# SIGHUP: a good configuration is taken, a bad one is not.
configure "$sim_port" 2 200 4
kill -HUP "$daemon_pid"
slower() { control status | grep -q '"interval":2,'; }
eventually 20 slower || fail "SIGHUP: the interval stays"
echo 'nonsense: 1' >> "$KKACHI_CONFIG"
kill -HUP "$daemon_pid"
refused() { grep -q 'the old configuration stays' "$dir/daemon.err"; }
eventually 20 refused || fail "SIGHUP: a bad configuration is taken"
slower || fail "SIGHUP: the old configuration does not stay"
stop_daemon
[ ! -e "$dir/run/control" ] || fail "the control socket is left behind"

configure "$sim_port" 60 200 4
kkachid --once > /dev/null 2> "$dir/once.err" || fail "the last sweep exits $?"
stop_sim
compare
ledger
exit $failed
