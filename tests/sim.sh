#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# kkachi-sim as net-snmp sees it: every way to ask gives the same values, and the report tells what was served.
set -u
command -v snmpget >/dev/null || { echo "skipped: net-snmp's commands are absent (package snmp)"; exit 77; }
sim=${builddir:-.}/kkachi-sim
dir=$(mktemp -d /tmp/kk-test-XXXXXX) || exit 1
pid=
trap 'kill $pid 2>/dev/null; rm -rf "$dir"' EXIT
fail() { echo "FAILED: $*"; exit 1; }

# start OPTIONS...: sets pid and port.
start() {
	: >"$dir/port"
	"$sim" "$@" >"$dir/port" 2>"$dir/err" &
	pid=$!
	until [ -s "$dir/port" ]; do
		kill -0 $pid 2>/dev/null || { cat "$dir/err"; fail "kkachi-sim $*"; }
		sleep 0.05
	done
	port=$(cat "$dir/port")
}
finish() { kill $pid; wait $pid || fail "exit code $?"; }
json() { sed -n "s/.*\"id\":\"$1\".*\"$2\":\[*\([0-9]*\).*/\1/p" "$dir/report"; }

start --devices 200 --switches 2 --mix unifi=1,ifmib=1,ifmib32=1 --v1 0 --report "$dir/report" --inventory "$dir/city.csv"

# One device of each kind.
for kind in unifi ifmib ifmib32; do
	kill -USR1 $pid
	until [ -s "$dir/report" ]; do sleep 0.05; done
	id=$(sed -n "s/.*\"id\":\"\(WF[0-9]*\)\",\"profile\":\"$kind\".*/\1/p" "$dir/report" | head -n 1)
	host=$(grep "^$id," "$dir/city.csv" | grep -oE '127(\.[0-9]+){3}' | head -n 1)
	[ -n "$host" ] || fail "no device of kind $kind"
	for how in "snmpbulkwalk -v2c" "snmpwalk -v2c" "snmpbulkwalk -Cr50 -v2c" "snmpwalk -v1"; do
		$how -c public -On -Ob "$host:$port" .1 >"$dir/walk" 2>"$dir/err" || { cat "$dir/err"; fail "$how $kind"; }
		grep -v 'No more variables' "$dir/walk" | grep '^\.' >"$dir/lines"
		[ -f "$dir/lines.$kind" ] || cp "$dir/lines" "$dir/lines.$kind"
		# Version 1 has no Counter64.
		[ "$how" = "snmpwalk -v1" ] && without='Counter64' || without='nothing'
		grep -v "$without" "$dir/lines.$kind" | sed 's/ = .*//' >"$dir/want"
		sed 's/ = .*//' "$dir/lines" >"$dir/names"
		cmp "$dir/names" "$dir/want" || fail "$how sees other objects of $kind"
	done
	n=$(wc -l <"$dir/lines.$kind")
	[ "$n" -gt 40 ] || fail "$kind has $n objects only"
	[ "$kind" = ifmib32 ] && column=.1.3.6.1.2.1.2.2.1.16 || column=.1.3.6.1.2.1.31.1.1.1.10
	value=$(snmpget -v2c -c public -Oqv "$host:$port" $column.5) || fail "snmpget $kind"
	rm "$dir/report"
	kill -USR1 $pid
	until [ -s "$dir/report" ]; do sleep 0.05; done
	told=$(json "$id" raw_down)
	[ "$kind" = ifmib32 ] && told=$((told % 4294967296))
	[ "$value" = "$told" ] || fail "$kind $id: served $value, the report says $told"
	snmpget -v2c -c public "$host:$port" $column.5 $column.6 .1.3.6.1.2.1.1.3.0 >/dev/null || fail "second get"
done
finish
[ "$(json "$id" octets_down)" -ge 0 ] || fail "no truth of $id in the report at the end"
[ "$(json "$id" requests)" -gt 100 ] || fail "requests were not counted"

# A recording answers what was recorded, and says what it lacks.
printf '1.3.6.1.2.1.1.5.0|4|Sogong 1\n1.3.6.1.2.1.1.3.0|67|17\n1.3.6.1.2.1.2.2.1.6.1|4x|02004b010203\n' >"$dir/ap.snmprec"
start --recording "$dir/ap.snmprec" --listen 127.0.0.1:0
[ "$(snmpget -v2c -c public -Oqv 127.0.0.1:"$port" .1.3.6.1.2.1.1.5.0)" = '"Sogong 1"' ] || fail "sysName of the recording"
[ "$(snmpwalk -v2c -c public -On 127.0.0.1:"$port" .1 | grep -v 'No more' | grep -c '^\.')" = 3 ] || fail "walk of the recording"
snmpget -v2c -c public 127.0.0.1:"$port" .1.3.6.1.2.1.1.9.0 | grep -q 'No Such' || fail "an object that is absent"
finish

# History adds up to the octet.
"$sim" --city phase1 --history "$dir/history.csv" --inventory "$dir/city.csv" --write-only || fail "--write-only"
[ "$(grep -c ',ap,' "$dir/city.csv")" = 1840 ] || fail "1,840 access points"
[ "$(grep -c ',switch,' "$dir/city.csv")" = 30 ] || fail "30 switches"
[ "$(sed 1d "$dir/city.csv" | cut -d, -f4 | sort -u | tr '\n' ' ')" = "강서구 구로구 도봉구 성동구 은평구 " ] || fail "the five districts"
sums=$(awk -F, 'NR > 1 { m = substr($1, 1, 7); a[m] += $3 + $4 } END { for (m in a) printf "%s %.0f\n", m, a[m] }' "$dir/history.csv" | sort)
[ "$sums" = "2021-04 48000000000000
2021-05 52000000000000
2021-06 56000000000000
2021-07 48000000000000" ] || fail "history: $sums"

# Mistakes are told: exit 2 for usage, 1 for files.
"$sim" --loss 101 2>/dev/null; [ $? = 2 ] || fail "--loss 101"
"$sim" --script "$dir/nothing" 2>/dev/null; [ $? = 1 ] || fail "a script that is absent"
"$sim" --help | grep -q -- --script || fail "--help"
"$sim" --version | grep -q '^kkachi-sim ' || fail "--version"
echo passed
