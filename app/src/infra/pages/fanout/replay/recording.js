// A collection that was recorded, as scripts/make_recording.py writes it: with all its attempts.

import { getJson } from "./api.js";
import { Collection } from "./collection.js";
import { PastEvents } from "./moments.js";

/** Fetches a recording: the Collection, its chapters { ms, texto } and a note about it. */
export async function fetchRecording(file) {
  const { data } = await getJson(`assets/${file}`);
  return { collection: collectionOf(data), chapters: data.capitulos, note: data.nota };
}

function collectionOf({ fim, limites, requisicoes, tentativas, unidade_ms: unit }) {
  const past = {
    ...columnsOf(requisicoes, tentativas, unit),
    samples: limites.map(([ms, limit, isOpen, most]) => {
      return { ms, limit, isOpen: isOpen === 1, most };
    }),
    progress: fim,
  };
  const events = new PastEvents(past);
  const collection = new Collection(fim.id);
  for (const { ms } of past.samples) collection.addEvent(events.at(ms));
  const { tentativas: rest, numero } = events.at(Infinity);
  collection.addEvent({ ...fim, numero, tentativas: rest });
  return collection;
}

// Most numbers are differences to the one before, which are small and compress well.
function columnsOf(requisicoes, tentativas, unit) {
  const [kinds, places, roots] = ["nivel", "acima", "raiz"].map((name) => sums(requisicoes[name]));
  const columns = {
    request: [],
    kind: [],
    place: [],
    number: tentativas.numero,
    queued: [],
    sent: [],
    answered: [],
    ended: [],
    outcome: tentativas.desfecho,
    root: [],
  };
  const queuedFirst = sums(tentativas.fila);
  let request = -1;
  let ended = 0;
  tentativas.numero.forEach((number, index) => {
    if (number === 1) request += 1;
    // A request that failed is in the queue again since then.
    const queued = number === 1 ? queuedFirst[request] : ended;
    const sent = queued + tentativas.espera[index];
    const answered = sent + tentativas.rede[index];
    ended = answered + tentativas.leitura[index];
    columns.request.push(request);
    columns.kind.push(kinds[request]);
    columns.place.push(places[request]);
    columns.root.push(roots[request]);
    columns.queued.push(queued * unit);
    columns.sent.push(sent * unit);
    columns.answered.push(answered * unit);
    columns.ended.push(ended * unit);
  });
  return columns;
}

function sums(differences) {
  let sum = 0;
  return differences.map((each) => (sum += each));
}
