// The figures of a collection and its two gauges.

import { extremes, oneAfterAnother, timeSpent } from "./analysis.js";
import { rootNoun } from "./collected.js";
import { byId } from "./elements.js";
import { duration, formatted, outOf, plural, unbroken } from "./numbers.js";
import { PermitBox } from "./permit_box.js";
import { write, writeMarked } from "./writing.js";

export class Figures {
  #roots;
  #requests;

  constructor({ redraw }) {
    this.#roots = new PermitBox(byId("roots-gauge"), byId("roots-gauge-text"), { redraw });
    this.#requests = new PermitBox(byId("requests-gauge"), byId("requests-gauge-text"), { redraw });
  }

  draw(collection) {
    this.#drawGauges(collection);
    writeCounts(collection);
    writeOneAfterAnother(collection);
    writeTimeSpent(collection);
  }

  // Shows the permits in use while the collection runs, and their peak afterwards.
  #drawGauges({ isCollecting, progress, samples }) {
    const { limites, requisicoes } = progress;
    const most = extremes({ samples });
    const roots = isCollecting ? progress.rootsInWork : most.roots;
    const requests = isCollecting ? requisicoes.em_voo : progress.mais_em_voo;
    const allowed = isCollecting ? limites.requisicoes : most.limit.highest || limites.requisicoes;
    const when = isCollecting ? "em andamento" : "no pico";
    this.#roots.draw({
      used: roots,
      allowed: limites.roots,
      all: limites.roots || roots,
      sentence: `${share(roots, limites.roots, rootNoun.plural)} ${when}`,
    });
    this.#requests.draw({
      used: requests,
      allowed,
      all: limites.requisicoes_configurado || requests,
      sentence: `${share(requests, allowed, "requisições")} ${when}`,
    });
    const waiting = formatted(isCollecting ? requisicoes.na_fila : most.waiting);
    writeMarked(byId("queue"), `${isCollecting ? "" : "até "}*${waiting}* à espera na fila`);
  }
}

// "20 de 500 requisições"; only "20 requisições" if the limit is not known.
function share(used, limit, things) {
  return unbroken(`*${limit === 0 ? formatted(used) : outOf(used, limit)}*`, things);
}

function writeCounts({ isCollecting, ms, collectedMs, progress, requestCount }) {
  const { repetidas, falhas } = progress.requisicoes;
  write(byId("requests"), formatted(requestCount));
  write(byId("retries"), formatted(repetidas));
  write(byId("failures"), formatted(falhas));
  write(byId("time"), duration(ms));
  const parts = [collectedMs, ms - collectedMs].map(duration);
  const why = `${parts[0]} de requisições, ${parts[1]} para guardar`;
  write(byId("time-why"), isCollecting || ms === collectedMs ? "" : why);
  byId("retries").dataset.alarm = repetidas > 0 ? "retry" : "";
  byId("failures").dataset.alarm = falhas > 0 ? "failed" : "";
}

function writeOneAfterAnother(collection) {
  const isComparable = collection.size > 0 && collection.requestCount > 1;
  if (!isComparable) {
    write(byId("one-by-one"), "–");
    write(byId("one-by-one-why"), "");
    return;
  }
  const { attempts, each, all } = oneAfterAnother(collection);
  const times = Math.round(all / collection.collectedMs);
  const isWorthSaying = !collection.isCollecting && times > 1;
  const ratio = isWorthSaying ? ` São ${unbroken(formatted(times), "vezes")} o tempo das requisições desta coleta.` : "";
  write(byId("one-by-one"), `cerca de ${duration(all)}`);
  write(
    byId("one-by-one-why"),
    `${plural(attempts, "tentativa", "tentativas")} × ${duration(each)}, ` +
      `o tempo das 10% mais rápidas: uma por vez, nenhuma disputaria a thread.${ratio}`,
  );
}

function writeTimeSpent(collection) {
  const { waiting, wire, reading } = timeSpent(collection);
  writeMarked(
    byId("spent"),
    `Somando todas as requisições, foram *${duration(waiting)}* à espera de permissão, ` +
      `*${duration(wire)}* na rede e *${duration(reading)}* de leitura. ` +
      `Tudo isso coube em *${duration(collection.collectedMs)}*.`,
  );
}
