// How both pages write numbers in Portuguese. A number and what it counts stay on one line: between
// them is a no-break space.

const WHOLE = new Intl.NumberFormat("pt-BR");
const TENTHS = new Intl.NumberFormat("pt-BR", {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

export function count(number) {
  return WHOLE.format(number);
}

/** "100 ms", "5.599 requisições": the parts with no line break between them. */
export function unbroken(...parts) {
  return parts.join("\u00a0");
}

/** "1 falha", "2 falhas". */
export function plural(number, one, many) {
  return unbroken(count(number), number === 1 ? one : many);
}

/** "26 de 27". */
export function outOf(part, whole) {
  return unbroken(count(part), "de", count(whole));
}

/** "0,5 s", and "2 s" if nothing follows the comma. */
export function seconds(ms) {
  return unbroken(ms % 1000 === 0 ? count(ms / 1000) : TENTHS.format(ms / 1000), "s");
}

/** "612 ms", "1,9 s", "9 min 20 s", "1 h 5 min". */
export function duration(ms) {
  if (ms < 999.5) return unbroken(count(Math.round(ms)), "ms");
  if (ms < 59_950) return unbroken(TENTHS.format(ms / 1000), "s");
  const all = Math.round(ms / 1000);
  const [hours, minutes] = [Math.floor(all / 3600), Math.floor((all % 3600) / 60)];
  if (hours > 0) return unbroken(count(hours), "h", minutes, "min");
  return unbroken(minutes, "min", all % 60, "s");
}
