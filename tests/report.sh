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
# It withholds nothing of few people, and says so, once.
note='일반 공개용이 아님'
[ "$(grep -c "$note" "$tmp/reports/kkachi-2021-07.html")" = 1 ] || fail "the report does not say that it is not for the public"
[ "$(unzip -p "$tmp/reports/kkachi-2021-07.xlsx" xl/sharedStrings.xml | grep -o "$note" | wc -l)" = 1 ] ||
	fail "the workbook does not say that it is not for the public"
k usage --open-data "$tmp/open" --from 2021-07 --to 2021-07 --language ko || fail "--open-data: $(cat "$tmp/err")"
grep -rq "$note" "$tmp/open" && fail "what is for the public says that it is not"
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
# April to July 2021 with 48, 52, 56 and 48 TB in five districts, in every format.
{ echo id,district; for i in 1 2 3 4 5; do echo "D$i,구$i"; done; } >"$tmp/five.csv"
{
	echo day,id,octets_down,octets_up
	for m in 04:48 05:52 06:56 07:48; do
		for share in 1:30 2:25 3:20 4:15 5:10; do
			echo "2021-${m%:*}-15,D${share%:*},$((${m#*:} * ${share#*:} * 9))000000000,$((${m#*:} * ${share#*:}))000000000"
		done
	done
} >"$tmp/history.csv"
sed -i "s,$tmp/state,$tmp/five," "$tmp/kkachi.yaml"
mkdir "$tmp/five"
k import "$tmp/five.csv" && k usage --import "$tmp/history.csv" || fail "five districts: $(cat "$tmp/err")"
five() { k usage --from 2021-04 --to 2021-07 --by district --language en --format "$@" || fail "$1: $(cat "$tmp/err")"; }
has() { for want; do grep -qE -- "$want" "$tmp/out" || fail "five districts: no $want in $(head -c 300 "$tmp/out")"; done; }
five table
has '^total +2021-04 .* 48.0 TB\*' '2021-05 .* 52.0 TB\* .*\+8.3 %\* +\+8.3 %\*' '2021-06 .* 56.0 TB\* .*\+7.7 %\* +\+8.3 %\*' \
	'2021-07 .* 48.0 TB\* .*-14.3 %\* +0.0 %\*' '^구1 +2021-04 .* 14.4 TB\* +30.0 %\*' '^구5 +2021-04 .* 4.8 TB\* +10.0 %\*'
five csv
has '^구1,2021-06,15120000000000,1680000000000,0,16800000000000,30.0,7.7,,8.3,1,,0,0,0,0,imported,' '^구5,2021-07,.*,4800000000000,10.0,-14.3,,0.0,'
five json
has '"key":"구2","months":\[\{"month":"2021-04".*"octets":12000000000000,"share_percent":25.0' \
	'"total":\{"months":\[.*"month":"2021-07".*"octets":48000000000000,.*"growth_percent":-14.3'
five html
has '56000000000000 B">56.0 TB</span><sup>' '>\+7.7 %<sup>' '>-14.3 %<sup>' '>30.0 %<sup>'
five xlsx -o "$tmp/five.xlsx"
unzip -p "$tmp/five.xlsx" xl/worksheets/sheet2.xml >"$tmp/out"
has '<v>56000000000000</v>' '<v>0.083</v>' '<v>0.077</v>' '<v>-0.143</v>' '<v>0.3</v>' 'state="frozen"'
unzip -p "$tmp/five.xlsx" xl/charts/chart2.xml >"$tmp/out"
has 'barChart'
exit $bad
