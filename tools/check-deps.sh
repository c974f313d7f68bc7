#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The arrows between folders: who may include whom. This is their only definition, and a test in `make check`.
# A folder that may be included brings its sub-folders along; a sub-folder without a rule follows its parent's.
set -u
cd "${srcdir:-$(dirname "$0")/..}" || exit 2

may_include() {
	case $1 in
	lib) echo "lib" ;;
	rrd/db) echo "lib rrd/db" ;;
	rrd/import) echo "lib rrd/db rrd/import" ;;
	rrd/archive) echo "lib rrd/db rrd/archive" ;;
	rrd) echo "lib rrd" ;;
	probes/dec) echo "lib probes/dec" ;;
	probes/read) echo "lib probes/read" ;;
	probes) echo "lib probes" ;;
	stream) echo "lib rrd stream" ;;
	collector/snmp) echo "lib collector/snmp" ;;
	collector/echo) echo "lib collector/snmp collector/echo" ;;
	collector/profile) echo "lib collector/profile" ;;
	collector/trap) echo "lib rrd/db collector/snmp collector/trap" ;;
	collector/meter) echo "lib collector/meter" ;;
	collector/table) echo "lib collector/snmp collector/profile collector/table" ;;
	collector/aps) echo "lib rrd/db collector/snmp collector/profile collector/table collector/meter collector/aps" ;;
	collector/ports) echo "lib rrd/db collector/snmp collector/profile collector/ports" ;;
	collector) echo "lib rrd stream collector" ;;
	usage) echo "lib rrd usage" ;;
	alerts) echo "lib rrd alerts" ;;
	topology) echo "lib rrd topology" ;;
	web) echo "lib rrd usage alerts web" ;;
	cli) echo "lib rrd stream collector usage alerts topology cli" ;;
	tests) echo "lib rrd stream probes collector usage alerts topology web cli tests" ;;
	esac
}

# allowed_in FOLDER: the rule of the folder, or of the nearest one above it.
allowed_in() {
	folder=$1
	while rule=$(may_include "$folder"); [ -z "$rule" ]; do
		case $folder in
		*/*) folder=${folder%/*} ;;
		*) return ;;
		esac
	done
	echo "$rule"
}

# may FOLDER ALLOWED...: is it, or a folder above it, among them?
may() {
	to=$1; shift
	for a; do
		case $to in "$a" | "$a"/*) return 0 ;; esac
	done
	return 1
}

bad=0
seen=0
for folder in lib rrd probes stream collector usage alerts topology web cli tests; do
	[ -d "$folder" ] || continue
	for file in $(find "$folder" -name node_modules -prune -o \( -name '*.c' -o -name '*.h' \) -print | sort); do
		seen=$((seen + 1))
		allowed=$(allowed_in "${file%/*}")
		# Own headers are included from the top, "folder/file.h"; anything else in quotes hides an arrow.
		for target in $(sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"\([^"]*\)".*/\1/p' "$file"); do
			case $target in
			*..*) echo "$file: include \"$target\" does not start at the top"; bad=1; continue ;;
			*/*) ;;
			config.h) continue ;;
			*) echo "$file: include \"$target\" does not start at the top"; bad=1; continue ;;
			esac
			# shellcheck disable=SC2086
			may "${target%/*}" $allowed || { echo "$file: ${file%/*}/ may not include ${target%/*}/ (\"$target\")"; bad=1; }
		done
		if grep -nE '#[[:space:]]*include[[:space:]]*"[^"]*\.c"' "$file"; then
			echo "$file: a .c file is included"; bad=1
		fi
	done
done
# Libraries that only one room may know.
only() {
	header=$1; shift
	for file in $(grep -rlE "#[[:space:]]*include[[:space:]]*<$header" --include='*.[ch]' lib rrd probes stream collector usage alerts topology web cli 2>/dev/null); do
		may "${file%/*}" "$@" || { echo "$file: <$header...> belongs to: $*"; bad=1; }
	done
}
only net-snmp/ collector/snmp
only openssl/ collector/snmp rrd
only 'pcap' probes
only rrd rrd/archive
only microhttpd web
only sqlite3 rrd
only xlsxwriter usage
[ "$seen" -gt 0 ] || { echo "no source file found: wrong folder?"; exit 2; }
exit $bad
