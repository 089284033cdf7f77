// Copies a button's text if it is clicked, and says so.

import { element } from "./elements.js";
import { showNotice } from "./notice.js";

const MARKED_FOR_MS = 1_500;

/** Makes buttons copy their `data-copy`, also later buttons; `data-kind` names the text. */
export function copyOnClick() {
  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("button[data-copy]");
    if (!button) return;
    const { copy: text, kind } = button.dataset;
    if (!(await copy(text))) {
      showNotice(`O navegador não deixou copiar. O ${kind.toLowerCase()} é ${text}.`);
      return;
    }
    showNotice(`${kind} ${text} copiado.`);
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), MARKED_FOR_MS);
  });
}

// Returns whether the text was copied.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelecting(text); // the clipboard is denied, or missing over plain HTTP
  }
}

function copyBySelecting(text) {
  const before = document.activeElement;
  const field = element("textarea", { className: "unseen", value: text });
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  before.focus();
  return done;
}
