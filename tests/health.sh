#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What kkachid counts of itself, as a scraper of kkachi-web gets it: every number of `status`, every reason of a drop.
set -u
. "${srcdir:-.}/tests/daemon_help.sh"
command -v curl >/dev/null || skip "no curl"

start_sim --devices 30 --malformed 20 --duplicate 20
configure "$sim_port" 1 500 2
printf 'web: {listen: "127.0.0.1:0"}\n' >> "$KKACHI_CONFIG"
kkachi import "$dir/city.csv" > "$dir/import.out" || die "kkachi import exits $?"
start_daemon
"$builddir/kkachi-web" 2> "$dir/web.err" &
web_pid=$!
trap 'kill "$web_pid" 2>/dev/null; cleanup' EXIT
eventually 30 grep -qE 'port [0-9]+$' "$dir/web.err" || die "kkachi-web does not start: $(tail -1 "$dir/web.err")"
port=$(sed -n 's/.*, port \([0-9]*\)$/\1/p' "$dir/web.err")

scrape() { curl -s "http://127.0.0.1:$port/metrics" > "$dir/metrics"; }
swept() { scrape && [ "$(sed -n 's/^kkachi_collector_sweeps_total //p' "$dir/metrics")" -ge 3 ]; }
eventually 60 swept || fail "no sweeps: $(grep collector "$dir/metrics" | head -5)"
grep -qx 'kkachi_collector_devices 30' "$dir/metrics" || fail "devices: $(grep devices "$dir/metrics")"
grep -q '^kkachi_collector_sweep_lag_ms_p99 [0-9]' "$dir/metrics" || fail "lag: $(grep lag "$dir/metrics")"
[ "$(grep -c '^kkachi_collector_engine_drops_total{reason="[a-z_0-9]*"} [0-9]' "$dir/metrics")" -ge 5 ] || fail "drops: $(grep drops "$dir/metrics")"
awk '/^kkachi_collector_engine_drops_total/ { sum += $2 } END { exit !(sum > 0) }' "$dir/metrics" || fail "nothing was dropped of what is malformed"
# Every name has one type, before its first value; what counts up ends in _total; the end is told.
awk '/^# TYPE / { if (type[$3]) bad = 1; type[$3] = $4; next }
	/^#/ { next }
	{ name = $1; sub(/{.*/, "", name); base = name; counter = sub(/_total$/, "", base); sub(/_info$/, "", base)
	  if (!type[base] || (type[base] == "counter") != counter) { print "odd: " $0; bad = 1 } }
	END { exit bad }' "$dir/metrics" || fail "no OpenMetrics"
[ "$(tail -1 "$dir/metrics")" = '# EOF' ] || fail "no end: $(tail -1 "$dir/metrics")"
stop_daemon
scrape
grep -q '^kkachi_collector_devices' "$dir/metrics" && fail "a collector that does not run has numbers"
grep -q '^kkachi_build_info' "$dir/metrics" || fail "without a collector: $(head -3 "$dir/metrics")"
exit $failed
