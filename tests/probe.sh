#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# kkachi-probe as a program: golden outputs, exit codes, privacy, and privileges when it listens.
# KK_UPDATE=1 writes the golden files anew.
set -u
srcdir=${srcdir:-.}; builddir=${builddir:-.}
probe=$builddir/kkachi-probe
make_pcap=$builddir/tests/make_pcap
golden=$srcdir/tests/golden
dir=$(mktemp -d /tmp/kk-test-XXXXXX); trap 'rm -rf "$dir"' EXIT
export KKACHI_CONFIG=$dir/kkachi.yaml
echo "run_dir: $dir" > "$KKACHI_CONFIG"
failed=0
fail() { echo "FAIL: $*"; failed=1; }
chmod 755 "$dir"

# check NAME WANT_EXIT ARGS...: run, keep what it said.
run() {
	local want=$1; shift
	"$probe" "$@" > "$dir/out" 2> "$dir/err"
	local rc=$?
	cat "$dir/out" "$dir/err" >> "$dir/all"
	[ $rc -eq "$want" ] || fail "exit $rc, not $want: kkachi-probe $*: $(tail -1 "$dir/err")"
}
golden() {
	if [ -n "${KK_UPDATE:-}" ]; then cp "$dir/out" "$golden/$1"; return; fi
	diff -u "$golden/$1" "$dir/out" || fail "$1: the output is another one"
}

for kind in air wire; do
	"$make_pcap" $kind "$dir/$kind.pcap" || fail "make_pcap $kind"
	run 0 -r "$dir/$kind.pcap" -m "$golden/probe.map"; golden probe-$kind.out
	run 0 -r "$dir/$kind.pcap"; golden probe-$kind-nomap.out
	run 0 -r "$dir/$kind.pcap" -m "$golden/probe.map" --figures octets; golden probe-$kind-octets.out
done
# The air: twins, legacy names, a flood; a name that would clear the terminal is shown as it is.
"$builddir/tests/make_air" "$dir/twins.pcap" || fail "make_air"
run 0 -r "$dir/twins.pcap" -m "$golden/air.map" --legacy-ssids "Public WiFi Free" --air -t 3600
grep -E '^\{"(event|network)"' "$dir/out" > "$dir/air.out"; mv "$dir/air.out" "$dir/out"
golden air.out
run 2 -r "$dir/twins.pcap" --ssids "a,,b"
# A pipe and gzip say the same as the file.
run 0 -r "$dir/air.pcap"; cp "$dir/out" "$dir/file.out"
gzip -k "$dir/air.pcap"
run 0 -r "$dir/air.pcap.gz"; cmp "$dir/out" "$dir/file.out" || fail "gzip differs"
"$probe" -r - < "$dir/air.pcap" > "$dir/out" 2>/dev/null; cmp "$dir/out" "$dir/file.out" || fail "a pipe differs"

# A quiet pipe is no reason to live on: what came is told, and it ends as a live capture does.
ends() { # ends PID WHAT OUT: it was told to end
	local i rc
	for i in $(seq 600); do kill -0 "$1" 2>/dev/null || break; sleep 0.1; done
	kill -9 "$1" 2>/dev/null && fail "$2: lives on after SIGTERM"
	wait "$1" 2>/dev/null; rc=$?
	[ $rc -eq 0 ] || fail "$2: exit $rc: $(cat "$dir/err")"
	cmp "$3" "$dir/out" || fail "$2: the output is another one"
}
mkfifo "$dir/pipe"
gzip -k "$dir/wire.pcap"
run 0 -r "$dir/wire.pcap"; cp "$dir/out" "$dir/wire.out"
for file in wire.pcap wire.pcap.gz; do
	"$probe" -r - < "$dir/pipe" > "$dir/out" 2> "$dir/err" & pid=$!
	exec 9> "$dir/pipe"
	cat "$dir/$file" >&9
	# One write of all of it: when the first interval is told the last packet was there.
	until grep -q 23:01:00 "$dir/out" || ! kill -0 $pid 2>/dev/null; do sleep 0.1; done
	kill -HUP $pid # nothing is read again
	kill -TERM $pid
	ends $pid "a pipe with $file" "$dir/wire.out"
	exec 9>&-
done
head -c 24 "$dir/wire.pcap" > "$dir/none.pcap"
run 0 -r "$dir/none.pcap"; cp "$dir/out" "$dir/none.out"
# Not a single octet: of standard input, and of a FIFO that nobody writes to.
exec 9<> "$dir/pipe"
mkfifo "$dir/unwritten"
for file in - "$dir/unwritten"; do
	"$probe" -r "$file" < "$dir/pipe" > "$dir/out" 2> "$dir/err" & pid=$!
	until grep -q "^SigBlk:.*4003$" /proc/$pid/status || ! kill -0 $pid 2>/dev/null; do sleep 0.1; done
	kill -TERM $pid
	ends $pid "nothing of $file" "$dir/none.out"
done
exec 9>&-

# The map through a pipe; both cannot be.
"$probe" -r "$dir/air.pcap" -m "$golden/probe.map" > "$dir/file.out" 2>/dev/null
"$probe" -r "$dir/air.pcap" -m - < "$golden/probe.map" > "$dir/out" 2>"$dir/err" || fail "the map through a pipe: $(cat "$dir/err")"
cmp "$dir/out" "$dir/file.out" || fail "the map through a pipe differs"
run 2 -r - -m -

# A file that is cut short: what was there is told, and it is a failure.
head -c 700 "$dir/air.pcap" > "$dir/cut.pcap"
run 1 -r "$dir/cut.pcap"
grep -q '"totals"' "$dir/out" || fail "no totals of a file that is cut short"
grep -q "cut.pcap" "$dir/err" || fail "the error does not name the file"
run 1 -r "$dir/absent.pcap"; grep -q "absent.pcap" "$dir/err" || fail "the error does not name the file"
run 1 -r "$KKACHI_CONFIG"
run 1 -r "$dir/air.pcap" --send --socket "$dir/$(printf 'x%.0s' {1..120})"
run 2
run 2 -r a -i b
run 2 -r "$dir/air.pcap" --interval 0
run 2 -r "$dir/air.pcap" extra
run 2 --nonsense; grep -q -- "--help" "$dir/err" || fail "--help is not told of"
run 1 -i kk-absent0
[ "$(grep -o "No such device" "$dir/err" | wc -l)" -le 1 ] || fail "said twice: $(cat "$dir/err")"
# Options that would do nothing: what each goes with, and where it lacks that.
while IFS='|' read -r option with args; do
	run 2 $args $option; grep -q -- "${option% *} goes with $with" "$dir/err" || fail "$args $option: $(cat "$dir/err")"
done << END
--filter udp|-i|-r $dir/air.pcap
--threads 2|-i|-r $dir/air.pcap
--snaplen 256|-i|-r $dir/air.pcap
--buffer 8|-i|-r $dir/air.pcap
--print|-i|-r $dir/air.pcap
--print|-i|-r $dir/air.pcap --send
--print|--send|-i kk-absent0
--spool $dir/spool|--send|-r $dir/air.pcap
--spool-size 2|--send|-r $dir/air.pcap
--spool-size 2|--spool|-r $dir/air.pcap --send
--id x|--send|-r $dir/air.pcap
--socket $dir/none|--send|-r $dir/air.pcap
--air|--figures all|-r $dir/air.pcap --figures octets
--flood 9|--figures all|-i kk-absent0 --send --figures octets
--ssids A|--figures all|-r $dir/air.pcap --figures octets
--legacy-ssids A|--figures all|-r $dir/air.pcap --figures octets
--follow 2|--figures all|-r $dir/air.pcap --figures octets
--air|--print|-i kk-absent0 --send
--flood 9|--air|-r $dir/air.pcap
--ssids A|--air|-i kk-absent0
--legacy-ssids A|--air|-r $dir/air.pcap
END
run 1 -i kk-absent0 --send --print --air --flood 9
run 0 -r "$dir/air.pcap" --send --ssids A
run 0 -r "$dir/air.pcap" --send; grep -q "without --map" "$dir/err" || fail "nothing says that nothing is sent"
printf 'key,value,ap\nvlan,9999,X\n' > "$dir/bad.map"
run 2 -r "$dir/air.pcap" -m "$dir/bad.map"; grep -q "bad.map:2:" "$dir/err" || fail "no file and line"
run 2 -r "$dir/air.pcap" -m "$dir/absent.map"
run 0 --help; grep -q "^Usage: kkachi-probe" "$dir/out" || fail "--help"
run 0 --version; grep -q "^kkachi-probe [0-9]" "$dir/out" || fail "--version"

# Privacy: no form of a client's address in anything that was said. BSSIDs are not clients'.
if grep -iE 'da[:-]?a1[:-]?19[:-]?00[:-]?00[:-]?42|daa1\.1900\.0042' "$dir/all"; then
	fail "a client's address was printed"
fi
grep -q "02:11:22:33:44:50" "$dir/all" || fail "the test looks at nothing"

# Listening, in a network of its own, as somebody who may do nothing.
listen() {
	ip link set lo address 02:00:00:00:0a:01 && ip link set lo up || return 1
	echo key,value,ap > "$dir/live.map"
	chmod 644 "$dir/live.map"
	"$probe" -i lo --user nobody -m "$dir/live.map" > "$dir/live" 2> "$dir/live.err" &
	local pid=$! i
	for i in $(seq 100); do
		grep -q "^Uid:[[:space:]]*65534" /proc/$pid/status 2>/dev/null && break
		kill -0 $pid 2>/dev/null || break
		sleep 0.1
	done
	cat /proc/$pid/status > "$dir/status"
	for i in 1 2 3; do echo 0123456789 > /dev/udp/127.0.0.1/9; done
	sleep 0.5
	# Another map, while it listens; then a wrong one, which changes nothing.
	echo mac,02:00:00:00:0a:01,LOOPBACK >> "$dir/live.map"
	kill -HUP $pid
	for i in $(seq 50); do grep -q "read again" "$dir/live.err" && break; sleep 0.1; done
	echo nonsense >> "$dir/live.map"
	kill -HUP $pid
	for i in $(seq 50); do grep -q "the old map stays" "$dir/live.err" && break; sleep 0.1; done
	echo 0123456789 > /dev/udp/127.0.0.1/9
	sleep 0.5
	kill -TERM $pid; wait $pid
}
if [ "$(id -u)" -ne 0 ]; then
	echo "skipped: listening needs root"
elif ! command -v ip >/dev/null || ! unshare -n true 2>/dev/null; then
	echo "skipped: no network namespace, or no ip command"
elif ! getent passwd nobody >/dev/null; then
	echo "skipped: there is no user nobody"
else
	export -f listen; export probe dir
	chmod 777 "$dir"
	unshare -n bash -c listen || fail "listening: $(tail -3 "$dir/live.err")"
	for what in "CapEff:.0000000000000000" "CapPrm:.0000000000000000" "NoNewPrivs:.1" "Uid:.65534"; do
		grep -qE "^$what" "$dir/status" || fail "privileges are left: $(grep "${what%%:*}" "$dir/status")"
	done
	grep -qE '"totals":\{"packets":[1-9]' "$dir/live" || fail "nothing was heard: $(cat "$dir/live" "$dir/live.err")"
	# 3 datagrams of 11 octets are 39 octets of IP each; each is answered by up to one ICMP error of 67.
	grep -q '"ap":"LOOPBACK","mapped":true' "$dir/live" || fail "the new map is not used: $(cat "$dir/live")"
	grep -q "the old map stays: $dir/live.map:3:" "$dir/live.err" || fail "a wrong map: $(cat "$dir/live.err")"
	octets=$(grep -v LOOPBACK "$dir/live" | sed -n 's/.*"octets_undirected":\([0-9]*\),.*/\1/p' | awk '{s += $1} END {print s + 0}')
	case $octets in 117|184|251|318) ;; *) fail "$octets octets: $(cat "$dir/live")" ;; esac
fi
# Which switch and port it listens to; not what calls itself so in a tunnel.
lldp=0180c200000e02112233445088cc020704021122334450040405676531060200780a0573772d31370e04001400040000
tunnelled=020000000a02020000000a010800$(printf 4500%04x $((24 + ${#lldp} / 2)))00010000402f0000c000020ac000020100006558${lldp/73772d3137/6d696e7375}
command -v perl > /dev/null && {
	perl -e 'print pack("VvvVVVV", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1);
		for (@ARGV) { my $f = pack("H*", $_); print pack("VVVV", 1, 0, length $f, length $f), $f }' $lldp $tunnelled $lldp > "$dir/lldp.pcap"
	"$probe" -r "$dir/lldp.pcap" > "$dir/lldp.out" 2> "$dir/err" || fail "LLDP: $(cat "$dir/err")"
	grep -q '"packets":3,' "$dir/lldp.out" || fail "LLDP: $(cat "$dir/lldp.out")"
	[ "$(grep LLDP "$dir/err")" = "<6>LLDP: this wire is of sw-17, port ge1" ] || fail "LLDP: $(cat "$dir/err")"
}
exit $failed
