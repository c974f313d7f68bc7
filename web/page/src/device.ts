// SPDX-License-Identifier: GPL-3.0-or-later
// One device, one district or the city: what is known now, and its graphs.
import { ApiError, get, type Device, type Octets, type Series, type Summary } from "./api";
import { chart } from "./chart";
import { h } from "./dom";
import { bits, clock, count, duration, epoch } from "./format";
import { link, withQuery, type Rendered, type Route, type View } from "./router";
import { badge } from "./state";
import { language, t, type TextKey } from "./text";

const RANGES: [string, TextKey, number][] = [
  ["6h", "hours6", 6 * 3600],
  ["1d", "day1", 86400],
  ["7d", "week1", 7 * 86400],
  ["30d", "month1", 30 * 86400],
  ["365d", "year1", 365 * 86400],
];

function rangeOf(route: Route): (typeof RANGES)[number] {
  return RANGES.find((r) => r[0] === route.query.get("range")) ?? RANGES[0]!;
}

function rangePicker(route: Route): HTMLElement {
  const now = rangeOf(route);
  return h(
    "nav",
    { class: "ranges", "aria-label": t("range") },
    RANGES.map((r) => link(withQuery(route, { range: r[0] }), r === now ? { class: "button on", "aria-current": "true" } : { class: "button" }, t(r[1]))),
    h("span", { class: "note" }, t("kst")),
  );
}

async function graphs(path: string, route: Route, signal: AbortSignal): Promise<Node[]> {
  const seconds = rangeOf(route)[2];
  const to = Math.floor(Date.now() / 1000);
  try {
    const s = await get<Series>(path, { from: to - seconds, to, rows: 600 }, signal);
    return [chart(s, ["octets_down", "octets_up"], t("traffic")), chart(s, ["clients"], t("clients"))];
  } catch (e) {
    if (e instanceof ApiError && e.status === 404) return [h("p", { class: "empty" }, t("noArchive"))];
    throw e;
  }
}

function facts(d: Device): HTMLElement {
  const octets = (o: Octets): string => (o === null ? "–" : `${BigInt(o).toLocaleString("en-US")} B`);
  const rows: [string, Node | string | null][] = [
    [t("reason"), d.reason],
    [t("since"), d.since === null ? null : `${clock(d.since)} (${duration(Date.now() / 1000 - epoch(d.since), language())})`],
    [t("lastSeen"), d.time === null ? null : clock(d.time)],
    [t("clients"), count(d.clients)],
    [t("downlink"), bits(d.down_per_second)],
    [t("uplink"), bits(d.up_per_second)],
    [`${t("odometer")}, ${t("downlink")}`, octets(d.odometer_down)],
    [`${t("odometer")}, ${t("uplink")}`, octets(d.odometer_up)],
    [t("uptime"), d.uptime === null ? null : duration(d.uptime, language())],
    [t("rtt"), d.rtt === null ? null : `${(d.rtt * 1000).toFixed(1)} ms`],
    [t("district"), d.district === null ? null : link(`/districts/${encodeURIComponent(d.district)}`, {}, d.district)],
    [t("site"), d.site],
    [t("phase"), d.phase],
    [t("address"), d.address],
    [t("connectedTo"), d.uplink === null ? null : link(`/devices/${encodeURIComponent(d.uplink)}`, {}, d.uplink)],
    [t("host"), d.host],
    [t("profile"), d.profile],
    [t("source"), d.source],
  ];
  return h("dl", { class: "facts" }, rows.filter(([, v]) => v !== null && v !== "").map(([k, v]) => h("div", {}, h("dt", {}, k), h("dd", {}, v))));
}

function crumbs(...parts: Node[]): HTMLElement {
  return h("nav", { class: "crumbs", "aria-label": t("breadcrumb") }, h("ol", {}, parts.map((p) => h("li", {}, p))));
}

export const device: View = {
  title: (route) => route.path[1] ?? "",
  every: 30,
  async render(route, signal): Promise<Rendered> {
    const id = encodeURIComponent(route.path[1] ?? "");
    const [d, s] = await Promise.all([get<Device>(`devices/${id}`, {}, signal), get<Summary>("summary", {}, signal)]);
    return {
      data: s,
      nodes: [
        crumbs(link("/", {}, t("city")), d.district ? link(`/districts/${encodeURIComponent(d.district)}`, {}, d.district) : document.createTextNode(t("noDistrict")), document.createTextNode(d.id)),
        h("p", { class: "headline" }, badge(d.state), ` ${d.name ?? ""} · ${d.id} · ${d.kind}`),
        rangePicker(route),
        ...(await graphs(`devices/${id}/series`, route, signal)),
        facts(d),
      ],
    };
  },
};

/** A district's graphs, or the city's. */
export const area: View = {
  title: (route) => route.path[1] ?? t("city"),
  every: 30,
  async render(route, signal): Promise<Rendered> {
    const name = route.path[1] ?? "";
    const s = await get<Summary>("summary", {}, signal);
    const d = s.districts.find((x) => x.name === name);
    return {
      data: s,
      nodes: [
        crumbs(link("/", {}, t("city")), document.createTextNode(name)),
        d
          ? h("p", { class: "headline" }, link(`/devices?district=${encodeURIComponent(name)}&kind=ap`, {}, `${count(d.total)} ${t("aps")}`), ` · ${t("up")} ${count(d.up)} · ${t("down")} ${count(d.down)} · ${t("unreachable")} ${count(d.unreachable)} · ${t("clients")} ${count(d.clients)}`)
          : null,
        rangePicker(route),
        ...(await graphs(`areas/district/${encodeURIComponent(name)}/series`, route, signal)),
      ].filter((n): n is HTMLElement => n !== null),
    };
  },
};
