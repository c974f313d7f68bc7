#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Controllers that speak for their access points, with loss and an agent that answers at most 50 values: what each
# access point has carried is right to the octet, also over reboots and kill -9; who is lost, left out, or behind a
# controller that is silent is told so. KK_APS=6000 KK_CONTROLLERS=1 is a large one (400 behind 4 here).
set -u
. "${srcdir:-.}/tests/daemon_help.sh"
n=${KK_APS:-400} controllers=${KK_CONTROLLERS:-4}

cat > "$dir/faults.scn" <<END
$([ "$controllers" = 1 ] || echo "0 silent WLC-$controllers")
3 reboot 2%
8 unlist WF200021
8 silent WF200022
9 reboot 2%
END
start_sim --devices "$n" --mix fit=1 --controllers "$controllers" --bulk 50 --loss 1 --duplicate 1 --script "$dir/faults.scn"
configure "$sim_port" 1 500 3
kkachi import "$dir/city.csv" > "$dir/import.out" || die "kkachi import exits $?"
start_daemon

state() { kkachi show --json "$1" | grep -oE '"state":"[a-z]*","reason":("[^"]*"|null)'; }
is() { state "$1" | grep -q "\"$2\",\"reason\":\"$3"; }
eventually 120 is WF200021 missing 'its controller no longer lists it' || fail "left out: $(state WF200021)"
eventually 120 is WF200022 down 'its controller says' || fail "lost: $(state WF200022)"
[ "$controllers" = 1 ] || eventually 30 is "WF20$(printf %04d "$n")" unknown "its controller WLC-$controllers" ||
	fail "behind a silent controller: $(state "WF20$(printf %04d "$n")")"
up() { state WF200010 | grep -q '"up","reason":null'; }
eventually 60 up || fail "all is well: $(state WF200010)"
listed=$((n / controllers - 1))
counted() { control "device WLC-1" | grep -q "\"listed\":$listed,\"connected\":$((listed - 1)),\"missing\":1,\"strangers\":0"; }
eventually 30 counted || fail "WLC-1: $(control "device WLC-1")"
LC_ALL=C.UTF-8 LANGUAGE=en kkachi show WLC-1 > "$dir/page" || fail "kkachi show exits $?"
grep -q "$((listed - 1)) of $listed connected; 1 missing\|${listed}대 중 연결 $((listed - 1))대, 사라짐 1대" "$dir/page" ||
	fail "no list of WLC-1: $(cat "$dir/page")"
kkachi poll --json WLC-1 > "$dir/poll.json" || fail "kkachi poll exits $?"
[ "$(grep -o '"connected":' "$dir/poll.json" | wc -l)" = "$listed" ] || fail "kkachi poll: $(cut -c1-300 "$dir/poll.json")"
kill -9 "$daemon_pid"; wait "$daemon_pid" 2>/dev/null
kkachid --once --json > "$dir/once.json" 2> "$dir/once.err" || fail "kkachid --once exits $?"
grep -o '"requests.*"cpu_ms":[0-9]*' "$dir/once.json"
stop_sim
compare
grep -q ' 0 different' "$dir/compare.out" || fail "not all equal"
[ "$(sed -n 's/^\([0-9]*\) equal.*/\1/p' "$dir/compare.out")" -ge $((n * 7 / 10)) ] || fail "too few were compared"
exit $failed
