#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Clients whose addresses and names must be found nowhere: kkachid and kkachi-probe over made frames, live and from a
# file, and then every file, all that went over the socket, and what a core dump would hold.
. "${srcdir:-.}/tests/own_net.sh"
dir=$(mktemp -d /tmp/kk-test-XXXXXX) || exit 1
daemon='' probe='' relay=''
trap 'for p in $daemon $probe $relay; do kill -9 "$p" 2>/dev/null; done; rm -rf "$dir"' EXIT
canary=$builddir/tests/canary
# How many keys went over the socket.
keys() { grep -ao KKPK "$dir/record/messages" | wc -l; }

# What kkachid and kkachi-probe write is below out/, what they are given below in/.
mkdir "$dir/in" "$dir/out" "$dir/out/run" "$dir/out/spool" "$dir/record"
chmod 755 "$dir" "$dir/in" "$dir/out"
chmod 777 "$dir/record" "$dir/out/spool"
printf 'state_dir: %s/out/state\nrun_dir: %s/out/run\nsnmp:\n  profiles: %s/collector/profiles\n' "$dir" "$dir" "$srcdir" > "$dir/in/kkachi.yaml"
export KKACHI_CONFIG=$dir/in/kkachi.yaml
printf 'id,name,district\nWF1,a,성동구\nWF2,b,은평구\n' > "$dir/in/city.csv"
printf 'key,value,ap\nvlan,100,WF1\nbssid,02:aa:00:00:00:01,WF2\ngateway,02:bb:00:00:00:01,\n' > "$dir/in/map.csv"
"$builddir/kkachi" import "$dir/in/city.csv" > /dev/null || exit 1
"$canary" pcap "$dir/in/air.pcap" || exit 1

collector_up() {
	"$builddir/kkachid" 2>> "$dir/out/kkachid.log" &
	daemon=$!
	eventually 10 test -S "$dir/out/run/samples" || { cat "$dir/out/kkachid.log"; exit 1; }
}
collector_up
"$canary" relay "$dir/record/samples" "$dir/out/run/samples" "$dir/record/messages" & relay=$!
disown "$relay"
eventually 5 test -S "$dir/record/samples" || exit 1
chmod 666 "$dir/record/samples"
"$builddir/kkachi-probe" -i kk1 -m "$dir/in/map.csv" -t 1 --id gate --send --print --air --socket "$dir/record/samples" \
	--spool "$dir/out/spool" --user nobody > "$dir/out/live.json" 2> "$dir/out/probe.log" & probe=$!
eventually 10 grep -q KKPK "$dir/record/messages" || { cat "$dir/out/probe.log"; fail "no key was handed out"; }

# What a core dump would hold: nothing, and the key's page least of all. (With the address sanitizer mlock() does nothing.)
sanitized=$(grep -c '^KK_SAN = .*sanitize' "$builddir/Makefile")
for pid in "$daemon" "$probe"; do
	grep -q '^Max core file size *0 *0 ' "/proc/$pid/limits" || fail "$(cat "/proc/$pid/comm") may dump core"
	[ "$sanitized" = 1 ] || grep '^VmFlags:' "/proc/$pid/smaps" | grep -w lo | grep -qw dd || fail "$(cat "/proc/$pid/comm") locks no page, or dumps it"
done

# The key takes its turn at the border of an interval; then everybody is there, some times.
sleep 2.5
for _ in 1 2 3; do "$canary" send kk0 || exit 1; sleep 0.7; done
eventually 10 grep -q '"ap":"WF1"' "$dir/out/live.json" || fail "nothing was counted: $(tail -3 "$dir/out/probe.log")"
"$builddir/kkachi-probe" -r "$dir/in/air.pcap" -m "$dir/in/map.csv" --id air --send --air > "$dir/out/air.json" 2>> "$dir/out/probe.log" ||
	fail "sending a file: $(tail -3 "$dir/out/probe.log")"
grep -q '"clients":12' "$dir/out/air.json" || fail "the file's clients: $(cat "$dir/out/air.json")"
grep -q '"clients":12' "$dir/out/live.json" || fail "the live ones: $(tail -3 "$dir/out/live.json")"
# Without a collector intervals go to the spool.
kill -9 "$daemon"; wait "$daemon" 2> /dev/null
"$canary" send kk0; sleep 2.5
grep -rq KKPB "$dir/out/spool" || fail "nothing is in the spool"
"$canary" scan "$dir/out" || fail "addresses are below out/, as long as it runs"
before=$(keys)
more_keys() { [ "$(keys)" -gt "$before" ]; }
collector_up
eventually 60 more_keys || fail "no key was handed out after the restart"
sleep 2.5
"$canary" send kk0; sleep 1.5
kill -TERM "$probe"; wait "$probe" || fail "kkachi-probe ended with $?: $(tail -3 "$dir/out/probe.log")"
probe=
sleep 0.5
kill -TERM "$daemon"; wait "$daemon" || fail "kkachid ended with $?"
daemon=

# Sketches came, their count was kept, and as there were two keys it is a lower bound. Twelve under a key at random may
# fall upon eleven or ten of the 512 registers.
grep -q KKPS "$dir/record/messages" || fail "no sketches were sent"
"$builddir/kkachi" show WF1 --json > "$dir/out/show.json" || fail "kkachi show"
grep -q '"distinct_clients":{[^}]*"clients":1[0-3],[^}]*"whole":false' "$dir/out/show.json" ||
	fail "distinct clients: $(grep -o '"distinct[^}]*}' "$dir/out/show.json")"

"$canary" scan "$dir/out" "$dir/record" || fail "addresses are below out/ or on the socket"
# The day's keys were on the socket, and are nowhere else: 16 octets at the end of 53.
perl -0777 -ne 'while (/KKPK\x01.{32}(.{16})/sg) { print unpack("H*", $1), "\n" }' "$dir/record/messages" | sort -u > "$dir/in/keys"
[ -s "$dir/in/keys" ] || fail "no key is in the record"
while read -r key; do
	perl -e 'my ($k, @f) = @ARGV; my $raw = pack("H*", $k); for (@f) { open F, "<:raw", $_ or die; local $/; my $t = <F>;
		print "$_\n" if defined $t && (index($t, $raw) >= 0 || index(lc $t, $k) >= 0); }' "$key" $(find "$dir/out" -type f) |
		grep . && fail "a day's key was written"
done < "$dir/in/keys"

# The scan finds what is there: each spelling, planted in a folder of its own.
n=0
while IFS= read -r line; do
	n=$((n + 1))
	mkdir "$dir/planted$n"
	{ head -c 5000 /dev/zero; printf '%s' "$line"; head -c 100 /dev/zero; } > "$dir/planted$n/file"
	"$canary" scan "$dir/planted$n" > /dev/null && fail "planted, and not found: $line"
done < <("$canary" list)
[ "$n" = 13 ] || fail "$n spellings were planted, not 13"
"$canary" scan "$dir/in/air.pcap" > /dev/null && fail "the captures that were given hold no canary"
exit $failed
