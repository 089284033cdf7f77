// How numbers are said in Portuguese.

const WHOLE = new Intl.NumberFormat("pt-BR");
const TENTHS = new Intl.NumberFormat("pt-BR", {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

export function count(number) {
  return WHOLE.format(number);
}

export function tenths(number) {
  return TENTHS.format(number);
}

/** "1 falha", "2 falhas". */
export function plural(number, one, many) {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** "612 ms", "1,9 s", "9 min 20 s", "1 h 5 min". */
export function duration(ms) {
  if (ms < 999.5) return `${count(Math.round(ms))} ms`;
  if (ms < 59_950) return `${tenths(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  if (hours > 0) return `${count(hours)} h ${minutes} min`;
  return `${minutes} min ${seconds % 60} s`;
}
