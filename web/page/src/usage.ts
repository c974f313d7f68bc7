// SPDX-License-Identifier: GPL-3.0-or-later
// Usage per month: the planner's table. TB with one decimal; the exact octets are in the cell's title and the CSV.
import { get, type Summary, type Usage, type UsageMonth } from "./api";
import { h, table } from "./dom";
import { percent, terabytes } from "./format";
import { go, withQuery, type Route, type View } from "./router";
import { t, type TextKey } from "./text";

const BY: [string, TextKey][] = [
  ["city", "byCity"],
  ["district", "byDistrict"],
  ["phase", "byPhase"],
  ["site", "bySite"],
  ["ap", "byAp"],
];

/** YYYY-MM, n months on. */
export function monthAdd(month: string, n: number): string {
  const [y, m] = month.split("-").map(Number);
  const all = (y ?? 0) * 12 + (m ?? 1) - 1 + n;
  return `${String(Math.floor(all / 12)).padStart(4, "0")}-${String((all % 12) + 1).padStart(2, "0")}`;
}

function cell(m: UsageMonth): HTMLElement {
  const marks = [m.imported ? "†" : "", m.coverage_percent !== null && m.coverage_percent < 100 ? "*" : ""].join("");
  const text = m.octets === null ? "–" : `${terabytes(BigInt(m.octets))}${marks}`;
  return h("span", { title: m.octets === null ? "" : `${BigInt(m.octets).toLocaleString("en-US")} B` }, text);
}

function monthInput(name: string, label: string, value: string, route: Route): HTMLElement {
  return h("label", {}, `${label} `, h("input", { type: "month", name, value, onchange: (e: Event) => go(withQuery(route, { [name]: (e.target as HTMLInputElement).value })) }));
}

function picker(route: Route, from: string, to: string, by: string): HTMLElement {
  const csv = new URLSearchParams({ from, to, by, format: "csv" });
  return h(
    "form",
    { class: "filters", onsubmit: (e: Event) => e.preventDefault() },
    monthInput("from", t("from"), from, route),
    monthInput("to", t("to"), to, route),
    h(
      "label",
      {},
      `${t("by")} `,
      h("select", { name: "by", onchange: (e: Event) => go(withQuery(route, { by: (e.target as HTMLSelectElement).value })) }, BY.map(([v, k]) => h("option", { value: v, selected: v === by }, t(k)))),
    ),
    h("a", { class: "button", href: `/api/v1/usage?${csv}`, download: `kkachi-${from}-${to}-${by}.csv` }, t("csv")),
  );
}

function usageTable(u: Usage, months: string[]): HTMLElement {
  return table(
    `${t("usage")} (TB)`,
    [[t(BY.find(([v]) => v === u.by)?.[1] ?? "byCity"), ""], ...months.map((m): [string, "n"] => [m, "n"]), [t("growth"), "n"], [t("growthMean"), "n"]],
    u.rows.slice(0, 500).map((r) => {
      const last = r.months[r.months.length - 1];
      return [u.by === "city" ? t("city") : r.key || "–", ...r.months.map(cell), percent(last?.growth_percent ?? null, true), percent(last?.growth_mean_percent ?? null, true)];
    }),
  );
}

/** Bars of the shown months, for those who would rather look; the table beside it has the figures. */
function bars(u: Usage): HTMLElement | null {
  const row = u.rows.length === 1 ? u.rows[0] : undefined;
  if (!row) return null;
  const values = row.months.map((m) => (m.octets === null ? 0 : Number(m.octets)));
  const max = Math.max(...values, 1);
  return h(
    "div",
    { class: "months", "aria-hidden": "true" },
    row.months.map((m, i) =>
      h(
        "div",
        { class: "month" },
        h("span", {}, m.octets === null ? "–" : `${terabytes(BigInt(m.octets))} TB`),
        h("span", { class: "month-bar", style: `height:${((values[i] ?? 0) / max) * 160}px` }),
        h("span", {}, m.month),
        h("span", { class: "note" }, percent(m.growth_percent, true)),
        h("span", { class: "note" }, m.growth_mean_percent === null ? "" : `⌀ ${percent(m.growth_mean_percent, true)}`),
      ),
    ),
  );
}

export const usage: View = {
  title: () => t("usage"),
  every: 0,
  async render(route, signal) {
    const s = await get<Summary>("summary", {}, signal);
    const thisMonth = s.time.slice(0, 7);
    const to = route.query.get("to") ?? thisMonth;
    const from = route.query.get("from") ?? monthAdd(to, -3);
    const by = route.query.get("by") ?? "city";
    const u = await get<Usage>("usage", { from, to, by }, signal);
    const months = u.rows[0]?.months.map((m) => m.month) ?? [];
    return {
      data: s,
      nodes: [
        picker(route, from, to, by),
        bars(u),
        u.rows.length === 0 ? h("p", { class: "empty" }, t("noUsage")) : usageTable(u, months),
        h("p", { class: "note" }, `† ${t("noteImported")}  ·  * ${t("noteCoverage")}  ·  ⌀ ${t("growthMean")}  ·  TB = 10¹² B`),
      ].filter((n): n is HTMLElement => n !== null),
    };
  },
};
