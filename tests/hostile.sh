#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Agents that mean harm are an error of one device each, with its reason; what the others count is right to the octet.
set -u
. "${srcdir:-.}/tests/daemon_help.sh"
command -v perl >/dev/null || skip "perl is not there"

start_sim --devices 20
perl "$srcdir/tests/hostile_agent.pl" > "$dir/hostile" &
hostile_pid=$!
trap 'kill "$hostile_pid" 2>/dev/null; cleanup' EXIT
eventually 20 grep -q ready "$dir/hostile" || die "the hostile agents do not start"
configure "$sim_port" 1 500 1
cp "$dir/city.csv" "$dir/all.csv"
# In the order of the file's columns.
columns=$(head -1 "$dir/city.csv")
while read -r name port; do
	[ -n "$port" ] || continue
	echo "$columns" | awk -F, -v OFS=, -v id="H-$name" -v port="$port" '{
		for (i = 1; i <= NF; i++) $i = $i == "id" ? id : $i == "host" ? "127.0.0.1" : $i == "port" ? port : $i == "kind" ? "ap" : ""
		print }' >> "$dir/all.csv"
done < "$dir/hostile"
kkachi import "$dir/all.csv" > "$dir/import.out" || die "kkachi import exits $?"
start_daemon

reason() { kkachi show --json "H-$1" | grep -oE '"trouble_text":"[^"]*"' | cut -d: -f2-; }
# name, what its reason has to say
while read -r name words; do
	told() { reason "$name" | grep -qi "$words"; }
	eventually 60 told || fail "$name: $(reason "$name"): $(kkachi show --json "H-$name")"
done <<END
loop circles
endless too many requests\|more rows
disorder circles
long malformed
types type
other unknown_id
END
rounds() { [ "$(control status | grep -oE '"sweeps":[0-9]+' | cut -d: -f2)" -ge 5 ]; }
eventually 60 rounds || fail "the sweeps have come to a standstill: $(control status)"
kkachi show H-loop > "$dir/page" || fail "kkachi show exits $?"
[ -z "$(kkachi show --json WF200001 | grep -oE '"trouble_text":"[^"]*"')" ] || fail "a healthy device: $(kkachi show --json WF200001)"
kill -USR2 "$sim_pid"; sleep 0.2
stop_daemon
# What is wrong stands in the samples: it is told in a person's language, and without the collector.
told_at_rest() { # NAME WORDS
	kkachi show "H-$1" > "$dir/page" && grep -q "$2" "$dir/page" || fail "$1, nobody runs: $(cat "$dir/page")"
}
# Also long after: then its state is unknown, and the poll's trouble has a line of its own.
told_at_rest loop '조회 문제.*표가 정상이 아님'
told_at_rest types '조회 문제.*응답 값의 형식이 맞지 않음'
told_at_rest long '조회 문제.*받아들일 수 없음'
kkachi show --json H-loop | grep -q '"trouble":"[^"]' || fail "nobody runs: $(kkachi show --json H-loop)"
kkachi show --json WF200001 | grep -q '"trouble":' && fail "a healthy device, nobody runs: $(kkachi show --json WF200001)"
stop_sim
compare
exit $failed
