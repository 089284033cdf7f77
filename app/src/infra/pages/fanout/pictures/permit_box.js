// A semaphore as a box of permits: one square each, filled while the permit is in use.

import { colours, followSize, heightOf, widthOf, wipe } from "./canvas.js";
import { unmarked, writeMarked } from "./writing.js";

const LARGEST = 18; // pixels for a square and the gap beside it

export class PermitBox {
  #meter;
  #canvas;
  #words;

  // `meter` holds the canvas; `words` is the element that says the same as a sentence.
  constructor(meter, words, { redraw }) {
    this.#meter = meter;
    this.#canvas = meter.querySelector("canvas");
    this.#words = words;
    followSize(this.#canvas, redraw);
  }

  // `used` permits of those `allowed` now; there are never more than `all`.
  draw({ used, allowed, all, sentence }) {
    writeMarked(this.#words, sentence);
    this.#meter.setAttribute("aria-valuemax", Math.max(allowed, used));
    this.#meter.setAttribute("aria-valuenow", used);
    this.#meter.setAttribute("aria-valuetext", unmarked(sentence));
    const brush = wipe(this.#canvas);
    const { cell, rows } = grid(all, widthOf(this.#canvas), heightOf(this.#canvas));
    const size = cell - (cell > 6 ? 2 : 1);
    for (let each = 0; each < all; each += 1) {
      const [x, y] = [Math.floor(each / rows) * cell, (each % rows) * cell];
      brush.fillStyle = each < used ? colours.wire : colours.line;
      if (each < Math.max(allowed, used)) brush.fillRect(x, y, size, size);
      else brush.fillRect(x + size / 2 - 1, y + size / 2 - 1, 2, 2); // withdrawn
    }
  }
}

// The largest squares that all fit, and how many are in a column; columns fill one by one.
function grid(all, width, height) {
  let columns = Math.max(1, Math.ceil(width / LARGEST));
  while (columns * Math.floor(height / (width / columns)) < all && columns < width) columns += 1;
  const cell = width / columns;
  return { cell, rows: Math.max(1, Math.min(Math.floor(height / cell), Math.ceil(all / columns))) };
}
