#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# kkachi probe-map: from an inventory to a map that kkachi-probe reads; what two access points claim is left out and told.
set -u
srcdir=${srcdir:-.}; builddir=${builddir:-.}
dir=$(mktemp -d /tmp/kk-test-XXXXXX) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0
fail() { echo "FAIL: $*"; failed=1; }
printf 'state_dir: %s/state\nrun_dir: %s\nlanguage: en\n' "$dir" "$dir" > "$dir/kkachi.yaml"
export KKACHI_CONFIG=$dir/kkachi.yaml LC_ALL=C.UTF-8
cat > "$dir/city.csv" <<EOF
id,name,kind,mac,host,bssid,vlan,option82
A1,one,ap,02:11:22:33:44:40,192.0.2.10,"02:11:22:33:44:50 02:11:22:33:44:51,02-11-22-33-44-52",100.200,02:00:00:00:0c:01/1/7
"A,2",two,ap,,2001:db8::10,,300;301,02-00-00-00-0C-01/001/08 02:00:00:00:0c:01/255/0
A3,shares,ap,02:11:22:33:44:60,192.0.2.11,02:11:22:33:44:50,,"02:00:00:00:0c:01/0/9,02:00:00:00:0c:01/0/1"
A4,bad,ap,,127.0.0.9,nonsense,5000,02:00:00:00:0c:01/256/1 03:00:00:00:0c:01/1/1 Gi1/0/7 02:00:00:00:0c:01/1/+1
A5,group,ap,,a.name,03:00:00:00:00:01,,02:00:00:00:0c:01/0/09
C1,wlc,controller,,192.0.2.254,,,
G1,gw,gateway,02:00:00:00:0b:01,,,,
S1,switch,switch,02:00:00:00:0c:01,192.0.2.20,,,02:00:00:00:0c:01/1/1
EOF
"$builddir/kkachi" import "$dir/city.csv" > /dev/null || exit 1

cat > "$dir/want" <<EOF
key,value,ap
bssid,02:11:22:33:44:51,A1
bssid,02:11:22:33:44:52,A1
controller,192.0.2.254,
gateway,02:00:00:00:0b:01,
port,02:00:00:00:0c:01/0/1,A3
port,02:00:00:00:0c:01/1/7,A1
port,02:00:00:00:0c:01/1/8,"A,2"
port,02:00:00:00:0c:01/255/0,"A,2"
radio,02:11:22:33:44:40,A1
radio,02:11:22:33:44:60,A3
tunnel,192.0.2.10,A1
tunnel,192.0.2.11,A3
tunnel,2001:db8::10,"A,2"
vlan,100.200,A1
vlan,300,"A,2"
vlan,301,"A,2"
EOF
"$builddir/kkachi" probe-map > "$dir/map" 2> "$dir/err" || fail "probe-map: $(cat "$dir/err")"
diff -u "$dir/want" "$dir/map" || fail "another map"
grep -q "bssid 02:11:22:33:44:50: A1 and A3 both have it: left out" "$dir/err" || fail "no conflict: $(cat "$dir/err")"
grep -q "port 02:00:00:00:0c:01/0/9: A3 and A5 both have it: left out" "$dir/err" || fail "two at one port: $(cat "$dir/err")"
for what in nonsense 5000 03:00:00:00:00:01 02:00:00:00:0c:01/256/1 03:00:00:00:0c:01/1/1 Gi1/0/7 02:00:00:00:0c:01/1/+1; do
	grep -q "\"$what\" is no" "$dir/err" || fail "$what is not told: $(cat "$dir/err")"
done
"$builddir/kkachi" probe-map --json -o "$dir/file" > "$dir/json" 2> /dev/null || fail "-o"
cmp "$dir/want" "$dir/file" || fail "the file differs"
[ "$(cat "$dir/json")" = "{\"file\":\"$dir/file\",\"lines\":16,\"conflicts\":2,\"bad\":7}" ] || fail "JSON: $(cat "$dir/json")"
"$builddir/kkachi" probe-map -o "$dir/absent/file" > /dev/null 2>&1; [ $? = 1 ] || fail "a folder that is not there"
"$builddir/kkachi" probe-map --json > /dev/null 2>&1; [ $? = 2 ] || fail "--json without a file"

# The probe reads it, and counts by it.
"$builddir/tests/make_air" "$dir/air.pcap" || exit 1
"$builddir/kkachi-probe" -r "$dir/air.pcap" -m "$dir/file" -t 3600 > "$dir/out" 2> "$dir/err" || fail "the probe: $(cat "$dir/err")"
grep -q '"ap":"A1","mapped":true' "$dir/out" || fail "the probe knows nobody: $(cat "$dir/out")"
exit $failed
