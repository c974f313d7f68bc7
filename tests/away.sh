#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A live capture while its collector is killed and stays away, and while the probe itself is killed: what the ledger and
# the journal hold at the end, per access point and interval, is what was sent, to the octet: nothing lost, nothing twice.
# KK_AWAY_S: how long the collector is away (3 s); KK_AWAY_INTERVAL: of the probe (1 s); KK_AWAY_RATE: packets in a second.
. "${srcdir:-.}/tests/own_net.sh"
command -v sqlite3 >/dev/null || skip "no sqlite3"
away=${KK_AWAY_S:-3} step=${KK_AWAY_INTERVAL:-1} rate=${KK_AWAY_RATE:-2000}
n=$((2 * rate)) # packets of the capture, which is sent over and over
dir=$(mktemp -d /tmp/kk-test-XXXXXX) || exit 1
daemon='' probe='' witness='' sender='' stamps=''
cleanup() {
	touch "$dir/stop"
	for p in $daemon $probe $witness $sender $stamps; do kill -9 "$p" 2>/dev/null; done
	wait 2>/dev/null
	[ -n "${KEEP:-}" ] || rm -rf "$dir"
}
trap cleanup EXIT
die() { echo "FAIL: $*"; exit 1; }
moment() { sleep "0.$((RANDOM % 10))$((RANDOM % 10))"; }

before_border() { # a tenth of a second before an interval ends
	local left=$((step * 1000000 - (${EPOCHREALTIME/./} + 100000) % (step * 1000000)))
	sleep "$((left / 1000000)).$(printf %06d $((left % 1000000)))"
}

# As long as somebody asks for times, a packet has one, which every capture of it tells alike; else each has its own, and
# what comes at a border is before it for one and behind it for another.
perl -MSocket -e 'socket(S, AF_INET, SOCK_DGRAM, 0) && setsockopt(S, SOL_SOCKET, Socket::SO_TIMESTAMP(), 1) or die "$!\n"; $| = 1; print "asked\n"; sleep 1 while 1' \
	>"$dir/stamps" & stamps=$!
eventually 10 grep -q asked "$dir/stamps" || die "nobody asks for times"

chmod 755 "$dir"
mkdir "$dir/run" "$dir/spool"
chmod 777 "$dir/spool"
cat >"$dir/kkachi.yaml" <<END
state_dir: $dir/state
run_dir: $dir/run
store: {archives: no}
snmp: {profiles: $srcdir/collector/profiles}
END
export KKACHI_CONFIG=$dir/kkachi.yaml
"$builddir/tests/bench/kk-traffic" make eogre $n "$dir/a.pcap" "$dir/map.csv" "$dir/truth" || exit 1
{ echo id,name,district,phase; awk '{print $1 "," $1 ",성동구,1"}' "$dir/truth"; } >"$dir/city.csv"
"$builddir/kkachi" import "$dir/city.csv" >/dev/null || die "kkachi import exits $?"

# ---- who runs ----

collector_up() {
	local old; old=$(stat -c '%i %z' "$dir/run/samples" 2>/dev/null)
	"$builddir/kkachid" 2>>"$dir/kkachid.log" & daemon=$!
	is_new() { [ -S "$dir/run/samples" ] && [ "$(stat -c '%i %z' "$dir/run/samples")" != "$old" ]; }
	eventually 20 is_new || die "kkachid does not start: $(tail -n 3 "$dir/kkachid.log")"
	chmod 666 "$dir/run/samples"
}
collector_killed() { kill -9 "$daemon"; wait "$daemon" 2>/dev/null; daemon=; kills=$((kills + 1)); }
listens() { # listens COUNT: so many sockets capture here
	[ $(($(wc -l <"/proc/$$/net/packet") - 1)) -ge "$1" ]
}
journal_octets() { cat "$dir"/state/journal/*.log | wc -c; }
grows() { [ "$(journal_octets)" -gt "$before" ]; }
came_again() { # as the collector counts it
	perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or exit 1; print $s "status\n"; alarm 20; print scalar <$s>' \
		"$dir/run/control" | grep -q '"repeated":[1-9]'
}
lives=0
probe_up() { # probe_up THREADS: its lines are told.N
	lives=$((lives + 1))
	MALLOC_PERTURB_=165 "$builddir/kkachi-probe" -i kk1 -m "$dir/map.csv" -t "$step" --threads "$1" --id gate --send --print --spool "$dir/spool" --user nobody \
		>"$dir/told.$lives" 2>>"$dir/probe.log" & probe=$!
	listens_as_nobody() { grep -q '^Uid:[[:space:]]*65534' "/proc/$probe/status" && listens 2; }
	eventually 20 listens_as_nobody || die "the probe does not start: $(tail -n 3 "$dir/probe.log")"
}
probe_killed() { kill -9 "$probe"; wait "$probe" 2>/dev/null; probe=; kills=$((kills + 1)); echo $lives >>"$dir/killed"; }
# One that is not killed tells what there was in every interval.
witness_up() {
	"$builddir/kkachi-probe" -i kk1 -m "$dir/map.csv" -t "$step" --user nobody >"$dir/seen.$1" 2>>"$dir/witness.log" & witness=$!
	eventually 20 listens 1 || die "the witness does not start: $(tail -n 3 "$dir/witness.log")"
}
traffic_up() {
	rm -f "$dir/stop" "$dir/sent"
	(
		while [ ! -e "$dir/stop" ]; do
			"$builddir/tests/bench/kk-wire" send kk0 "$dir/a.pcap" $n "$rate" >>"$dir/sent" || exit 1
		done
	) & sender=$!
}
# The last interval with traffic is closed, and all of it is delivered.
traffic_down() {
	touch "$dir/stop"
	wait "$sender" || fail "kk-wire fails"
	sender=
	sleep $((step + 2))
}
stopped() { # stopped PID LINES: ends well, and lost nothing
	local rc
	kill -TERM "$1"; wait "$1"; rc=$?
	[ $rc = 0 ] || fail "kkachi-probe exits $rc: $(tail -n 3 "$dir/probe.log" "$dir/witness.log")"
	tail -n 1 "$2" | grep -q '"kernel":0,"interface":0,"own":0}' || fail "packets are lost: $(tail -n 1 "$2" | grep -o '"lost":{[^}]*}')"
}

# ---- what was told: lines of "END AP OCTETS PACKETS", down and up ----

# The end as a second since some day, that of the whole interval: one that SIGHUP cut in two is told in two lines.
borders() {
	awk -v step="$step" '
		function days(y, m, d) { if (m < 3) { y--; m += 12 } return 365 * y + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * m - 457) / 5) + d }
		{
			split($1, t, /[-T:+]/)
			s = days(t[1], t[2], t[3]) * 86400 + t[4] * 3600 + t[5] * 60 + t[6]
			$1 = sprintf("%.0f", s + (step - s % step) % step)
			print
		}'
}
lines() {
	sed -n 's/^{"time":"\([^"]*\)".*"ap":"\(AP[0-9]*\)".*"octets_down":\([0-9]*\),"octets_up":\([0-9]*\),.*"packets_down":\([0-9]*\),"packets_up":\([0-9]*\),.*/\1 \2 \3 \4 \5 \6/p' "$@" | borders
}
whole() { # lines of one interval together
	awk '{k = $1 " " $2; d[k] += $3; u[k] += $4; pd[k] += $5; pu[k] += $6} END {for (k in d) if (pd[k] + pu[k] > 0) printf "%s %.0f %.0f %.0f %.0f\n", k, d[k], u[k], pd[k], pu[k]}' | sort
}
of_lives() { # the same, and the number of the life
	local i
	for i in $(seq $lives); do lines "$dir/told.$i" | sed "s/\$/ $i/"; done
}
kept() {
	"$builddir/tests/journal_lines" "$dir/state" >"$dir/journal" || fail "the journal holds what it should not"
	sqlite3 -readonly -separator ' ' "$dir/state/kkachi.db" 'SELECT num, id FROM device' >"$dir/nums"
	awk 'NR == FNR {ap[$1] = $2; next} $3 + $4 + $5 + $6 > 0 {print $2, ap[$1], $3, $4, $5, $6}' "$dir/nums" "$dir/journal" | borders
}
sums() { # per access point
	awk '{d[$2] += $3; u[$2] += $4; pd[$2] += $5; pu[$2] += $6} END {for (a in d) printf "%s %.0f %.0f %.0f %.0f\n", a, d[a], u[a], pd[a], pu[a]}' | sort
}
all() { # octets and packets of sums
	awk '{o += $2 + $3; p += $4 + $5} END {printf "%.0f octets, %.0f packets", o, p}'
}
times_sent() { awk -v k="$(wc -l <"$dir/sent")" '$4 + $5 > 0 {printf "%s %.0f %.0f %.0f %.0f\n", $1, $2 * k, $3 * k, $4 * k, $5 * k}' "$dir/truth" | sort; }
last_told() { tail -n 1500 "$dir/told.$lives" | lines | cut -d' ' -f1 | sort -u | tail -n 1; }
delivered() { kept | cut -d' ' -f1 | sort -u | tail -n 1 | grep -qxF "$(last_told)"; }
# The account, which may take a moment to be written: octets of every access point.
ledger() {
	"$builddir/kkachi" usage --source probe --from "$year" --per year --by ap --json >"$dir/usage" &&
		sed 's/"total.*//; s/{"key"/\n&/g; s/{"year"/\n&/g' "$dir/usage" | tr -d '{}[]"' | awk -F'[:,]' '
			$1 == "key" {ap = $2}
			$1 == "year" {for (i = 3; i < NF; i += 2) if ($i == "octets_down") down[ap] += $(i + 1); else if ($i == "octets_up") up[ap] += $(i + 1)}
			END {for (a in down) if (down[a] + up[a] > 0) printf "%s %.0f %.0f\n", a, down[a], up[a]}' | sort
}
in_ledger() { ledger >"$dir/ledger"; cut -d' ' -f1-3 "$1" | cmp -s - "$dir/ledger"; }
year=$(TZ=Asia/Seoul date +%Y)

# ---- 1. the collector is killed ----

kills=0
collector_up
witness_up 1
probe_up 1
traffic_up
sleep $((2 * step))
# Another map, while clients are counted under a key of the day; again and again, around the end of an interval.
for _ in 1 2 3; do
	before_border
	for _ in $(seq 30); do kill -HUP "$probe"; sleep 0.003; done
done
collector_killed
sleep "$away"
collector_up
# A probe that does not come to its turn for some time, as on a slow disk, goes on where it was.
kill -STOP "$probe"; sleep 4; kill -CONT "$probe"
# In the middle of what has waited.
for _ in 1 2 3; do
	moment
	collector_killed
	moment
	collector_up
done
sleep $((2 * step))
traffic_down
eventually 60 delivered || fail "the probe does not deliver: $(tail -n 3 "$dir/probe.log")"
stopped "$probe" "$dir/told.1"; probe=
stopped "$witness" "$dir/seen.1"; witness=
times_sent >"$dir/want"
kept | sums >"$dir/got"
cmp -s "$dir/want" "$dir/got" || fail "sent, and in the journal: $(diff "$dir/want" "$dir/got" | head -n 4)"
lines "$dir/seen.1" | whole >"$dir/want.intervals"
kept | whole | cmp -s "$dir/want.intervals" - || fail "intervals: $(kept | whole | diff "$dir/want.intervals" - | head -n 4)"
eventually 20 in_ledger "$dir/want" || fail "sent, and in the ledger: $(cut -d' ' -f1-3 "$dir/want" | diff - "$dir/ledger" | head -n 4)"
echo "1. the collector: $kills kills, away for $away s; sent $(all <"$dir/want"), kept $(all <"$dir/got"), $(cut -d' ' -f1 "$dir/want.intervals" | sort -u | wc -l) intervals"

# ---- 2. the probe is killed, with intervals in its spool ----

kills=0
collector_killed
witness_up 2
probe_up 2
traffic_up
sleep $((3 * step)); moment
grep -rq KKPB "$dir/spool" || fail "nothing is in the spool"
probe_killed
probe_up 2
sleep $((away / 2 + 1)); moment
probe_killed
# What the journal has, and the probe does not know to be there, comes again when both are killed.
for _ in 1 2; do
	before=$(journal_octets)
	collector_up
	kill -STOP "$daemon"
	probe_up 2
	sleep 0.5
	kill -STOP "$probe"; kill -CONT "$daemon"
	eventually 20 grows || fail "nothing comes: $(tail -n 3 "$dir/probe.log")"
	collector_killed
	probe_killed
done
collector_up
probe_up 2
eventually 20 came_again || fail "nothing came a second time"
sleep $((2 * step)); moment
probe_killed
collector_killed
probe_up 2
collector_up
sleep $((2 * step))
traffic_down
eventually 60 delivered || fail "the probe does not deliver: $(tail -n 3 "$dir/probe.log")"
stopped "$probe" "$dir/told.$lives"; probe=
stopped "$witness" "$dir/seen.2"; witness=
lines "$dir/seen.2" | sums >"$dir/got"
times_sent | cmp -s - "$dir/got" || fail "the witness did not see what was sent: $(times_sent | diff - "$dir/got" | head -n 4)"

# Of a killed life the last interval that it told may be half told; every one before it was closed. What is closed must be
# kept; what is kept must be what the witness saw, or a life's first interval, which began within one of the witness's.
lines "$dir"/seen.* >"$dir/seen"
of_lives >"$dir/told"
whole <"$dir/seen" >"$dir/seen.whole"
kept | whole >"$dir/kept"
awk -v killed="$(tr '\n' ' ' <"$dir/killed")" '
	function values() { return $3 " " $4 " " $5 " " $6 }
	function plus(a, b, x, y) { split(a, x); split(b, y); return x[1] + y[1] " " x[2] + y[2] " " x[3] + y[3] " " x[4] + y[4] }
	function exceeds(a, b, x, y, i) { split(a, x); split(b, y); for (i = 1; i <= 4; i++) if (x[i] + 0 > y[i] + 0) return 1; return 0 }
	function say(what, key) { print what ": " key ": kept " kept[key] ", told " told[key] ", seen " seen[key] > "/dev/stderr" }
	BEGIN { split(killed, k); for (i in k) dead[k[i]] = 1 }
	FILENAME ~ /seen.whole$/ { seen[$1 " " $2] = values(); next }
	FILENAME ~ /told$/ {
		if (!($7 in last)) begins[$1] = 1
		last[$7] = $1
		if ($5 + $6 == 0) next
		life[$1 " " $2] = $7
		told[$1 " " $2] = plus(told[$1 " " $2], values())
		next
	}
	{ kept[$1 " " $2] = values() }
	END {
		for (key in told) {
			split(key, at); l = life[key]
			if (l in dead && at[1] == last[l]) continue
			if (l > 1) closed[at[1]] = 1
			if (exceeds(told[key], kept[key])) { lost++; say("lost", key) }
			else if (exceeds(kept[key], told[key])) { doubled++; say("twice", key) }
		}
		for (key in kept) {
			split(key, at)
			if (exceeds(kept[key], seen[key])) { doubled++; say("twice", key) }
			else if (!(at[1] in begins) && exceeds(seen[key], kept[key])) { lost++; say("lost", key) }
		}
		# Of a closed interval everybody is there.
		for (key in seen) {
			split(key, at)
			if (at[1] in closed && !(at[1] in begins) && !(key in kept)) { lost++; say("lost", key) }
		}
		for (end in closed) intervals++
		printf "%d %d %d\n", intervals, lost, doubled
	}' "$dir/seen.whole" "$dir/told" "$dir/kept" >"$dir/verdict" 2>"$dir/why"
read -r intervals lost doubled <"$dir/verdict"
[ "$lost $doubled" = "0 0" ] || fail "$lost lost, $doubled twice: $(head -n 5 "$dir/why")"
[ "$intervals" -ge 6 ] || fail "only $intervals intervals were closed"
sums <"$dir/kept" >"$dir/got"
eventually 20 in_ledger "$dir/got" || fail "in the journal, and in the ledger: $(cut -d' ' -f1-3 "$dir/got" | diff - "$dir/ledger" | head -n 4)"
awk 'NR == FNR {first[$1 " " $2] = 1; next} !($1 " " $2 in first)' "$dir/want.intervals" "$dir/kept" | sums >"$dir/second"
echo "2. the probe: $kills kills; sent $(times_sent | all); closed and kept $(all <"$dir/second"), $intervals intervals, $lost lost, $doubled doubled"
! grep -h . "$dir/kkachid.log" | grep -qE 'corrupt|damaged' || fail "$(grep -hE 'corrupt|damaged' "$dir/kkachid.log" | head -n 2)"
kill -TERM "$daemon"; wait "$daemon" || fail "kkachid exits $?"
daemon=
exit $failed
