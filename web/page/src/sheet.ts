// SPDX-License-Identifier: GPL-3.0-or-later
// A table that the server made, whatever its columns are: each is shown by its kind, as the report does.
import type { Sheet } from "./api";
import { h, table } from "./dom";
import { count, octets, percent, si } from "./format";
import { t } from "./text";

const NUMBERS = new Set(["count", "octets", "bits_per_second", "percent", "growth", "won", "metres", "km2"]);

/** A value as a person reads it. */
export function say(kind: string, value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (kind === "octets") return octets(BigInt(String(value)));
  if (typeof value === "string") return value === "total" ? t("total") : value === "city" ? t("city") : value;
  const n = Number(value);
  switch (kind) {
    case "bits_per_second":
      return si(n, "bit/s");
    case "percent":
      return percent(n);
    case "growth":
      return percent(n, true);
    case "won":
      return `₩${count(n)}`;
    case "metres":
      return `${count(n)} m`;
    case "km2":
      return `${n.toFixed(2)} km²`;
    default:
      return count(n);
  }
}

/** 0 .. 9: how dark a cell is; 0 is not shaded. */
export function shade(value: unknown, most: number): number {
  const n = typeof value === "number" || typeof value === "string" ? Number(value) : 0;
  return most > 0 && n > 0 ? Math.ceil((n / most) * 9) : 0;
}

function cell(s: Sheet, row: Record<string, unknown>, c: Sheet["columns"][number], most: number): HTMLElement {
  const starred = (row["marked"] as string[]).includes(c.key);
  const value = row[c.key];
  const dark = s.shaded && NUMBERS.has(c.kind) ? shade(value, most) : 0;
  const title = c.kind === "octets" && value !== null && value !== undefined ? `${BigInt(String(value)).toLocaleString("en-US")} B` : null;
  return h("span", { title, class: dark ? `shade s${dark}` : null }, say(c.kind, value), starred ? h("sup", {}, "*") : null);
}

/** The letters of a row's marks. */
function letters(s: Sheet, row: Record<string, unknown>): string {
  const marks = row["marks"] as string[];
  return s.notes
    .filter((n) => n.mark !== undefined && marks.includes(n.mark))
    .map((n) => n.letter)
    .join("");
}

/** The first `rows` rows, and the totals. */
export function sheetTable(s: Sheet, rows: number): HTMLElement {
  const columns = s.columns.filter((c) => c.shown);
  const all = [...s.rows.slice(0, rows), ...s.totals];
  const most = s.shaded ? Math.max(0, ...all.flatMap((r) => columns.filter((c) => NUMBERS.has(c.kind)).map((c) => Number(r[c.key] ?? 0)))) : 0;
  const marked = all.some((r) => letters(s, r) !== "");
  return table(
    s.title,
    [...columns.map((c): [string, "" | "n"] => [c.heading, NUMBERS.has(c.kind) ? "n" : ""]), ...(marked ? [[t("notes"), ""] as [string, ""]] : [])],
    all.map((r) => [...columns.map((c) => cell(s, r, c, most)), ...(marked ? [letters(s, r)] : [])]),
  );
}
