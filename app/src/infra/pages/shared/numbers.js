// How the pages write numbers in Portuguese. A number and its unit stay on one line.

const TENTHS = new Intl.NumberFormat("pt-BR", {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

/** "1.234". */
export const formatted = new Intl.NumberFormat("pt-BR").format;

/** "100 ms", "1.234 requisições": no line breaks between the parts. */
export function unbroken(...parts) {
  return parts.join("\u00a0");
}

/** "1 falha", "2 falhas". */
export function plural(number, one, many) {
  return unbroken(formatted(number), number === 1 ? one : many);
}

/** "4 de 5". */
export function outOf(part, whole) {
  return unbroken(formatted(part), "de", formatted(whole));
}

/** "0,5 s", but "2 s" without a comma. */
export function inSeconds(ms) {
  return unbroken(ms % 1000 === 0 ? formatted(ms / 1000) : TENTHS.format(ms / 1000), "s");
}

/** "612 ms", "1,9 s", "9 min 20 s", "1 h 5 min". */
export function duration(ms) {
  if (ms < 999.5) return unbroken(formatted(Math.round(ms)), "ms");
  if (ms < 59_950) return unbroken(TENTHS.format(ms / 1000), "s");
  const all = Math.round(ms / 1000);
  const [hours, minutes] = [Math.floor(all / 3600), Math.floor((all % 3600) / 60)];
  if (hours > 0) return unbroken(formatted(hours), "h", minutes, "min");
  return unbroken(minutes, "min", all % 60, "s");
}
