// What callers get meanwhile: asks the service for the data itself, and notes the answers.

import { data } from "./collected.js";
import { duration, formatted, plural, unbroken } from "./numbers.js";

const EVERY_MS = 200;
const GONE_MS = 3000; // the same, after no answer at all

// About the data of an answer without any.
const NOTHING = { hasData: false, missing: 0, filled: 0, ageMs: 0 };

// What callers get during one collection.
class Answers {
  areAwaited = true; // more of them
  statuses = new Map(); // how many, by status; 0 stands for none
  times = []; // in milliseconds
  worst = NOTHING; // the most missing and kept parts, and the greatest age, of all
  after = NOTHING; // those of the first answer afterwards
}

export class Callers {
  #answers = null; // during the last collection
  #onAnswer;

  // `onAnswer` is called after each answer.
  constructor(onAnswer) {
    this.#onAnswer = onAnswer;
    const url = new URL(data, document.baseURI).href;
    // The browser's own times: this page is drawing, and hears of an answer later.
    new PerformanceObserver((list) => {
      for (const { name, requestStart, responseEnd } of list.getEntries()) {
        if (name !== url || !this.#answers?.areAwaited) continue;
        this.#answers.times.push(responseEnd - requestStart);
      }
    }).observe({ type: "resource" });
  }

  // Asks a few times a second, until it is stopped; forgets earlier answers.
  async start() {
    if (this.#answers?.areAwaited) return;
    const answers = new Answers();
    this.#answers = answers; // answers that come later belong to the collection before
    while (answers.areAwaited) {
      const { status, found } = await ask();
      answers.statuses.set(status, (answers.statuses.get(status) ?? 0) + 1);
      answers.worst = worst(answers.worst, found);
      this.#onAnswer();
      await pause(status === 0 ? GONE_MS : EVERY_MS);
    }
    answers.after = (await ask()).found;
    this.#onAnswer();
  }

  stop() {
    if (this.#answers !== null) this.#answers.areAwaited = false;
  }

  // "Enquanto isso, quem pediu os dados recebeu 38 respostas 200 …", with marks; empty before it.
  get sentence() {
    if (this.#answers === null || this.#answers.statuses.size === 0) return "";
    const { statuses, times } = this.#answers;
    const isOne = [...statuses.values()].reduce((sum, count) => sum + count) === 1;
    const counts = [...statuses].map(([status, count]) => counted(status, count));
    const half = median(times);
    const time = half === undefined ? "" : `, metade delas em até *${duration(half)}*`;
    const received = new Intl.ListFormat("pt-BR").format(counts);
    const meanwhile = `Enquanto isso, quem pediu os dados recebeu ${received}${time}`;
    return `${meanwhile}${quality(this.#answers.worst, isOne)}.${afterwards(this.#answers.after)}`;
  }
}

async function ask() {
  try {
    const { status, ok, headers } = await fetch(data, { method: "HEAD", cache: "no-store" });
    return { status, found: ok ? qualityOf(headers) : NOTHING };
  } catch {
    return { status: 0, found: NOTHING }; // the service itself is gone
  }
}

function qualityOf(headers) {
  const number = (name) => Number(headers.get(name));
  const ageMs = Date.now() - Date.parse(headers.get("Last-Modified"));
  return {
    hasData: true,
    missing: number("X-Snapshot-Missing"),
    filled: number("X-Snapshot-Filled"),
    ageMs: Math.max(0, ageMs),
  };
}

function worst(one, other) {
  return {
    hasData: one.hasData || other.hasData,
    missing: Math.max(one.missing, other.missing),
    filled: Math.max(one.filled, other.filled),
    ageMs: Math.max(one.ageMs, other.ageMs),
  };
}

function pause(ms) {
  return new Promise((done) => setTimeout(done, ms));
}

function counted(status, count) {
  if (status === 0) return unbroken(`*${formatted(count)}`, "sem", "resposta*");
  return unbroken(`*${plural(count, "resposta", "respostas")}`, `${status}*`);
}

function median(times) {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)];
}

// How whole and how old the data were, at worst.
function quality({ hasData, missing, ageMs }, isOne) {
  if (!hasData) return "";
  const whole = isOne ? "completa" : "sempre completas";
  const found = missing > 0 ? `com até ${countedParts(missing)} sem dados` : whole;
  return `: ${found}, com dados de até ${age(ageMs)} atrás`;
}

// What has become of the data, if not all of them are new.
function afterwards({ missing, filled }) {
  const kept = filled > 0 && `${countedParts(filled)} de uma coleta anterior`;
  const lost = missing > 0 && `${countedParts(missing)} sem dados`;
  const parts = [kept, lost].filter(Boolean).join(" e ");
  return parts === "" ? "" : ` Agora recebe os dados com ${parts}.`;
}

const countedParts = (number) => plural(number, "parte", "partes");

function age(ms) {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? plural(seconds, "segundo", "segundos") : duration(seconds * 1000);
}
