// Asks the service, and explains its failures to people.

/** A failure with a message for the reader of the page. */
class Trouble extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** The JSON of a response and, for a search, how many places match in `total`. */
export function getJson(path, options) {
  return ask(path, options, async (response) => ({
    data: await response.json(),
    total: Number(response.headers.get("X-Total-Count")),
  }));
}

/** The whole tree as a file for spreadsheets. */
export function getCsv() {
  const options = { headers: { Accept: "text/csv" } };
  return ask("api/v1/states", options, (response) => response.blob());
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

async function ask(path, options, read) {
  try {
    const response = await fetch(path, options); // relative: a path prefix changes nothing
    if (!response.ok) throw await refusal(response);
    return await read(response);
  } catch (error) {
    if (error instanceof Trouble || error.name === "AbortError") throw error;
    throw new Trouble("O serviço não respondeu. Confira a conexão e tente de novo.");
  }
}

async function refusal(response) {
  const isProblem = response.headers.get("Content-Type")?.startsWith("application/problem+json");
  const detail = isProblem ? (await response.json()).detail : null;
  if (response.status === 404 && detail) return new Trouble(unknownCode(detail), 404);
  return new Trouble(detail ?? `O serviço falhou (erro ${response.status}). Tente de novo.`);
}

// The service names similar codes for people; the rest of its detail is for programs.
function unknownCode(detail) {
  const similar = /Códigos parecidos: .*/.exec(detail)?.[0];
  return `Não há lugar com este código. ${similar ?? "Confira os dígitos ou procure pelo nome."}`;
}
