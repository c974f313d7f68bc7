#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# kkachi-web as a browser and a scraper see it: addresses, headers, bad requests, and nothing collected yet.
set -u
command -v curl >/dev/null || { echo "skipped: no curl"; exit 77; }
dir=$(mktemp -d /tmp/kk-test-XXXXXX) || exit 1
web=
trap '[ -n "$web" ] && kill "$web" 2>/dev/null && wait "$web"; rm -rf "$dir"' EXIT
bad=0

mkdir "$dir/page"
for f in index.html app.js app.css icon.svg; do echo "<$f>" >"$dir/page/$f"; done
cat >"$dir/kkachi.yaml" <<EOF
state_dir: $dir/state
run_dir: $dir/run
web:
  listen: 127.0.0.1:0
  page: $dir/page
EOF
export KKACHI_CONFIG="$dir/kkachi.yaml"
cat >"$dir/city.csv" <<'EOF'
id,name,district,phase,host
---EP000001,갈현1동,은평구,1,127.9.0.1
서울5차-0152-1,성수동 <b>&,성동구,1,127.9.0.2
WF3,"쉼표, 따옴표 ""x""",,2,127.9.0.3
EOF
printf 'day,id,octets_down,octets_up\n2021-04-01,WF3,9007199254740993,7\n2021-05-01,WF3,10,5\n' >"$dir/days.csv"
"$builddir/kkachi" import "$dir/city.csv" >/dev/null && "$builddir/kkachi" usage --import "$dir/days.csv" >/dev/null || exit 1

"$builddir/kkachi-web" 2>"$dir/log" &
web=$!
port=
for _ in $(seq 100); do
	port=$(sed -n 's/.*, port \([0-9]*\)$/\1/p' "$dir/log")
	[ -n "$port" ] && break
	sleep 0.1
done
[ -n "$port" ] || { echo "kkachi-web did not start:"; cat "$dir/log"; exit 1; }
at=http://127.0.0.1:$port

# want STATUS PATTERN PATH [CURL-OPTIONS...]: the status, and a pattern in headers or body.
want() {
	status=$1 pattern=$2 path=$3
	shift 3
	got=$(curl -s -i "$@" "$at$path")
	case $got in
	"HTTP/1.1 $status"*) ;;
	*) echo "$path: wanted $status, got $(printf %s "$got" | head -n 1)"; bad=1 ;;
	esac
	printf '%s' "$got" | grep -qF -- "$pattern" || { echo "$path: no '$pattern' in:"; printf '%s\n' "$got" | head -c 1500; bad=1; }
}

want 200 '<index.html>' /
want 200 '<index.html>' /devices/---EP000001
want 200 "default-src 'none'" /
want 200 'text/javascript' /app.js
want 404 'error' /app.js.map
want 404 'error' /..%2f..%2fetc%2fpasswd
want 400 'error' /%00
want 405 'Allow: GET, HEAD' /api/v1/summary -X POST -d x=1
want 200 '"collector":"absent"' /api/v1/summary
want 200 '"total":3' /api/v1/summary
want 200 '"total":1,"offset":0' "/api/v1/devices?q=%EC%84%B1%EC%88%98"
want 200 '"devices":[]' "/api/v1/devices?offset=1000"
want 400 'limit' "/api/v1/devices?limit=0"
want 400 'offset' "/api/v1/devices?offset=x"
want 200 '"state":"unknown"' /api/v1/devices/---EP000001
want 200 '"clients":null' /api/v1/devices/---EP000001
want 200 '"nameplates":[]' /api/v1/devices/---EP000001
sqlite3 "$dir/state/kkachi.db" "INSERT INTO identity (device, since, changed, serial) SELECT num, 1700000000, 0, '<S1>' FROM device WHERE id = 'WF3'"
want 200 '"model":null,"serial":"<S1>","base_mac":null' /api/v1/devices/WF3
want 200 '성수동 <b>&' /api/v1/devices/%EC%84%9C%EC%9A%B85%EC%B0%A8-0152-1
want 404 'no device' /api/v1/devices/nobody
want 404 'archive' /api/v1/devices/WF3/series
want 200 '"events":[]' /api/v1/events
sqlite3 "$dir/state/kkachi.db" "INSERT INTO event (kind, probe, bssid, ssid, since_cs, last_cs, state, told, device, data)
	SELECT 'evil_twin', 'gate', 1, x'', 178900000000, 178900000300, 0, 1789000003, num, readfile('$srcdir/tests/corpus/event/twin')
	FROM device WHERE id = 'WF3'"
want 200 '"kind":"evil_twin","state":"open"' "/api/v1/events?since=2020-01-01&kind=evil_twin&device=WF3&open=1&limit=5"
want 200 '"ssid":"CITY\\x1b\\x2c\\xff \\x5c"' "/api/v1/events?since=2020-01-01"
want 400 'kind' "/api/v1/events?kind=nothing"
want 400 'since' "/api/v1/events?since=nothing"
want 400 'limit' "/api/v1/events?limit=0"
want 404 'no device' "/api/v1/events?device=nobody"
want 400 'from' "/api/v1/devices/WF3/series?from=5&to=4"
want 404 'areas' /api/v1/areas/planet/x/series
want 200 '"octets":9007199254741000' "/api/v1/usage?from=2021-04&to=2021-05&by=ap"
want 200 'text/csv' "/api/v1/usage?from=2021-04&to=2021-05&by=ap&format=csv"
want 200 '"source":"probe"' "/api/v1/usage?from=2021-04&to=2021-05&by=ap&source=probe"
want 400 'source' "/api/v1/usage?from=2021-04&to=2021-05&by=ap&source=nobody"
want 400 'source' "/api/v1/usage?from=2021-04&to=2021-05&by=ap&source=probe&format=html"
want 400 'YYYY-MM' "/api/v1/usage?from=2021-13&to=2021-05"
want 400 'YYYY-MM' "/api/v1/usage?from=1000-01&to=2021-05"
want 200 '"openapi"' /api/v1/openapi.json
want 404 'openapi' /api/v1/nothing
want 200 '# EOF' /metrics
want 200 'kkachi_access_points{district="은평구",state="unknown"} 1' /metrics
want 503 'collector' /healthz
tag=$(curl -s -i "$at/app.css" | sed -n 's/^ETag: \(".*"\).*/\1/p')
want 304 'ETag' /app.css -H "If-None-Match: $tag"
[ "$(curl -s "$at/api/v1/usage?from=2021-04&to=2021-05&by=ap&format=csv" | head -c 3 | od -An -tx1 | tr -d ' ')" = efbbbf ] || { echo "the CSV has no byte-order mark"; bad=1; }
kill -TERM "$web" && wait "$web" || { echo "SIGTERM: not a clean end"; bad=1; }
web=
"$builddir/kkachi-web" --nonsense 2>/dev/null; [ $? = 2 ] || { echo "--nonsense: not exit 2"; bad=1; }
exit $bad
