// Counts by nouns, and words that agree with them.

import { forms, rootNoun } from "./collected.js";
import { formatted, plural } from "./numbers.js";

/** The form for the roots of a word in the masculine: "todos" or "todas". The service sends it. */
export function agreeing(word) {
  return forms[word];
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
