// SPDX-License-Identifier: GPL-3.0-or-later
// The address is the view: every link can be sent, and the back button works.
import { h } from "./dom";

export interface Route {
  path: string[];
  query: URLSearchParams;
}

export interface Rendered {
  nodes: Node[];
  /** What the frame looks at for "data of". */
  data?: { data_time?: string | null; data_age_seconds?: number | null; collector?: string };
}

export interface View {
  title: (route: Route) => string;
  /** Seconds between updates; 0: none. */
  every: number;
  render: (route: Route, signal: AbortSignal) => Promise<Rendered>;
}

export function parseRoute(href: string): Route {
  const u = new URL(href, "http://x");
  let path: string[];
  try {
    path = u.pathname.split("/").filter(Boolean).map(decodeURIComponent);
  } catch {
    path = ["?"];
  }
  return { path, query: u.searchParams };
}

/** The same view with some of its query changed; "" takes a key out. */
export function withQuery(route: Route, changes: Record<string, string>): string {
  const q = new URLSearchParams(route.query);
  for (const [k, v] of Object.entries(changes)) {
    if (v === "") q.delete(k);
    else q.set(k, v);
  }
  const s = q.toString();
  return `/${route.path.map(encodeURIComponent).join("/")}${s ? `?${s}` : ""}`;
}

let onNavigate: () => void = () => undefined;

export function start(navigate: () => void): void {
  onNavigate = navigate;
  addEventListener("popstate", () => onNavigate());
}

export function go(href: string, keep = false): void {
  if (keep) history.replaceState(null, "", href);
  else history.pushState(null, "", href);
  onNavigate();
}

export function link(href: string, props: Record<string, string>, ...children: (Node | string | null)[]): HTMLElement {
  return h(
    "a",
    {
      ...props,
      href,
      onclick: (e: Event) => {
        const m = e as MouseEvent;
        if (m.ctrlKey || m.metaKey || m.shiftKey || m.button !== 0) return;
        e.preventDefault();
        go(href);
        scrollTo(0, 0);
      },
    },
    ...children,
  );
}
