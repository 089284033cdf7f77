// Asks the service for places and for the age of their data.

import { ask, getJson, Trouble } from "./api.js";

/** The JSON of a place or of places, as in getJson; an unknown code is explained to people. */
export async function getPlaces(path, options) {
  try {
    return await getJson(path, options);
  } catch (error) {
    throw error.status === 404 ? new Trouble(unknownCode(error.message), 404) : error;
  }
}

/** All places, or those of the state with this sigla, as a file for spreadsheets in Portuguese. */
export function getCsv(sigla) {
  const path = sigla ? `api/v1/states/${sigla}` : "api/v1/states";
  const options = { headers: { Accept: "text/csv" } };
  return ask(`${path}?separator=;`, options, (response) => response.blob());
}

/** The source and the age of the data, from the headers that every response carries. */
export function getSource() {
  return ask("api/v1/states", { method: "HEAD" }, ({ headers }) => ({
    isLive: headers.get("X-Snapshot-Source") === "live",
    collectedAt: new Date(headers.get("Last-Modified")),
    answeredAt: new Date(headers.get("Date")), // by the same clock
    missing: Number(headers.get("X-Snapshot-Missing")),
    filled: Number(headers.get("X-Snapshot-Filled")),
  }));
}

// The service names similar codes for people; the rest of its detail is for programs.
function unknownCode(detail) {
  const similar = /Códigos parecidos: .*/.exec(detail)?.[0];
  return `Não há lugar com este código. ${similar ?? "Confira os dígitos ou procure pelo nome."}`;
}
