// All requests of a collection: a band for each root with a row for each request, in the order in
// which they ended. A row of pixels shows the average of several rows (blended_pixels.js).

import { bounds } from "./analysis.js";
import { BlendedPixels } from "./blended_pixels.js";
import { brushOf, followSize, GUTTER, heightOf, timeWidth, wipe, writeLabel } from "./canvas.js";
import { FAILED, GOOD } from "./collection.js";

const TALLEST = 620; // of the picture, in CSS pixels, if there are less than hundreds of bands
const SHORTEST = 40;
const LABEL = 13; // the height of one, and with it the least height of a band if there are few
const GAP = 2; // between bands, if there are few
const MOST_FOR_BANDS = 0.7; // of the height; the rest goes to those with more rows
const TALLEST_ROW = 24;
const MOST_MS = 16; // for painting in a frame

const LIST_LABEL = { shortName: "lista" };

export class Waterfall {
  #canvas;
  #collection = null;
  #endMs = 0;
  #bands = []; // of each, its top, its height, the gap below and how many rows it holds
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
      this.#bands.findIndex(
        ({ top, height, gap }) => height > 0 && offsetY >= top && offsetY < top + height + gap,
      );
    canvas.addEventListener("pointermove", (event) => onBand(bandAt(event)));
    canvas.addEventListener("pointerleave", () => onBand(-1));
    canvas.addEventListener("click", (event) => {
      const band = bandAt(event);
      if (band >= 0) onChoose(this.#collection.rootOf(band)?.id);
    });
  }

  // Makes the next draw paint everything.
  forget() {
    this.#isStale = true;
  }

  // The top and the height of a band, in CSS pixels.
  extentOf(band) {
    return this.#bands[band];
  }

  // Paints what is new, no longer than a frame may take; returns whether that was all. A replay
  // keeps the height of the whole.
  draw(collection, endMs, { isReplay }) {
    const until = performance.now() + MOST_MS;
    const rows = collection.bands.map((_, band) => collection.rowsOf(band));
    if (!isReplay) this.#fit(collection, rows);
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

  // Makes the picture only as high as it needs to be, once that is known.
  #fit({ isRunning }, rows) {
    const needed = rows.reduce((sum, count) => {
      return sum + (count > 0 ? LABEL + GAP + count * TALLEST_ROW : 0);
    }, 0);
    const unseen = rows.slice(1).filter((count) => count === 0).length * (LABEL + GAP);
    const most = Math.max(TALLEST, Math.ceil(rows.length / MOST_FOR_BANDS));
    const height = isRunning ? most : Math.min(most, Math.max(SHORTEST, needed + unseen));
    const wanted = `${height}px`;
    if (this.#canvas.style.height !== wanted) this.#canvas.style.height = wanted;
  }

  // Wipes the canvas and places the bands; those with more rows are higher.
  #layOut(rows) {
    const brush = wipe(this.#canvas);
    const all = rows.reduce((sum, each) => sum + each, 0) || 1;
    const shown = this.#collection.progress.roots.length === 0 ? rows.slice(0, 1) : rows;
    const bands = shown.length - (hasNoList(shown) ? 1 : 0);
    const height = heightOf(this.#canvas);
    const pitch = Math.max(1, Math.floor((height * MOST_FOR_BANDS) / bands));
    const gap = pitch >= LABEL + GAP ? GAP : Math.min(1, pitch - 1);
    const least = Math.max(1, Math.min(LABEL, pitch - gap));
    const free = Math.max(0, height - bands * (least + gap));
    let [top, labelled] = [0, -LABEL];
    this.#bands = shown.map((count, index) => {
      if (index === 0 && hasNoList(shown)) return { top, height: 0, gap: 0, rows: count };
      const share = Math.floor(Math.min((free * count) / all, TALLEST_ROW * count));
      const band = { top, height: least + share, gap, rows: count };
      const middle = top + band.height / 2;
      if (middle - labelled >= LABEL) {
        const { shortName, nome } = this.#collection.rootOf(index) ?? LIST_LABEL;
        writeLabel(brush, shortName || nome, middle);
        labelled = middle;
      }
      top += band.height + gap;
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
      const band = this.#collection.bandOfAttempt(this.#seen);
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

// Whether there are roots, but no request for the list of them.
function hasNoList(rows) {
  return rows.length > 1 && rows[0] === 0;
}

/** The phase of an attempt on the wire, by its outcome. */
export function wirePhase(outcome) {
  if (outcome === GOOD) return "wire";
  return outcome === FAILED ? "failed" : "retry";
}
