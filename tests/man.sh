#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual: mandoc finds nothing to warn of, references lead somewhere, and every option that a program's --help tells
# stands in its page, as does every key of the configuration.
set -u
srcdir=${srcdir:-.} builddir=${builddir:-.}
bad=0
fail() { echo "FAIL: $*"; bad=1; }
command -v mandoc >/dev/null || { echo "skipped: mandoc is not there (tools/deps installs it)"; exit 77; }
cd "$srcdir/man" || exit 1
pages=$(ls ./*.[1-8])
[ -n "$pages" ] || fail "no page"

for p in $pages; do
	mandoc -T lint -W warning "$p" || fail "$p: mandoc's lint"
	grep -q "^[[:space:]]*%D%/${p#./}" local.mk || grep -q "%D%/${p#./}" local.mk || fail "$p is not installed"
	mandoc -T utf8 "$p" >/dev/null || fail "$p cannot be shown"
done

# Cross references to our own pages.
grep -ho '^\.Xr kkachi[^ ]* [0-9]' ./*.[1-8] | sort -u | while read -r _ name section; do
	[ -f "$name.$section" ] || echo "$name($section) is referred to and not there"
done | grep . && bad=1

# Columns of an inventory, keys of a profile.
for c in $(sed -n 's/^#define IMPORT_COLUMNS/&/; s/^\tX([A-Z0-9_]*, "\([a-z0-9_]*\)", [0-9]*).*/\1/p' ../rrd/import/rows.h); do
	grep -qE "^\.It Cm .*\b$c\b" kkachi-inventory.5 || fail "kkachi-inventory.5 lacks $c"
done
keys=$(sed -n 's/^\t    {"\([a-z_]*\)", .*read_.*/\1/p' ../collector/profile/profile_*.c | sort -u)
[ "$(echo "$keys" | wc -l)" -gt 20 ] || fail "the keys of a profile are not where they were"
for k in $keys; do
	grep -qE "(^\.It Cm|^\.Cm) .*\b$k\b" kkachi-profile.5 || fail "kkachi-profile.5 lacks $k"
done

# Every profile that is shipped, with what it says of itself.
for p in ../collector/profiles/*.yaml; do
	field() { sed -n "s/^$1: //p" "$p"; }
	grep -qxF ".It Cm $(field profile) Pq verified : $(field verified)" kkachi-profile.5 &&
		grep -qxF "Tested: $(field tested)." kkachi-profile.5 ||
		fail "kkachi-profile.5 does not repeat what ${p##*/} says of verified and tested"
done

# Every field of the probe's lines; codes and generations are values.
fields=$(grep -ohE '"[a-z_][a-z_0-9]*":' ../tests/golden/probe-*.out ../tests/golden/air.out | tr -d '":' | sort -u)
[ "$(echo "$fields" | wc -l)" -gt 80 ] || fail "the lines of kkachi-probe are not where they were"
for k in $fields; do
	sed -n '/^\.Sh OUTPUT/,/^\.Sh DEPLOYMENT/p' kkachi-probe.8 | grep -qE "^\.(It )?(Cm|Dq) .*\b$k\b" || fail "kkachi-probe.8 lacks $k"
done

text() { mandoc -T utf8 "$1" | sed 's/.\x08//g'; }
options() { # options PAGE HELP-TEXT: every long option of the help stands in the page
	local page=$1 o
	for o in $(grep -oE -- '(^|[ ,])--[a-z][a-z0-9-]+' | tr -d ' ,' | sort -u); do
		text "$page" | grep -q -- "$o" || fail "$page lacks $o"
	done
}
for p in kkachid.8 kkachi-web.8 kkachi-probe.8 kkachi-sim.1; do
	program=$builddir/${p%.*}
	[ -x "$program" ] || program=$builddir/tests/sim/${p%.*}
	[ -x "$program" ] || continue
	options "$p" < <("$program" --help)
done
if [ -x "$builddir/kkachi" ]; then
	for c in $("$builddir/kkachi" --help | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p'); do
		grep -q "^\.Ss $c\$" kkachi.1 || fail "kkachi.1 lacks $c"
		page=kkachi.1
		[ -f "kkachi-$c.1" ] && page=kkachi-$c.1
		options "$page" < <("$builddir/kkachi" "$c" --help)
	done
	for k in $("$builddir/kkachi" -c "$srcdir/etc/kkachi.yaml" check-config | sed -n 's/^ *\([a-z_]*\):.*/\1/p'); do
		grep -qE "^\.(It Cm|Ss) $k\$" kkachi.yaml.5 || fail "kkachi.yaml.5 lacks $k"
	done
fi
exit $bad
