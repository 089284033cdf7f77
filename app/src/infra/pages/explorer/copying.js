// Copies what a button offers when it is clicked, and says so.

import { element } from "./elements.js";
import { tell } from "./notice.js";

const MARKED_FOR_MS = 1_500;

/** Lets every button with `data-copy` copy that, also those that come later; `data-kind` names it. */
export function copyOnClick() {
  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("button[data-copy]");
    if (!button) return;
    const { copy, kind } = button.dataset;
    if (!(await copied(copy))) {
      tell(`O navegador não deixou copiar. O ${kind.toLowerCase()} é ${copy}.`);
      return;
    }
    tell(`${kind} ${copy} copiado.`);
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), MARKED_FOR_MS);
  });
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedBySelecting(text); // over plain HTTP there is no clipboard, or it is denied
  }
}

function copiedBySelecting(text) {
  const before = document.activeElement;
  const field = element("textarea", { className: "unseen", value: text });
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  before.focus();
  return done;
}
