#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A recorded device from end to end: kkachi-sim answers as it did, its counters move, kkachid counts what
# they moved, and `kkachi poll` says what the profile was tested with. Bounds come from what was served.
set -u
. "${srcdir:-.}/tests/daemon_help.sh"
records=$srcdir/tests/recordings
command -v snmpget >/dev/null || skip "snmpget is not there (tools/deps installs it)"

serve() { # serve RECORDING ARGS...: sets sim_port
	: > "$dir/sim.out" # or the port of the one before is read
	"$builddir/kkachi-sim" --recording "$records/$1.snmprec" --listen 127.0.0.1:0 "${@:2}" > "$dir/sim.out" 2> "$dir/sim.err" &
	sim_pid=$!
	eventually 60 grep -qE '^[0-9]+$' "$dir/sim.out" || die "kkachi-sim does not start: $(tail -1 "$dir/sim.err")"
	sim_port=$(head -1 "$dir/sim.out")
	configure "$sim_port" 60 1000 3
}
raw() { snmpget -v2c -c public -Oqv 127.0.0.1:"$sim_port" "1.3.6.1.2.1.31.1.1.1.10.5"; }
odometer() { kkachi devices --json | sed -n 's/.*"odometer_down": *\([0-9]*\).*/\1/p' | head -1; }

# RouterOS, whose first radio moves by 1,000,000 octets a second; the others stand still.
serve mikrotik --move 1.3.6.1.2.1.31.1.1.1.10.5=1000000 --move 1.3.6.1.2.1.31.1.1.1.6.5=1000
{
	echo id,name,kind,district,site,lat,lon,host,port,community
	echo WF000001,RouterOS,ap,성동구,성동구 공원,37.55062,127.0343,127.0.0.1,0,public
} > "$dir/city.csv"
kkachi import "$dir/city.csv" > "$dir/import.out" 2>&1 || die "kkachi import: $(tail -1 "$dir/import.out")"
before_first=$(raw)
kkachid --once --json > "$dir/once.json" 2> "$dir/once.err" || fail "the first sweep: $(tail -1 "$dir/once.err")"
after_first=$(raw)
sleep 2
before_last=$(raw)
kkachid --once --json > "$dir/once.json" 2> "$dir/once.err" || fail "the last sweep: $(tail -1 "$dir/once.err")"
after_last=$(raw)
counted=$(odometer)
[ "${counted:-0}" -ge $((before_last - after_first)) ] && [ "$counted" -le $((after_last - before_first)) ] ||
	fail "counted ${counted:-nothing}, not between $((before_last - after_first)) and $((after_last - before_first))"
[ "${counted:-0}" -ge 2000000 ] || fail "two seconds of 1,000,000 octets are $counted"

kkachi poll 127.0.0.1 --port "$sim_port" > "$dir/poll.out" 2>&1 || kkachi poll WF000001 > "$dir/poll.out" 2>&1
grep -q 'profile mikrotik' "$dir/poll.out" || fail "kkachi poll: $(head -3 "$dir/poll.out")"
grep -q '^verified: yes (recording of RouterOS' "$dir/poll.out" || fail "kkachi poll does not say what it was tested with"
kill "$sim_pid"; wait "$sim_pid"; sim_pid=

# v1 as well, and GETBULK; what cannot be said is left out and told.
printf '1.3.6.1.2.1.1.5.0|4|b\n1.3.6.1.2.1.1.1.0|4x|C0ff\n1.3.6.1.2.1.31.1.1.1.6.1|70|aabbcc\n1.3.6.1.2.1.1.3.0|67|17\n' > "$dir/odd.snmprec"
records=$dir serve odd
grep -q 'odd.snmprec:3: a value' "$dir/sim.err" || fail "what is left out is not told: $(cat "$dir/sim.err")"
for v in 1 2c; do
	[ "$(snmpwalk -v$v -c public -On 127.0.0.1:"$sim_port" .1 2>/dev/null | grep '^\.1\.3' | grep -vc 'No more variables')" = 3 ] || fail "v$v: not 3 values"
done
[ "$(snmpbulkwalk -v2c -c public -Oqvx 127.0.0.1:"$sim_port" .1.3.6.1.2.1.1.1 | tr -d '" ')" = C0FF ] || fail "GETBULK of hex"
[ "$(snmpget -v2c -c public -Oqtv 127.0.0.1:"$sim_port" .1.3.6.1.2.1.1.3.0)" = 17 ] || fail "a clock moves that nobody moved"
exit $failed
