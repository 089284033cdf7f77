// Routes: the part of the address after # names a place or a search, so that both can be linked and
// the browser's Back works.

const PLACE = /^#\/(?:([a-z]{2})|(\d{7})(\d{2})?)$/i;
const SEARCH = "#/?";

export const HOME = "#/";

/** The address of a search. */
export function searchHash(text) {
  return SEARCH + new URLSearchParams({ q: text });
}

/** The address of a state, by its sigla, or of a city or a district, by its code. */
export function placeHash(code) {
  return HOME + code;
}

/**
 * What an address asks for: { sigla }, { cityId, districtId }, { text }, or { unknown }, which is
 * false for the start and true for an address that cannot name a place.
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
