#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What is installed beside the programs: units that systemd accepts and that are locked down, users and folders, and a
# completion that knows the commands that there are.
set -u
srcdir=${srcdir:-.} builddir=${builddir:-.}
work=$(mktemp -d /tmp/kk-test-XXXXXX) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
fail() { echo "FAIL: $*"; bad=1; }

# 1. `make install` writes below the prefix only, and nothing is left to be filled in.
make -C "$builddir" -s install-systemdsystemunitDATA install-examplesDATA install-data-local DESTDIR="$work/root" >"$work/log" 2>&1 ||
	{ cat "$work/log"; fail "make install"; }
units=$(find "$work/root" -name '*.service' -o -name '*.timer')
[ "$(echo "$units" | wc -l)" = 7 ] || fail "seven units are expected: $units"
find "$work/root" -type f ! -name kkachi -exec grep -lE '@[a-z]+dir@' {} + | sed 's/$/: not filled in/' | grep . && bad=1
for f in sysusers.d/kkachi.conf tmpfiles.d/kkachi.conf bash-completion/completions/kkachi examples/kkachi.yaml examples/kkachi.cron; do
	find "$work/root" -path "*/$f" | grep -q . || fail "$f is not installed"
done

# 2. Every service is locked down.
for u in $(echo "$units" | grep 'service$'); do
	for line in NoNewPrivileges=yes ProtectSystem=strict MemoryDenyWriteExecute=yes SystemCallFilter=@system-service \
		'CapabilityBoundingSet=' 'RestrictAddressFamilies=AF_UNIX' 'User=kkachi'; do
		grep -q "^$line" "$u" || fail "${u##*/}: no $line"
	done
	case $u in
	*alert.service | *report.service) ;;
	*) grep -q '^Type=notify$' "$u" || fail "${u##*/}: not Type=notify" ;;
	esac
	case $u in
	*/kkachid.service) grep -q '^CapabilityBoundingSet=CAP_NET_BIND_SERVICE$' "$u" || fail "${u##*/}: more than CAP_NET_BIND_SERVICE" ;;
	*probe@*) grep -q '^CapabilityBoundingSet=CAP_NET_RAW$' "$u" || fail "${u##*/}: more than CAP_NET_RAW" ;;
	*) grep -q '^CapabilityBoundingSet=$' "$u" || fail "${u##*/}: capabilities" ;;
	esac
done

# 3. systemd takes them. The programs are stood in for, as nothing is installed here.
if command -v systemd-analyze >/dev/null; then
	mkdir "$work/units"
	for u in $units; do
		sed 's|^ExecStart=[^ ]*|ExecStart=/bin/true|' "$u" >"$work/units/${u##*/}"
	done
	cp "$work/units/kkachi-probe@.service" "$work/units/kkachi-probe@eth0.service"
	for u in kkachid.service kkachi-web.service kkachi-probe@eth0.service kkachi-alert.service kkachi-alert.timer; do
		SYSTEMD_UNIT_PATH=$work/units: systemd-analyze --man=no verify "$work/units/$u" >"$work/log" 2>&1
		# Warnings about other units of this machine are not ours.
		grep -E "$work/units|kkachi" "$work/log" | grep -v 'Failed to connect\|sys-subsystem-net' && fail "$u"
	done
	# What they are exposed to, in tenths: below 2.0, whatever is added; the probe, which reads what anybody sends, less.
	exposure() { # exposure UNIT TENTHS
		systemd-analyze security --offline=true --threshold="$2" "$work/units/$1" >"$work/log" 2>&1 ||
			{ grep -E '✗|Overall|Unknown' "$work/log"; fail "$1 is exposed"; }
		grep -q 'Overall exposure level' "$work/log" || fail "$1: no exposure is told"
	}
	if [ "$(systemd-analyze --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p')" -ge 250 ]; then
		for u in kkachid kkachi-web kkachi-alert kkachi-report; do exposure $u.service 19; done
		exposure kkachi-probe@eth0.service 13
	else
		echo "systemd-analyze is too old to look at a unit that is not loaded: exposure is not looked at"
	fi
else
	echo "systemd-analyze is not there: what systemd says of the units is not looked at"
fi
if command -v systemd-sysusers >/dev/null; then
	conf=$(find "$work/root" -path '*/sysusers.d/kkachi.conf')
	mkdir -p "$work/users/etc"
	systemd-sysusers --root="$work/users" "$conf" >"$work/log" 2>&1 || { cat "$work/log"; fail "sysusers"; }
	grep -q '^kkachi-probe:.*kkachi' "$work/users/etc/group" || fail "kkachi is not in the probes' group"
fi

# 4. What root hands on to the probe: all that it needs, and no secret.
printf 'timezone: Asia/Tokyo\nsnmp:\n  community: s3cret\n  trap_community: s4cret\nair:\n  legacy_ssids: "Old WiFi"\n' >"$work/kkachi.yaml"
unit=$(find "$work/root" -name 'kkachi-probe@.service')
pre=$(sed -n "s/^ExecStartPre=+.bin.sh -c '\\(.*\\)'\$/\\1/p" "$unit")
[ -n "$pre" ] || fail "kkachi-probe@.service hands no configuration on"
pre=$(echo "$pre" | sed "s|%t|$work/run|g; s|%i|eth0|g; s|exec [^ ]*/kkachi |exec $builddir/kkachi |")
KKACHI_CONFIG=$work/kkachi.yaml sh -c "$pre" || fail "$pre"
[ "$(stat -c %a "$work/run/kkachi-probe/eth0.yaml")" = 644 ] || fail "others cannot read what is for the probe"
grep -n 's[34]cret' "$work/run/kkachi-probe/eth0.yaml" && fail "the probe is told a secret"
for line in 'timezone: "Asia/Tokyo"' '  legacy_ssids: "Old WiFi"'; do
	grep -qx -- "$line" "$work/run/kkachi-probe/eth0.yaml" || fail "the probe is not told: $line"
done
grep -q '^ExecStart=.* --config %t/kkachi-probe/%i.yaml ' "$unit" || fail "kkachi-probe@.service does not read what it is handed"

# 5. Completion.
complete_words() { # complete_words WORD...: what is offered for the last one
	bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _kkachi; printf "%s\n" "${COMPREPLY[@]}"' - \
		"$srcdir/etc/kkachi.bash" "$@"
}
offers() { # offers WORD WORD...: WORD is among what is offered for the others
	local want=$1; shift
	complete_words "$@" | grep -qx -- "$want" || fail "completion of '$*' does not offer $want: $(complete_words "$@" | tr '\n' ' ')"
}
offers usage kkachi us
offers check-config kkachi c
offers import kkachi -c /etc/x.yaml im
offers --prune kkachi import --p
offers down kkachi devices --state d
offers district kkachi usage --by d
offers city kkachi graph c
[ -z "$(complete_words kkachi show x)" ] || fail "completion offers something for an id"
if [ -x "$builddir/kkachi" ]; then
	"$builddir/kkachi" --help | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p' | sort >"$work/commands"
	complete_words kkachi '' | sort >"$work/offered"
	comm -23 "$work/commands" "$work/offered" >"$work/log"
	[ -s "$work/log" ] && fail "completion lacks: $(tr '\n' ' ' <"$work/log")"
	while read -r c; do
		"$builddir/kkachi" "$c" --help | grep -oE '(^|[ ,])--[a-z][a-z-]+' | tr -d ' ,' | sort -u >"$work/has"
		complete_words kkachi "$c" -- | sort -u >"$work/offered"
		diff "$work/has" "$work/offered" >"$work/log" || { cat "$work/log"; fail "options of kkachi $c: < help, > completion"; }
	done <"$work/commands"
fi
exit $bad
