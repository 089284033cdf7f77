// The answer to what everybody asks: how many requests were in flight at once, and why not more?

import { extremes } from "./analysis.js";
import { count, plural } from "./numbers.js";

const REQUESTS_LIMIT = "`IBGE_CITIES_LIMIT`";
const STATES_LIMIT = "`IBGE_STATES_LIMIT`";

/** In words, of which *…* are to be set bold and `…` as code. */
export function answer(collection) {
  const { isRunning, progress } = collection;
  if (progress.mais_em_voo === 0) return nothing(isRunning);
  if (progress.estados.length === 0) return onlyTheList(isRunning);
  return [
    `${isRunning ? "Até agora, no pico" : "No pico"}, ${inFlight(progress.mais_em_voo)}`,
    whyNotMore(progress, extremes(collection)),
    ...circuit(collection),
  ].join(" ");
}

function nothing(isRunning) {
  return isRunning ? "A coleta está começando." : "Nada chegou a ser pedido ao IBGE.";
}

function onlyTheList(isRunning) {
  const next = "Só com ela se sabe o que mais pedir.";
  return isRunning
    ? `*1 requisição* está em voo: a da lista dos estados. ${next}`
    : `Nunca houve mais de *1 requisição* em voo: a da lista dos estados. ${next}`;
}

function inFlight(most) {
  return most === 1
    ? "só *1 requisição* por vez esteve em voo, isto é, enviada e ainda sem resposta."
    : `*${count(most)} requisições* estiveram em voo ao mesmo tempo, isto é, enviadas e ainda ` +
        "sem resposta.";
}

function whyNotMore(progress, { waiting, waitingStates, limit }) {
  const { mais_em_voo, limites, plano, situacao } = progress;
  const configured = limites.requisicoes_configurado;
  if (limit.lowest < configured) return lowered(configured, limit);
  if (mais_em_voo >= configured) return noPermitLeft(configured, waiting);
  if (plano === "state") return onePairForEachState(limites.estados);
  if (waitingStates > 1) return fewStates(limites.estados);
  const so = situacao === "em_andamento" ? "ainda não" : "não";
  return `O limite de ${count(configured)} (${REQUESTS_LIMIT}) ${so} foi alcançado.`;
}

function lowered(configured, { first, lowest, highest }) {
  if (first === configured) {
    return (
      `O limite começou em *${count(first)}* (${REQUESTS_LIMIT}) e baixou até ` +
      `*${count(lowest)}*, porque o IBGE recusou muitas ou demorou demais.`
    );
  }
  const rest = lowest < first ? `baixou até *${count(lowest)}*` : `subiu até *${count(highest)}*`;
  return (
    `O limite pode ir até ${count(configured)} (${REQUESTS_LIMIT}), mas o IBGE andou recusando: ` +
    `começou em *${count(first)}* e ${rest}.`
  );
}

function noPermitLeft(configured, waiting) {
  return (
    "Não foram mais porque o semáforo, um contador de permissões, só tem " +
    `*${count(configured)}* (${REQUESTS_LIMIT}): até ` +
    `${plural(waiting, "outra esperou", "outras esperaram")} a vez na fila.`
  );
}

function onePairForEachState(states) {
  return (
    "Não foram mais porque o plano é por estado (`IBGE_PLAN=state`): são duas por estado, e só " +
    `${plural(states, "estado fica", "estados ficam")} em andamento por vez (${STATES_LIMIT}).`
  );
}

function fewStates(states) {
  return (
    `Não foram mais porque só ${plural(states, "estado fica", "estados ficam")} em andamento por ` +
    `vez (${STATES_LIMIT}); os outros esperaram.`
  );
}

function circuit(collection) {
  if (!extremes(collection).wasOpen) return [];
  return collection.isRunning && collection.progress.limites.circuito_aberto
    ? ["Quase tudo falha, e por isso o *circuito está aberto*: por ora, nada é pedido ao IBGE."]
    : ["Quase tudo falhou por um tempo, e o *circuito se abriu*: na pausa, nada foi pedido."];
}
