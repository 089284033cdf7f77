// All requests of a collection: a band for each state, in it a row for each request, in the order
// in which they ended. Several rows share a row of pixels, which is their average (blend.js).

import { Blend } from "./blend.js";
import { brushOf, colours, followSize, GUTTER, heightOf, timeWidth, wiped } from "./canvas.js";
import { BANDS, FAILED, GOOD } from "./collection.js";

const LEAST_HEIGHT = 13; // of a band, for its label
const TALLEST_ROW = 24;
const GAP = 2; // between bands

export class Waterfall {
  #canvas;
  #collection = null;
  #endMs = 0;
  #bands = []; // of each: its top and height, and how many rows it is to hold
  #blend = null;
  #columnsPerMs = 0;
  #painted = 0; // attempts
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

  draw(collection, endMs) {
    const rows = BANDS.map((_, band) => collection.rowsOf(band));
    const isAnother = collection !== this.#collection || endMs !== this.#endMs;
    const hasGrown = rows.some((count, band) => count !== (this.#bands[band]?.rows ?? 0));
    if (isAnother || hasGrown || this.#isStale) {
      [this.#collection, this.#endMs, this.#isStale] = [collection, endMs, false];
      this.#layOut(rows);
    }
    const brush = brushOf(this.#canvas);
    this.#newRequests().forEach((requests, band) => {
      if (requests.size > 0) this.#paintBand(brush, band, requests);
    });
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
      brush.fillStyle = colours.quiet;
      brush.textAlign = "right";
      brush.fillText(BANDS[index].sigla, GUTTER - 8, top + band.height / 2);
      top += band.height + GAP;
      return band;
    });
    const columns = Math.max(1, Math.round(timeWidth(this.#canvas) * devicePixelRatio));
    this.#blend = new Blend(columns);
    this.#columnsPerMs = columns / this.#endMs;
    this.#painted = 0;
  }

  // The requests of each band that have an attempt which is not painted yet.
  #newRequests() {
    const requests = BANDS.map(() => new Set());
    const { request, size } = this.#collection;
    for (; this.#painted < size; this.#painted += 1) {
      requests[this.#collection.bandOf(this.#painted)].add(request[this.#painted]);
    }
    return requests;
  }

  // Paints the rows of pixels in which one of the requests lies.
  #paintBand(brush, band, changed) {
    const { top, height, rows } = this.#bands[band];
    const requests = this.#collection.bands[band];
    const [left, first] = [GUTTER, top].map((each) => Math.round(each * devicePixelRatio));
    const pixels = Math.round(height * devicePixelRatio);
    for (let pixel = 0; pixel < pixels; pixel += 1) {
      const from = Math.floor((pixel * rows) / pixels);
      const to = Math.max(from + 1, Math.floor(((pixel + 1) * rows) / pixels));
      const these = requests.slice(from, to);
      if (!these.some((request) => changed.has(request))) continue;
      for (const request of these) this.#add(request);
      brush.putImageData(this.#blend.take(these.length), left, first + pixel);
    }
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
