// The notice at the foot of the window, which screen readers read aloud.

import { byId } from "./elements.js";

const SHOWN_FOR_MS = 4_000;

const notice = byId("notice");
let hiding; // the timer

/** Shows a sentence for a while. */
export function showNotice(sentence) {
  notice.textContent = sentence;
  clearTimeout(hiding);
  hiding = setTimeout(() => (notice.textContent = ""), SHOWN_FOR_MS);
}
