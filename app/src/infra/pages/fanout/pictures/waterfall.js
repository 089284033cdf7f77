// All requests of a collection: a band for each state, in it a row for each request, in the order
// in which they ended. Several rows share a row of pixels, which is their average (blended_pixels.js).

import { bounds } from "./analysis.js";
import { Blend } from "./blended_pixels.js";
import { brushOf, followSize, GUTTER, heightOf, timeWidth, wiped, writeLabel } from "./canvas.js";
import { BANDS, FAILED, GOOD } from "./collection.js";

const LEAST_HEIGHT = 13; // of a band, for its label
const TALLEST_ROW = 24;
const GAP = 2; // between bands
const MOST_MS = 16; // for painting in a frame

export class Waterfall {
  #canvas;
  #collection = null;
  #endMs = 0;
  #bands = []; // of each: its top and height, and how many rows it is to hold
  #blend = null;
  #columns = 1; // of pixels
  #columnsPerMs = 0;
  #seen = 0; // attempts
  #changed = new Map(); // the requests to be painted, by band
  #isStale = true;

  constructor(canvas, { onSize, onBand, onChoose }) {
    this.#canvas = canvas;
    followSize(canvas, () => {
      this.forget();
      onSize();
    });
    const bandAt = ({ offsetY }) =>
      this.#bands.findIndex(({ top, height }) => offsetY >= top && offsetY < top + height + GAP);
    canvas.addEventListener("pointermove", (event) => onBand(bandAt(event)));
    canvas.addEventListener("pointerleave", () => onBand(-1));
    canvas.addEventListener("click", (event) => onChoose(BANDS[bandAt(event)]?.id));
  }

  // Paints all anew next time.
  forget() {
    this.#isStale = true;
  }

  // Where a band lies, in CSS pixels.
  placeOf(band) {
    return this.#bands[band];
  }

  // Paints what is new, for no longer than a frame may take; tells whether that was all.
  draw(collection, endMs) {
    const until = performance.now() + MOST_MS;
    const rows = BANDS.map((_, band) => collection.rowsOf(band));
    const isAnother = collection !== this.#collection || endMs !== this.#endMs;
    const hasGrown = rows.some((count, band) => count !== (this.#bands[band]?.rows ?? 0));
    if (isAnother || hasGrown || this.#isStale) {
      [this.#collection, this.#endMs, this.#isStale] = [collection, endMs, false];
      this.#layOut(rows);
    }
    this.#notice();
    const brush = brushOf(this.#canvas);
    for (const [band, requests] of this.#changed) {
      this.#changed.delete(band);
      this.#paintBand(brush, band, requests);
      if (performance.now() > until) break;
    }
    return this.#changed.size === 0;
  }

  // Gives each band its place, the higher the more rows, and wipes what was painted.
  #layOut(rows) {
    const brush = wiped(this.#canvas);
    const all = rows.reduce((sum, each) => sum + each, 0) || 1;
    const bands = this.#collection.progress.estados.length === 0 ? 1 : BANDS.length;
    const free = heightOf(this.#canvas) - bands * (LEAST_HEIGHT + GAP);
    let top = 0;
    this.#bands = rows.slice(0, bands).map((count, index) => {
      const share = Math.floor(Math.min((free * count) / all, TALLEST_ROW * count));
      const band = { top, height: LEAST_HEIGHT + share, rows: count };
      writeLabel(brush, BANDS[index].sigla, top + band.height / 2);
      top += band.height + GAP;
      return band;
    });
    this.#columns = Math.max(1, Math.round(timeWidth(this.#canvas) * devicePixelRatio));
    this.#blend = new Blend(this.#columns);
    this.#columnsPerMs = this.#columns / this.#endMs;
    this.#seen = 0;
    this.#changed.clear();
  }

  // Notes the requests that have an attempt which was not there before.
  #notice() {
    const { request, size } = this.#collection;
    for (; this.#seen < size; this.#seen += 1) {
      const band = this.#collection.bandOf(this.#seen);
      if (!this.#changed.has(band)) this.#changed.set(band, new Set());
      this.#changed.get(band).add(request[this.#seen]);
    }
  }

  // Paints the rows of pixels from the first to the last in which one of the requests lies.
  #paintBand(brush, band, changed) {
    const { top: highest, height, rows } = this.#bands[band];
    const requests = this.#collection.bands[band];
    const [left, first] = [GUTTER, highest].map((each) => Math.round(each * devicePixelRatio));
    const pixels = Math.round(height * devicePixelRatio);
    const at = (pixel) => requests.slice(...bounds(rows, pixels, pixel));
    const isChanged = (pixel) => at(pixel).some((request) => changed.has(request));
    const all = Array.from({ length: pixels }, (_, pixel) => pixel);
    const [top, bottom] = [all.find(isChanged), all.findLast(isChanged)];
    if (top === undefined) return;
    const image = new ImageData(this.#columns, bottom - top + 1);
    for (let pixel = top; pixel <= bottom; pixel += 1) {
      const these = at(pixel);
      for (const request of these) this.#add(request);
      this.#blend.take(these.length, image, pixel - top);
    }
    brush.putImageData(image, left, first + top);
  }

  // Adds a request's phases to the row of pixels that is being made.
  #add(request) {
    const { queued, sent, answered, ended, outcome } = this.#collection;
    const column = (ms) => Math.round(ms * this.#columnsPerMs);
    for (const attempt of this.#collection.attemptsOf(request)) {
      const times = [queued, sent, answered, ended].map((times) => column(times[attempt]));
      this.#blend.add("waiting", times[0], times[1]);
      this.#blend.add(wirePhase(outcome[attempt]), times[1], times[2]);
      this.#blend.add("reading", times[2], times[3]);
    }
  }
}

/** What an attempt on the wire is shown as, once its outcome is known. */
export function wirePhase(outcome) {
  if (outcome === GOOD) return "wire";
  return outcome === FAILED ? "failed" : "retry";
}
