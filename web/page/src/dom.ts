// SPDX-License-Identifier: GPL-3.0-or-later
// Elements from data. Text is always text: nothing from a device or a file is ever read as markup.

type Child = Node | string | number | null | undefined | false;
type Props = Record<string, string | number | boolean | null | undefined | ((e: Event) => void)>;

export function h(tag: string, props: Props = {}, ...children: (Child | Child[])[]): HTMLElement {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(props)) {
    if (v === null || v === undefined || v === false) continue;
    if (typeof v === "function") e.addEventListener(k.slice(2), v);
    else if (k === "class") e.className = String(v);
    else if (k === "style") e.style.cssText = String(v); // an attribute would be refused by the page's own policy
    else e.setAttribute(k, v === true ? "" : String(v));
  }
  for (const c of children.flat()) if (c !== null && c !== undefined && c !== false) e.append(typeof c === "number" ? String(c) : c);
  return e;
}

export function replace(parent: Element, ...children: Child[]): void {
  parent.replaceChildren(...children.filter((c): c is Node | string => typeof c === "string" || c instanceof Node));
}

/** A table with a caption for screen readers; columns marked "n" are numbers. */
export function table(caption: string, head: [string, "" | "n"][], rows: Child[][], hideCaption = true): HTMLElement {
  return h(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    h(
      "table",
      {},
      h("caption", { class: hideCaption ? "hidden" : "" }, caption),
      h("thead", {}, h("tr", {}, head.map(([text, cls]) => h("th", { scope: "col", class: cls }, text)))),
      h(
        "tbody",
        {},
        rows.map((r) => h("tr", {}, r.map((c, i) => (i === 0 ? h("th", { scope: "row", class: head[i]?.[1] }, c) : h("td", { class: head[i]?.[1] }, c))))),
      ),
    ),
  );
}
