// One collection as the events report it: its latest progress and all its attempts so far.

import { STATES } from "./states.js";

// The columns of the attempts, in the order of the events; times are in milliseconds.
const COLUMNS = [
  "request",
  "kind",
  "place",
  "number",
  "queued",
  "sent",
  "answered",
  "ended",
  "outcome",
];
const OVER = new Set(["completo", "incompleto"]); // the situations of finished states

// The limits until the service sends them.
const NO_LIMITS = { estados: 0, requisicoes: 0, requisicoes_configurado: 0 };

export const STATES_LIST = 0; // the kind of the one request for the list of states
export const CITIES = 1;
export const DISTRICTS = 2;

export const GOOD = 0;
export const FAILED = 2; // for good; 1 failed and was tried again

/** The bands of the waterfall: one for the list of states and one for each state. */
export const BANDS = [{ id: 0, sigla: "lista", nome: "Lista dos estados" }, ...STATES];
const BAND_OF = new Map(BANDS.map((band, index) => [band.id, index]));

export class Collection {
  #attempts = new Map(); // for each request, indexes into the columns

  constructor(id) {
    this.id = id;
    this.progress = null;
    this.samples = []; // what each event says about its moment
    this.size = 0; // how many attempts
    this.lastEnd = 0; // of an attempt
    for (const name of COLUMNS) this[name] = [];
    // For each band, its requests in the order in which their first attempts ended.
    this.bands = BANDS.map(() => []);
  }

  // Adds an event, unless it is known already.
  addEvent(progress) {
    if (this.progress !== null && progress.numero <= this.progress.numero) return;
    this.progress = { ...progress, limites: progress.limites ?? NO_LIMITS };
    this.samples.push(sampleOf(this.progress));
    for (const attempt of progress.tentativas) this.#addAttempt(attempt);
  }

  get isRunning() {
    return this.progress.situacao === "em_andamento";
  }

  // Whether requests are still to be made. After the last one, the collection keeps running until
  // its result is compared, encoded and stored.
  get isCollecting() {
    return this.isRunning && !this.#hasEveryState;
  }

  // Milliseconds from the start to the latest event.
  get ms() {
    return this.progress.segundos * 1000;
  }

  // Milliseconds from the start to the end of the last request, if that is known, or else to `ms`.
  get collectedMs() {
    return this.#hasEveryState ? this.lastEnd : this.ms;
  }

  get #hasEveryState() {
    const { estados } = this.progress;
    return estados.length > 0 && estados.every(({ situacao }) => OVER.has(situacao));
  }

  // How many requests are known so far.
  get requestCount() {
    return requestCount(this.progress.requisicoes);
  }

  // How many rows a band will have when all its known requests have ended.
  rowsOf(band) {
    const state = this.progressOf(BANDS[band].id);
    return Math.max(this.bands[band].length, state === undefined ? 0 : requestCount(state));
  }

  // How far a state is, if that is known.
  progressOf(stateId) {
    return this.progress.estados.find(({ id }) => id === stateId);
  }

  // The indexes of a request's attempts, in order.
  attemptsOf(request) {
    return this.#attempts.get(request);
  }

  // The places in a band with a request that failed for good.
  failuresOf(band) {
    return this.bands[band]
      .map((request) => this.attemptsOf(request).at(-1))
      .filter((attempt) => this.outcome[attempt] === FAILED)
      .map((attempt) => this.place[attempt]);
  }

  // The band of an attempt. A code of more than two digits begins with that of its state.
  bandOf(attempt) {
    const place = this.place[attempt];
    return BAND_OF.get(place > 99 ? Math.floor(place / 100_000) : place) ?? 0;
  }

  #addAttempt(values) {
    const index = this.size++;
    COLUMNS.forEach((name, position) => this[name].push(values[position]));
    this.lastEnd = Math.max(this.lastEnd, this.ended[index]);
    const request = this.request[index];
    const earlier = this.#attempts.get(request);
    if (earlier !== undefined) {
      earlier.push(index);
      return;
    }
    this.#attempts.set(request, [index]);
    this.bands[this.bandOf(index)].push(request);
  }
}

function sampleOf({ segundos, requisicoes, estados_em_andamento, estados, limites }) {
  return {
    ms: segundos * 1000,
    inFlight: requisicoes.em_voo,
    ended: requisicoes.concluidas + requisicoes.repetidas + requisicoes.falhas, // attempts
    waiting: requisicoes.na_fila,
    states: estados_em_andamento,
    waitingStates: estados.filter((state) => state.situacao === "na_fila").length,
    limit: limites.requisicoes,
    isOpen: limites.circuito_aberto,
  };
}

/** How many requests of a state, or of a whole collection, are known. */
export function requestCount({ na_fila, em_voo, concluidas, falhas }) {
  return na_fila + em_voo + concluidas + falhas;
}
