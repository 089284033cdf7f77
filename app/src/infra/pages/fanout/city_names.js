// The cities' names, asked for when a state is chosen.

const names = new Map();
const asked = new Set();

/** Asks for the names of a state's cities once; calls `onNames` when they are there. */
export async function learnNames(sigla, onNames) {
  if (asked.has(sigla)) return;
  asked.add(sigla);
  try {
    const answer = await fetch(`api/v1/states/${sigla}`);
    if (!answer.ok) throw new Error(`${answer.status}`);
    for (const city of (await answer.json()).cidades) names.set(city.id, city.nome);
    onNames();
  } catch {
    asked.delete(sigla); // asked for again with the next choice; until then, the code is shown
  }
}

export function nameOf(id) {
  return names.get(id) ?? `cidade ${id}`;
}
