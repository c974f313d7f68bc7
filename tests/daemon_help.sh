# SPDX-License-Identifier: GPL-3.0-or-later
# daemon_help.sh - what the shell tests of kkachid share; sourced by bash, after `set -u`.
srcdir=${srcdir:-.}; builddir=${builddir:-.}
failed=0
sim_pid=; daemon_pid=

fail() { echo "FAIL: $*"; failed=1; }
skip() { echo "skipped: $*"; exit 77; }
die() { echo "FAIL: $*"; exit 1; }

for program in kkachid kkachi kkachi-sim; do
	[ -x "$builddir/$program" ] || die "$program is not built"
done

dir=$(mktemp -d /tmp/kk-test-XXXXXX)
cleanup() {
	[ -z "$daemon_pid" ] || kill -9 "$daemon_pid" 2>/dev/null
	[ -z "$sim_pid" ] || kill "$sim_pid" 2>/dev/null
	wait 2>/dev/null
	[ -n "${KEEP:-}" ] || rm -rf "$dir"
}
trap cleanup EXIT
export KKACHI_CONFIG=$dir/kkachi.yaml
export KKACHI_PROFILES=$srcdir/collector/profiles

# eventually SECONDS COMMAND...: until it succeeds; how fast is not what is tested.
eventually() {
	local tries=$(($1 * 20)); shift
	while ! "$@" 2>/dev/null; do
		[ $((tries -= 1)) -gt 0 ] || return 1
		sleep 0.05
	done
}

# start_sim ARGS...: a simulated city; sets sim_port. Its truth is $dir/truth.json.
start_sim() {
	: > "$dir/sim.out" # or the port of the one before is read
	"$builddir/kkachi-sim" --inventory "$dir/city.csv" --report "$dir/truth.json" "$@" \
		> "$dir/sim.out" 2> "$dir/sim.err" &
	sim_pid=$!
	eventually 60 grep -qE '^[0-9]+$' "$dir/sim.out" || die "kkachi-sim does not start: $(tail -1 "$dir/sim.err")"
	sim_port=$(head -1 "$dir/sim.out")
}

# The simulator's truth is written at its end.
stop_sim() { kill "$sim_pid"; wait "$sim_pid"; sim_pid=; }

# configure PORT INTERVAL TIMEOUT RETRIES
configure() {
	cat > "$KKACHI_CONFIG" <<-END
	state_dir: $dir/state
	run_dir: $dir/run
	snmp: {port: $1, interval: $2, timeout: $3, retries: $4}
	store: {archives: no}
	END
}

kkachid() { "$builddir/kkachid" "$@"; }
kkachi() { "$builddir/kkachi" "$@"; }

start_daemon() {
	"$builddir/kkachid" 2>> "$dir/daemon.err" & # no function, which would be a shell in between
	daemon_pid=$!
}
stop_daemon() {
	kill -TERM "$daemon_pid"
	wait "$daemon_pid" || fail "kkachid exits $? on SIGTERM"
	daemon_pid=
}

# control COMMAND: one line of a running collector.
control() {
	perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or exit 1;
		print $s "$ARGV[1]\n"; alarm 20; print scalar <$s>' "$dir/run/control" "$1"
}

# number KEY FILE: of a flat JSON object.
number() { sed -n "s/.*\"$1\":\\([0-9]*\\).*/\\1/p" "$2"; }

# compare: the odometers of all devices with the truth, to the octet.
compare() {
	kkachi devices --json > "$dir/devices.json" || fail "kkachi devices exits $?"
	"$builddir/kkachi-sim" --compare "$dir/truth.json" "$dir/devices.json" > "$dir/compare.out" 2>&1 ||
		fail "odometers differ: $(head -5 "$dir/compare.out")"
	tail -1 "$dir/compare.out"
}

# ledger: the octets of all days add up to the odometer, of every device.
ledger() {
	local wrong
	wrong=$(sqlite3 -readonly "$dir/state/kkachi.db" "SELECT count(*) FROM odometer o WHERE o.source = 0 AND
		(o.octets_down, o.octets_up) IS NOT (SELECT sum(u.octets_down), sum(u.octets_up) FROM usage_day u
		WHERE u.device = o.device AND u.source = 0)")
	[ "$wrong" = 0 ] || fail "the ledger's days differ from the odometer of ${wrong:-all} devices"
}
