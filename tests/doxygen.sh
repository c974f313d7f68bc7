#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every function that a header promises has a comment, and the comment names the parameters that are there.
set -u
command -v doxygen >/dev/null || { echo "skipped: no doxygen"; exit 77; }
out=$(mktemp -d /tmp/kk-test-XXXXXX) || exit 1
trap 'rm -rf "$out"' EXIT
cd "$srcdir" || exit 1
{ cat docs/Doxyfile; echo "OUTPUT_DIRECTORY = $out"; } | doxygen - >"$out/log" 2>&1
bad=0
if grep -E 'warning:|error:' "$out/log"; then bad=1; fi
# A prototype (a line that starts in column 1 and ends a parameter list) right behind "*/" or another line of itself.
for h in lib/*.h rrd/*.h probes/*.h collector/*.h usage/*.h alerts/*.h web/*.h cli/*.h; do
	[ -f "$h" ] || continue
	awk -v file="$h" '
		/^[a-z].*\(/ && !/^(typedef|static|struct [a-z_]+( \{|;)|enum)/ && !/=/ {
			if (before !~ /\*\/$/ && before !~ /^[a-z0-9_ *]+$/) { printf "%s:%d: no comment above: %s\n", file, NR, $0; bad = 1 }
		}
		{ before = $0 }
		END { exit bad }' "$h" || bad=1
done
exit $bad
