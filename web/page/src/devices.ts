// SPDX-License-Identifier: GPL-3.0-or-later
// The list of devices: filtered and paged by the server, at most 100 rows in the document.
import { get, type DeviceList, type Summary } from "./api";
import { h, table } from "./dom";
import { bits, clock, count, GLYPH, stateWord } from "./format";
import { go, link, withQuery, type Route, type View } from "./router";
import { badge } from "./state";
import { t } from "./text";

const LIMIT = 100;

function choice(name: string, label: string, all: string, options: [string, string][], route: Route): HTMLElement {
  const now = route.query.get(name) ?? "";
  return h(
    "label",
    {},
    `${label} `,
    h(
      "select",
      { name, onchange: (e: Event) => go(withQuery(route, { [name]: (e.target as HTMLSelectElement).value, offset: "" })) },
      h("option", { value: "", selected: now === "" }, all),
      options.map(([value, text]) => h("option", { value, selected: value === now }, text)),
    ),
  );
}

function filters(route: Route, districts: string[]): HTMLElement {
  return h(
    "form",
    {
      class: "filters",
      role: "search",
      onsubmit: (e: Event) => {
        e.preventDefault();
        const q = (e.target as HTMLFormElement).elements.namedItem("q") as HTMLInputElement;
        go(withQuery(route, { q: q.value.trim(), offset: "" }));
      },
    },
    h("label", {}, h("span", { class: "hidden" }, t("search")), h("input", { type: "search", name: "q", id: "search", value: route.query.get("q") ?? "", placeholder: t("search"), autocomplete: "off" })),
    choice("state", t("state"), t("allStates"), Object.keys(GLYPH).map((s): [string, string] => [s, `${GLYPH[s]} ${stateWord(s)}`]), route),
    choice("district", t("district"), t("allDistricts"), districts.map((d): [string, string] => [d, d]), route),
  );
}

function pager(route: Route, list: DeviceList): HTMLElement {
  const from = list.total === 0 ? 0 : list.offset + 1;
  const to = Math.min(list.offset + list.devices.length, list.total);
  const page = (offset: number, text: string, possible: boolean): HTMLElement =>
    possible ? link(withQuery(route, { offset: offset > 0 ? String(offset) : "" }), { class: "button" }, text) : h("span", { class: "button off" }, text);
  return h(
    "nav",
    { class: "pager", "aria-label": t("showing") },
    page(Math.max(0, list.offset - LIMIT), `← ${t("previous")}`, list.offset > 0),
    h("span", {}, ` ${t("showing")} ${count(from)}–${count(to)} ${t("of")} ${count(list.total)} `),
    page(list.offset + LIMIT, `${t("next")} →`, to < list.total),
  );
}

export const devices: View = {
  title: () => t("devices"),
  every: 10,
  async render(route, signal) {
    const q = route.query;
    const [list, s] = await Promise.all([
      get<DeviceList>("devices", { district: q.get("district"), state: q.get("state"), kind: q.get("kind"), q: q.get("q"), offset: q.get("offset"), limit: LIMIT }, signal),
      get<Summary>("summary", {}, signal),
    ]);
    const rows = list.devices.map((d) => [
      link(`/devices/${encodeURIComponent(d.id)}`, {}, d.id),
      badge(d.state),
      d.name ?? "–",
      d.district ?? "–",
      d.site ?? "–",
      count(d.clients),
      bits(d.down_per_second),
      bits(d.up_per_second),
      clock(d.time),
      d.reason ?? "",
    ]);
    return {
      data: s,
      nodes: [
        filters(route, s.districts.map((d) => d.name).filter((n) => n !== "")),
        pager(route, list),
        rows.length === 0
          ? h("p", { class: "empty" }, t("none"))
          : table(
              t("devices"),
              [
                [t("id"), ""],
                [t("state"), ""],
                [t("name"), ""],
                [t("district"), ""],
                [t("site"), ""],
                [t("clients"), "n"],
                [t("downlink"), "n"],
                [t("uplink"), "n"],
                [t("lastSeen"), ""],
                [t("reason"), ""],
              ],
              rows,
            ),
        pager(route, list),
      ],
    };
  },
};
