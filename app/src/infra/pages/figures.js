// The figures of a collection, and the two gauges.

import { extremes, oneAfterAnother, timeSpent } from "./analysis.js";
import { count, duration, plural } from "./numbers.js";
import { Permits } from "./permits.js";
import { byId, mark, write } from "./text.js";

export class Figures {
  #states;
  #requests;

  constructor({ onSize }) {
    this.#states = new Permits(byId("states-gauge"), byId("states-gauge-text"), { onSize });
    this.#requests = new Permits(byId("requests-gauge"), byId("requests-gauge-text"), { onSize });
  }

  draw(collection) {
    this.#drawGauges(collection);
    writeCounts(collection);
    writeOneAfterAnother(collection);
    writeTimeSpent(collection);
  }

  // While the collection runs, what is in use now; afterwards, what was at the most.
  #drawGauges({ isRunning, progress, samples }) {
    const { limites, requisicoes } = progress;
    const most = extremes({ samples });
    const states = isRunning ? progress.estados_em_andamento : most.states;
    const requests = isRunning ? requisicoes.em_voo : progress.mais_em_voo;
    const allowed = isRunning ? limites.requisicoes : most.limit.highest || limites.requisicoes;
    const when = isRunning ? "" : "No pico, ";
    this.#states.draw({
      used: states,
      allowed: limites.estados,
      all: limites.estados,
      sentence: `${when}*${states} de ${limites.estados}* estados em andamento`,
    });
    this.#requests.draw({
      used: requests,
      allowed,
      all: limites.requisicoes_configurado,
      sentence: `${when}*${count(requests)} de ${count(allowed)}* requisições em voo`,
    });
    const waiting = count(isRunning ? requisicoes.na_fila : most.waiting);
    mark(byId("queue"), `${isRunning ? "" : "e até "}*${waiting}* esperando a vez na fila`);
  }
}

function writeCounts({ ms, progress, requests }) {
  const { repetidas, falhas } = progress.requisicoes;
  write(byId("requests"), count(requests));
  write(byId("retries"), count(repetidas));
  write(byId("failures"), count(falhas));
  write(byId("time"), duration(ms));
  byId("retries").dataset.alarm = repetidas > 0 ? "retry" : "";
  byId("failures").dataset.alarm = falhas > 0 ? "failed" : "";
}

function writeOneAfterAnother(collection) {
  const isComparable = collection.size > 0 && collection.requests > 1;
  byId("one-by-one-why").hidden = !isComparable;
  if (!isComparable) {
    write(byId("one-by-one"), "–");
    return;
  }
  const { attempts, each, all } = oneAfterAnother(collection);
  const times = Math.round(all / collection.ms);
  const ratio = collection.isRunning || times < 2 ? "" : `. São ${count(times)} vezes mais`;
  write(byId("one-by-one"), `pelo menos ${duration(all)}`);
  write(
    byId("one-by-one-why"),
    `${plural(attempts, "tentativa", "tentativas")} × ${duration(each)}, ` +
      `o tempo do décimo mais rápido${ratio}.`,
  );
}

function writeTimeSpent(collection) {
  const { waiting, wire, reading } = timeSpent(collection);
  mark(
    byId("spent"),
    `Somadas, as requisições esperaram *${duration(waiting)}* por permissão, ficaram ` +
      `*${duration(wire)}* no fio e levaram *${duration(reading)}* para ser lidas. ` +
      `Tudo isso coube em *${duration(collection.ms)}*.`,
  );
}
