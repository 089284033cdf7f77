// A short notice at the foot of the window, seen and read aloud.

const SHOWN_FOR_MS = 4_000;

const notice = document.querySelector("#notice");
let ending;

/** Tells a person this sentence for a while. */
export function tell(sentence) {
  notice.textContent = sentence;
  clearTimeout(ending);
  ending = setTimeout(() => (notice.textContent = ""), SHOWN_FOR_MS);
}
