// The headline: how many requests were in flight at once, and why not more?

import { extremes, fixedPlan } from "./analysis.js";
import { hasExperiments, planOf, rootNoun, settings, upstream } from "./collected.js";
import { agreeing, countedRoots, requestsPerRoot } from "./nouns.js";
import { formatted, plural, unbroken } from "./numbers.js";

// The settings behind the limits, if they are known by name. In an experiment the limit of the
// requests is not that of its setting.
const [ROOTS_LIMIT, REQUESTS_LIMIT, RATE_LIMIT] = [
  settings.roots,
  hasExperiments ? "" : settings.requests,
  settings.rate,
].map((name) => (name === "" ? "" : ` (\`${name}\`)`));
// "A" and the article are one word: "ao catálogo", "à tabela".
const TO_UPSTREAM = upstream.replace(/^o/, "ao").replace(/^a(?!o)/, "à");
const THE_LIST = `a da lista d${agreeing("os")} ${rootNoun.plural}`;

/** A text in which *…* is bold and `…` is code. */
export function headline(collection) {
  const { isCollecting, progress } = collection;
  if (progress.mais_em_voo === 0) return nothing(isCollecting);
  if (progress.roots.length === 0) return onlyTheList(isCollecting);
  return [
    `${isCollecting ? "Até agora, no pico" : "No pico"}, ${inFlight(progress.mais_em_voo)}`,
    whyNotMore(collection),
    circuit(collection),
  ]
    .filter(Boolean)
    .join(" ");
}

function nothing(isCollecting) {
  return isCollecting ? "A coleta está começando." : `Nada chegou a ser pedido ${TO_UPSTREAM}.`;
}

function onlyTheList(isCollecting) {
  const one = unbroken("*1", "requisição*");
  const next = "Só com ela se sabe o que mais pedir.";
  return isCollecting
    ? `${one} está em andamento: ${THE_LIST}. ${next}`
    : `Nunca houve mais de ${one} em andamento: ${THE_LIST}. ${next}`;
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
  const { waiting, waitingRoots, limit } = extremes(collection);
  const configured = limites.requisicoes_configurado;
  if (configured === 0) return ""; // the limits are not known
  if (limit.lowest < configured) return lowered(configured, limit);
  if (mais_em_voo >= configured) return noPermitLeft(configured, waiting);
  const fixed = fixedPlan(collection);
  if (planOf(plano) ?? (waitingRoots > 1 && fixed)) return fixedForEachRoot(fixed, limites.roots);
  if (waitingRoots > 1) return fewRoots(limites.roots);
  return notReached(configured, limites.por_segundo, collection.isCollecting);
}

function notReached(configured, rate, isCollecting) {
  const not = isCollecting ? "ainda não" : "não";
  const pace =
    rate > 0 ? ` São enviadas no máximo *${formatted(rate)}* por segundo${RATE_LIMIT}.` : "";
  return `O limite de ${formatted(configured)}${REQUESTS_LIMIT} ${not} foi alcançado.${pace}`;
}

function lowered(configured, { first, lowest, highest }) {
  if (first === configured) {
    return (
      `O limite começou em *${formatted(first)}*${REQUESTS_LIMIT} e caiu até ` +
      `*${formatted(lowest)}*, porque ${upstream} recusou muitas ou demorou demais.`
    );
  }
  const rest =
    lowest < first ? `caiu até *${formatted(lowest)}*` : `subiu até *${formatted(highest)}*`;
  return (
    `O limite pode ir até ${formatted(configured)}${REQUESTS_LIMIT}, mas ${upstream} andou ` +
    `recusando: começou em *${formatted(first)}* e ${rest}.`
  );
}

function noPermitLeft(configured, waiting) {
  const permits = `*${formatted(configured)}*${REQUESTS_LIMIT}`;
  if (waiting === 0) return `É o limite do semáforo, um contador de permissões: ${permits}.`;
  return (
    `Não foram mais porque o semáforo, um contador de permissões, só tem ${permits}: ` +
    `até ${plural(waiting, "outra esperou", "outras esperaram")} na fila.`
  );
}

function fixedForEachRoot({ requestsPerRoot: number, reason }, limit) {
  const each = `${number === 1 ? "é" : "são"} ${requestsPerRoot(number)}`;
  const why = reason === "" ? each : `${reason}: ${each}`;
  return `Não foram mais porque ${why}, e ${fewAtOnce(limit)}.`;
}

function fewRoots(limit) {
  const others = `${agreeing("os")} ${agreeing("outros")} esperaram`;
  return `Não foram mais porque ${fewAtOnce(limit)}; ${others}.`;
}

function fewAtOnce(limit) {
  const few = `${countedRoots(limit)} ${limit === 1 ? "fica" : "ficam"}`;
  return `só ${few} em andamento por vez${ROOTS_LIMIT}`;
}

function circuit(collection) {
  if (!extremes(collection).wasOpen) return "";
  return collection.isCollecting && collection.progress.limites.circuito_aberto
    ? `Quase tudo falha, e por isso o *circuito está aberto*: por ora, nada é pedido ${TO_UPSTREAM}.`
    : "Quase tudo falhou por um tempo, e o *circuito se abriu*: na pausa, nada foi pedido.";
}
