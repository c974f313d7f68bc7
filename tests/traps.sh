#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Traps and informs as net-snmp sends them, to a running collector: who is known is polled at once, and nobody else.
set -u
. "${srcdir:-.}/tests/daemon_help.sh"
for tool in snmptrap snmpinform; do
	command -v $tool >/dev/null || skip "$tool is not there (tools/deps installs it)"
done

start_sim --devices 12
free_port() { perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.1")->sockport'; }
port=$(free_port)
# Nobody's turn comes while the test runs.
configure "$sim_port" 3600 500 3
cat > "$dir/users.yaml" <<'END'
users:
  plain: {auth: none}
  signed: {auth: SHA-1, auth_secret: signed-secret}
  sealed: {auth: SHA-1, auth_secret: sealed-secret, priv: AES-128, priv_secret: sealed-privacy}
  strong: {auth: SHA-256, auth_secret: strong-secret, priv: AES-256, priv_secret: strong-privacy}
END
chmod 600 "$dir/users.yaml"
sed -i "s|snmp: {|snmp: {traps: '127.0.0.1:$port', users_file: $dir/users.yaml, |" "$KKACHI_CONFIG"
kkachi import "$dir/city.csv" > "$dir/import.out" || die "kkachi import exits $?"
start_daemon
up() { control status | grep -q '"traps":{'; }
eventually 30 up || die "kkachid does not listen: $(tail -1 "$dir/daemon.err")"

count() { control status | sed 's/.*"traps"://' | grep -oE "\"$1\":[0-9]+" | cut -d: -f2; }
is() { [ "$(count "$1")" = "$2" ]; }
# The sources' addresses, and their ids.
mapfile -t id < <(sed 1d "$dir/city.csv" | cut -d, -f1)
mapfile -t host < <(sed 1d "$dir/city.csv" | grep -oE '\b127\.[0-9]+\.[0-9]+\.[0-9]+')
polled() { kkachi show --json "${id[$1]}" | grep -q '"state":"up"'; }
cold=.1.3.6.1.6.3.1.1.5.1 link_down=.1.3.6.1.6.3.1.1.5.3
trap_from() { # trap_from HOST COMMUNITY OID
	MIBS='' snmptrap -v2c -c "$2" --clientaddr="$1" 127.0.0.1:"$port" 4711 "$3" 2>> "$dir/trap.err"
}

polled 0 && fail "${id[0]} is polled before its time"
trap_from "${host[0]}" public $cold
eventually 20 polled 0 || fail "a cold start: not polled: $(kkachi show --json "${id[0]}")"
is cold_start 1 && is nudged 1 || fail "a cold start: $(control status)"
MIBS='' snmptrap -v1 -c public --clientaddr="${host[1]}" 127.0.0.1:"$port" .1.3.6.1.4.1.8072.3.2.10 "${host[1]}" 2 0 4711 2>> "$dir/trap.err"
eventually 20 polled 1 || fail "a trap of v1: not polled"
MIBS='' snmpinform -v2c -c public --clientaddr="${host[2]}" -r1 -t5 127.0.0.1:"$port" 4711 $link_down 2>> "$dir/trap.err" ||
	fail "an inform is not acknowledged: $(tail -1 "$dir/trap.err")"
eventually 20 polled 2 || fail "an inform: not polled"
is informs 1 && is nudged 3 || fail "an inform: $(control status)"

trap_from 127.0.0.99 public $cold
eventually 20 is unknown_source 1 || fail "a stranger: $(control status)"
trap_from "${host[3]}" guessed $cold
eventually 20 is wrong_community 1 || fail "a guessed community: $(control status)"
MIBS='' snmpinform -v2c -c guessed --clientaddr="${host[3]}" -r0 -t1 127.0.0.1:"$port" 4711 $cold 2>/dev/null &&
	fail "an inform of a guessed community is acknowledged"

# Version 3: a trap is of its sender's engine, an inform of ours, which the sender has to learn first.
plain=(-u plain -l noAuthNoPriv)
signed=(-u signed -l authNoPriv -a SHA -A signed-secret)
sealed=(-u sealed -l authPriv -a SHA -A sealed-secret -x AES -X sealed-privacy)
strong=(-u strong -l authPriv -a SHA-256 -A strong-secret -x AES-256 -X strong-privacy)
v3() { # v3 snmptrap|snmpinform HOST OPTION...
	local tool=$1 from=$2
	shift 2
	MIBS='' HOME=$dir SNMP_PERSISTENT_DIR=$dir/snmp $tool -v3 --clientaddr="$from" -r1 -t5 "$@" 127.0.0.1:"$port" 4711 $cold \
		2>> "$dir/trap.err"
}
engine=(-e 0x8000000001020304 -Z 3,4711)
v3 snmptrap "${host[6]}" "${plain[@]}" "${engine[@]}"
eventually 20 polled 6 || fail "a trap of v3: not polled: $(control status)"
v3 snmptrap "${host[7]}" "${sealed[@]}" "${engine[@]}"
eventually 20 polled 7 || fail "a sealed trap: not polled: $(control status)"
v3 snmptrap "${host[8]}" "${strong[@]}" "${engine[@]}"
eventually 20 polled 8 || fail "a trap sealed with AES-256: not polled: $(control status)"
n=9
for user in signed sealed strong; do
	declare -n options=$user
	v3 snmpinform "${host[n]}" "${options[@]}" || fail "an inform of $user is not acknowledged: $(tail -1 "$dir/trap.err")"
	eventually 20 polled $n || fail "an inform of $user: not polled: $(control status)"
	n=$((n + 1))
done
is informs 4 || fail "informs of v3: $(control status)"

# And whose are not taken.
v3 snmptrap "${host[3]}" -u nobody -l noAuthNoPriv "${engine[@]}"
eventually 20 is unknown_user 1 || fail "an unknown user: $(control status)"
v3 snmptrap "${host[3]}" -u signed -l noAuthNoPriv "${engine[@]}"
eventually 20 is wrong_level 1 || fail "a user who ought to sign: $(control status)"
v3 snmptrap "${host[3]}" -u signed -l authNoPriv -a SHA -A guessed-secret "${engine[@]}"
eventually 20 is wrong_digest 1 || fail "a guessed secret: $(control status)"
v3 snmpinform "${host[3]}" -u signed -l authNoPriv -a SHA -A guessed-secret 2>/dev/null &&
	fail "an inform with a guessed secret is acknowledged"
eventually 20 is wrong_digest 2 || fail "an inform with a guessed secret: $(control status)"
v3 snmptrap "${host[7]}" "${sealed[@]}" -e 0x8000000001020304 -Z 2,9999
eventually 20 is not_in_window 1 || fail "a trap from before the last boot: $(control status)"
trap_from "${host[3]}" public .1.3.6.1.6.3.1.1.5.5
eventually 20 is other 1 || fail "authenticationFailure: $(control status)"

for i in $(seq 30); do trap_from "${host[4]}" public $cold; done
flooded() { [ "$(count source_flood)" -ge 1 ] && [ $(($(count source_flood) + $(count cold_start))) -ge 31 ]; }
eventually 20 flooded || fail "a flood: $(control status)"
[ "$(count nudged)" -le 10 ] || fail "a flood of traps is a flood of polls: $(control status)"
polled 3 && fail "${id[3]} is polled for forged traps"
polled 5 && fail "${id[5]} is polled for nothing"

# A port that cannot be had is told, with its key.
sed "s|$dir/state|$dir/state2|; s|$dir/run|$dir/run2|" "$KKACHI_CONFIG" > "$dir/other.yaml"
mkdir -p "$dir/state2"
timeout 20 env KKACHI_CONFIG="$dir/other.yaml" "$builddir/kkachid" > "$dir/out" 2>&1
[ $? = 1 ] && grep -q "snmp.traps: 127.0.0.1:$port: .*in use" "$dir/out" || fail "a port that is taken: $(cat "$dir/out")"
stop_daemon
stop_sim
exit $failed
