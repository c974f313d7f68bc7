// SPDX-License-Identifier: GPL-3.0-or-later
// Usage: the planner's tables. Octets as TB with one decimal; the exact figure is in the cell's title and the downloads.
import { get, type Note, type Sheet, type Summary, type Usage, type UsagePeriod, type UsageRow } from "./api";
import { h, table } from "./dom";
import { percent, terabytes } from "./format";
import { go, withQuery, type Rendered, type Route, type View } from "./router";
import { sheetTable } from "./sheet";
import { language, t, type TextKey } from "./text";

type Choice = [string, TextKey];

const BY: Choice[] = [
  ["city", "byCity"],
  ["district", "byDistrict"],
  ["phase", "byPhase"],
  ["type", "byType"],
  ["site", "bySite"],
  ["ap", "byAp"],
  ["installed", "byInstalled"],
  ["place", "byPlace"],
];
const PER: Choice[] = [
  ["month", "month"],
  ["day", "day"],
  ["year", "year"],
];
const SHOW: Choice[] = [
  ["octets", "showOctets"],
  ["peaks", "showPeaks"],
  ["density", "showDensity"],
  ["cost", "showCost"],
  ["concentration", "showConcentration"],
  ["hours", "showHours"],
];
const RANK: Choice[] = [
  ["", "rankAll"],
  ["top", "rankTop"],
  ["bottom", "rankBottom"],
];
const RANKED = "20";
/** Rows in the document: a city's access points are in the downloads. */
export const ROWS_MAX = 500;

/** YYYY-MM, n months on. */
export function monthAdd(month: string, n: number): string {
  const [y, m] = month.split("-").map(Number);
  const all = (y ?? 0) * 12 + (m ?? 1) - 1 + n;
  return `${String(Math.floor(all / 12)).padStart(4, "0")}-${String((all % 12) + 1).padStart(2, "0")}`;
}

/** A range that fits a kind of period, from what stands in the address; `today` is YYYY-MM-DD. */
export function rangeOf(per: string, from: string | null, to: string | null, today: string): [string, string] {
  const form = per === "day" ? /^\d{4}-\d\d-\d\d$/ : per === "year" ? /^\d{4}$/ : /^\d{4}-\d\d$/;
  const present = per === "day" ? today : per === "year" ? today.slice(0, 4) : today.slice(0, 7);
  const last = to && form.test(to) ? to : present;
  const before = per === "day" ? `${last.slice(0, 7)}-01` : per === "year" ? String(Number(last) - 1) : monthAdd(last, -3);
  const first = from && form.test(from) && from <= last ? from : before;
  return [first, last];
}

interface Asked {
  show: string;
  per: string;
  by: string;
  rank: string;
  from: string;
  to: string;
}

function asked(route: Route, today: string): Asked {
  const of = (name: string, choices: Choice[]): string => {
    const v = route.query.get(name) ?? "";
    return choices.some(([c]) => c === v) ? v : (choices[0]?.[0] ?? "");
  };
  const per = of("per", PER);
  const [from, to] = rangeOf(per, route.query.get("from"), route.query.get("to"), today);
  return { show: of("show", SHOW), per, by: of("by", BY), rank: of("rank", RANK), from, to };
}

function parameters(a: Asked): Record<string, string> {
  const p: Record<string, string> = { show: a.show, per: a.per, by: a.by, from: a.from, to: a.to, lang: language() };
  if (a.rank !== "") p[a.rank] = RANKED;
  return p;
}

// ---- what is asked ----

function select(route: Route, name: string, label: TextKey, choices: Choice[], value: string): HTMLElement {
  const onchange = (e: Event): void => go(withQuery(route, { [name]: (e.target as HTMLSelectElement).value }));
  return h("label", {}, `${t(label)} `, h("select", { name, onchange }, choices.map(([v, k]) => h("option", { value: v, selected: v === value }, t(k)))));
}

function period(route: Route, name: string, label: string, value: string, per: string): HTMLElement {
  const type = per === "day" ? "date" : per === "year" ? "number" : "month";
  const onchange = (e: Event): void => go(withQuery(route, { [name]: (e.target as HTMLInputElement).value }));
  return h("label", {}, `${label} `, h("input", { type, name, value, min: per === "year" ? 2000 : null, max: per === "year" ? 2999 : null, onchange }));
}

function downloads(a: Asked): HTMLElement {
  const one = (format: string, label: TextKey): HTMLElement =>
    h("a", { class: "button", href: `/api/v1/usage?${new URLSearchParams({ ...parameters(a), format })}`, download: `kkachi-${a.from}-${a.to}-${a.by}.${format}` }, t(label));
  return h("span", { class: "downloads" }, one("csv", "csv"), one("xlsx", "xlsx"), one("html", "html"));
}

function picker(route: Route, a: Asked): HTMLElement {
  return h(
    "form",
    { class: "filters", onsubmit: (e: Event) => e.preventDefault() },
    select(route, "show", "show", SHOW, a.show),
    select(route, "by", "by", BY, a.by),
    select(route, "per", "per", PER, a.per),
    period(route, "from", t("from"), a.from, a.per),
    period(route, "to", t("to"), a.to, a.per),
    select(route, "rank", "rank", RANK, a.rank),
    downloads(a),
  );
}

// ---- octets: keys down, periods across ----

function periods(r: UsageRow): UsagePeriod[] {
  return r.months ?? r.days ?? r.years ?? [];
}

function name(p: UsagePeriod): string {
  return p.month ?? p.day ?? p.year ?? "";
}

/** The letters of a period's marks, as the notes below explain them. */
function letters(marks: string[], notes: Note[]): HTMLElement | null {
  const found = notes.filter((n) => n.mark !== undefined && marks.includes(n.mark));
  return found.length === 0 ? null : h("sup", { title: found.map((n) => n.note).join("\n") }, found.map((n) => n.letter).join(""));
}

function octetsCell(p: UsagePeriod, notes: Note[]): HTMLElement {
  if (p.octets === null) return h("span", {}, "–");
  return h("span", { title: `${BigInt(p.octets).toLocaleString("en-US")} B` }, terabytes(BigInt(p.octets)), letters(p.marks, notes));
}

function figure(p: UsagePeriod | undefined, key: "share_percent" | "growth_percent" | "growth_year_percent" | "growth_mean_percent"): HTMLElement {
  return h("span", {}, percent(p?.[key] ?? null, key !== "share_percent"), p?.marked.includes(key) ? h("sup", {}, "*") : null);
}

function usageTable(u: Usage): HTMLElement {
  const all = u.by === "city" ? u.rows : [...u.rows.slice(0, ROWS_MAX), u.total];
  const heads = periods(u.total).length > 0 ? periods(u.total) : periods(u.rows[0] ?? {});
  return table(
    `${t("usage")} (TB)`,
    [
      [t(BY.find(([v]) => v === u.by)?.[1] ?? "byCity"), ""],
      ...heads.map((p): [string, "n"] => [name(p), "n"]),
      ...(u.by === "city" ? [] : [[t("share"), "n"] as [string, "n"]]),
      [t("growth"), "n"],
      [t("growthYear"), "n"],
      [t("growthMean"), "n"],
      [t("coverage"), "n"],
    ],
    all.map((r) => {
      const of = periods(r);
      const last = of[of.length - 1];
      const share = u.by === "city" ? [] : [figure(last, "share_percent")];
      const key = r === u.total ? t("total") : u.by === "city" ? t("city") : r.key || "–";
      return [
        key,
        ...of.map((p) => octetsCell(p, u.notes)),
        ...share,
        figure(last, "growth_percent"),
        figure(last, "growth_year_percent"),
        figure(last, "growth_mean_percent"),
        percent(last?.coverage_percent ?? null),
      ];
    }),
  );
}

/** Bars of all together, for those who would rather look; the table beside it has the figures. */
function bars(u: Usage): HTMLElement | null {
  const of = periods(u.by === "city" ? (u.rows[0] ?? {}) : u.total);
  if (of.length < 2 || of.length > 40) return null;
  const values = of.map((p) => (p.octets === null ? 0 : Number(p.octets)));
  const max = Math.max(...values, 1);
  return h(
    "div",
    { class: "months", "aria-hidden": "true" },
    of.map((p, i) =>
      h(
        "div",
        { class: "month" },
        h("span", {}, p.octets === null ? "–" : `${terabytes(BigInt(p.octets))} TB`),
        h("span", { class: "month-bar", style: `height:${((values[i] ?? 0) / max) * 160}px` }),
        h("span", {}, name(p)),
        h("span", { class: "note" }, percent(p.growth_percent, true)),
        h("span", { class: "note" }, p.growth_mean_percent === null ? "\u00a0" : `⌀ ${percent(p.growth_mean_percent, true)}`),
      ),
    ),
  );
}

/** What the letters mean, and how figures came about. */
export function notesList(notes: Note[]): HTMLElement {
  return h(
    "ul",
    { class: "note notes", "aria-label": t("notes") },
    notes.map((n) => h("li", {}, n.letter ? h("b", {}, n.letter) : null, n.note)),
  );
}

async function octets(a: Asked, signal: AbortSignal): Promise<(HTMLElement | null)[]> {
  const u = await get<Usage>("usage", parameters(a), signal);
  if (u.rows.length === 0) return [h("p", { class: "empty" }, t("noUsage"))];
  return [
    bars(u),
    usageTable(u),
    u.rows.length > ROWS_MAX ? h("p", { class: "note" }, t("cutOff")) : null,
    notesList([...u.notes, { note: `⌀ ${t("growthMean")} · TB = 10¹² B` }]),
  ];
}

async function sheet(a: Asked, signal: AbortSignal): Promise<(HTMLElement | null)[]> {
  const s = await get<Sheet>("usage", parameters(a), signal);
  if (s.rows.length === 0) return [h("p", { class: "empty" }, t("noUsage"))];
  return [
    h("h2", {}, `${s.title}${s.about ? ` · ${s.about}` : ""}`),
    sheetTable(s, ROWS_MAX),
    s.rows.length > ROWS_MAX ? h("p", { class: "note" }, t("cutOff")) : null,
    notesList(s.notes),
  ];
}

export const usage: View = {
  title: () => t("usage"),
  every: 0,
  async render(route, signal): Promise<Rendered> {
    const s = await get<Summary>("summary", {}, signal);
    const a = asked(route, s.time.slice(0, 10));
    const body = a.show === "octets" ? await octets(a, signal) : await sheet(a, signal);
    return { data: s, nodes: [picker(route, a), ...body].filter((n): n is HTMLElement => n !== null) };
  },
};
