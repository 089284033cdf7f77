// The names of cities, fetched when their state is chosen.

import { getJson } from "./api.js";

const names = new Map();
const fetched = new Set();

/** Fetches the names of a state's cities once; calls `onNames` when they are there. */
export async function fetchCityNames(sigla, onNames) {
  if (fetched.has(sigla)) return;
  fetched.add(sigla);
  try {
    const { data } = await getJson(`api/v1/states/${sigla}`);
    for (const { id, nome } of data.cidades) names.set(id, nome);
    onNames();
  } catch {
    fetched.delete(sigla); // the next choice tries again; until then, the code is shown
  }
}

export function cityName(id) {
  return names.get(id) ?? `cidade ${id}`;
}
