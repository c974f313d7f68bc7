#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs the commands of tests/golden/cli/LIST over a small city and compares what they print, times left out.
# With KK_UPDATE=1 (tools/golden --update) it writes the expected files instead.
set -u
in=$srcdir/tests/golden/cli
tmp=$(mktemp -d /tmp/kk-test-XXXXXX) || exit 99
trap 'rm -rf "$tmp"' EXIT
unset KKACHI_CONFIG LANG LC_MESSAGES
LC_ALL=C.UTF-8; export LC_ALL
# An interval of an hour: what the fixture made stays fresh however slow the machine is.
cat >"$tmp/en.yaml" <<EOF
state_dir: $tmp/state
run_dir: $tmp/run
language: en
snmp:
  interval: 3600
EOF
sed 's/language: en/language: ko/' "$tmp/en.yaml" >"$tmp/ko.yaml"
KKACHI_CONFIG=$tmp/en.yaml; export KKACHI_CONFIG

# What differs from run to run: times, folders.
normal() {
	sed -E -e "s,$tmp,TMP,g" -e "s,$in,IN,g" -e 's/20[2-9][0-9]-[0-9]{2}-[0-9]{2}T[0-9:]{8}\+09:00/<time>/g' \
		-e 's/(was down|장애 시간|was silent|중단 시간) [0-9:]+/\1 <duration>/' -e 's/"octets":[0-9]+,"not/"octets":<n>,"not/'
}

bad=0
n=0
while read -r name args; do
	case $name in
	'' | '#'*) continue ;;
	@*)
		"$builddir/tests/cli_fixture" "$tmp/en.yaml" "${name#@}" || { echo "cli_fixture ${name#@} failed"; exit 1; }
		continue ;;
	esac
	eval "\"$builddir/kkachi\" $args" >"$tmp/out" 2>"$tmp/err"
	code=$?
	{ cat "$tmp/out"; sed 's/^/stderr: /' "$tmp/err"; echo "exit: $code"; } | normal >"$tmp/got"
	if [ "${KK_UPDATE:-0}" = 1 ]; then
		cp "$tmp/got" "$in/$name.out"
	elif ! diff -u "$in/$name.out" "$tmp/got"; then
		echo "$name: kkachi $args: not as in tests/golden/cli/$name.out"
		bad=1
	fi
	n=$((n + 1))
done <"$in/LIST"
echo "$n runs"
[ "$n" -gt 20 ] || bad=1
exit $bad
