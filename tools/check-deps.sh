#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The arrows between folders: who may include whom. This is their only definition, and a test in `make check`.
set -u
cd "${srcdir:-$(dirname "$0")/..}" || exit 2

may_include() {
	case $1 in
	lib) echo "lib" ;;
	rrd) echo "lib rrd" ;;
	probes) echo "lib probes" ;;
	stream) echo "lib rrd stream" ;;
	collector) echo "lib rrd stream collector" ;;
	usage) echo "lib rrd usage" ;;
	alerts) echo "lib rrd alerts" ;;
	web) echo "lib rrd usage alerts web" ;;
	cli) echo "lib rrd stream collector usage alerts cli" ;;
	tests) echo "lib rrd stream probes collector usage alerts web cli tests" ;;
	esac
}

bad=0
seen=0
for folder in lib rrd probes stream collector usage alerts web cli tests; do
	[ -d "$folder" ] || continue
	allowed=$(may_include "$folder")
	for file in $(find "$folder" -name node_modules -prune -o \( -name '*.c' -o -name '*.h' \) -print | sort); do
		seen=$((seen + 1))
		# Own headers are included from the top, "folder/file.h"; anything else in quotes hides an arrow.
		for target in $(sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"\([^"]*\)".*/\1/p' "$file"); do
			case $target in
			*..*) echo "$file: include \"$target\" does not start at the top"; bad=1; continue ;;
			*/*) to=${target%%/*} ;;
			config.h) continue ;;
			*) echo "$file: include \"$target\" does not start at the top"; bad=1; continue ;;
			esac
			case " $allowed " in
			*" $to "*) ;;
			*) echo "$file: $folder/ may not include $to/ (\"$target\")"; bad=1 ;;
			esac
		done
		if grep -nE '#[[:space:]]*include[[:space:]]*"[^"]*\.c"' "$file"; then
			echo "$file: a .c file is included"; bad=1
		fi
	done
done
# Libraries that only one room may know.
only() {
	header=$1; shift
	for file in $(grep -rlE "#[[:space:]]*include[[:space:]]*<$header" --include='*.[ch]' lib rrd probes stream collector usage alerts web cli 2>/dev/null); do
		case " $* " in
		*" ${file%%/*} "*) ;;
		*) echo "$file: <$header...> belongs to: $*"; bad=1 ;;
		esac
	done
}
only net-snmp/ collector
only 'pcap' probes
only rrd rrd
only microhttpd web
only sqlite3 rrd
[ "$seen" -gt 0 ] || { echo "no source file found: wrong folder?"; exit 2; }
exit $bad
