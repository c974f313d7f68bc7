// SPDX-License-Identifier: GPL-3.0-or-later
// The first screen: what is down, where, since when, how many it hits, and how old the data is.
import { get, type Counts, type Incident, type Sum, type Summary } from "./api";
import { h, table } from "./dom";
import { bits, clock, count, duration, epoch, GLYPH, octets } from "./format";
import { link, type View } from "./router";
import { language, t, type TextKey } from "./text";

const PARTS: (keyof Counts)[] = ["up", "degraded", "down", "unreachable", "unknown", "other"];

/** A bar of all states in proportion; what is wrong gets at least a visible sliver. */
function bar(c: Counts): HTMLElement {
  return h(
    "span",
    { class: "bar", "aria-hidden": "true" },
    PARTS.filter((p) => c[p] > 0).map((p) => h("span", { class: `part ${p}`, style: `flex-grow:${c[p]}` })),
  );
}

function tile(head: string, value: string, note = "", cls = "", href = ""): HTMLElement {
  const body = [h("span", { class: "tile-head" }, head), h("span", { class: "tile-value" }, value), note ? h("span", { class: "tile-note" }, note) : null];
  return href ? link(href, { class: `tile ${cls}` }, ...body) : h("div", { class: `tile ${cls}` }, ...body);
}

function strip(s: Summary): HTMLElement {
  return h(
    "section",
    { class: "strip", "aria-label": t("overview") },
    tile(`${GLYPH.up} ${t("up")}`, count(s.aps.up), `${t("total")} ${count(s.aps.total)} ${t("aps")}`, "up", "/devices?state=up&kind=ap"),
    tile(`${GLYPH.down} ${t("down")}`, count(s.aps.down), "", s.aps.down > 0 ? "down" : "", "/devices?state=down&kind=ap"),
    tile(`${GLYPH.unreachable} ${t("unreachable")}`, count(s.aps.unreachable), "", s.aps.unreachable > 0 ? "unreachable" : "", "/devices?state=unreachable&kind=ap"),
    tile(`${GLYPH.unknown} ${t("unknown")}`, count(s.aps.unknown), "", "", "/devices?state=unknown&kind=ap"),
    tile(t("clients"), count(s.aps.clients)),
    tile(t("trafficNow"), bits(s.aps.down_per_second), `${t("uplink")} ${bits(s.aps.up_per_second)}`),
    tile(t("today"), octets(s.octets_today === null ? null : BigInt(s.octets_today)), `${t("downlink")} + ${t("uplink")}`),
  );
}

const OUTAGE: Record<string, TextKey> = {
  ap_down: "apDown",
  uplink_down: "uplinkDown",
  controller_down: "controllerDown",
  device_down: "deviceDown",
  collector_silent: "collectorSilent",
  collector_cut_off: "collectorCut",
};

function outageWord(kind: string): string {
  const key = OUTAGE[kind];
  return key ? t(key) : kind;
}

function incidentTable(list: Incident[], now: number): HTMLElement {
  if (list.length === 0) return h("p", { class: "calm" }, `${GLYPH.up} ${t("noIncidents")}`);
  return table(
    t("incidents"),
    [
      [t("cause"), ""],
      [t("what"), ""],
      [t("district"), ""],
      [t("affected"), "n"],
      [t("clientsHit"), "n"],
      [t("since"), ""],
      [t("duration"), ""],
    ],
    [...list]
      .sort((a, b) => b.affected - a.affected)
      .map((i) => [
        i.cause_kind === "collector" ? i.cause : link(`/devices/${encodeURIComponent(i.cause)}`, {}, i.cause_name ? `${i.cause_name} (${i.cause})` : i.cause),
        h("span", { class: "state down" }, `${GLYPH.down} ${outageWord(i.kind)}`),
        i.district ?? "–",
        count(i.affected),
        count(i.clients),
        clock(i.since),
        i.since === null ? "–" : duration(now - epoch(i.since), language()),
      ]),
  );
}

function districtTable(list: Sum[]): HTMLElement {
  return table(
    t("districts"),
    [
      [t("district"), ""],
      [t("state"), ""],
      [t("aps"), "n"],
      [t("up"), "n"],
      [t("down"), "n"],
      [t("unreachable"), "n"],
      [t("unknown"), "n"],
      [t("clients"), "n"],
      [t("downlink"), "n"],
      [t("uplink"), "n"],
    ],
    list.map((d) => {
      const base = `/devices?district=${encodeURIComponent(d.name)}&kind=ap`;
      const linked = (n: number, state: string): HTMLElement | string => (n > 0 ? link(`${base}&state=${state}`, {}, count(n)) : "0");
      return [
        link(`/districts/${encodeURIComponent(d.name)}`, {}, d.name || t("noDistrict")),
        bar(d),
        link(base, {}, count(d.total)),
        linked(d.up, "up"),
        linked(d.down, "down"),
        linked(d.unreachable, "unreachable"),
        linked(d.unknown, "unknown"),
        count(d.clients),
        bits(d.down_per_second),
        bits(d.up_per_second),
      ];
    }),
  );
}

export const overview: View = {
  title: () => t("overview"),
  every: 10,
  async render(_route, signal) {
    const s = await get<Summary>("summary", {}, signal);
    return {
      data: s,
      nodes: [
        strip(s),
        h("section", {}, h("h2", {}, t("incidents")), incidentTable(s.incidents, epoch(s.time))),
        h("section", {}, h("h2", {}, t("districts")), districtTable(s.districts)),
      ],
    };
  },
};
