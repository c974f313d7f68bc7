#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# kkachid --once against a simulated city with loss, duplicates, malformed answers and reboots: every
# odometer is what the simulator served, and the report adds up.
set -u
. "${srcdir:-.}/tests/daemon_help.sh"

city=(--devices 150 --switches 5 --mix unifi=60,ifmib=25,ifmib32=15)
"$builddir/kkachi-sim" "${city[@]}" --inventory "$dir/city.csv" --write-only > /dev/null || die "kkachi-sim --write-only"
ap() { grep ',ap,' "$dir/city.csv" | sed -n "$1{s/,.*//p}"; }
cat > "$dir/faults.scn" <<END
2 reboot $(ap 3)
4 reboot $(ap 10)
4 replace $(ap 17)
5 move $(ap 20)
END
start_sim "${city[@]}" --loss 2 --duplicate 1 --malformed 1 --script "$dir/faults.scn"
configure "$sim_port" 60 300 5
kkachi import "$dir/city.csv" > "$dir/import.out" || die "kkachi import exits $?"

for sweep in 1 2 3 4 5; do
	kkachid --once --json > "$dir/once.json" 2> "$dir/once.err" || fail "sweep $sweep: exit $?: $(tail -1 "$dir/once.err")"
	[ "$(wc -l < "$dir/once.json")" = 1 ] || fail "sweep $sweep: not one line"
	for key in devices answered timeouts requests samples wall_ms poll_cpu_ms keep_cpu_ms load_cpu_ms cpu_ms max_rss_kb; do
		[ -n "$(number $key "$dir/once.json")" ] || fail "sweep $sweep: no $key"
	done
	n() { number "$1" "$dir/once.json"; }
	[ "$(n devices)" = 155 ] || fail "sweep $sweep: $(n devices) devices, not 155"
	[ $(($(n answered) + $(n timeouts))) = 155 ] || fail "sweep $sweep: $(n answered) answered and $(n timeouts) silent"
	[ "$(n answered)" -ge 150 ] || fail "sweep $sweep: only $(n answered) of 155 answered"
	[ "$(n samples)" = 155 ] || fail "sweep $sweep: $(n samples) samples"
	[ "$(n requests)" -ge 155 ] || fail "sweep $sweep: $(n requests) requests"
	[ $(($(n poll_cpu_ms) + $(n keep_cpu_ms) + $(n load_cpu_ms))) = "$(n cpu_ms)" ] || fail "sweep $sweep: CPU does not add up"
	sleep 1 # the city moves octets in its own time
done
stop_sim
compare
ledger

# What people and scripts rely on: exit codes, and words on the right stream.
kkachid --help > "$dir/out" 2>&1 || fail "--help exits $?"
grep -q '^Usage: kkachid' "$dir/out" || fail "--help"
kkachid --version | grep -q '^kkachid [0-9]' || fail "--version"
kkachid --nonsense 2> "$dir/err"; [ $? = 2 ] || fail "a bad option does not exit 2"
kkachid --json 2> "$dir/err"; [ $? = 2 ] || fail "--json without --once does not exit 2"
kkachid extra 2> "$dir/err"; [ $? = 2 ] || fail "an argument does not exit 2"
kkachid -c "$dir/absent.yaml" 2> "$dir/err"; [ $? = 2 ] || fail "an absent configuration does not exit 2"
grep -q absent.yaml "$dir/err" || fail "the error does not name the configuration"
printf 'snmp:\n  intervall: 60\n' > "$dir/bad.yaml"
kkachid -c "$dir/bad.yaml" --once 2> "$dir/err"; [ $? = 2 ] || fail "a bad key does not exit 2"
grep -q 'bad.yaml:2:' "$dir/err" || fail "the error does not name file and line: $(cat "$dir/err")"

# Everybody silent: the sweep ran all the same.
configure 9 60 50 0
kkachid --once --json > "$dir/once.json" 2> "$dir/once.err" || fail "a silent city exits $?"
[ "$(number timeouts "$dir/once.json")" = 155 ] || fail "a silent city: $(cat "$dir/once.json")"
exit $failed
