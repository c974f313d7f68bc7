#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# `make punctual`: a whole city with dead, slow and lossy devices is swept by a running kkachid on one core: how far each
# poll's start is from its device's moment, sweep by sweep. Exits 1 if a 99th percentile is above 1 s, if a sweep left a
# device, or if fewer than 98.5 % of the living were answered.
#   PUNCTUAL_DEVICES=N  (18450)   PUNCTUAL_INTERVAL=S  (60; less is more devices a second)   PUNCTUAL_SWEEPS=N  (20)
#   PUNCTUAL_DEAD, PUNCTUAL_SLOW, PUNCTUAL_LOSS: percent (10, 5, 2); slow devices take 2 s for each answer
set -u
export LC_ALL=C
. "${srcdir:-.}/tests/daemon_help.sh"
n=${PUNCTUAL_DEVICES:-18450} interval=${PUNCTUAL_INTERVAL:-60} sweeps=${PUNCTUAL_SWEEPS:-20}
dead=${PUNCTUAL_DEAD:-10} slow=${PUNCTUAL_SLOW:-5} loss=${PUNCTUAL_LOSS:-2}

# kkachid has one core, and the simulator another one.
if [ "$(nproc)" -ge 2 ] && command -v taskset >/dev/null; then
	on_sim="taskset -pc 1" on_client="taskset -pc 0"
else
	on_sim=true on_client=true
fi
echo "0 silent WLC-2" > "$dir/faults.scn" # a controller that never answers, with half of the access points that have one
start_sim --controllers 2 --script "$dir/faults.scn" --devices "$n" --switches $((n / 60 + 1)) --mix unifi=60,ifmib=20,ifmib32=10,fit=10 --dead "$dead" --slow "$slow" --loss "$loss"
$on_sim $sim_pid >/dev/null
configure "$sim_port" "$interval" 1000 2
kkachi import "$dir/city.csv" >/dev/null || die "kkachi import exits $?"
start_daemon
$on_client $daemon_pid >/dev/null

# of KEY...: a number of the last status, by its path.
of() {
	printf '%s' "$status" | perl -MJSON::PP -e 'local $/; my $v = decode_json(<STDIN>);
		for (@ARGV) { $v = ref $v eq "HASH" ? $v->{$_} : undef } print $v // ""' "$@"
}
alive() { status=$(control status) && [ -n "$status" ]; }
turned() { alive && [ "$(of sweeps)" -ge "$1" ]; }
cpu_ms() { awk -v t="$(getconf CLK_TCK)" '{sub(/.*\) /, ""); print int(($12 + $13) * 1000 / t)}' "/proc/$daemon_pid/stat"; }

eventually 60 alive || die "kkachid does not come up: $(tail -1 "$dir/daemon.err")"
# In the first sweeps every device is learned, and the dead find their lane.
eventually $((interval * 5 + 60)) turned 4 || die "no sweep ends"
living=$((($(of devices) - 1) * (100 - dead) / 100))
cpu=$(cpu_ms)
printf '%5s %8s %8s %7s %5s %5s | %6s %6s %6s | %8s %8s\n' sweep started answered silent ended left 'lag50' lag99 max took99 cpu_ms
for sweep in $(seq "$sweeps"); do
	eventually $((interval * 2 + 30)) turned $((sweep + 4)) || die "sweep $sweep does not end"
	before=$cpu cpu=$(cpu_ms)
	printf '%5d %8d %8d %7d %5d %5d | %6d %6d %6d | %8d %8d\n' "$sweep" "$(of sweep started)" "$(of sweep answered)" \
		"$(of sweep silent)" "$(of sweep ended)" "$(of sweep left)" "$(of sweep lag_ms p50)" "$(of sweep lag_ms p99)" \
		"$(of sweep lag_ms max)" "$(of sweep took_ms p99)" $((cpu - before))
	[ "$(of sweep lag_ms p99)" -le 1000 ] || fail "sweep $sweep: 99 % of the polls start within $(of sweep lag_ms p99) ms only"
	[ "$(of sweep left)" = 0 ] || fail "sweep $sweep left $(of sweep left) devices: $(of sweep left_devices)"
	[ $(($(of sweep answered) * 1000)) -ge $((living * 985)) ] || fail "sweep $sweep: only $(of sweep answered) were answered"
done
echo "overruns (a poll that still ran at its device's next moment): $(of overruns); in the slow lane: $(of slow_lane)"
[ "$(of overruns)" = 0 ] || echo "  (polls of the first sweeps may learn for up to ten intervals)"
stop_daemon
stop_sim
exit $failed
