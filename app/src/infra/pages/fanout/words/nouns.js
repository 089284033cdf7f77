// Counts by nouns, and words that agree with them.

import { rootNoun } from "./collected.js";
import { formatted, plural } from "./numbers.js";

const IRREGULAR = { um: "uma", dele: "dela", nenhum: "nenhuma" };

/** The form for the roots of a word in the masculine: "todos" or "todas". */
export function agreeing(word) {
  if (!rootNoun.feminine) return word;
  return IRREGULAR[word] ?? word.replace(/o(?=s?$)/, "a").replace(/O(?=s?$)/, "A");
}

/** "1 marca", "2 marcas". */
export function counted(number, { singular, plural: many }) {
  return plural(number, singular, many);
}

/** "marca 7": stands for a name. */
export function numbered({ singular }, id) {
  return `${singular} ${id}`;
}

export const countedRoots = (number) => counted(number, rootNoun);

/** How many requests for each root: "uma por marca". */
export function requestsPerRoot(number) {
  const words = { 1: "uma", 2: "duas" };
  return `${words[number] ?? formatted(number)} por ${rootNoun.singular}`;
}
