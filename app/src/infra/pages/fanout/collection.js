// One collection as the events report it: its latest progress and all its attempts so far.

import { levels, rootNoun, ROOTS, shortName } from "./collected.js";
import { numbered } from "./nouns.js";

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
  "root",
];

// The limits until the service sends them.
const NO_LIMITS = { [rootNoun.plural]: 0, requisicoes: 0, requisicoes_configurado: 0 };

export const LIST = 0; // the kind of the one request for the list of roots

export const GOOD = 0;
export const FAILED = 2; // for good; 1 failed and was tried again

export class Collection {
  #attempts = new Map(); // for each request, indexes into the columns
  #bandOf = new Map(); // by the id of a root

  constructor(id) {
    this.id = id;
    this.progress = null;
    this.samples = []; // what each event says about its moment
    this.size = 0; // how many attempts
    this.lastEnd = 0; // of an attempt
    for (const name of COLUMNS) this[name] = [];
    this.roots = []; // in the order of their bands, which come after that of the list
    // For each band, its requests in the order in which their first attempts ended.
    this.bands = [[]];
    this.#addRoots(ROOTS);
  }

  // Adds an event, unless it is known already.
  addEvent(progress) {
    if (this.progress !== null && progress.numero <= this.progress.numero) return;
    this.progress = inCommonWords(progress);
    this.#addRoots(this.progress.roots);
    this.samples.push(sampleOf(this.progress));
    for (const attempt of progress.tentativas) this.#addAttempt(attempt);
  }

  get isRunning() {
    return this.progress.situacao === "em_andamento";
  }

  // Whether requests are still to be made. After the last one, the collection keeps running until
  // its result is compared, encoded and stored.
  get isCollecting() {
    return this.isRunning && !this.#hasEveryRoot;
  }

  // Milliseconds from the start to the latest event.
  get ms() {
    return this.progress.segundos * 1000;
  }

  // Milliseconds from the start to the end of the last request, if that is known, or else to `ms`.
  get collectedMs() {
    return this.#hasEveryRoot ? this.lastEnd : this.ms;
  }

  get #hasEveryRoot() {
    const { roots } = this.progress;
    return roots.length > 0 && roots.every(isOver);
  }

  // How many requests are known so far.
  get requestCount() {
    return requestCount(this.progress.requisicoes);
  }

  // How many rows a band will have when all its known requests have ended.
  rowsOf(band) {
    const root = this.progressOf(this.rootOf(band)?.id);
    return Math.max(this.requestsOf(band).length, root === undefined ? 0 : requestCount(root));
  }

  // How far a root is, if that is known.
  progressOf(rootId) {
    return this.progress.roots.find(({ id }) => id === rootId);
  }

  // The requests of a band, so far.
  requestsOf(band) {
    return this.bands[band] ?? [];
  }

  // The root of a band; none for the first, which has the request for the list.
  rootOf(band) {
    return this.roots[band - 1];
  }

  // The band of a root; -1 as long as the root is not known.
  bandOf(rootId) {
    return this.#bandOf.get(rootId) ?? -1;
  }

  // The indexes of a request's attempts, in order.
  attemptsOf(request) {
    return this.#attempts.get(request);
  }

  // The attempts in a band by which a request failed for good.
  failuresOf(band) {
    return this.requestsOf(band)
      .map((request) => this.attemptsOf(request).at(-1))
      .filter((attempt) => this.outcome[attempt] === FAILED);
  }

  // The band of an attempt.
  bandOfAttempt(attempt) {
    return this.kind[attempt] === LIST ? 0 : Math.max(this.bandOf(this.root[attempt]), 0);
  }

  #addRoots(roots) {
    for (const { id, shortName, nome } of roots) {
      if (this.#bandOf.has(id)) continue;
      this.#bandOf.set(id, this.bands.length);
      this.bands.push([]);
      this.roots.push({ id, shortName, nome });
    }
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
    this.bands[this.bandOfAttempt(index)].push(request);
  }
}

// A feature's own names give way to those that all have in common.
function inCommonWords(progress) {
  const limites = progress.limites ?? NO_LIMITS;
  const { resultado } = progress;
  return {
    ...progress,
    limites: { ...limites, roots: limites[rootNoun.plural] },
    roots: progress[rootNoun.plural].map((root) => ({
      ...root,
      shortName: root[shortName] ?? "",
      nome: root.nome.trim() || numbered(rootNoun, root.id),
    })),
    rootsInWork: progress[`${rootNoun.plural}_em_andamento`],
    counts: resultado && levels.map((level) => resultado[level.plural]),
  };
}

function sampleOf({ segundos, requisicoes, mais_em_voo, rootsInWork, roots, limites }) {
  return {
    ms: segundos * 1000,
    inFlight: requisicoes.em_voo,
    most: mais_em_voo, // in flight until then
    ended: requisicoes.concluidas + requisicoes.repetidas + requisicoes.falhas, // attempts
    waiting: requisicoes.na_fila,
    roots: rootsInWork,
    waitingRoots: roots.filter((root) => root.situacao === "na_fila").length,
    limit: limites.requisicoes,
    isOpen: limites.circuito_aberto,
  };
}

/** Whether a root is finished. */
export function isOver({ situacao }) {
  return situacao === "completo" || situacao === "incompleto";
}

/** How many requests of a root, or of a whole collection, are known. */
export function requestCount({ na_fila, em_voo, concluidas, falhas }) {
  return na_fila + em_voo + concluidas + falhas;
}
