// SPDX-License-Identifier: GPL-3.0-or-later
// The frame around every view: navigation, language, theme, data age, and updates that never move the page.
import "./style.css";
import { ApiError } from "./api";
import { device, area } from "./device";
import { devices } from "./devices";
import { h, replace } from "./dom";
import { clock } from "./format";
import { overview } from "./overview";
import { go, link, parseRoute, start, type Rendered, type Route, type View } from "./router";
import { language, setLanguage, t } from "./text";
import { usage } from "./usage";

function viewOf(route: Route): View | null {
  const [first, second] = route.path;
  if (first === undefined) return overview;
  if (first === "devices") return second === undefined ? devices : device;
  if (first === "districts" && second !== undefined) return area;
  if (first === "usage" && second === undefined) return usage;
  return null;
}

const THEMES = ["auto", "light", "dark"] as const;
const state = { paused: false, timer: 0, abort: new AbortController() };

function applyTheme(theme: string): void {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

function header(): HTMLElement {
  const here = parseRoute(location.href).path[0] ?? "";
  const item = (href: string, text: string, first: string): HTMLElement => link(href, here === first ? { "aria-current": "page" } : {}, text);
  const theme = localStorage.getItem("theme") ?? "auto";
  const names = { auto: t("themeAuto"), light: t("themeLight"), dark: t("themeDark") };
  return h(
    "header",
    {},
    h("a", { class: "skip", href: "#main" }, t("skip")),
    h("h1", {}, link("/", {}, t("title"))),
    h("nav", { "aria-label": t("title") }, item("/", t("overview"), ""), item("/devices", t("devices"), "devices"), item("/usage", t("usage"), "usage")),
    h(
      "div",
      { class: "tools" },
      h("button", { id: "pause", type: "button", onclick: togglePause }, state.paused ? t("resume") : t("pause")),
      h(
        "label",
        {},
        `${t("theme")} `,
        h(
          "select",
          {
            onchange: (e: Event) => {
              const v = (e.target as HTMLSelectElement).value;
              localStorage.setItem("theme", v);
              applyTheme(v);
              void draw(true);
            },
          },
          THEMES.map((x) => h("option", { value: x, selected: x === theme }, names[x])),
        ),
      ),
      h("button", { type: "button", lang: language() === "ko" ? "en" : "ko", onclick: switchLanguage }, t("language")),
    ),
  );
}

function switchLanguage(): void {
  const next = language() === "ko" ? "en" : "ko";
  localStorage.setItem("language", next);
  setLanguage(next);
  document.documentElement.lang = next;
  frame();
  void draw(true);
}

function togglePause(): void {
  state.paused = !state.paused;
  const b = document.getElementById("pause");
  if (b) b.textContent = state.paused ? t("resume") : t("pause");
  if (!state.paused) void draw(false);
}

/** The banner: how old the data is, loudly when it is too old. A wall board must never freeze silently. */
function tellAge(data: Rendered["data"]): void {
  const bar = document.getElementById("age");
  if (!bar || !data) return;
  if (data.collector === "absent" || data.data_time === null || data.data_time === undefined) {
    bar.className = "age bad";
    bar.textContent = t("never");
    return;
  }
  const bad = data.collector === "silent";
  bar.className = bad ? "age bad" : "age";
  bar.textContent = `${bad ? t("stale") : t("dataAge")} ${clock(data.data_time)} ${t("kst")}`;
}

function failure(e: unknown): Node[] {
  const gone = e instanceof ApiError && e.status === 404;
  return [
    h("p", { class: "age bad", role: "alert" }, gone ? t("notFound") : `${t("failed")}: ${e instanceof Error ? e.message : String(e)}`),
    h("button", { type: "button", onclick: () => void draw(true) }, t("retry")),
  ];
}

/** Draw the view of the address. `fresh`: the view changed; else it is an update in place. */
async function draw(fresh: boolean): Promise<void> {
  clearTimeout(state.timer);
  state.abort.abort();
  const abort = (state.abort = new AbortController());
  const route = parseRoute(location.href);
  const view = viewOf(route);
  const main = document.getElementById("main");
  if (!main) return;
  if (!view) {
    replace(main, ...failure(new ApiError(404, "")));
    return;
  }
  document.title = `${view.title(route)} · ${t("title")}`;
  if (fresh) {
    main.setAttribute("aria-busy", "true");
    if (main.childElementCount === 0) replace(main, h("p", { class: "empty" }, t("loading")));
  }
  try {
    const r = await view.render(route, abort.signal);
    if (abort.signal.aborted) return;
    if (fresh || !busy(main)) replace(main, h("h2", { class: "hidden", tabindex: -1, id: "top" }, view.title(route)), ...r.nodes);
    tellAge(r.data);
  } catch (e) {
    if (abort.signal.aborted) return;
    if (fresh) replace(main, ...failure(e));
    else tellAge({ collector: "silent", data_time: null });
  }
  main.removeAttribute("aria-busy");
  if (view.every > 0) state.timer = window.setTimeout(() => void (state.paused ? undefined : draw(false)), view.every * 1000);
}

/** Somebody is typing, choosing or reading a table in the view: an update would take it away. */
function busy(main: HTMLElement): boolean {
  const a = document.activeElement;
  const inForm = a !== null && main.contains(a) && /^(INPUT|SELECT|TEXTAREA)$/.test(a.tagName);
  return inForm || main.querySelector("details[open]") !== null || (getSelection()?.toString() ?? "") !== "";
}

function frame(): void {
  const app = document.getElementById("app");
  if (!app) return;
  const main = h("main", { id: "main", tabindex: -1 });
  replace(app, header(), h("p", { id: "age", class: "age", role: "status" }), main);
}

setLanguage((localStorage.getItem("language") ?? (navigator.language.startsWith("ko") ? "ko" : "en")) === "ko" ? "ko" : "en");
document.documentElement.lang = language();
applyTheme(localStorage.getItem("theme") ?? "auto");
start(() => {
  const old = document.querySelector("header");
  old?.replaceWith(header());
  void draw(true);
});
addEventListener("keydown", (e) => {
  const a = document.activeElement;
  if (e.key !== "/" || e.ctrlKey || e.metaKey || (a && /^(INPUT|SELECT|TEXTAREA)$/.test(a.tagName))) return;
  e.preventDefault();
  const box = document.getElementById("search");
  if (box) box.focus();
  else {
    go("/devices");
    setTimeout(() => document.getElementById("search")?.focus(), 300);
  }
});
frame();
void draw(true);
