#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# `make bench`: what Kkachi costs against bare yardsticks, on this machine, in one run, as ratios.
#   BENCH_PARTS=abcdefghi     which parts (default: all)
#   BENCH_SIZES="1000 ..."    devices of the growth (default: 1000 10000 18450 100000)
#   BENCH_RUNS=N              sweeps per figure, of which the median counts (default 7)
#   BENCH_FULL=1              (d) with 18,450 archives, which takes 36 GB of disk and some minutes
#   BENCH_PACKETS=N           of each capture of (g) (default 5000000, which take 2 GB each)
#   BENCH_YEARS=N            of the ledger of (i) (default 5, which take 2 GB)
#   BENCH_DIR=FOLDER          where state is kept meanwhile (default: the build folder's disk)
set -u
export LC_ALL=C
srcdir=${srcdir:-.}; builddir=${builddir:-.}
parts=${BENCH_PARTS:-abcdefghi}
sizes=${BENCH_SIZES:-1000 10000 18450 100000}
runs=${BENCH_RUNS:-7}
city=18450
export KKACHI_PROFILES=$srcdir/collector/profiles

for p in kkachid kkachi kkachi-sim kkachi-probe tests/bench/kk-blast tests/bench/kk-bench tests/bench/kk-traffic tests/bench/kk-wire; do
	[ -x "$builddir/$p" ] || { echo "bench: $builddir/$p is not built" >&2; exit 2; }
done
if grep -q '^KK_SAN = .*sanitize' "$builddir/Makefile"; then
	echo "bench: this build has sanitizers, which cost more than what is measured; configure one without" >&2
	exit 2
fi
dir=$(mktemp -d "${BENCH_DIR:-$builddir}/bench-XXXXXX") || exit 1
sim_pid= missed=0 left_out= open=
cleanup() {
	local jobs
	jobs=$(jobs -p)
	# shellcheck disable=SC2086
	[ -z "$jobs" ] || kill $jobs 2>/dev/null
	wait 2>/dev/null
	net_down
	rm -rf "$dir" ${open:+"$open"}
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# The simulator has one core, the client another one.
if [ "$(nproc)" -ge 2 ] && command -v taskset >/dev/null; then
	on_sim="taskset -c 1" on_client="taskset -c 0"
else
	on_sim= on_client=
fi

say() { printf '%s\n' "$*"; }
note() { printf 'bench: %s\n' "$*" >&2; }
die() { note "$*"; exit 1; }
number() { sed -n "s/.*\"$1\":\\(-\\{0,1\\}[0-9.]*\\).*/\\1/p" "$2"; }
numbers() { sed -n "s/.*\"$1\":\\(-\\{0,1\\}[0-9.]*\\).*/\\1/p" "$2" | sort -n; }
middle() { numbers "$1" "$2" | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
calc() { awk "BEGIN {printf \"$1\", $2}"; }

# judge WHAT RATIO BOUND: a line that says whether it holds.
judge() {
	if awk "BEGIN {exit !($2 <= $3)}"; then
		printf '%-66s %8s  (at most %s)\n' "$1" "$2" "$3"
	else
		printf '%-66s %8s  (at most %s): MISSED\n' "$1" "$2" "$3"
		missed=$((missed + 1))
	fi
}

# start_sim OPTIONS...: the same city each time that it starts; only what happens to it differs.
start_sim() {
	: >"$dir/sim.out"
	$on_sim "$builddir/kkachi-sim" --since "$since" --port "$port" --report "$dir/truth.json" "$@" \
		>"$dir/sim.out" 2>"$dir/sim.err" &
	sim_pid=$!
	for _ in $(seq 600); do
		[ -s "$dir/sim.out" ] && break
		kill -0 "$sim_pid" 2>/dev/null || die "kkachi-sim: $(tail -n 1 "$dir/sim.err")"
		sleep 0.1
	done
	port=$(head -n 1 "$dir/sim.out")
}
stop_sim() { kill "$sim_pid"; wait "$sim_pid"; sim_pid=; }

# configure PORT [TIMEOUT RETRIES]
configure() {
	cat >"$dir/kkachi.yaml" <<-END
	state_dir: $dir/state
	run_dir: $dir/run
	snmp: {port: $1, timeout: ${2:-1000}, retries: ${3:-2}}
	store: {archives: no}
	END
}
once() { $on_client "$builddir/kkachid" -c "$dir/kkachi.yaml" --once --json 2>"$dir/kkachid.err" || die "kkachid: $(tail -n 1 "$dir/kkachid.err")"; }

# city N OPTIONS...: N devices, imported, with every layout learned, and what a sweep sends in $dir/packets.
city_of() {
	local n=$1 relay relay_pid
	shift
	rm -rf "$dir/state" "$dir/run"
	since=$(date +%s) port=0
	start_sim --devices "$n" --inventory "$dir/city.csv" "$@"
	# Without a port of their own, the devices are asked at the configured one: the relay's, for one sweep.
	sed "s/,$port,/,,/" "$dir/city.csv" >"$dir/import.csv"
	configure "$port"
	"$builddir/kkachi" -c "$dir/kkachi.yaml" import "$dir/import.csv" >"$dir/import.out" || die "kkachi import failed"
	once >"$dir/first.json"
	once >"$dir/second.json"
	[ "$(number answered "$dir/second.json")" = "$n" ] || die "only $(number answered "$dir/second.json") of $n devices answered"
	relay=$((port + 1 > 65000 ? port - 1 : port + 1))
	"$builddir/tests/bench/kk-blast" --learn "$dir/packets" --listen $relay --upstream "$port" 2>"$dir/learn.err" &
	relay_pid=$!
	sleep 0.3
	configure $relay 5000
	once >"$dir/learn.json"
	kill $relay_pid
	wait $relay_pid || die "$(tail -n 1 "$dir/learn.err")"
	configure "$port"
}

# bare WINDOW: one sweep of the yardstick, added to what this window took.
bare() {
	$on_client "$builddir/tests/bench/kk-blast" "$dir/packets" --port "$port" --window "$1" >>"$dir/bare.$1" || die "kk-blast failed"
}
windows="0 1024 4096"

# by_turns OURS BARE [SWEEP]: sweeps of kkachid (made by SWEEP FILE) and of the bare loop in turn, so that whatever else the
# machine does meets both. Of the yardstick's windows the one counts that suits it best: medians by what is asked for.
by_turns() {
	local w
	: >"$1"
	for w in $windows; do : >"$dir/bare.$w"; done
	for _ in $(seq "$runs"); do
		${3:-sweep} "$1"
		for w in $windows; do bare "$w"; done
	done
	for w in $windows; do
		echo "$(middle cpu_us "$dir/bare.$w") $(middle wall_us "$dir/bare.$w")"
	done >"$2"
}
sweep() { once >>"$1"; }
least() { sort -n -k"$2,$2" "$1" | awk -v k="$2" 'NR == 1 {print $k}'; }

machine() {
	say "Kkachi $("$builddir/kkachid" --version | awk '{print $2}') on $(uname -srm), $(date -u +%Y-%m-%d)"
	say "$(nproc) cores of $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(awk '/^MemTotal/ {printf "%.0f", $2 / 1048576}' /proc/meminfo) GiB, load $(cut -d' ' -f1-3 /proc/loadavg)"
	say "state on $(findmnt -no FSTYPE,SOURCE -T "$dir" 2>/dev/null | tr -s ' '); medians of $runs sweeps; $([ -n "$on_sim" ] && echo "simulator and client have a core each" || echo "simulator and client share what there is")"
	say ""
}

part_a() {
	local n poll cpu rss varbinds requests base_n= base_rss=
	say "(a) Polling, against a loop that sends the same packets and decodes nothing"
	printf '%9s %9s %9s %12s %12s %7s %12s %12s %12s\n' devices requests values "bare cpu ms" "poll cpu ms" ratio "us a device" "memory MB" "kB a device"
	for n in $sizes; do
		city_of "$n"
		by_turns "$dir/ours" "$dir/bare"
		stop_sim
		poll=$(middle poll_cpu_ms "$dir/ours")
		rss=$(middle max_rss_kb "$dir/ours")
		cpu=$(calc %.1f "$(least "$dir/bare" 1) / 1000")
		requests=$(grep -c '^ask' "$dir/packets")
		# Values asked for: every one is a NULL in its packet.
		varbinds=$(awk '$1 == "packet" {v[n++] = gsub(/0500/, "", $3)} $1 == "ask" {sum += v[$3]} END {print sum}' "$dir/packets")
		[ -n "$base_n" ] || base_n=$n base_rss=$rss
		printf '%9s %9s %9s %12s %12s %7s %12s %12s %12s\n' "$n" "$requests" "$varbinds" "$cpu" "$poll" \
			"$(calc %.2f "$poll / $cpu")" "$(calc %.2f "$poll * 1000 / $n")" "$(calc %.1f "$rss / 1024")" \
			"$([ "$n" = "$base_n" ] && echo - || calc %.2f "($rss - $base_rss) / ($n - $base_n)")"
		[ "$n" = $city ] && echo "$(calc %.2f "$poll / $cpu")" >"$dir/a"
	done
	say ""
	[ -f "$dir/a" ] && judge "(a) CPU of a sweep of $city, profile and odometer included / bare loop" "$(cat "$dir/a")" 2.0
	say ""
}

# The simulator's report of now; what comes after it is a new span.
report() {
	rm -f "$dir/truth.json"
	kill -USR1 "$sim_pid"
	while [ ! -s "$dir/truth.json" ]; do sleep 0.05; done
}

# A sweep, and how long after its first request the last try of all ended: half a timeout after it was said once more.
sweep_timed() {
	report
	once >"$dir/one"
	report
	sed "s/}\$/,\"last_ms\":$(($(number span_ms "$dir/truth.json") + 500)),\"living\":$(grep -c '^{"id".*"answers":[1-9]' "$dir/truth.json")}/" "$dir/one" >>"$1"
}

part_b() {
	local living wall last ours bare ratio
	say "(b) Trouble on the way, $city devices"
	city_of $city
	stop_sim
	start_sim --devices $city --dead 5 --loss 2
	by_turns "$dir/ours" "$dir/bare" sweep_timed
	stop_sim
	living=$(numbers living "$dir/ours" | tail -n 1)
	wall=$(middle wall_ms "$dir/ours")
	last=$(middle last_ms "$dir/ours")
	ratio=$(awk '{w = l = $0; sub(/.*"wall_ms":/, "", w); sub(/.*"last_ms":/, "", l); print (w + 0) / (l + 0)}' "$dir/ours" | sort -n | awk '{v[NR] = $1} END {printf "%.3f", v[int((NR + 1) / 2)]}')
	say "5 % dead, 2 % of answers lost: of $living living devices answered $(sed -n 's/.*"answered":\([0-9]*\).*/\1/p' "$dir/ours" | sort -n | uniq -c | awk '{printf "%s in %s sweeps, ", $2, $1}')in $wall ms;"
	say "the last try was given up $last ms after the first one was sent; the bare loop took $(calc %.0f "$(least "$dir/bare" 2) / 1000") ms; three timeouts are 3000 ms"
	judge "(b) wall time / last retry's time" "$ratio" 1.05
	judge "(b) living devices that are not in the sweep" "$((living - $(middle answered "$dir/ours")))" 0
	start_sim --devices $city --delay 20
	by_turns "$dir/ours" "$dir/bare"
	stop_sim
	ours=$(middle wall_ms "$dir/ours")
	bare=$(calc %.1f "$(least "$dir/bare" 2) / 1000")
	say "20 ms mean delay: $ours ms, the bare loop $bare ms"
	judge "(b) wall time with 20 ms mean delay / bare loop" "$(calc %.2f "$ours / $bare")" 1.5
	say ""
}

part_c() {
	say "(c) Journal, live table and ledger of a sweep, against one synced write and bare SQLite upserts"
	mkdir "$dir/keep"
	"$builddir/tests/bench/kk-bench" keep "$dir/keep" --devices $city --sweeps "$((runs | 1))" >"$dir/c" || die "kk-bench keep failed"
	say "$city samples, $(number journal_octets "$dir/c") octets: $(calc %.0f "$(number keep_wall_us "$dir/c") / 1000") ms, $(calc %.0f "$(number keep_cpu_us "$dir/c") / 1000") ms CPU; bare: $(calc %.0f "$(number bare_wall_us "$dir/c") / 1000") ms, $(calc %.0f "$(number bare_cpu_us "$dir/c") / 1000") ms CPU"
	judge "(c) wall time of keeping a sweep / bare" "$(calc %.2f "$(number keep_wall_us "$dir/c") / $(number bare_wall_us "$dir/c")")" 1.5
	judge "(c) CPU of keeping a sweep / bare" "$(calc %.2f "$(number keep_cpu_us "$dir/c") / $(number bare_cpu_us "$dir/c")")" 1.5
	rm -rf "$dir/keep"
	say ""
}

part_d() {
	local n=1000 cold=
	[ -z "${BENCH_FULL:-}" ] || n=$city
	[ "$(id -u)" = 0 ] && cold=--cold
	say "(d) Archives, against one rrd_updatex_r per sample; $n files"
	mkdir "$dir/archives"
	"$builddir/tests/bench/kk-bench" archives "$dir/archives" --devices $n --minutes 20 $cold >"$dir/d" || die "kk-bench archives failed"
	say "CPU a sample: $(number cpu_us_per_sample "$dir/d") us, bare $(number yard_cpu_us_per_sample "$dir/d") us; written: $(number written_per_sample "$dir/d") octets, bare $(number yard_written_per_sample "$dir/d")"
	judge "(d) CPU per sample / one update per sample" "$(calc %.3f "$(number cpu_us_per_sample "$dir/d") / $(number yard_cpu_us_per_sample "$dir/d")")" 0.333
	judge "(d) octets written to disk / one update per sample" "$(calc %.3f "$(number written_per_sample "$dir/d") / $(number yard_written_per_sample "$dir/d")")" 0.2
	judge "(d) GB of $city archives" "$(calc %.2f "$(number file_octets "$dir/d") * $city / 1000000000")" 18
	if [ "$(number cold_minute_ms "$dir/d")" -ge 0 ]; then
		judge "(d) s of a minute's visits for $city with a cold page cache" "$(calc %.1f "$(number cold_minute_ms "$dir/d") / 1000 * $city / $n")" 60
	else
		say "(d) the page cache can be emptied by root only: not measured cold"
		left_out="$left_out (d) cold"
	fi
	say ""
}

# What kkachid spent on polling in one sweep, ms, the mean of all: it is given in whole ms.
mean() { numbers "$1" "$2" | awk '{sum += $1; n++} END {printf "%.2f", sum / n}'; }

# steady N OPTIONS...: N devices, learned; sweeps in $dir/ours; octets of a device's request and answer in asked and answered.
steady() {
	local n=$1 before after
	shift
	rm -rf "$dir/state" "$dir/run" "$dir/users"
	since=$(date +%s) port=0
	start_sim --devices "$n" --inventory "$dir/city.csv" "$@"
	configure "$port"
	[ ! -f "$dir/users" ] || sed -i "s|snmp: {|snmp: {users_file: $dir/users, |" "$dir/kkachi.yaml"
	"$builddir/kkachi" -c "$dir/kkachi.yaml" import "$dir/city.csv" >"$dir/import.out" || die "kkachi import failed"
	once >"$dir/first.json"
	once >"$dir/first.json"
	report
	cp "$dir/truth.json" "$dir/before.json"
	once >"$dir/first.json"
	report
	[ "$(number answered "$dir/first.json")" = "$n" ] || die "only $(number answered "$dir/first.json") of $n devices answered"
	requests=$(($(number requests "$dir/truth.json" | head -n 1) - $(number requests "$dir/before.json" | head -n 1)))
	[ $requests = "$n" ] || die "$requests datagrams for $n devices in a steady sweep"
	asked=$((($(number octets_asked "$dir/truth.json") - $(number octets_asked "$dir/before.json")) / n))
	answered=$((($(number octets_answered "$dir/truth.json") - $(number octets_answered "$dir/before.json")) / n))
	: >"$dir/ours"
	for _ in $(seq $((runs + 2))); do once >>"$dir/ours"; done
	stop_sim
}

part_e() {
	local n users p v2c v3 crypto plain_asked plain_answered ratio
	say "(e) SNMPv3 authPriv, against the same sweep in v2c and bare libcrypto over the same octets"
	printf '%-16s %8s %6s %14s %12s %12s %12s %7s\n' protocols devices users "octets" "v2c us" "libcrypto us" "v3 us" ratio
	for n in 200:1 2000:1 2000:200 10000:1 10000:1000; do
		users=${n#*:} n=${n%:*}
		steady "$n"
		v2c=$(mean poll_cpu_ms "$dir/ours") plain_asked=$asked plain_answered=$answered
		for p in SHA-1/AES-128 SHA-256/AES-256; do
			steady "$n" --snmpv3 $p --users "$users" --users-file "$dir/users"
			v3=$(mean poll_cpu_ms "$dir/ours")
			$on_client "$builddir/tests/bench/kk-bench" crypto $p --devices "$n" --asked $asked --answered $answered \
				--plain-asked "$plain_asked" --plain-answered "$plain_answered" >"$dir/e" || die "kk-bench crypto failed"
			crypto=$(number crypto_cpu_us "$dir/e")
			ratio=$(calc %.2f "$v3 * 1000 / ($v2c * 1000 + $crypto)")
			printf '%-16s %8s %6s %14s %12s %12s %12s %7s\n' $p "$n" "$users" "$asked+$answered" "$(calc %.2f "$v2c * 1000 / $n")" \
				"$(calc %.2f "$crypto / $n")" "$(calc %.2f "$v3 * 1000 / $n")" "$ratio"
			[ $n:$users = 2000:200 ] && echo "$p $ratio" >>"$dir/e.2000"
			[ $n:$users = 10000:1000 ] && echo "$p $ratio" >>"$dir/e.10000"
		done
	done
	say "a device's figures; in a steady sweep, also by a new process, every device got one datagram"
	while read -r p ratio; do judge "(e) 2000 agents, 200 users, $p" "$ratio" 1.5; done <"$dir/e.2000"
	while read -r p ratio; do judge "(e) 10000 agents, 1000 users, $p" "$ratio" 1.5; done <"$dir/e.10000"
	say ""
}

# One controller, N access points with two radios each, an agent that answers at most 50 values.
part_f() {
	local n cpu first=
	say "(f) A controller's access points, read whole: 1 % loss, at most 50 values in an answer"
	printf '%8s %8s %10s %8s %10s %10s\n' APs radios requests "wall s" "CPU ms" "us a row"
	for n in 1500 3000 6000 12000; do
		rm -rf "$dir/state" "$dir/run"
		since=$(date +%s) port=0
		start_sim --devices $n --mix fit=1 --controllers 1 --bulk 50 --loss 1 --inventory "$dir/city.csv"
		configure "$port" 1000 3
		"$builddir/kkachi" -c "$dir/kkachi.yaml" import "$dir/city.csv" >"$dir/import.out" || die "kkachi import failed"
		once >"$dir/first.json"
		: >"$dir/ours"
		for _ in $(seq $((runs < 5 ? runs : 5))); do once >>"$dir/ours"; done
		stop_sim
		[ "$(numbers samples "$dir/ours" | head -n 1)" = $((n + 1)) ] || die "only $(numbers samples "$dir/ours" | head -n 1) samples of $n access points"
		cpu=$(middle poll_cpu_ms "$dir/ours")
		printf '%8s %8s %10s %8s %10s %10s\n' $n $((n * 2)) "$(middle requests "$dir/ours")" \
			"$(calc %.1f "$(middle wall_ms "$dir/ours") / 1000")" "$cpu" "$(calc %.2f "$cpu * 1000 / ($n * 3)")"
		[ $n = 1500 ] && first=$(calc %.4f "$cpu / $n")
		[ $n = 6000 ] && { judge "(f) CPU of a row at 6,000 access points / at 1,500" "$(calc %.2f "$cpu / $n / $first")" 1.3
			judge "(f) s that reading 6,000 access points takes" "$(calc %.1f "$(middle wall_ms "$dir/ours") / 1000")" 60; }
	done
	say ""
}

# probe_lines FILE: what each access point carried over all intervals, as kk-traffic tells the truth.
probe_lines() {
	sed -n 's/.*"ap":"\(AP[0-9]*\)".*"octets_down":\([0-9]*\),"octets_up":\([0-9]*\).*"packets_down":\([0-9]*\),"packets_up":\([0-9]*\).*/\1 \2 \3 \4 \5/p' "$1" |
		awk '{d[$1] += $2; u[$1] += $3; pd[$1] += $4; pu[$1] += $5} END {for (a in d) printf "%s %.0f %.0f %.0f %.0f\n", a, d[a], u[a], pd[a], pu[a]}'
}

# What an access point and a client more take of kkachi-probe, in captures that differ in nothing else.
probe_memory() {
	local traffic=$builddir/tests/bench/kk-traffic what
	local -a rss
	for what in "1000 20000" "3000 20000" "1000 120000"; do
		# shellcheck disable=SC2086
		"$traffic" make capwap 1000000 "$dir/g.pcap" "$dir/g.map" "$dir/g.truth" $what || die "kk-traffic failed"
		"$traffic" spend "$builddir/kkachi-probe" -r "$dir/g.pcap" -m "$dir/g.map" -c "$dir/kkachi.yaml" 2>"$dir/g.spent" >"$dir/g.out" || die "kkachi-probe failed"
		rss+=("$(middle max_rss_kb "$dir/g.spent")")
		rm -f "$dir/g.pcap"
	done
	say "memory with 1000 access points and 20000 clients ${rss[0]} kB, with 3000 and 20000 ${rss[1]} kB, with 1000 and 120000 ${rss[2]} kB"
	judge "(g) kB that an access point takes" "$(calc %.1f "(${rss[1]} - ${rss[0]}) / 2000")" 2.5
	# 20 in a table that is three quarters full when it doubles, and then is there twice: (1 + 2) * 20 / 0.75.
	judge "(g) octets that a client of an interval takes" "$(calc %.0f "(${rss[2]} - ${rss[0]}) * 1024 / 100000")" 80
}

# A capture of every form, read by kkachi-probe and by an empty pcap_loop in turn, on one core.
part_g() {
	configure 161
	local form packets=${BENCH_PACKETS:-5000000} bare octets all traffic=$builddir/tests/bench/kk-traffic exact
	say "(g) kkachi-probe -r of $packets packets (IMIX, 1000 access points, 20000 clients), against an empty pcap_loop"
	printf '%-8s %8s %14s %14s %14s %8s %8s %10s %s\n' form MB "pcap_loop ms" "octets ms" "all ms" octets all "memory MB" exact
	for form in plain capwap eogre; do
		"$traffic" make $form "$packets" "$dir/g.pcap" "$dir/g.map" "$dir/g.truth" || die "kk-traffic failed"
		cat "$dir/g.pcap" >/dev/null # into the page cache
		: >"$dir/g.bare"; : >"$dir/g.octets"; : >"$dir/g.all"
		for _ in $(seq "$runs"); do
			$on_client "$traffic" spend "$traffic" loop "$dir/g.pcap" 2>>"$dir/g.bare" || die "pcap_loop failed"
			$on_client "$traffic" spend "$builddir/kkachi-probe" -r "$dir/g.pcap" -m "$dir/g.map" -c "$dir/kkachi.yaml" --figures octets 2>>"$dir/g.octets" >"$dir/g.out" || die "kkachi-probe failed"
			$on_client "$traffic" spend "$builddir/kkachi-probe" -r "$dir/g.pcap" -m "$dir/g.map" -c "$dir/kkachi.yaml" 2>>"$dir/g.all" >"$dir/g.out" || die "kkachi-probe failed"
		done
		exact=no
		probe_lines "$dir/g.out" | sort >"$dir/g.got"
		sort "$dir/g.truth" | cmp -s - "$dir/g.got" && exact=yes
		bare=$(middle cpu_us "$dir/g.bare") octets=$(middle cpu_us "$dir/g.octets") all=$(middle cpu_us "$dir/g.all")
		printf '%-8s %8s %14s %14s %14s %8s %8s %10s %s\n' $form "$(calc %.0f "$(stat -c %s "$dir/g.pcap") / 1000000")" "$(calc %.0f "$bare / 1000")" \
			"$(calc %.0f "$octets / 1000")" "$(calc %.0f "$all / 1000")" "$(calc %.2f "$octets / $bare")" "$(calc %.2f "$all / $bare")" \
			"$(calc %.1f "$(middle max_rss_kb "$dir/g.all") / 1024")" $exact
		echo "$form $(calc %.2f "$octets / $bare") $(calc %.2f "$all / $bare") $exact" >>"$dir/g"
		rm -f "$dir/g.pcap"
	done
	say "exact: octets and packets of every access point, down and up, equal what was generated"
	while read -r form octets all exact; do
		judge "(g) $form, octets / pcap_loop" "$octets" 1.0
		judge "(g) $form, every figure / pcap_loop" "$all" 1.6
		[ $exact = yes ] || { say "(g) $form is not exact: MISSED"; missed=$((missed + 1)); }
	done <"$dir/g"
	probe_memory
	say ""
}

# in_net END COMMAND...: at one end of the pairs of interfaces, of which each reader has one, called as the reader is.
in_net() { local end=$1; shift; ip netns exec "kk-bench-$end-$$" "$@"; }
net_up() {
	local e r
	for e in a b; do ip netns add "kk-bench-$e-$$" || return 1; done
	for r in empty probe; do ip link add $r netns "kk-bench-a-$$" type veth peer name $r netns "kk-bench-b-$$" || return 1; done
	for e in a b; do
		in_net $e sysctl -qw net.ipv6.conf.all.disable_ipv6=1
		for r in empty probe; do in_net $e ip link set $r mtu 9000 up; done
	done
}
net_down() { local e; for e in a b; do ip netns del "kk-bench-$e-$$" 2>/dev/null; done; }

# on_cpu PID: nanoseconds that its threads have run.
on_cpu() { awk '{sum += $1} END {printf "%.0f", sum}' /proc/"$1"/task/*/schedstat; }

# start_reader READER COMMAND...
start_reader() {
	local reader=$1
	shift
	(exec ip netns exec "kk-bench-b-$$" $on_client "$@" >"$dir/h.$reader" 2>"$dir/h.$reader.err") &
	readers[$reader]=$!
	sent[$reader]=0
}

# stop_reader READER: what it says at last is in h.READER.
stop_reader() { kill -TERM "${readers[$1]}"; wait "${readers[$1]}"; }

# send_to READER PACKETS RATE: appends to h.READER.spent what a packet of them cost it.
send_to() {
	local reader=$1 packets=$2 rate=$3 before
	[ -d "/proc/${readers[$reader]}" ] || die "(h) the reader \"$reader\" has ended: $(tail -n 1 "$dir/h.$reader.err")"
	before=$(on_cpu "${readers[$reader]}")
	in_net a $on_sim "$wire" send "$reader" "$dir/h.pcap" "$packets" "$rate" >"$dir/h.sent" || die "kk-wire send failed"
	sleep 0.4 # until the last block of the ring is read
	echo "{\"packet_ps\":$((($(on_cpu "${readers[$reader]}") - before) * 1000 / packets))}" >>"$dir/h.$reader.spent"
	sent[$reader]=$((sent[$reader] + $(number sent "$dir/h.sent")))
}

# At one rate, a round to each reader in turn: what a neighbour of this machine takes, it takes from both. The first round,
# in which every client is new, costs but is not measured.
rounds_of() {
	local rate=$1 packets=$(($1 == 0 ? 800000 : $1 * 2)) reader
	start_reader empty "$wire" listen empty 512 128
	start_reader probe "$builddir/kkachi-probe" -i probe -m "$open/h.map" --user nobody -c "$open/kkachi.yaml"
	sleep 1
	for reader in empty probe; do send_to $reader $first "$rate"; rm "$dir/h.$reader.spent"; done
	for _ in $(seq "$runs"); do
		for reader in empty probe; do send_to $reader $packets "$rate"; done
	done
	stop_reader empty
	stop_reader probe
	tail -n 1 "$dir/h.probe" >"$dir/h.totals"
}

# ratios FILE FILE: the least and the most of the rounds' ratios.
ratios() { paste <(number packet_ps "$1") <(number packet_ps "$2") | awk '{print $2 / $1}' | sort -n | sed -n '1p;$p' | xargs printf '%.2f to %.2f'; }

# Two pairs of interfaces between two network namespaces: what an empty reader loses and spends, and what kkachi-probe does.
part_h() {
	local rate first=200000 lost_empty lost empty probe worst=0 more=0 false=0 traffic=$builddir/tests/bench/kk-traffic wire=$builddir/tests/bench/kk-wire
	local -A readers sent
	say "(h) kkachi-probe on an interface, everything on, against an empty libpcap reader (TPACKET_V3, not immediate): medians of $runs rounds by turns"
	if [ "$(id -u)" != 0 ] || ! net_up 2>/dev/null; then
		net_down
		say "(h) needs root and network namespaces: not measured"
		left_out="$left_out (h)"
		say ""
		return
	fi
	configure 161
	"$traffic" make capwap $first "$dir/h.pcap" "$dir/h.map" "$dir/h.truth" || die "kk-traffic failed"
	# Who is nobody may not be let into the build's folder.
	open=$(mktemp -d "${TMPDIR:-/tmp}/kk-bench-XXXXXX") || die "no folder for a map"
	cp "$dir/h.map" "$dir/kkachi.yaml" "$open/" || die "no room for a map"
	chmod 711 "$open"; chmod 644 "$open/h.map" "$open/kkachi.yaml"
	printf '%9s %10s %11s %11s %13s %13s %6s  %s\n' "rate/s" "sent each" "empty lost" "probe lost" "empty ns/pkt" "probe ns/pkt" ratio "of single rounds"
	for rate in 100000 200000 300000 400000 0; do
		rounds_of $rate
		lost_empty=$(number lost "$dir/h.empty")
		lost=$(($(number kernel "$dir/h.totals") + $(number interface "$dir/h.totals") + $(number own "$dir/h.totals")))
		# Every packet that was sent is counted, or said to be lost.
		[ $(($(sed -n 's/.*"totals":{"packets":\([0-9]*\),.*/\1/p' "$dir/h.totals") + lost)) = "${sent[probe]}" ] || false=$((false + 1))
		[ "$lost_empty" != 0 ] || more=$((more + lost))
		# What was lost cost its reader nothing.
		empty=$(calc %.0f "$(middle packet_ps "$dir/h.empty.spent") / 1000 * ${sent[empty]} / (${sent[empty]} - $lost_empty)")
		probe=$(calc %.0f "$(middle packet_ps "$dir/h.probe.spent") / 1000 * ${sent[probe]} / (${sent[probe]} - $lost)")
		worst=$(awk "BEGIN {r = $probe / $empty; printf \"%.2f\", (r > $worst ? r : $worst)}")
		printf '%9s %10s %11s %11s %13s %13s %6s  %s\n' "$([ $rate = 0 ] && echo most || echo $rate)" "${sent[probe]}" \
			"$lost_empty" "$lost" "$empty" "$probe" "$(calc %.2f "$probe / $empty")" "$(ratios "$dir/h.empty.spent" "$dir/h.probe.spent")"
	done
	net_down
	judge "(h) packets lost at rates where an empty reader loses none" "$more" 0
	judge "(h) runs in which counted and lost are not what was sent" "$false" 0
	judge "(h) CPU of a packet / an empty reader's, at the most" "$worst" 3.0
	say ""
}

# Years of a whole city's days in the ledger, and what planners ask it.
part_i() {
	local years=${BENCH_YEARS:-5}
	say "(i) Reports over $years years of $city access points, beside bare SQL over the same days"
	mkdir "$dir/years"
	"$builddir/tests/bench/kk-bench" years "$dir/years" --devices $city --years "$years" >"$dir/i" || die "kk-bench years failed"
	rm -rf "$dir/years"
	say "$(number rows "$dir/i") days of access points, $(calc %.2f "$(number file_octets "$dir/i") / 1000000000") GB: $(number octets_a_day "$dir/i") octets each; written in $(calc %.0f "$(number make_ms "$dir/i") / 1000") s, summed in $(calc %.0f "$(number sum_ms "$dir/i") / 1000") s"
	say "the first time and the median, and bare SQL: a month by district $(number district_first_us "$dir/i"), $(number district_us "$dir/i"), $(number district_bare_us "$dir/i") us; by access point $(number ap_first_us "$dir/i"), $(number ap_us "$dir/i"), $(number ap_bare_us "$dir/i") us; a year by phase $(number year_first_us "$dir/i"), $(number year_us "$dir/i"), $(number year_bare_us "$dir/i") us"
	judge "(i) ms of a month by district" "$(calc %.1f "$(number district_us "$dir/i") / 1000")" 50
	judge "(i) ms of a month by access point" "$(calc %.1f "$(number ap_us "$dir/i") / 1000")" 300
	judge "(i) ms of a year by phase" "$(calc %.1f "$(number year_us "$dir/i") / 1000")" 100
	say ""
}

machine
case $parts in *a*) part_a ;; esac
case $parts in *b*) part_b ;; esac
case $parts in *c*) part_c ;; esac
case $parts in *d*) part_d ;; esac
case $parts in *e*) part_e ;; esac
case $parts in *f*) part_f ;; esac
case $parts in *g*) part_g ;; esac
case $parts in *h*) part_h ;; esac
case $parts in *i*) part_i ;; esac
if [ $missed = 0 ]; then say "every bound holds${left_out:+ of those that were measured; not measured:$left_out}"; else say "$missed bound(s) missed"; exit 1; fi
