#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# From beacons on the air to `kkachi events`: once each, though the collector is killed and the same capture comes again.
set -u
srcdir=${srcdir:-.}; builddir=${builddir:-.}
[ -x "$builddir/kkachid" ] || { echo "skipped: kkachid is not built"; exit 77; }
dir=$(mktemp -d /tmp/kk-test-XXXXXX) || exit 1
daemon=
trap '[ -n "$daemon" ] && kill -9 "$daemon" 2>/dev/null; rm -rf "$dir"' EXIT
failed=0
fail() { echo "FAIL: $*"; failed=1; }
chmod 711 "$dir"

mkdir "$dir/run"
printf 'state_dir: %s/state\nrun_dir: %s/run\nlanguage: en\nstore:\n  archives: no\nsnmp:\n  profiles: %s/collector/profiles\nair:\n  legacy_ssids: Public WiFi Free\n' \
	"$dir" "$dir" "$srcdir" > "$dir/kkachi.yaml"
export KKACHI_CONFIG=$dir/kkachi.yaml LC_ALL=C.UTF-8
printf 'id,name,district,mac\nWF181037,a,성동구,\nWF181038,b,성동구,\n' > "$dir/city.csv"
"$builddir/kkachi" import "$dir/city.csv" > /dev/null || exit 1
"$builddir/tests/make_air" "$dir/air.pcap" $(($(date +%s) - 1000)) || exit 1

start() {
	"$builddir/kkachid" 2>> "$dir/kkachid.log" &
	daemon=$!
	for _ in $(seq 100); do [ -S "$dir/run/samples" ] && return; sleep 0.1; done
	echo "kkachid did not start:"; tail -5 "$dir/kkachid.log"; exit 1
}
send() {
	"$builddir/kkachi-probe" -r "$dir/air.pcap" -m "$srcdir/tests/golden/air.map" --id "$1" --send > /dev/null 2> "$dir/err" ||
		fail "sending: $(tail -2 "$dir/err")"
}
events() { "$builddir/kkachi" events --json "$@" | sed 's/{"num"/\n&/g' | grep '"num"'; }
# count N ARGS...: that many events.
count() {
	local want=$1 got; shift
	got=$(events "$@" | wc -l)
	[ "$got" = "$want" ] || fail "$got events, not $want: $*: $(events "$@")"
}
has() { events --kind "$1" | grep -q -- "$2" || fail "$1 has no $2: $(events --kind "$1")"; }

start
count 0
send gate
count 3
has evil_twin '"state":"over"'
has evil_twin '"bssid":"06:66:77:88:99:00","ap":"WF181037","ap_name":"a","district":"성동구","ssid":"SEOUL_Secure"'
has evil_twin '"security":"open","own_security":"WPA2-Enterprise","differs":"open_where_ours_is_encrypted","channel":6,"signal":-40'
has legacy_ssid '"state":"open"'
has deauth_flood '"frames":300,"broadcast":240,"peak":200,"reasons":\[{"reason":7,"frames":240},{"reason":3,"frames":60}\]'
count 1 --open
count 3 --device WF181037
count 0 --device WF181038
count 0 --since 2999-01-01
# A phone's hotspot is nobody's business.
grep -rql phone "$dir/state" "$dir/kkachid.log" && fail "a stranger's network was kept"

# What was answered is kept: the collector dies, and all comes again; another probe tells of its own.
kill -9 "$daemon"; wait "$daemon" 2>/dev/null
start
send gate
count 3
send park
count 6

# A stranger that turns out to be in the inventory is none: the probe's map is old.
printf 'id,mac\nWF181038,06:66:77:88:99:00\n' > "$dir/more.csv"
"$builddir/kkachi" import "$dir/more.csv" > /dev/null || fail "import"
for _ in $(seq 50); do
	send "late$_"
	grep -q "its map lacks 06:66:77:88:99:00" "$dir/kkachid.log" && break
	sleep 0.2
done
grep -q "its map lacks 06:66:77:88:99:00" "$dir/kkachid.log" || fail "an old map is not told"
grep -q 'on the air: evil_twin begins: "SEOUL_Secure" of 06:66:77:88:99:00, channel 6, open (ours: WPA2-Enterprise), near WF181037 (probe gate)' \
	"$dir/kkachid.log" || fail "no line in the log: $(grep air "$dir/kkachid.log")"

# For a person; and what is no question.
"$builddir/kkachi" events > "$dir/table" || fail "kkachi events"
grep -q "open, where ours is WPA2-Enterprise" "$dir/table" || fail "no evidence: $(cat "$dir/table")"
grep -q "300 frames, 240 to everybody, at most 200 in 10 s; reasons 7 x 240, 3 x 60" "$dir/table" || fail "no evidence of a flood"
"$builddir/kkachi" events --kind nothing > /dev/null 2>&1; [ $? = 2 ] || fail "--kind nothing is taken"
"$builddir/kkachi" events --since nothing > /dev/null 2>&1; [ $? = 2 ] || fail "--since nothing is taken"
"$builddir/kkachi" events --device nobody > /dev/null 2>&1; [ $? = 1 ] || fail "--device nobody is found"
kill -TERM "$daemon"; wait "$daemon" || fail "kkachid ended with $?"
daemon=
exit $failed
