// SPDX-License-Identifier: GPL-3.0-or-later
// A state is always a word, a glyph and a colour: nobody has to tell red from green.
import { h } from "./dom";
import { GLYPH, stateWord } from "./format";

export function badge(state: string): HTMLElement {
  return h("span", { class: `state ${state}` }, h("span", { "aria-hidden": "true" }, GLYPH[state] ?? "?"), ` ${stateWord(state)}`);
}
