// The requests of one root, one row each.

import { colours, followSize, heightOf, widthOf, wipe, writeLabel, xOf } from "./canvas.js";
import { GOOD } from "./collection.js";
import { wirePhase } from "./waterfall.js";

const [LEAST, MOST] = [4, 16]; // pixels for a row
const NUMBERED_EVERY = 10; // rows

/**
 * A canvas that fills an element and stays in place as the element scrolls through all rows. For
 * keyboards and screen readers, the element is a slider and its value is the current request.
 */
export class RequestRows {
  #window;
  #canvas;
  #length;
  #describe;
  #onLook;
  #collection = null;
  #requests = [];
  #count = 0; // of all rows, also those to come
  #endMs = 1;
  #current = -1;

  // `describe` makes a sentence about a request; `onLook` gets the current request.
  constructor(root, { redraw, describe, onLook }) {
    this.#window = root;
    this.#canvas = root.querySelector("canvas");
    this.#length = root.querySelector(".length");
    [this.#describe, this.#onLook] = [describe, onLook];
    followSize(this.#canvas, redraw);
    root.addEventListener("scroll", redraw, { passive: true });
    root.addEventListener("keydown", (event) => this.#press(event));
    for (const type of ["pointermove", "pointerdown"]) {
      this.#canvas.addEventListener(type, ({ offsetY }) => {
        this.#look(Math.floor((offsetY + root.scrollTop) / this.#height));
      });
    }
  }

  // Scrolls to the first request; none is current.
  restart() {
    this.#current = -1;
    this.#window.scrollTop = 0;
  }

  draw(collection, band, endMs) {
    [this.#collection, this.#endMs] = [collection, endMs];
    this.#requests = collection.requestsOf(band);
    this.#count = collection.rowsOf(band);
    this.#length.style.height = `${this.#count * this.#height}px`;
    this.#writeValue();
    const brush = wipe(this.#canvas);
    const top = this.#window.scrollTop;
    const from = Math.floor(top / this.#height);
    const shown = Math.ceil(heightOf(this.#canvas) / this.#height) + 1;
    const to = Math.min(this.#requests.length, from + shown);
    for (let row = from; row < to; row += 1) this.#paint(brush, row, row * this.#height - top);
  }

  get #height() {
    const even = Math.floor(heightOf(this.#canvas) / Math.max(this.#count, 1));
    return Math.min(Math.max(even, LEAST), MOST);
  }

  #paint(brush, row, y) {
    const { queued, sent, answered, ended, outcome } = this.#collection;
    const strip = (fromMs, toMs, colour, least) => {
      const [x, end] = [fromMs, toMs].map((ms) => xOf(this.#canvas, ms, this.#endMs));
      brush.fillStyle = colour;
      brush.fillRect(x, y, Math.max(end - x, least), this.#height - 1);
    };
    if (row === this.#current) {
      brush.fillStyle = colours.line;
      brush.fillRect(0, y - 1, widthOf(this.#canvas), this.#height + 1);
    }
    for (const attempt of this.#collection.attemptsOf(this.#requests[row])) {
      const isGood = outcome[attempt] === GOOD;
      strip(queued[attempt], sent[attempt], colours.waiting, 0);
      strip(sent[attempt], answered[attempt], colours[wirePhase(outcome[attempt])], isGood ? 1 : 3);
      if (isGood) strip(answered[attempt], ended[attempt], colours.reading, 1);
    }
    if (row === 0 || (row + 1) % NUMBERED_EVERY === 0) {
      writeLabel(brush, row + 1, Math.max(y + this.#height / 2, 7));
    }
  }

  #press(event) {
    const page = Math.floor(heightOf(this.#canvas) / this.#height) - 1;
    const aims = {
      ArrowDown: this.#current + 1,
      ArrowUp: this.#current - 1,
      PageDown: this.#current + page,
      PageUp: this.#current - page,
      Home: 0,
      End: this.#requests.length - 1,
    };
    const aim = aims[event.key];
    if (aim === undefined) return;
    event.preventDefault();
    this.#look(aim);
    this.#bringIntoView();
  }

  #look(row) {
    if (this.#requests.length === 0) return;
    this.#current = Math.min(Math.max(row, 0), this.#requests.length - 1);
    this.#onLook(this.#requests[this.#current]);
  }

  #bringIntoView() {
    const top = this.#current * this.#height;
    const lowest = top + this.#height - heightOf(this.#canvas);
    const { scrollTop } = this.#window;
    this.#window.scrollTop = Math.max(Math.min(scrollTop, top), lowest);
  }

  // Describes the current request to screen readers.
  #writeValue() {
    const request = this.#requests[this.#current];
    const values = {
      "aria-valuemax": Math.max(this.#requests.length, 1),
      "aria-valuenow": Math.max(this.#current + 1, 1),
      "aria-valuetext": request === undefined ? "nenhuma escolhida" : this.#describe(request),
    };
    for (const [name, value] of Object.entries(values)) this.#window.setAttribute(name, value);
  }
}
