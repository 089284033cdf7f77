// The requests in flight over time and their limit, above the time axis.

import { inFlightByMs, ticks, peaks } from "./analysis.js";
import {
  colours,
  followSize,
  GUTTER,
  heightOf,
  msAt,
  widthOf,
  wipe,
  writeLabel,
  xOf,
} from "./canvas.js";
import { duration, formatted, inSeconds } from "./numbers.js";

const TOP = 18;
const BOTTOM = 22;

export class InFlightChart {
  #canvas;
  #collection = null;
  #endMs = 1;
  #counts = null;
  #earlier = null; // another run, to be compared with

  constructor(canvas, { redraw, onPoint }) {
    this.#canvas = canvas;
    followSize(canvas, redraw);
    canvas.addEventListener("pointermove", ({ offsetX }) => {
      if (this.#collection !== null) onPoint(() => this.#momentSentence(offsetX));
    });
  }

  draw(collection, endMs, earlier = null) {
    if (collection !== this.#collection || collection.isCollecting) this.#counts = null;
    [this.#collection, this.#endMs, this.#earlier] = [collection, endMs, earlier];
    const brush = wipe(this.#canvas);
    this.#drawAxis(brush);
    this.#drawPauses(brush);
    this.#drawArea(brush);
    this.#drawEarlier(brush);
    this.#drawLimit(brush);
  }

  get #floor() {
    return heightOf(this.#canvas) - BOTTOM;
  }

  #x(ms) {
    return xOf(this.#canvas, Math.min(ms, this.#endMs), this.#endMs);
  }

  #y(requests) {
    const { mais_em_voo, limites } = this.#collection.progress;
    const earlier = this.#earlier?.mostInFlight ?? 0;
    const most = Math.max(mais_em_voo, limites.requisicoes_configurado, earlier, 1);
    return this.#floor - (requests / most) * (this.#floor - TOP);
  }

  #drawAxis(brush) {
    const width = widthOf(this.#canvas);
    brush.strokeStyle = colours.line;
    brush.fillStyle = colours.quiet;
    brush.textAlign = "center";
    for (const ms of ticks(this.#endMs, width < 500 ? 5 : 11)) {
      const x = Math.round(this.#x(ms)) + 0.5;
      line(brush, x, TOP, x, this.#floor + 4);
      brush.fillText(inSeconds(ms), x, this.#floor + 13);
    }
    line(brush, GUTTER, this.#floor + 0.5, width, this.#floor + 0.5);
    const { mais_em_voo, limites } = this.#collection.progress;
    const values = [0, limites.requisicoes_configurado];
    for (const value of [mais_em_voo, this.#earlier?.mostInFlight ?? 0]) {
      const isApart = values.every((each) => Math.abs(this.#y(each) - this.#y(value)) > 14);
      if (isApart) values.push(value);
    }
    for (const value of values) writeLabel(brush, formatted(value), this.#y(value));
  }

  // Shades the times at which the circuit was open.
  #drawPauses(brush) {
    const { samples } = this.#collection;
    brush.fillStyle = colours.failed;
    brush.globalAlpha = 0.16;
    samples.forEach((sample, index) => {
      if (!sample.isOpen) return;
      const [from, to] = [sample, samples[index + 1] ?? sample].map(({ ms }) => this.#x(ms));
      brush.fillRect(from, TOP, to - from, this.#floor - TOP);
    });
    brush.globalAlpha = 1;
  }

  // Draws from the attempts once all have ended; until then, from the samples of the events.
  #drawArea(brush) {
    brush.beginPath();
    brush.moveTo(GUTTER, this.#floor);
    const { isCollecting, collectedMs } = this.#collection;
    if (isCollecting) {
      for (const { ms, inFlight } of this.#collection.samples) {
        brush.lineTo(this.#x(ms), this.#y(inFlight));
      }
      brush.lineTo(this.#x(collectedMs), this.#floor);
    } else {
      this.#counts ??= inFlightByMs(this.#collection, collectedMs);
      const columns = Math.max(1, Math.round(this.#x(collectedMs) - GUTTER));
      peaks(this.#counts, columns).forEach((requests, column) => {
        brush.lineTo(GUTTER + column, this.#y(requests));
      });
      brush.lineTo(GUTTER + columns, this.#floor);
    }
    brush.fillStyle = colours.wire;
    brush.fill();
  }

  // The earlier run is a line: what lies behind it stays to be seen.
  #drawEarlier(brush) {
    if (this.#earlier === null) return;
    const { counts, collectedMs } = this.#earlier;
    const shown = counts.subarray(0, Math.ceil(this.#endMs) + 1);
    const columns = Math.max(1, Math.round(this.#x(collectedMs) - GUTTER));
    brush.strokeStyle = colours.text;
    brush.lineWidth = 2;
    brush.beginPath();
    peaks(shown, columns).forEach((requests, column) => {
      brush.lineTo(GUTTER + column, this.#y(requests));
    });
    brush.stroke();
    brush.lineWidth = 1;
  }

  #drawLimit(brush) {
    const samples = this.#collection.samples.filter(({ limit }) => limit > 0);
    if (samples.length === 0) return;
    brush.strokeStyle = colours.text;
    brush.lineWidth = 1.5;
    brush.setLineDash([5, 4]);
    brush.beginPath();
    samples.forEach(({ ms, limit }, index) => {
      if (index > 0) brush.lineTo(this.#x(ms), this.#y(samples[index - 1].limit));
      brush.lineTo(this.#x(ms), this.#y(limit));
    });
    brush.lineTo(this.#x(this.#collection.collectedMs), this.#y(samples.at(-1).limit));
    brush.stroke();
    brush.setLineDash([]);
    brush.lineWidth = 1;
    brush.fillStyle = colours.text;
    brush.textAlign = "left";
    brush.fillText("limite", this.#x(samples[0].ms) + 4, this.#y(samples[0].limit) - 9);
  }

  #momentSentence(x) {
    const ms = msAt(this.#canvas, x, this.#endMs);
    const { samples, isCollecting } = this.#collection;
    const sample = samples.findLast((each) => each.ms <= ms) ?? samples[0];
    const exact = isCollecting ? undefined : this.#counts?.[Math.round(ms)];
    const inFlight = formatted(exact ?? sample.inFlight);
    const limit = sample.limit > 0 ? `, limite de ${formatted(sample.limit)}` : "";
    return `Aos ${duration(ms)}: ${inFlight} em andamento${limit}.`;
  }
}

function line(brush, fromX, fromY, toX, toY) {
  brush.beginPath();
  brush.moveTo(fromX, fromY);
  brush.lineTo(toX, toY);
  brush.stroke();
}
