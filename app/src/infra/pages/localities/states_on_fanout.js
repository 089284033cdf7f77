// What the page /fanout shows of the states besides their progress (see collected.js).

import { cityName, fetchCityNames } from "./city_names.js";
import { gridArea, STATES } from "./states.js";

const STATE_OF = new Map(STATES.map((state) => [state.id, state]));

export const ROOTS = STATES.map(({ id, sigla, nome }) => ({ id, shortName: sigla, nome }));

/** The cell of a state's tile on the map of the country. */
export function cellOf(id) {
  return STATE_OF.has(id) ? gridArea(STATE_OF.get(id)) : "";
}

/** Fetches the names of a state's cities; calls `onNames` when they are there. */
export function fetchNames(state, onNames) {
  fetchCityNames(state.shortName, onNames);
}

/** The name of a city, or of a state, which the plan by state asks for districts. */
export function nameOf(id) {
  return STATE_OF.get(id)?.nome ?? cityName(id);
}

/** In the plan by state, each has two requests at once: for its cities and for its districts. */
export function planOf(plan) {
  return plan === "state"
    ? { requestsPerRoot: 2, reason: "o plano é por estado (`IBGE_PLAN=state`)" }
    : null;
}
