// Writing into the page, only where something changed.

export const byId = (id) => document.getElementById(id);

export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Writes a text in which *…* is bold and `…` is code. */
export function mark(element, text) {
  if (element.dataset.marked === text) return;
  element.dataset.marked = text;
  element.replaceChildren(...text.split(/(\*[^*]*\*|`[^`]*`)/).map(marked));
}

export function unmarked(text) {
  return text.replaceAll(/[*`]/g, "");
}

function marked(part) {
  const tag = { "*": "strong", "`": "code" }[part[0]];
  if (tag === undefined) return part;
  const element = document.createElement(tag);
  element.textContent = part.slice(1, -1);
  return element;
}
