// How the pages count places.

import { plural } from "./numbers.js";

export const countedStates = (number) => plural(number, "estado", "estados");
export const countedCities = (number) => plural(number, "cidade", "cidades");
export const countedDistricts = (number) => plural(number, "distrito", "distritos");
