// How many people live in a city: a line that comes after the rest, since another source is asked
// for it, and may be slow or silent.

import { getJson } from "./api.js";
import { element } from "./elements.js";
import { formatted } from "./numbers.js";

/** A line that shows the population of a city as soon as it is known, or says why it is not. */
export function populationLine(city) {
  const line = element("p", { className: "population", role: "status" });
  line.textContent = "População: consultando o IBGE…";
  showPopulation(line, city);
  return line;
}

async function showPopulation(line, city) {
  try {
    const { data } = await getJson(`api/v1/cities/${city.id}/population`);
    const count = `${formatted(data.habitantes)} habitantes`;
    line.textContent = `População: ${count} (estimativa do IBGE para ${data.ano}).`;
  } catch (error) {
    line.textContent = error.status === 404
      ? "População: o IBGE não publica a deste lugar."
      : "População: não foi possível consultar o IBGE agora.";
  }
}
