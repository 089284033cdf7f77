// How both pages count places and put them in order.

import { plural } from "./numbers.js";

export const countedStates = (number) => plural(number, "estado", "estados");
export const countedCities = (number) => plural(number, "cidade", "cidades");
export const countedDistricts = (number) => plural(number, "distrito", "distritos");

const { compare } = new Intl.Collator("pt-BR");

/** The places in the order of a Brazilian dictionary. */
export function sortedByName(places) {
  return places.toSorted((one, other) => compare(one.nome, other.nome));
}
