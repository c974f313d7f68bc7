#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The monthly report as a timer makes it: files in a folder, both of them in a mail, to the octet; and what can go wrong.
set -u
tmp=$(mktemp -d /tmp/kk-test-XXXXXX) || exit 99
trap 'rm -rf "$tmp"' EXIT
bad=0
fail() { echo "FAIL: $*"; bad=1; }
k() { "$builddir/kkachi" "$@" >"$tmp/out" 2>"$tmp/err"; }
unset LANG LC_MESSAGES
LC_ALL=C.UTF-8; export LC_ALL
cat >"$tmp/kkachi.yaml" <<EOF
state_dir: $tmp/state
run_dir: $tmp/run
report:
  dir: $tmp/reports
  mail_to: planner@seoul.example
  sendmail: $tmp/sendmail
EOF
KKACHI_CONFIG=$tmp/kkachi.yaml; export KKACHI_CONFIG
mkdir "$tmp/state"
printf 'id,district,phase\nA,강남구,1\nB,중구,2\n' >"$tmp/city.csv"
printf 'day,id,octets_down,octets_up\n2021-07-01,A,3000000000000,5\n2021-07-31,B,1000000000000,0\n' >"$tmp/days.csv"
printf '#!/bin/sh\ncat >"%s/mail"\n' "$tmp" >"$tmp/sendmail"
chmod +x "$tmp/sendmail"
k import "$tmp/city.csv" && k usage --import "$tmp/days.csv" || { cat "$tmp/err"; exit 1; }

k usage report --month 2021-07 --mail || fail "report: $(cat "$tmp/err")"
[ -s "$tmp/out" ] && fail "a command for cron is not silent"
[ "$(ls "$tmp/reports")" = "kkachi-2021-07.html
kkachi-2021-07.xlsx" ] || fail "files: $(ls "$tmp/reports")"
for want in '공공와이파이 이용 보고서' '자치구별 이용량' '4.0 TB' '₩26,400,000'; do
	grep -q "$want" "$tmp/reports/kkachi-2021-07.html" || fail "the report lacks $want"
done
grep -qE '(src|href)="(http|/)' "$tmp/reports/kkachi-2021-07.html" && fail "the report is not self-contained"
unzip -tq "$tmp/reports/kkachi-2021-07.xlsx" >/dev/null || fail "the workbook is not whole"
grep -q '^To: planner@seoul.example$' "$tmp/mail" || fail "the mail goes elsewhere"
# part NAME: an attachment, decoded.
part() { sed -n "/filename=\"$1\"/,/^--/p" "$tmp/mail" | sed '1,2d;/^--/d' | base64 -d; }
for f in kkachi-2021-07.html kkachi-2021-07.xlsx; do
	part "$f" | cmp -s - "$tmp/reports/$f" || fail "$f is another one in the mail"
done

# Last month is what is meant if nothing is said; without --mail nobody gets any.
rm "$tmp/mail"
k usage report --json -o "$tmp/elsewhere" || fail "report of last month: $(cat "$tmp/err")"
last=$(TZ=Asia/Seoul date -d "$(TZ=Asia/Seoul date +%Y-%m-01) -1 day" +%Y-%m)
[ -s "$tmp/elsewhere/kkachi-$last.html" ] || fail "last month is $last: $(ls "$tmp/elsewhere")"
[ -e "$tmp/mail" ] && fail "a mail without --mail"

# What goes wrong is told, with exit code 1, and no half of a file stays.
printf '#!/bin/sh\ncat >/dev/null; exit 75\n' >"$tmp/sendmail"
k usage report --month 2021-07 --mail && fail "a mail that was refused"
grep -q 'exit code 75' "$tmp/err" || fail "refused: $(cat "$tmp/err")"
k usage report --month 2021-07 -o "$tmp/no/such" && fail "a folder in no folder"
[ -e "$tmp/no" ] && fail "a folder was made above"
k usage report --month 2021; [ $? = 2 ] || fail "a month that is none"
k usage report --month 2021-07 --by ap; [ $? = 2 ] || fail "--by with report"
k usage --mail; [ $? = 2 ] || fail "--mail without report"
find "$tmp/reports" "$tmp/elsewhere" -name '*.new-*' | grep . && fail "a half-written file"
exit $bad
