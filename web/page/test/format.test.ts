// SPDX-License-Identifier: GPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "../src/api";
import { bits, clock, duration, percent, si, terabytes } from "../src/format";
import { parseRoute, withQuery } from "../src/router";
import { catalogues } from "../src/text";
import { say, shade } from "../src/sheet";
import { monthAdd, rangeOf } from "../src/usage";

test("octets keep every digit above 2^53", () => {
  const v = parse<{ octets: string; octets_down: string; clients: number }>('{"octets": 18446744073709551615,"octets_down":9007199254740993,"clients":3}');
  assert.equal(v.octets, "18446744073709551615");
  assert.equal(v.octets_down, "9007199254740993");
  assert.equal(v.clients, 3);
});

test("a terabyte is 10^12, rounded half up", () => {
  assert.equal(terabytes(48_000_000_000_000n), "48.0");
  assert.equal(terabytes(51_950_000_000_000n), "52.0");
  assert.equal(terabytes(51_949_999_999_999n), "51.9");
  assert.equal(terabytes(0n), "0.0");
});

test("numbers as people read them", () => {
  assert.equal(si(0, "B"), "0 B");
  assert.equal(si(999, "B"), "999 B");
  assert.equal(si(1000, "B"), "1.00 kB");
  assert.equal(si(999_999, "B"), "1.00 MB");
  assert.equal(bits(125_000), "1.00 Mbit/s");
  assert.equal(bits(null), "–");
  assert.equal(percent(8.333, true), "+8.3 %");
  assert.equal(percent(-14.29, true), "−14.3 %");
  assert.equal(percent(null), "–");
});

test("times are the server's", () => {
  assert.equal(clock("2021-07-31T23:59:59+09:00"), "2021-07-31 23:59:59");
  assert.equal(duration(200, "ko"), "3분 20초");
  assert.equal(duration(0, "en"), "0 s");
  assert.equal(duration(90061, "en"), "1 d 1 h");
});

test("months", () => {
  assert.equal(monthAdd("2021-01", -1), "2020-12");
  assert.equal(monthAdd("2021-11", 3), "2022-02");
});

test("an address holds the whole view", () => {
  const r = parseRoute("/devices?district=%EC%84%B1%EB%8F%99%EA%B5%AC&offset=100");
  assert.deepEqual(r.path, ["devices"]);
  assert.equal(withQuery(r, { offset: "", state: "down" }), "/devices?district=%EC%84%B1%EB%8F%99%EA%B5%AC&state=down");
  assert.deepEqual(parseRoute("/devices/---EP000001").path, ["devices", "---EP000001"]);
  assert.deepEqual(parseRoute("/devices/%E0%A4%A").path, ["?"]);
});

test("no text is empty in either language", () => {
  for (const c of Object.values(catalogues)) for (const [k, v] of Object.entries(c)) assert.ok(v.length > 0, k);
});

test("a range of periods fits its kind", () => {
  const today = "2021-07-15";
  assert.deepEqual(rangeOf("month", null, null, today), ["2021-04", "2021-07"]);
  assert.deepEqual(rangeOf("month", "2020-01", "2020-03", today), ["2020-01", "2020-03"]);
  assert.deepEqual(rangeOf("day", "2020-01", "2020-03", today), ["2021-07-01", "2021-07-15"]);
  assert.deepEqual(rangeOf("year", "2021-01", "2021-07", today), ["2020", "2021"]);
  assert.deepEqual(rangeOf("month", "2021-09", "2021-07", today), ["2021-04", "2021-07"]);
  assert.deepEqual(rangeOf("day", "<script>", "2021-07-02", today), ["2021-07-01", "2021-07-02"]);
});

test("cells by the kind of their column", () => {
  assert.equal(say("octets", "48000000000000"), "48.0 TB");
  assert.equal(say("octets", null), "–");
  assert.equal(say("bits_per_second", 313_000_000), "313 Mbit/s");
  assert.equal(say("growth", 8.3), "+8.3 %");
  assert.equal(say("percent", 99.9), "99.9 %");
  assert.equal(say("won", 316_800_000), "₩316,800,000");
  assert.equal(say("km2", 605.24), "605.24 km²");
  assert.equal(say("day", "2021-07"), "2021-07");
  assert.equal(say("text", "강남구"), "강남구");
});

test("the most is the darkest, nothing is not shaded", () => {
  assert.equal(shade(0, 100), 0);
  assert.equal(shade(null, 100), 0);
  assert.equal(shade(1, 100), 1);
  assert.equal(shade(100, 100), 9);
  assert.equal(shade(5, 0), 0);
});
