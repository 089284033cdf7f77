// A short notice at the foot of the window, seen and read aloud.

import { byId } from "./elements.js";

const SHOWN_FOR_MS = 4_000;

const notice = byId("notice");
let ending;

/** Tells a person this sentence for a while. */
export function tell(sentence) {
  notice.textContent = sentence;
  clearTimeout(ending);
  ending = setTimeout(() => (notice.textContent = ""), SHOWN_FOR_MS);
}
