// SPDX-License-Identifier: GPL-3.0-or-later
// A series as a picture (uPlot) with its table beside it. Colours are Wong's, and the lines differ by dash as well.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Series } from "./api";
import { h, table } from "./dom";
import { bits, clock, count, epoch } from "./format";
import { t } from "./text";

const LOOK: Record<string, { stroke: string; dash?: number[]; fill?: string }> = {
  octets_down: { stroke: "#0072b2", fill: "#0072b233" },
  octets_up: { stroke: "#d55e00", dash: [6, 3] },
  clients: { stroke: "#009e73", fill: "#009e7333" },
  rtt: { stroke: "#cc79a7" },
};

function label(name: string): string {
  return name === "octets_down" ? t("downlink") : name === "octets_up" ? t("uplink") : name === "clients" ? t("clients") : name;
}

function show(name: string, v: number | null): string {
  if (v === null) return "–";
  return name.startsWith("octets_") ? bits(v) : name === "rtt" ? `${(v * 1000).toFixed(1)} ms` : count(Math.round(v * 10) / 10);
}

/** The server's wall time as uPlot shows it: the offset of the answer's own time, not the browser's. */
function shifted(utc: number, offsetMinutes: number): Date {
  const d = new Date((utc + offsetMinutes * 60) * 1000);
  return new Date(d.getUTCFullYear(), d.getUTCMonth(), d.getUTCDate(), d.getUTCHours(), d.getUTCMinutes(), d.getUTCSeconds());
}

export function offsetOf(rfc3339: string): number {
  const m = /([+-])(\d\d):(\d\d)$/.exec(rfc3339);
  return m ? (m[1] === "-" ? -1 : 1) * (Number(m[2]) * 60 + Number(m[3])) : 0;
}

/** 24-hour clock, with the day at midnight and at the ends. */
function tick(local: number, end: boolean): string {
  const at = new Date(local * 1000).toISOString();
  const time = at.slice(11, 16);
  return time === "00:00" ? at.slice(5, 10) : end ? `${at.slice(5, 10)} ${time}` : time;
}

export function chart(data: Series, names: string[], title: string): HTMLElement {
  const picked = data.series.filter((s) => names.includes(s.name));
  const rows = picked[0]?.values.length ?? 0;
  if (rows === 0 || picked.every((s) => s.values.every((v) => v === null))) return h("p", { class: "empty" }, t("noArchive"));
  const from = epoch(data.from);
  const offset = offsetOf(data.from);
  const x = Array.from({ length: rows }, (_, i) => from + (i + 1) * data.step_seconds);
  const box = h("div", { class: "chart", role: "img", "aria-label": title });
  const css = getComputedStyle(document.documentElement);
  const axis = { stroke: css.getPropertyValue("--ink").trim(), grid: { stroke: css.getPropertyValue("--line").trim(), width: 1 } };
  const opts: uPlot.Options = {
    width: Math.max(280, Math.min(1100, document.body.clientWidth - 64)),
    height: 240,
    tzDate: (ts) => shifted(ts, offset),
    scales: { y: { range: (_u, _min, max) => [0, max > 0 ? max * 1.08 : 1] } },
    axes: [{ ...axis, values: (_u, ticks) => ticks.map((v, i) => tick(v + offset * 60, i === 0 || i === ticks.length - 1)) }, { ...axis, size: 84, values: (_u, ticks) => ticks.map((v) => show(picked[0]?.name ?? "", v)) }],
    series: [
      { value: (_u, v) => (v === null ? "–" : clock(new Date((v + offset * 60) * 1000).toISOString())) },
      ...picked.map((s) => ({ label: label(s.name), width: 2, spanGaps: false, value: (_u: uPlot, v: number | null) => show(s.name, v), ...LOOK[s.name] })),
    ],
  };
  new uPlot(opts, [x, ...picked.map((s) => s.values)] as uPlot.AlignedData, box);
  const step = Math.max(1, Math.ceil(rows / 48));
  const lines = x
    .map((at, i) => [clock(new Date((at + offset * 60) * 1000).toISOString()), ...picked.map((s) => show(s.name, s.values[i] ?? null))])
    .filter((_, i) => i % step === 0);
  return h(
    "figure",
    {},
    h("figcaption", {}, title),
    box,
    h("details", {}, h("summary", {}, t("dataTable")), table(title, [[t("time"), ""], ...picked.map((s): [string, "n"] => [label(s.name), "n"])], lines)),
  );
}
