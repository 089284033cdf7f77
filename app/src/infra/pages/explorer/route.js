// What the address shows: the part after # names a place or a search, so that each can be linked to
// and the browser's Back works.

const PLACE = /^#\/(?:([a-z]{2})|(\d{7})(\d{2})?)$/i;
const SEARCH = "#/?";

export const HOME = "#/";

/** The address of a search. */
export function searchHash(text) {
  return SEARCH + new URLSearchParams({ q: text });
}

/** The address of a state by its sigla, of a city or district by its code. */
export function placeHash(code) {
  return HOME + code;
}

/**
 * What an address asks for: { sigla }, { cityId, districtId }, { text }, {} for the start, or
 * { unknown } for what cannot be the name of a place.
 */
export function routeOf(hash) {
  if (hash.startsWith(SEARCH)) {
    return { text: new URLSearchParams(hash.slice(SEARCH.length)).get("q") ?? "" };
  }
  const [, sigla, city, ending] = PLACE.exec(hash) ?? [];
  if (sigla) return { sigla: sigla.toUpperCase() };
  if (city) return { cityId: city, districtId: ending ? city + ending : null };
  return { unknown: hash.startsWith(HOME) && hash !== HOME };
}
