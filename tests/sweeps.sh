#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A city in which everything goes wrong at once, swept again and again: every odometer of every device that could be
# polled is what the simulator served, to the octet. KK_SWEEP_DEVICES=18450 is the whole city (400 here), KK_SWEEPS how
# often it is swept (5), KK_SWEEP_KILLS how many sweeps more are killed at a random instant (2).
set -u
. "${srcdir:-.}/tests/daemon_help.sh"
n=${KK_SWEEP_DEVICES:-400} sweeps=${KK_SWEEPS:-5} kills=${KK_SWEEP_KILLS:-2}
# A whole city that is learned at once keeps the simulator busy for longer than a short timeout, and the odometers of an
# AP that falls silent in the middle of it start with its first poll that succeeds, of which the simulator knows nothing.
timeout=$((n > 2000 ? 1500 : 500))

city=(--devices "$n" --switches $((n / 60 + 1)) --mix unifi=60,ifmib=25,ifmib32=15 --v1 3 --dead 2 --since "$(date +%s)")
# Which device is what: the truth of a city that nobody has asked.
"$builddir/kkachi-sim" "${city[@]}" --report "$dir/truth.json" --seconds 1 >/dev/null 2>&1 || die "kkachi-sim --seconds"
id_of() { sed -n "s/.*\"id\":\"\(WF[0-9]*\)\",\"profile\":\"$1\".*/\1/p" "$dir/truth.json" | sed -n "$2p"; }
cat >"$dir/faults.scn" <<END
2   reboot    2%
4   clear     $(id_of unifi 5)       # ifCounterDiscontinuityTime: no reboot
4   clear     $(id_of ifmib 7)
5   silent    SW-00002               # and all that hang on it
6   move      $(id_of unifi 9)
6   replace   $(id_of ifmib 4)      # not one of the 2% of 8: two boots within the 2 s of slack are one
7   answer    SW-00002
7   reboot    $(id_of ifmib32 2)
8   reboot    2%
END
start_sim "${city[@]}" --loss 2 --duplicate 1 --malformed 1 --late 0.5 --late-ms $((timeout * 6)) --script "$dir/faults.scn"
configure "$sim_port" 60 $timeout 4
kkachi import "$dir/city.csv" >"$dir/import.out" || die "kkachi import exits $?"

one_sweep() {
	kkachid --once --json >"$dir/once.json" 2>"$dir/once.err" || fail "sweep $1: exit $?: $(tail -n 1 "$dir/once.err")"
	answered=$(number answered "$dir/once.json")
	echo "sweep $1: $answered of $(number devices "$dir/once.json") answered in $(number wall_ms "$dir/once.json") ms"
}
started=$SECONDS
for sweep in $(seq "$sweeps"); do
	one_sweep "$sweep"
	[ "$answered" -ge $((n * 9 / 10)) ] || [ "$sweep" -lt "$sweeps" ] || fail "only $answered answered at the end"
	sleep 1.5
done
# Killed at any instant: before it asks, while it asks, while it keeps.
for kill in $(seq "$kills"); do
	"$builddir/kkachid" --once >/dev/null 2>>"$dir/killed.err" &
	daemon_pid=$!
	sleep "$((RANDOM % (n > 2000 ? 5 : 1))).$((RANDOM % 10))$((RANDOM % 10))"
	kill -9 "$daemon_pid" 2>/dev/null
	wait "$daemon_pid" 2>/dev/null
	daemon_pid=
done
while [ $((SECONDS - started)) -lt 10 ]; do sleep 0.5; done # until the last event of the script
one_sweep last
one_sweep "after it"
stop_sim
compare
ledger
grep -q ' 0 different' "$dir/compare.out" || fail "not all equal"
[ "$(sed -n 's/^\([0-9]*\) equal.*/\1/p' "$dir/compare.out")" -ge $((n * 9 / 10)) ] || fail "too few were compared"
exit $failed
