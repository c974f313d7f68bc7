#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Two libraries of one program must not define the same name: the linker takes the first that it finds, and says nothing.
set -u
builddir=${builddir:-.}
command -v nm >/dev/null || { echo "skipped: no nm(1)"; exit 77; }
bad=0 seen=0
for file in $(cd "$builddir" && find . -name 'lib*.a' -not -path './tests/*' -not -path './probes/*' | sort); do
	seen=$((seen + 1))
	nm -g --defined-only "$builddir/$file" 2>/dev/null | awk -v file="$file" '$2 ~ /^[TDBR]$/ {print $3, file}'
done >"$builddir/symbols.list"
twice=$(sort -u "$builddir/symbols.list" | awk '{n[$1]++; where[$1] = where[$1] " " $2} END {for (s in n) if (n[s] > 1) print s ":" where[s]}' | sort)
rm -f "$builddir/symbols.list"
[ -z "$twice" ] || { printf 'defined twice: %s\n' "$twice"; bad=1; }
[ "$seen" -gt 4 ] || { echo "only $seen libraries found: wrong folder?"; bad=1; }
exit $bad
