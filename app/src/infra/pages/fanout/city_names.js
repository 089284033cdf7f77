// The cities' names, asked for when a state is chosen.

import { getJson } from "./api.js";

const names = new Map();
const asked = new Set();

/** Asks for the names of a state's cities once; calls `onNames` when they are there. */
export async function learnNames(sigla, onNames) {
  if (asked.has(sigla)) return;
  asked.add(sigla);
  try {
    const { data } = await getJson(`api/v1/states/${sigla}`);
    for (const { id, nome } of data.cidades) names.set(id, nome);
    onNames();
  } catch {
    asked.delete(sigla); // asked for again with the next choice; until then, the code is shown
  }
}

export function nameOf(id) {
  return names.get(id) ?? `cidade ${id}`;
}
