// Writes into the page, only if something changed.

import { element } from "./elements.js";

/** Writes plain text. */
export function write(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** Writes a text in which *…* is bold and `…` is code. */
export function writeMarked(target, text) {
  if (target.dataset.marked === text) return;
  target.dataset.marked = text;
  target.replaceChildren(...text.split(/(\*[^*]*\*|`[^`]*`)/).map(boldOrCode));
}

/** Such a text without its marks. */
export function unmarked(text) {
  return text.replaceAll(/[*`]/g, "");
}

function boldOrCode(part) {
  const tag = { "*": "strong", "`": "code" }[part[0]];
  return tag === undefined ? part : element(tag, {}, part.slice(1, -1));
}
