// All requests of a collection: a band for each state with a row for each request, in the order in
// which they ended. A row of pixels shows the average of several rows (blended_pixels.js).

import { bounds } from "./analysis.js";
import { BlendedPixels } from "./blended_pixels.js";
import { brushOf, followSize, GUTTER, heightOf, timeWidth, wipe, writeLabel } from "./canvas.js";
import { BANDS, FAILED, GOOD } from "./collection.js";

const LEAST_HEIGHT = 13; // of a band, for its label
const TALLEST_ROW = 24;
const GAP = 2; // between bands
const MOST_MS = 16; // for painting in a frame

export class Waterfall {
  #canvas;
  #collection = null;
  #endMs = 0;
  #bands = []; // of each, its top, its height and how many rows it holds
  #blend = null;
  #columns = 1; // of pixels
  #columnsPerMs = 0;
  #seen = 0; // how many attempts
  #changed = new Map(); // for each band, the requests to paint
  #isStale = true;

  constructor(canvas, { redraw, onBand, onChoose }) {
    this.#canvas = canvas;
    followSize(canvas, () => {
      this.forget();
      redraw();
    });
    const bandAt = ({ offsetY }) =>
      this.#bands.findIndex(({ top, height }) => offsetY >= top && offsetY < top + height + GAP);
    canvas.addEventListener("pointermove", (event) => onBand(bandAt(event)));
    canvas.addEventListener("pointerleave", () => onBand(-1));
    canvas.addEventListener("click", (event) => onChoose(BANDS[bandAt(event)]?.id));
  }

  // Makes the next draw paint everything.
  forget() {
    this.#isStale = true;
  }

  // The top and the height of a band, in CSS pixels.
  extentOf(band) {
    return this.#bands[band];
  }

  // Paints what is new, no longer than a frame may take; returns whether that was all.
  draw(collection, endMs) {
    const until = performance.now() + MOST_MS;
    const rows = BANDS.map((_, band) => collection.rowsOf(band));
    const isAnother = collection !== this.#collection || endMs !== this.#endMs;
    const hasGrown = rows.some((count, band) => count !== (this.#bands[band]?.rows ?? 0));
    if (isAnother || hasGrown || this.#isStale) {
      [this.#collection, this.#endMs, this.#isStale] = [collection, endMs, false];
      this.#layOut(rows);
    }
    this.#noteChanges();
    const brush = brushOf(this.#canvas);
    for (const [band, requests] of this.#changed) {
      this.#changed.delete(band);
      this.#paintBand(brush, band, requests);
      if (performance.now() > until) break;
    }
    return this.#changed.size === 0;
  }

  // Wipes the canvas and places the bands; those with more rows are higher.
  #layOut(rows) {
    const brush = wipe(this.#canvas);
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
    this.#blend = new BlendedPixels(this.#columns);
    this.#columnsPerMs = this.#columns / this.#endMs;
    this.#seen = 0;
    this.#changed.clear();
  }

  // Notes the requests with new attempts.
  #noteChanges() {
    const { request, size } = this.#collection;
    for (; this.#seen < size; this.#seen += 1) {
      const band = this.#collection.bandOf(this.#seen);
      if (!this.#changed.has(band)) this.#changed.set(band, new Set());
      this.#changed.get(band).add(request[this.#seen]);
    }
  }

  // Paints the rows of pixels from the first to the last that shows a changed request.
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
      this.#blend.paint(these.length, image, pixel - top);
    }
    brush.putImageData(image, left, first + top);
  }

  // Adds the phases of a request to the current row of pixels.
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

/** The phase of an attempt on the wire, by its outcome. */
export function wirePhase(outcome) {
  if (outcome === GOOD) return "wire";
  return outcome === FAILED ? "failed" : "retry";
}
