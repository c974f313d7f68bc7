#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# kkachi-probe on a pair of interfaces in a network namespace of its own: what is sent is what is counted, per access point
# and to the octet, by one thread and by three; and what it may do meanwhile.
. "${srcdir:-.}/tests/own_net.sh"
command -v perl >/dev/null || skip "no perl"
dir=$(mktemp -d /tmp/kk-test-XXXXXX) || exit 1
probe= manager=
trap '{ kill -9 $probe $manager; wait; } 2>/dev/null; rm -rf "$dir"' EXIT
chmod 755 "$dir"
n=20000 rate=10000
# A service manager, as the unit has one: what is told to it goes past the filter of system calls as well.
perl -MIO::Socket::UNIX -MSocket -e '$| = 1; $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ARGV[0]) or die $!;
	chmod 0777, $ARGV[0]; print "listening\n"; while (defined $s->recv($m, 4096)) { print "$m\n" }' "$dir/notify" >"$dir/told" & manager=$!
for _ in $(seq 100); do grep -q '^listening' "$dir/told" && break; sleep 0.1; done
export NOTIFY_SOCKET=$dir/notify
"$builddir/tests/bench/kk-traffic" make eogre $n "$dir/a.pcap" "$dir/map.csv" "$dir/truth" || exit 1
printf 'run_dir: %s\n' "$dir" >"$dir/kkachi.yaml"

started=0
for threads in 1 3; do
	"$builddir/kkachi-probe" -i kk1 -m "$dir/map.csv" -c "$dir/kkachi.yaml" --user nobody --threads $threads >"$dir/out" 2>"$dir/err" & probe=$!
	for _ in $(seq 100); do
		[ "$(grep -c '^READY=1' "$dir/told")" -ge $((started + 1)) ] && break
		sleep 0.1
	done
	started=$((started + 1))
	[ "$(grep -c '^READY=1' "$dir/told")" = $started ] || fail "it does not tell that it has begun: $(tail -n 1 "$dir/err")"
	sleep 1
	for set in CapInh CapPrm CapEff CapAmb; do
		grep -qE "^$set:[[:space:]]*0+\$" "/proc/$probe/status" || fail "$(grep "^$set" "/proc/$probe/status")"
	done
	grep -qE '^NoNewPrivs:[[:space:]]*1$' "/proc/$probe/status" || fail "it may gain privileges"
	if ! grep -q '^KK_SAN = .*sanitize' "$builddir/Makefile"; then
		grep -qE '^Seccomp:[[:space:]]*2$' "/proc/$probe/status" || fail "no system call filter"
	fi
	"$builddir/tests/bench/kk-wire" send kk0 "$dir/a.pcap" $n $rate >"$dir/sent" || fail "kk-wire"
	sleep 0.5
	kill -TERM "$probe"; wait "$probe" || fail "kkachi-probe ends with $?: $(tail -n 2 "$dir/err")"
	probe=
	sed -n 's/.*"ap":"\(AP[0-9]*\)".*"octets_down":\([0-9]*\),"octets_up":\([0-9]*\).*"packets_down":\([0-9]*\),"packets_up":\([0-9]*\).*/\1 \2 \3 \4 \5/p' "$dir/out" |
		awk '{d[$1] += $2; u[$1] += $3; pd[$1] += $4; pu[$1] += $5} END {for (a in d) printf "%s %.0f %.0f %.0f %.0f\n", a, d[a], u[a], pd[a], pu[a]}' |
		sort >"$dir/got"
	lost=$(tail -n 1 "$dir/out" | grep -o '"lost":{[^}]*}')
	if [ "$lost" != "\"lost\":{\"received\":$n,\"kernel\":0,\"interface\":0,\"own\":0}" ]; then
		fail "$threads threads: $lost of $n"
	elif ! sort "$dir/truth" | cmp -s - "$dir/got"; then
		fail "$threads threads: $(sort "$dir/truth" | diff - "$dir/got" | head -n 4)"
	fi
done
[ $failed = 0 ] && echo "$n packets twice, every octet of every access point"
exit $failed
