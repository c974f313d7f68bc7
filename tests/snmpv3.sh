#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# SNMPv3 from end to end: discovery once, none after a restart, each fault its own state; net-snmp's snmpd.
set -u
. "${srcdir:-.}/tests/daemon_help.sh"
snmpd=$(command -v snmpd || echo /usr/sbin/snmpd)
[ -x "$snmpd" ] || skip "snmpd is not there (tools/deps installs it)"

# In English, so that reasons can be compared.
configure_v3() { # PORT
	configure "$1" 60 500 3
	sed -i "s|snmp: {|snmp: {users_file: $dir/users, |" "$KKACHI_CONFIG"
	echo 'language: en' >> "$KKACHI_CONFIG"
}
sweep() {
	kkachid --once --json > "$dir/once.json" 2> "$dir/once.err" || fail "kkachid exits $?: $(tail -1 "$dir/once.err")"
}
reason() { kkachi show "$1" --json | sed -n 's/.*"reason":"\([^"]*\)".*/\1/p'; }
sql() { sqlite3 -readonly "$dir/state/kkachi.db" "$1"; }

for level in SHA-1/AES-128 SHA-256/AES-256 SHA-512 none; do
	rm -rf "$dir/state" "$dir/run"
	start_sim --devices 40 --snmpv3 $level --users 3 --users-file "$dir/users"
	configure_v3 "$sim_port"
	kkachi import "$dir/city.csv" > /dev/null || die "kkachi import exits $?"
	sweep
	[ "$(number answered "$dir/once.json")" = 40 ] || fail "$level: $(cat "$dir/once.json") $(cat "$dir/once.err")"
	[ "$(sql 'SELECT count(*) FROM usm_engine')" = 40 ] || fail "$level: $(sql 'SELECT count(*) FROM usm_engine') engines are kept"
	sql 'SELECT hex(address), hex(engine), boots FROM usm_engine' > "$dir/engines"
	[ "$(sort -u "$dir/engines" | wc -l)" = 40 ] || fail "$level: not an engine id each"
	kkachi poll "$(sed -n 's/^\([^,]*\),.*/\1/p' "$dir/city.csv" | sed -n 2p)" > "$dir/poll" 2>&1 || fail "kkachi poll: $(cat "$dir/poll")"
	sweep
	# A new process: one request a device, and no other.
	[ "$(number requests "$dir/once.json")" = 40 ] ||
		fail "$level: after a restart $(number requests "$dir/once.json") requests for 40 devices"
	stop_sim
	compare
done

# Faults, each a state of its own, in either language.
cat > "$dir/script" <<END
0 twin WF200005
10 freeze WF200001
10 boots WF200002
10 replace WF200007
END
rm -rf "$dir/state" "$dir/run"
start_sim --devices 8 --snmpv3 SHA-256/AES-256 --users-file "$dir/users" --script "$dir/script"
configure_v3 "$sim_port"
kkachi import "$dir/city.csv" > /dev/null || die "kkachi import exits $?"
sed 's/priv secret 0/another secret/' "$dir/users" > "$dir/users.priv"
sed 's/auth secret 0/another secret/' "$dir/users" > "$dir/users.auth"
chmod 600 "$dir"/users.*
is() { sweep; reason "$1" | grep -q "$2"; }
sweep
eventually 5 is WF200005 'another device' || fail "shared engine id: $(reason WF200005)"
eventually 5 is WF200006 'another device' || fail "whose engine id is shared: $(reason WF200006)"
kkachi devices --duplicates --json | grep -q '^\[{"what":"engine_id","value":"[0-9a-f]*","devices":\["WF200005","WF200006"\]}\]$' ||
	fail "duplicates: $(kkachi devices --duplicates --json)"
[ -z "$(reason WF200003)" ] || fail "a healthy device: $(reason WF200003)"
eventually 40 is WF200002 'boots or time fell' || fail "boots at 0: $(reason WF200002)"
eventually 40 is WF200001 'stands still' || fail "frozen engine time: $(reason WF200001)"
[ -z "$(reason WF200003)" ] || fail "a healthy device: $(reason WF200003)"
# Swapped hardware has an engine of its own: learned anew, and no fault.
is_swapped() { sweep; kkachi show WF200007 --json | grep -q '"other_hardware":true'; }
eventually 40 is_swapped || fail "a swap: $(kkachi show WF200007 --json)"
[ -z "$(reason WF200007)" ] || fail "swapped hardware: $(reason WF200007)"
[ "$(number answered "$dir/once.json")" = 8 ] || fail "not all answer: $(cat "$dir/once.json")"
sed -i "s|$dir/users|&.auth|" "$KKACHI_CONFIG"
is WF200003 'another authentication' || fail "another authentication secret: $(reason WF200003)"
sed -i "s|users.auth|users.priv|" "$KKACHI_CONFIG"
is WF200003 'another privacy' || fail "another privacy secret: $(reason WF200003)"
stop_sim

# An agent that is not ours: net-snmp's.
port=$((20000 + $$ % 20000))
{
	echo "agentAddress udp:127.0.0.1:$port"
	echo 'createUser a SHA "auth secret 0" AES "priv secret 0"'
	echo 'createUser b SHA-256 "auth secret 0" AES-256 "priv secret 0"'
	echo 'createUser c SHA-512 "auth secret 0" AES-192 "priv secret 0"'
	echo 'createUser d SHA-384 "auth secret 0"'
	printf 'rouser %s\n' 'a priv' 'b priv' 'c priv' 'd auth'
} > "$dir/snmpd.conf"
cat > "$dir/users" <<END
users:
  a: {auth: SHA-1, auth_secret: auth secret 0, priv: AES-128, priv_secret: priv secret 0}
  b: {auth: SHA-256, auth_secret: auth secret 0, priv: AES-256, priv_secret: priv secret 0}
  c: {auth: SHA-512, auth_secret: auth secret 0, priv: AES-192, priv_secret: priv secret 0}
  d: {auth: SHA-384, auth_secret: auth secret 0}
END
mkdir -p "$dir/persistent"
SNMP_PERSISTENT_DIR="$dir/persistent" SNMPCONFPATH="$dir" MIBS= \
	"$snmpd" -f -Le -C -c "$dir/snmpd.conf" -I -smux > "$dir/snmpd.out" 2>&1 &
sim_pid=$!
for user in a b c d; do
	rm -rf "$dir/state" "$dir/run"
	configure_v3 "$port"
	printf 'id,name,host,version,user\nREAL1,snmpd,127.0.0.1,3,%s\n' $user > "$dir/one.csv"
	kkachi import "$dir/one.csv" > /dev/null || die "kkachi import exits $?"
	answered() { sweep; [ "$(number answered "$dir/once.json")" = 1 ]; }
	eventually 30 answered || fail "snmpd, user $user: $(cat "$dir/once.json" "$dir/once.err")"
	# An agent that has just started is looked at more than once; then there is one request, and no discovery.
	one() { sweep; [ "$(number requests "$dir/once.json")" = 1 ]; }
	eventually 30 one || fail "snmpd, user $user: not one request: $(cat "$dir/once.json")"
done
stop_sim

# The file of secrets: who may read it, and where it is wrong.
configure_v3 1
refused() {
	kkachid --once > "$dir/out" 2>&1 && fail "$1: not refused"
	grep -q "$1" "$dir/out" || fail "$1: $(cat "$dir/out")"
	! grep -q "auth secret 0" "$dir/out" || fail "a secret in the log"
}
chmod 640 "$dir/users"; refused "mode 0640"
chmod 600 "$dir/users"
printf 'users:\n  a: {auth: SHA-1, auth_secret: auth secret 0, priv: DES, priv_secret: auth secret 0}\n' > "$dir/users"
refused "users:2: .*DES"
printf 'users:\n  a:\n    auth: SHA-1\n    auth_secret: short\n' > "$dir/users"
refused "users:2: user \"a\": auth_secret needs 8"
printf 'users:\n  a: {auth: SHA-1}\n' > "$dir/users"
refused "users:2: auth_secret is missing"
rm "$dir/users"; refused "users: No such file"
exit $failed
