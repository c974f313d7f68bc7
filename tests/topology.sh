#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A simulated city with a tree of switches and one ring: swept once, its LLDP neighbours and bridge tables say what the
# inventory says. With access points on the wrong switch it names exactly these, and its import file puts them right.
# Interfaces, light and power are kept; no address of a person's station ever reaches the disk.
set -u
. "${srcdir:-.}/tests/daemon_help.sh"

# swept SIM-ARGS...: a fresh state, one sweep of such a city.
swept() {
	rm -rf "$dir/state" "$dir/sim.out"
	start_sim --devices 240 --switches 8 --tree --since "$(date +%s)" "$@"
	configure "$sim_port" 60 1000 3
	kkachi import "$dir/city.csv" >"$dir/import.out" || die "kkachi import exits $?"
	kkachid --once --json >"$dir/once.json" 2>"$dir/once.err" || die "kkachid --once exits $?: $(tail -n 1 "$dir/once.err")"
}
# found: what differs, "ID FINDING SEEN" a line.
found() {
	kkachi topology --diff --json >"$dir/topology.json" || fail "kkachi topology exits $?"
	grep -o '{"id":[^{]*"finding":[^{]*"seen":[^,]*' "$dir/topology.json" |
		sed 's/.*"id":"\([^"]*\)".*"finding":"\([^"]*\)".*"seen":"*\([^"]*\)"*/\1 \2 \3/' | sort
}
counts() { sed 's/.*"counts":\({[^}]*}\).*/\1/' "$dir/topology.json"; }
sql() { sqlite3 -readonly "$dir/state/kkachi.db" "$1"; }

# All is as told: 240 access points, 7 switches below the node, one ring.
swept
[ -z "$(found)" ] || fail "it should agree: $(found | head -n 5)"
[ "$(counts)" = '{"agrees":248,"differs":0,"ring":0,"not_seen":0,"contradictory":0,"missing":0,"unknown":0}' ] || fail "counts: $(counts)"
kkachi topology --diff --format csv --no-bom | tr -d '\r' >"$dir/none.csv"
[ "$(cat "$dir/none.csv")" = id,uplink,uplink2 ] || fail "proposals where all agrees"

# Every port of every switch is there, its uplink's light, the power of its access points.
[ "$(sql "SELECT count(DISTINCT device) FROM port")" = 8 ] || fail "switches with ports: $(sql "SELECT count(DISTINCT device) FROM port")"
[ "$(sql "SELECT count(*) FROM port")" = $((240 + 7 + 1 + 8 + 1)) ] || fail "ports: $(sql "SELECT count(*) FROM port")"
[ "$(sql "SELECT count(*) FROM port WHERE name = 'xe1' AND rx_mdbm BETWEEN -8500 AND -7500 AND mbps = 10000")" = 8 ] || fail "light"
[ "$(sql "SELECT count(*) FROM port WHERE poe = 3")" = 248 ] || fail "power: $(sql "SELECT count(*) FROM port WHERE poe = 3")"
[ "$(sql "SELECT count(*) FROM port WHERE octets_in IS NULL OR octets_width != 64 OR oper != 1")" = 0 ] || fail "counters"
# The law: whom the bridges have heard beside devices of the inventory is only a number.
[ "$(sql "SELECT count(*) FROM neighbour WHERE via = 1 AND chassis NOT LIKE '02:4b:%'")" = 0 ] || fail "a person's address is kept"
grep -rlaE 'da:[0-9a-f]{2}:[0-9a-f]{2}:[0-9a-f]{2}:[0-9a-f]{2}:[0-9a-f]{2}' "$dir/state" && fail "a person's address is on the disk"

# A second sweep moves odometers on; after a restart they go on from where they were.
first=$(sql "SELECT sum(octets_in + octets_out) FROM port")
sleep 1.2
kkachid --once >/dev/null 2>"$dir/once.err" || fail "second sweep"
second=$(sql "SELECT sum(octets_in + octets_out) FROM port")
[ "$second" -gt "$first" ] || fail "odometers stand still: $first, $second"
stop_sim

# Three access points on the wrong switch, a dim optic.
swept --miscable 3 --dim 1
found >"$dir/found"
[ "$(wc -l <"$dir/found")" = 3 ] && [ "$(grep -c ' differs SW-' "$dir/found")" = 3 ] || fail "three are miscabled: $(cat "$dir/found")"
[ "$(sql "SELECT count(*) FROM port WHERE name = 'xe1' AND rx_mdbm < -30000")" = 1 ] || fail "a dim optic"
kkachi topology --diff --format csv >"$dir/fix.csv" || fail "--format csv"
kkachi import --json "$dir/fix.csv" >"$dir/import.out" || fail "its import file is refused"
[ "$(number changed "$dir/import.out")" = 3 ] || fail "the import changed $(cat "$dir/import.out")"
[ -z "$(found)" ] || fail "it should agree after the import: $(found | head -n 5)"
stop_sim

# Access points that speak no LLDP: the bridge tables know where they are, also the miscabled ones.
swept --miscable 2 --no-lldp 100
found >"$dir/found"
[ "$(wc -l <"$dir/found")" = 2 ] && [ "$(grep -c ' differs SW-' "$dir/found")" = 2 ] || fail "bridge tables: $(cat "$dir/found")"
[ "$(grep -o '"via":"bridge"' "$dir/topology.json" | wc -l)" = 2 ] || fail "not by bridge tables"
stop_sim
exit $failed
