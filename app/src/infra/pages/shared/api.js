// Asks the service, and explains its failures to people.

/** A failure with a message for the reader of the page. */
export class Trouble extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** The JSON of a response and, for a search, how many results there are in `total`. */
export function getJson(path, options) {
  return ask(path, options, async (response) => ({
    data: await response.json(),
    total: Number(response.headers.get("X-Total-Count")),
  }));
}

/** What `read` makes of the response; throws a Trouble if the service does not answer or refuses. */
export async function ask(path, options, read) {
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
  // A status without a detail is not the service's own, but that of something before it.
  if (detail) return new Trouble(detail, response.status);
  return new Trouble(`O serviço falhou (erro ${response.status}). Tente de novo.`);
}
