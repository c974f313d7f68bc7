#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What devices are, over time: nameplates are kept, firmware that changes and hardware that is swapped become events, a
# swap is confirmed, the odometer goes on, and what devices share and should not is told.
set -u
. "${srcdir:-.}/tests/daemon_help.sh"

city=(--devices 20 --switches 2 --mix ifmib=100)
"$builddir/kkachi-sim" "${city[@]}" --inventory "$dir/city.csv" --write-only >/dev/null || die "kkachi-sim --write-only"
ap() { grep ',ap,' "$dir/city.csv" | sed -n "$1{s/,.*//p}"; }
a=$(ap 3) b=$(ap 7) c=$(ap 11)
sql() { sqlite3 -readonly "$dir/state/kkachi.db" "$1"; }
# swept SIM-ARGS...: one sweep of the city, as it is then.
swept() {
	start_sim "${city[@]}" "$@"
	configure "$sim_port" 60 1000 3
	echo 'language: en' >>"$KKACHI_CONFIG"
	if [ -d "$dir/state" ]; then # only the simulator's port is another one
		{ echo id,port; sql 'SELECT id FROM device' | sed "s/\$/,$sim_port/"; } >"$dir/port.csv"
		kkachi import "$dir/port.csv" >"$dir/import.out" || die "kkachi import exits $?"
	else
		kkachi import "$dir/city.csv" >"$dir/import.out" || die "kkachi import exits $?"
	fi
	kkachid --once >"$dir/once.out" 2>>"$dir/once.err" || fail "kkachid --once exits $?: $(tail -n 1 "$dir/once.err")"
}
# says WORDS COMMAND...: its output has them.
says() {
	local words=$1; shift
	"$@" >"$dir/out" 2>"$dir/err" </dev/null
	grep -qF -- "$words" "$dir/out" "$dir/err" || fail "$* does not say \"$words\": $(head -n 5 "$dir/out" "$dir/err")"
}
# exits CODE COMMAND...
exits() {
	local code=$1; shift
	"$@" >"$dir/out" 2>"$dir/err" </dev/null
	local got=$?
	[ $got = "$code" ] || fail "$* exits $got, not $code: $(head -n 3 "$dir/err")"
}

# First sight is no change.
swept
stop_sim
[ "$(sql "SELECT count(*) FROM identity WHERE changed <> 0 OR until IS NOT NULL")" = 0 ] || fail "a change at first sight"
[ "$(sql "SELECT count(*), count(serial), count(firmware), count(mac) FROM identity WHERE model = 'AP-2400'")" = "20|20|20|20" ] ||
	fail "nameplates: $(sql "SELECT count(*), count(serial), count(firmware), count(mac) FROM identity WHERE model = 'AP-2400'")"
says '{"model":"AP-2400","firmware":"5.15.100","devices":20}' kkachi devices --by firmware --json
says '"devices":2}' kkachi devices --by firmware --json # switches that tell nothing
says '{"model":"AP-2400","devices":20}' kkachi devices --by model --json
exits 0 kkachi devices --changes --json; [ "$(cat "$dir/out")" = '[]' ] || fail "changes: $(cat "$dir/out")"
exits 0 kkachi devices --duplicates --json; [ "$(cat "$dir/out")" = '[]' ] || fail "duplicates: $(cat "$dir/out")"
exits 1 kkachi replace "$a" --yes # nothing was swapped
exits 2 kkachi devices --by colour
exits 2 kkachi devices --by model --slow
exits 2 kkachi devices --duplicates --state up

# A second sweep of the same devices writes nothing.
before=$(sql "SELECT group_concat(device || since || changed) FROM identity")
swept
stop_sim
[ "$(sql "SELECT group_concat(device || since || changed) FROM identity")" = "$before" ] || fail "a sweep without change wrote"
down=$(sql "SELECT octets_down FROM odometer JOIN device ON num = device WHERE id = '$b' AND source = 0")

# One gets firmware, one is swapped; the inventory has the address of what was there.
printf '0 upgrade %s\n0 replace %s\n' "$a" "$b" >"$dir/script"
swept --script "$dir/script"
stop_sim
grep -q "$a: changed: firmware \"5.15.100\" -> \"5.15.101\"" "$dir/once.err" || fail "the log lacks the firmware: $(tail -n 3 "$dir/once.err")"
grep -q "$b: other hardware" "$dir/once.err" || fail "the log lacks the swap"
[ "$(sql "SELECT count(*) FROM identity WHERE changed <> 0")" = 2 ] || fail "changes: $(sql "SELECT * FROM identity WHERE changed <> 0")"
says '"firmware":"5.15.101","devices":1}' kkachi devices --by firmware --json
says '5.15.101' kkachi show "$a"
says '"changed":["firmware"],"other_hardware":false' kkachi show "$a" --json
says '"changed":["serial","base_mac"],"other_hardware":true,"confirmed":null' kkachi show "$b" --json
says "$b" kkachi devices --changes
says 'not confirmed' kkachi show "$b"

# Confirmed by a person only, once; the inventory's address follows, the odometer goes on.
exits 1 kkachi replace "$b"
says 'SN00000006' kkachi replace "$b"
says 'SN01000006' kkachi replace "$b"
[ "$(sql "SELECT count(*) FROM identity WHERE confirmed IS NOT NULL")" = 0 ] || fail "confirmed without a word"
echo y | kkachi replace "$b" >"$dir/out" 2>"$dir/err" || fail "kkachi replace exits $?: $(cat "$dir/err")"
[ "$(sql "SELECT count(*) FROM identity WHERE confirmed IS NOT NULL")" = 1 ] || fail "not confirmed"
[ "$(sql "SELECT mac FROM device WHERE id = '$b'")" = "$(sql "SELECT i.mac FROM identity i JOIN device ON num = device WHERE id = '$b' AND until IS NULL")" ] ||
	fail "the inventory has the old address"
exits 1 kkachi replace "$b" --yes
says 'swapped, confirmed' kkachi show "$b"
now=$(sql "SELECT octets_down FROM odometer JOIN device ON num = device WHERE id = '$b' AND source = 0")
[ "$now" -ge "$down" ] && [ "$down" -ge 0 ] || fail "the odometer was $down, is $now"

# What is shared: an address in the inventory twice; one box that answers for two devices.
host=$(sql "SELECT host FROM device WHERE id = '$a'")
printf 'id,host\n%s,%s\n' "$c" "$host" >"$dir/twice.csv"
kkachi import "$dir/twice.csv" >"$dir/import.out" || fail "import of a second one"
says "{\"what\":\"address\",\"value\":\"$host, $sim_port\",\"devices\":[\"$a\",\"$c\"]}" kkachi devices --duplicates --json
says "same host and port $host, $sim_port: $c" kkachi show "$a"
sqlite3 "$dir/state/kkachi.db" 'DELETE FROM layout' # all is learned anew
swept
stop_sim
says '"what":"serial"' kkachi devices --duplicates --json
says '"what":"mac"' kkachi show "$c" --json

# A controller speaks for those that are not asked themselves.
rm -rf "$dir/state" "$dir/run"
: >"$dir/sim.out"
"$builddir/kkachi-sim" --recording "$srcdir/tests/recordings/ruckus-zd.snmprec" --listen 127.0.0.1:0 >"$dir/sim.out" 2>"$dir/sim.err" &
sim_pid=$!
eventually 60 grep -qE '^[0-9]+$' "$dir/sim.out" || die "kkachi-sim does not start: $(tail -n 1 "$dir/sim.err")"
configure "$(head -n 1 "$dir/sim.out")" 2 500 0
cat >"$dir/city.csv" <<END
id,name,kind,mac,host,controller
MC-1,controller,controller,,127.0.0.1,
WF-1,listed,ap,02:4b:00:00:0a:01,,MC-1
WF-2,asked,ap,02:4b:00:00:0a:02,127.77.0.2,MC-1
END
kkachi import "$dir/city.csv" >"$dir/import.out" || die "kkachi import exits $?"
start_daemon
plate_of() { sql "SELECT model, serial, firmware FROM identity JOIN device ON num = device WHERE id = '$1'"; }
is_kept() { [ "$(plate_of WF-1)" = 'r510|SN0001|10.5.1' ]; }
eventually 60 is_kept || fail "what the list says of WF-1: $(plate_of WF-1)"
[ "$(sql "SELECT serial FROM identity JOIN device ON num = device WHERE id = 'MC-1'")" = ZD0001 ] || fail "the controller itself"
stop_daemon
[ -z "$(plate_of WF-2)" ] || fail "the list spoke for one that is asked itself: $(plate_of WF-2)"
exit $failed
