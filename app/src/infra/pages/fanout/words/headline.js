// The headline: how many requests were in flight at once, and why not more?

import { extremes } from "./analysis.js";
import { formatted, plural, unbroken } from "./numbers.js";

const REQUESTS_LIMIT = "`IBGE_CITIES_LIMIT`";
const STATES_LIMIT = "`IBGE_STATES_LIMIT`";
const RATE_LIMIT = "`IBGE_MAX_RPS`";

/** A text in which *…* is bold and `…` is code. */
export function headline(collection) {
  const { isCollecting, progress } = collection;
  if (progress.mais_em_voo === 0) return nothing(isCollecting);
  if (progress.estados.length === 0) return onlyTheList(isCollecting);
  return [
    `${isCollecting ? "Até agora, no pico" : "No pico"}, ${inFlight(progress.mais_em_voo)}`,
    whyNotMore(collection),
    ...circuit(collection),
  ].join(" ");
}

function nothing(isCollecting) {
  return isCollecting ? "A coleta está começando." : "Nada chegou a ser pedido ao IBGE.";
}

function onlyTheList(isCollecting) {
  const one = unbroken("*1", "requisição*");
  const next = "Só com ela se sabe o que mais pedir.";
  return isCollecting
    ? `${one} está em andamento: a da lista dos estados. ${next}`
    : `Nunca houve mais de ${one} em andamento: a da lista dos estados. ${next}`;
}

function inFlight(most) {
  return most === 1
    ? `só ${unbroken("*1", "requisição*")} por vez esteve em andamento: ` +
        "enviada e ainda sem resposta."
    : `${unbroken(`*${formatted(most)}`, "requisições*")} estiveram em andamento ao mesmo tempo: ` +
        "enviadas e ainda sem resposta.";
}

function whyNotMore(collection) {
  const { mais_em_voo, limites, plano } = collection.progress;
  const { waiting, waitingStates, limit } = extremes(collection);
  const configured = limites.requisicoes_configurado;
  if (limit.lowest < configured) return lowered(configured, limit);
  if (mais_em_voo >= configured) return noPermitLeft(configured, waiting);
  if (plano === "state") return onePairForEachState(limites.estados);
  if (waitingStates > 1) return fewStates(limites.estados);
  return notReached(configured, limites.por_segundo, collection.isCollecting);
}

function notReached(configured, rate, isCollecting) {
  const not = isCollecting ? "ainda não" : "não";
  const pace =
    rate > 0 ? ` São enviadas no máximo *${formatted(rate)}* por segundo (${RATE_LIMIT}).` : "";
  return `O limite de ${formatted(configured)} (${REQUESTS_LIMIT}) ${not} foi alcançado.${pace}`;
}

function lowered(configured, { first, lowest, highest }) {
  if (first === configured) {
    return (
      `O limite começou em *${formatted(first)}* (${REQUESTS_LIMIT}) e caiu até ` +
      `*${formatted(lowest)}*, porque o IBGE recusou muitas ou demorou demais.`
    );
  }
  const rest =
    lowest < first ? `caiu até *${formatted(lowest)}*` : `subiu até *${formatted(highest)}*`;
  return (
    `O limite pode ir até ${formatted(configured)} (${REQUESTS_LIMIT}), mas o IBGE andou ` +
    `recusando: começou em *${formatted(first)}* e ${rest}.`
  );
}

function noPermitLeft(configured, waiting) {
  return (
    "Não foram mais porque o semáforo, um contador de permissões, só tem " +
    `*${formatted(configured)}* (${REQUESTS_LIMIT}): até ` +
    `${plural(waiting, "outra esperou", "outras esperaram")} na fila.`
  );
}

function onePairForEachState(states) {
  return (
    "Não foram mais porque o plano é por estado (`IBGE_PLAN=state`): são duas por estado, e " +
    `${fewAtOnce(states)}.`
  );
}

function fewStates(states) {
  return `Não foram mais porque ${fewAtOnce(states)}; os outros esperaram.`;
}

function fewAtOnce(states) {
  const few = plural(states, "estado fica", "estados ficam");
  return `só ${few} em andamento por vez (${STATES_LIMIT})`;
}

function circuit(collection) {
  if (!extremes(collection).wasOpen) return [];
  return collection.isCollecting && collection.progress.limites.circuito_aberto
    ? ["Quase tudo falha, e por isso o *circuito está aberto*: por ora, nada é pedido ao IBGE."]
    : ["Quase tudo falhou por um tempo, e o *circuito se abriu*: na pausa, nada foi pedido."];
}
