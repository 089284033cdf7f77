// A row of pixels that shows several requests: each pixel has the average of their colours.

import { colours } from "./canvas.js";

// A short or rare phase counts for several requests; otherwise the waiting would hide it.
const WEIGHTS = { waiting: 1, wire: 3, reading: 1, retry: 5, failed: 8 };
const LEAST_FAILURE = 2; // columns

export class BlendedPixels {
  #columns;
  #ground = rgbOf(colours.card);
  #changes; // the red, green, blue and weight that begin at each column, less those that end there
  #steps = {}; // what each phase adds: its weighted distance from the ground, and its weight

  constructor(columns) {
    this.#columns = columns;
    this.#changes = [0, 1, 2, 3].map(() => new Float64Array(columns + 1));
    for (const [phase, weight] of Object.entries(WEIGHTS)) {
      const rgb = rgbOf(colours[phase]).map((value, channel) => value - this.#ground[channel]);
      this.#steps[phase] = [...rgb.map((value) => value * weight), weight];
    }
  }

  // Adds a phase of a request, from one column up to another.
  add(phase, from, to) {
    const steps = this.#steps[phase];
    const least = phase === "retry" || phase === "failed" ? LEAST_FAILURE : 0;
    const start = Math.min(from, this.#columns);
    const end = Math.min(Math.max(to, start + least), this.#columns);
    for (let part = 0; part < 4; part += 1) {
      this.#changes[part][start] += steps[part];
      this.#changes[part][end] -= steps[part];
    }
  }

  // Paints one row of an image with the average of this many requests, and starts over.
  paint(requests, { data }, row) {
    const [reds, greens, blues, weights] = this.#changes;
    const [groundRed, groundGreen, groundBlue] = this.#ground;
    let [red, green, blue, weight] = [0, 0, 0, 0];
    for (let column = 0; column < this.#columns; column += 1) {
      red += reds[column];
      green += greens[column];
      blue += blues[column];
      weight += weights[column];
      const share = 1 / Math.max(requests, weight);
      const at = (row * this.#columns + column) * 4;
      data[at] = groundRed + red * share;
      data[at + 1] = groundGreen + green * share;
      data[at + 2] = groundBlue + blue * share;
      data[at + 3] = 255;
    }
    for (const changes of this.#changes) changes.fill(0);
  }
}

// Red, green and blue of "#rrggbb".
function rgbOf(colour) {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}
