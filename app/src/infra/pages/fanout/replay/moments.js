// A collection as it was at any of its moments. The service reports ten moments a second; those in
// between are made from the attempts, which have their times in milliseconds.

import { rootNoun } from "./collected.js";
import { Collection, FAILED, GOOD, LIST } from "./collection.js";

const POINTS = 100; // of the curve, if a moment is far from the one before

const NOTHING = { na_fila: 0, em_voo: 0, concluidas: 0, repetidas: 0, falhas: 0 };

export class Moments {
  #whole;
  #events;
  #shown = null;
  #ms = 0; // of the moment shown
  #points; // moments that no replay leaves out: the curve and the limit would miss them

  // `whole` is a Collection that is over.
  constructor(whole) {
    this.#whole = whole;
    const even = Array.from({ length: POINTS }, (_, part) => (part / POINTS) * whole.collectedMs);
    const known = whole.samples.map((sample) => sample.ms);
    this.#points = [...even, ...known].sort((one, other) => one - other);
  }

  // The Collection as of this many milliseconds after its start. As long as moments follow each
  // other in time, it is the same object, which grows.
  at(ms) {
    if (this.#shown === null || ms < this.#ms) this.#restart();
    if (ms === this.#ms) return this.#shown;
    const between = this.#points.filter((each) => each > this.#ms && each < ms);
    for (const moment of [...between, ms]) this.#show(moment);
    return this.#shown;
  }

  #restart() {
    this.#events = new PastEvents(this.#whole);
    this.#shown = new Collection(this.#whole.id);
    this.#show(0);
  }

  #show(ms) {
    this.#shown.addEvent(this.#events.at(ms));
    this.#ms = ms;
  }
}

/** Makes events like those of the service, one after the other, for later and later moments. */
export class PastEvents {
  #past;
  #number = 0;
  #most = 0; // requests in flight at once
  #asked;
  #sent;
  #ended;
  #withoutRoot = { ...NOTHING };
  #roots = new Map(); // by id: its counts, and when its first request began and its last one ended
  #listedAt = 0; // when the roots were known

  // `past` has the attempts in columns, `samples`, and as `progress` the last event.
  constructor(past) {
    this.#past = past;
    const { queued, sent, ended, kind } = past;
    this.#asked = new Cursor(queued);
    this.#sent = new Cursor(sent);
    this.#ended = new Cursor(ended);
    for (const { id } of past.progress[rootNoun.plural]) {
      this.#roots.set(id, { counts: { ...NOTHING }, from: Infinity, to: 0 });
    }
    kind.forEach((each, attempt) => {
      if (each === LIST) this.#listedAt = Math.max(this.#listedAt, ended[attempt]);
      const root = this.#rootOf(attempt);
      if (root === undefined) return;
      root.from = Math.min(root.from, queued[attempt]);
      root.to = Math.max(root.to, ended[attempt]);
    });
  }

  // The event of this moment, with the attempts that have ended since the event before.
  at(ms) {
    const attempts = this.#advance(ms);
    const { progress, samples } = this.#past;
    const sample = samples.findLast((each) => each.ms <= ms);
    const known = ms < this.#listedAt ? [] : progress[rootNoun.plural];
    const roots = known.map((root) => this.#rootAt(root, ms));
    const requisicoes = this.#total();
    this.#most = Math.max(this.#most, requisicoes.em_voo, sample?.most ?? 0);
    return {
      ...progress,
      numero: this.#number++,
      situacao: "em_andamento",
      segundos: ms / 1000,
      requisicoes,
      mais_em_voo: this.#most,
      [`${rootNoun.plural}_em_andamento`]: roots.filter(isInWork).length,
      limites: limitsAt(sample, progress.limites),
      [rootNoun.plural]: roots,
      resultado: null,
      motivo: null,
      tentativas: attempts.map((attempt) => this.#valuesOf(attempt)),
    };
  }

  // Counts everything up to this moment; returns the attempts that have ended since the last time.
  #advance(ms) {
    const { number, outcome } = this.#past;
    for (const attempt of this.#asked.upTo(ms)) {
      // A request that failed is back in the queue since that end.
      if (number[attempt] === 1) this.#countsOf(attempt).na_fila += 1;
    }
    for (const attempt of this.#sent.upTo(ms)) {
      const counts = this.#countsOf(attempt);
      counts.na_fila -= 1;
      counts.em_voo += 1;
    }
    const ended = this.#ended.upTo(ms);
    for (const attempt of ended) {
      const counts = this.#countsOf(attempt);
      counts.em_voo -= 1;
      if (outcome[attempt] === GOOD) counts.concluidas += 1;
      else if (outcome[attempt] === FAILED) counts.falhas += 1;
      else {
        counts.repetidas += 1;
        counts.na_fila += 1;
      }
    }
    return ended;
  }

  #rootOf(attempt) {
    const { kind, root } = this.#past;
    return kind[attempt] === LIST ? undefined : this.#roots.get(root[attempt]);
  }

  #countsOf(attempt) {
    return this.#rootOf(attempt)?.counts ?? this.#withoutRoot;
  }

  #total() {
    const total = { ...this.#withoutRoot };
    for (const { counts } of this.#roots.values()) {
      for (const name of Object.keys(total)) total[name] += counts[name];
    }
    return total;
  }

  #rootAt(root, ms) {
    const { counts, from, to } = this.#roots.get(root.id);
    const situacao = ms < from ? "na_fila" : ms < to ? "em_andamento" : root.situacao;
    return { ...root, ...counts, situacao };
  }

  #valuesOf(attempt) {
    const { request, kind, place, number, queued, sent, answered, ended, outcome, root } =
      this.#past;
    return [request, kind, place, number, queued, sent, answered, ended, outcome, root].map(
      (column) => column[attempt],
    );
  }
}

// Goes through the attempts in the order of one of their times.
class Cursor {
  #times;
  #order;
  #next = 0;

  constructor(times) {
    this.#times = times;
    this.#order = Array.from(times.keys()).sort((one, other) => times[one] - times[other]);
  }

  // Those up to this moment that no call has returned yet.
  upTo(ms) {
    const from = this.#next;
    while (this.#times[this.#order[this.#next]] <= ms) this.#next += 1;
    return this.#order.slice(from, this.#next);
  }
}

// None are known before the first sample that has any.
function limitsAt(sample, limits) {
  if (sample === undefined || sample.limit === 0) return null;
  return { ...limits, requisicoes: sample.limit, circuito_aberto: sample.isOpen };
}

function isInWork({ situacao }) {
  return situacao === "em_andamento";
}
