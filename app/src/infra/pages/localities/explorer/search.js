// Finds places by a name or a part of it, a sigla or a code.

import { getPlaces } from "./places_api.js";
import { STATES } from "./states.js";

const FIRST_PAGE = 10;
const NEXT_PAGE = 50;
const NOTHING = { places: [], total: 0 };

/** The places for a text, by kind. If there are none, a `hint` may say what to do. */
export async function findPlaces(text, signal) {
  const code = text.replace(/[\s.-]/g, "");
  if (/^\d+$/.test(code)) {
    return { states: [], cities: NOTHING, districts: NOTHING, ...(await findByCode(code, signal)) };
  }
  const [cities, districts] = await Promise.all(
    ["cities", "districts"].map((kind) => fetchPage(kind, text, 0, FIRST_PAGE, signal)),
  );
  return { states: statesNamed(text), cities, districts };
}

/** The next places of one kind, after the first `offset`. */
export function findMore(kind, text, offset) {
  return fetchPage(kind, text, offset, NEXT_PAGE);
}

/** A name as it is compared: accents, case, blanks and punctuation do not count. */
export function comparable(name) {
  return name.normalize("NFD").toLowerCase().replace(/[^a-z0-9]/g, "");
}

async function fetchPage(kind, text, offset, limit, signal) {
  const query = new URLSearchParams({ q: text, limit, offset });
  const { data, total } = await getPlaces(`api/v1/${kind}?${query}`, { signal });
  return { places: data, total };
}

// The text must start a word: "sul" finds Rio Grande do Sul, but "ara" does not find Paraná.
function statesNamed(text) {
  const wanted = comparable(text);
  const isMeant = ({ sigla, nome }) =>
    sigla.toLowerCase() === wanted ||
    nome.split(" ").some((_, at, words) => {
      return comparable(words.slice(at).join("")).startsWith(wanted);
    });
  return wanted ? STATES.filter(isMeant) : [];
}

async function findByCode(code, signal) {
  switch (code.length) {
    case 2:
      return { states: STATES.filter((state) => String(state.id) === code) };
    case 6:
    case 7:
      return lookUp("cities", code, signal);
    case 9:
      return lookUp("districts", code, signal);
    default:
      return { hint: "Um código tem 2 dígitos (estado), 6 ou 7 (cidade) ou 9 (distrito)." };
  }
}

async function lookUp(kind, code, signal) {
  try {
    const { data } = await getPlaces(`api/v1/${kind}/${code}`, { signal });
    return { [kind]: { places: [{ ...data, uf: data.estado.sigla }], total: 1 } };
  } catch (error) {
    if (error.status !== 404) throw error;
    return { hint: error.message };
  }
}
