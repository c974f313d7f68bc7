#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# From a captured packet to the account: kkachi-probe --send, kkachid, and what `kkachi` says, with
# a collector that is killed, and a capture that is sent again.
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
printf 'state_dir: %s/state\nrun_dir: %s/run\nsnmp:\n  profiles: %s/collector/profiles\n' "$dir" "$dir" "$srcdir" > "$dir/kkachi.yaml"
export KKACHI_CONFIG=$dir/kkachi.yaml
printf 'id,name,district,phase\nWF181037,a,성동구,1\n서울5차-0152-1,b,은평구,1\n' > "$dir/city.csv"
"$builddir/kkachi" import "$dir/city.csv" > /dev/null || exit 1
for kind in air wire; do "$builddir/tests/make_pcap" $kind "$dir/$kind.pcap" || exit 1; done

start() {
	"$builddir/kkachid" 2>> "$dir/kkachid.log" &
	daemon=$!
	for _ in $(seq 100); do [ -S "$dir/run/samples" ] && return; sleep 0.1; done
	echo "kkachid did not start:"; tail -5 "$dir/kkachid.log"; exit 1
}
send() {
	"$builddir/kkachi-probe" -r "$dir/$1.pcap" -m "$srcdir/tests/golden/probe.map" --id gate --send > /dev/null 2> "$dir/err" ||
		fail "sending $1: $(tail -2 "$dir/err")"
}
# expect ID DOWN UP [--source NAME]: July 2021, which the ledger may take a moment to write.
expect() {
	local want="\"octets_down\":$2,\"octets_up\":$3," got= id=$1
	shift 3
	for _ in $(seq 50); do
		got=$("$builddir/kkachi" usage --from 2021-07 --to 2021-07 --by ap --json "$@" |
			sed 's/{"key"/\n&/g' | grep "\"key\":\"$id\"")
		case $got in *"$want"*) return ;; esac
		sleep 0.1
	done
	fail "$id: $want is not in: $got"
}

start
send air
expect WF181037 64 0
# What was answered is durable: the collector dies, and the same capture comes again.
kill -9 "$daemon"; wait "$daemon" 2>/dev/null
start
send air
send wire
# Two packets: one of the three is seen twice within 10 ms, and counts once.
expect 서울5차-0152-1 0 64
expect WF181037 64 0
# A map that names whom the inventory lacks: what is left out is told.
printf 'key,value,ap\nbssid,02:11:22:33:44:50,NOBODY\n' > "$dir/typo.map"
"$builddir/kkachi-probe" -r "$dir/air.pcap" -m "$dir/typo.map" --id typo --send > /dev/null 2> "$dir/err" || fail "sending for nobody: $(cat "$dir/err")"
grep -q 'probe typo: an interval of NOBODY is left out: the inventory lacks it' "$dir/kkachid.log" || fail "nobody is told: $(tail -3 "$dir/kkachid.log")"
# Why clients were sent away or refused, today; sent twice, counted once.
"$builddir/tests/make_pcap" air "$dir/now.pcap" $(($(date +%s) - 120)) || exit 1
send now; send now
# says WHAT PATTERN LANGUAGE [OPTION]
says() {
	for _ in $(seq 50); do
		LC_ALL=$3.UTF-8 "$builddir/kkachi" show WF181037 ${4-} > "$dir/show" && grep -q -- "$2" "$dir/show" && return
		sleep 0.1
	done
	fail "$1: $(cat "$dir/show")"
}
says "a refusal" '{"kind":"association","number":17,"text":"access point cannot take more clients","today":[01],"week":1,"week_by_clients":0}' en_US --json
says "one that left" '{"kind":"disassociation","number":8,"text":"the sender leaves this access point","today":[01],"week":1,"week_by_clients":1}' en_US --json
says "one that is encrypted" '{"kind":"deauthentication","number":null,"text":"encrypted, unknown","today":[01],"week":1,"week_by_clients":0}' en_US --json
says "accounting beside it, whole" '"radius":{"time":"[^"]*","partial":false,"octets_down":0' en_US --json
says "for a person" '^association refused     *17  access point cannot take more clients  *[01]  *1  *0$' en_US
says "in Korean" '^접속 거부  *17  AP가 더 받을 수 없음  *[01]  *1  *0$' ko_KR
kill -TERM "$daemon"; wait "$daemon" || fail "kkachid ended with $?"
daemon=
expect WF181037 64 0
# By source: what the probe saw is the probe's, and SNMP knows nothing of it.
expect WF181037 64 0 --source probe
"$builddir/kkachi" usage --from 2021-07 --to 2021-07 --by ap --json --source snmp | grep -q '"rows":\[\]' ||
	fail "what nobody measured by SNMP"
# Archives: what only a probe counts stands in a file of its own.
for metric in traffic associations; do
	"$builddir/kkachi" graph WF181037 --source probe --metric $metric --from 2021-07-31 --to 2021-08-02 -o "$dir/$metric.svg" 2> "$dir/err" ||
		fail "no graph of $metric: $(cat "$dir/err")"
done
"$builddir/kkachi" graph WF181037 --source snmp -o "$dir/snmp.svg" 2> /dev/null && fail "a graph of what SNMP does not know"
exit $failed
