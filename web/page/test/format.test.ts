// SPDX-License-Identifier: GPL-3.0-or-later
import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "../src/api";
import { bits, clock, duration, percent, si, terabytes } from "../src/format";
import { parseRoute, withQuery } from "../src/router";
import { catalogues } from "../src/text";
import { monthAdd } from "../src/usage";

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
