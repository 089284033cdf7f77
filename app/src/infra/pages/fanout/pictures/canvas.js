// What all pictures on a canvas share: the theme's colours, sharp pixels, the time axis.

import { shortName } from "./collected.js";

const NAMES = ["card", "line", "text", "quiet", "waiting", "wire", "reading", "retry", "failed"];

// For the labels on the left of the time axis, which are short names or names.
export const GUTTER = shortName === "" ? 76 : 46;
const MARGIN = 10; // on the right of it

export const colours = {};
let font = "";

/** Reads the theme's colours now and whenever it changes. */
export function followTheme(onChange) {
  const read = () => {
    const style = getComputedStyle(document.documentElement);
    for (const name of NAMES) colours[name] = style.getPropertyValue(`--${name}`).trim();
    font = `12px ${getComputedStyle(document.body).fontFamily}`;
  };
  read();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    read();
    onChange();
  });
}

/** Gives a canvas as many pixels as it covers on the screen, now and whenever its size changes. */
export function followSize(canvas, onChange) {
  new ResizeObserver(([entry]) => {
    const { width, height } = entry.contentRect;
    canvas.width = Math.round(width * devicePixelRatio);
    canvas.height = Math.round(height * devicePixelRatio);
    wipe(canvas); // it would be black until it is drawn, some frames later
    onChange();
  }).observe(canvas);
}

/** Wipes a canvas and returns its brush. */
export function wipe(canvas) {
  const brush = brushOf(canvas);
  brush.fillStyle = colours.card;
  brush.fillRect(0, 0, widthOf(canvas), heightOf(canvas));
  return brush;
}

/** The brush of a canvas; its unit is the CSS pixel. */
export function brushOf(canvas) {
  const brush = canvas.getContext("2d", { alpha: false });
  brush.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  brush.font = font;
  brush.textBaseline = "middle";
  return brush;
}

export function widthOf(canvas) {
  return canvas.width / devicePixelRatio;
}

export function heightOf(canvas) {
  return canvas.height / devicePixelRatio;
}

/** How wide the time axis is, in CSS pixels. */
export function timeWidth(canvas) {
  return widthOf(canvas) - GUTTER - MARGIN;
}

/** The place of a moment on the time axis. */
export function xOf(canvas, ms, endMs) {
  return GUTTER + (ms / endMs) * timeWidth(canvas);
}

/** The moment at a place on the time axis. */
export function msAt(canvas, x, endMs) {
  return Math.min(Math.max(((x - GUTTER) / timeWidth(canvas)) * endMs, 0), endMs);
}

/** Writes a label on the left of the time axis, shortened if it is too long. */
export function writeLabel(brush, text, y) {
  brush.fillStyle = colours.quiet;
  brush.textAlign = "right";
  brush.fillText(shortened(brush, String(text), GUTTER - 10), GUTTER - 8, y);
}

function shortened(brush, text, width) {
  if (brush.measureText(text).width <= width) return text;
  let length = text.length - 1;
  while (length > 1 && brush.measureText(`${text.slice(0, length)}…`).width > width) length -= 1;
  return `${text.slice(0, length)}…`;
}
