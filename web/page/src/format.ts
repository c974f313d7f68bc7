// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers and times as people read them. Octets arrive as integers that a double may not hold: they are handled as
// text or BigInt until the last step.
import { t, type Language } from "./text";

const SI = ["", "k", "M", "G", "T", "P"];

/** 1234567 -> "1.23 M": three significant digits, powers of 1000. */
export function si(value: number | null, unit: string): string {
  if (value === null || !Number.isFinite(value)) return "–";
  let v = value;
  let i = 0;
  while (Math.abs(v) >= 999.5 && i < SI.length - 1) {
    v /= 1000;
    i++;
  }
  const digits = v === 0 || i === 0 ? (Number.isInteger(v) ? 0 : 1) : v >= 99.95 ? 0 : v >= 9.995 ? 1 : 2;
  return `${v.toFixed(digits)} ${SI[i]}${unit}`;
}

/** Octets per second as bits per second, as network people count. */
export function bits(octetsPerSecond: number | null): string {
  return si(octetsPerSecond === null ? null : octetsPerSecond * 8, "bit/s");
}

/** An exact integer in octets as TB (10^12) with one decimal, rounded half up, without a double in between. */
export function terabytes(octets: bigint): string {
  const tenths = (octets + 50_000_000_000n) / 100_000_000_000n;
  return `${tenths / 10n}.${tenths % 10n}`;
}

/** An exact integer in octets, with the unit that fits. */
export function octets(value: bigint | null): string {
  return value === null ? "–" : si(Number(value), "B");
}

export function count(value: number | null): string {
  return value === null ? "–" : value.toLocaleString("en-US");
}

export function percent(value: number | null, sign = false): string {
  if (value === null) return "–";
  return `${sign && value > 0 ? "+" : ""}${value.toFixed(1).replace("-", "−")} %`;
}

/** "3분 20초", "2 h 5 min": the two largest units. */
export function duration(seconds: number, lang: Language): string {
  const units: [number, string, string][] = [
    [86400, "일", "d"],
    [3600, "시간", "h"],
    [60, "분", "min"],
    [1, "초", "s"],
  ];
  let left = Math.max(0, Math.floor(seconds));
  const out: string[] = [];
  for (const [size, k, e] of units) {
    if (left >= size || (size === 1 && out.length === 0)) {
      out.push(lang === "ko" ? `${Math.floor(left / size)}${k}` : `${Math.floor(left / size)} ${e}`);
      left %= size;
    } else if (out.length > 0) break;
    if (out.length === 2) break;
  }
  return out.join(" ");
}

/** RFC 3339 with offset -> "2026-11-23 14:05:09": the server's zone, whatever the browser's is. */
export function clock(rfc3339: string | null): string {
  return rfc3339 === null ? "–" : rfc3339.slice(0, 19).replace("T", " ");
}

/** Seconds since the epoch of an RFC 3339 time. */
export function epoch(rfc3339: string): number {
  return Date.parse(rfc3339) / 1000;
}

export const GLYPH: Record<string, string> = {
  up: "●",
  degraded: "◐",
  down: "✕",
  unreachable: "◇",
  unknown: "?",
  flapping: "≈",
  missing: "∅",
  maintenance: "⚙",
  disabled: "–",
  away: "→",
};

export function stateWord(state: string): string {
  return state in GLYPH ? t(state as "up") : state;
}
