// One collection as the service tells of it: the latest progress, and every attempt so far.

import { STATES } from "./states.js";

// The columns of the attempts, in the order in which events have them; times in milliseconds.
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
const OVER = new Set(["completo", "incompleto"]); // states of which nothing more is asked for

// Until the service tells its limits.
const NO_LIMITS = {
  estados: 0,
  requisicoes: 0,
  requisicoes_configurado: 0,
  circuito_aberto: false,
};

export const STATES_LIST = 0; // the kind of the one request for the list of states
export const CITIES = 1;
export const DISTRICTS = 2;

export const GOOD = 0;
export const FAILED = 2; // 1: failed, and tried again

/** Where the rows of a request are drawn: with the list of states, or with its state. */
export const BANDS = [{ id: 0, sigla: "lista", nome: "Lista dos estados" }, ...STATES];
const BAND_OF = new Map(BANDS.map((band, index) => [band.id, index]));

export class Collection {
  #attempts = new Map(); // by request, as indexes into the columns

  constructor(id) {
    this.id = id;
    this.progress = null;
    this.samples = []; // what each event said about the moment at which it was sent
    this.size = 0; // attempts
    this.lastEnd = 0; // of an attempt
    for (const name of COLUMNS) this[name] = [];
    this.bands = BANDS.map(() => []); // the requests of each band, in the order in which they ended
  }

  // Takes an event in, unless it is known already.
  take(progress) {
    if (this.progress !== null && progress.numero <= this.progress.numero) return;
    this.progress = { ...progress, limites: progress.limites ?? NO_LIMITS };
    this.samples.push(sampleOf(this.progress));
    for (const attempt of progress.tentativas) this.#add(attempt);
  }

  get isRunning() {
    return this.progress.situacao === "em_andamento";
  }

  // Whether there are requests still to be made. After them the collection goes on running while
  // its result is compared, made ready to be sent, and stored.
  get isCollecting() {
    return this.isRunning && !this.#hasEveryState;
  }

  // Milliseconds from the beginning to the latest that is known.
  get ms() {
    return this.progress.segundos * 1000;
  }

  // Milliseconds from the beginning to the end of the last request, or to now.
  get collectedMs() {
    return this.#hasEveryState ? this.lastEnd : this.ms;
  }

  get #hasEveryState() {
    const { estados } = this.progress;
    return estados.length > 0 && estados.every(({ situacao }) => OVER.has(situacao));
  }

  // The requests that were asked for so far.
  get requests() {
    return total(this.progress.requisicoes);
  }

  // How many rows a band has, or will have once all that it waits for has ended.
  rowsOf(band) {
    const state = this.progress.estados.find((each) => each.id === BANDS[band].id);
    return Math.max(this.bands[band].length, state === undefined ? 0 : total(state));
  }

  // The indexes of a request's attempts, in order.
  attemptsOf(request) {
    return this.#attempts.get(request);
  }

  // The places in a band whose request failed for good.
  failuresOf(band) {
    return this.bands[band]
      .map((request) => this.attemptsOf(request).at(-1))
      .filter((attempt) => this.outcome[attempt] === FAILED)
      .map((attempt) => this.place[attempt]);
  }

  bandOf(attempt) {
    const place = this.place[attempt];
    return BAND_OF.get(place > 99 ? Math.floor(place / 100_000) : place) ?? 0;
  }

  #add(values) {
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

/** All requests of a state or of the whole, whatever became of them. */
export function total({ na_fila, em_voo, concluidas, falhas }) {
  return na_fila + em_voo + concluidas + falhas;
}
