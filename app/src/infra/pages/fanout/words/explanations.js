// The explanations beside the pictures that have numbers, all from the collection shown. What holds
// for every collection is in the page's HTML.

import { fixedPlan, leastTime, wireTimes } from "./analysis.js";
import { levels, rootsAreRequested } from "./collected.js";
import { agreeing, countedRoots } from "./nouns.js";
import { duration, formatted, outOf, plural, unbroken } from "./numbers.js";
import { countedRequests } from "./sentences.js";

/** How many requests waited for their answers at the same time. */
export function gain({ progress }) {
  const most = progress.mais_em_voo;
  return most > 1 ? `Aqui, no pico, foram ${formatted(most)} ao mesmo tempo.` : "";
}

const KINDS = [
  ...(rootsAreRequested ? ["da lista"] : []),
  ...levels.slice(1).map((level) => `de ${level.plural}`),
];
const OF_ANY_KIND = new Intl.ListFormat("pt-BR", { type: "disjunction" }).format(KINDS);

/** How many of the roots may be in work at once. */
export function rootsInWork({ progress }) {
  const all = progress.roots.length;
  const { roots: limit } = progress.limites;
  if (all === 0 || limit === 0) return "";
  if (all <= limit) return `Aqui o limite é ${formatted(limit)}, e ${agreeing("nenhum")} precisa esperar.`;
  return `Aqui são ${outOf(limit, all)}: ${plural(all - limit, "fica", "ficam")} para depois.`;
}

/** The two limits, and which requests count. */
export function limits({ progress }) {
  const { roots, requisicoes_configurado } = progress.limites;
  if (requisicoes_configurado === 0) return "";
  return (
    `Aqui são ${countedRoots(roots)} e ${countedRequests(requisicoes_configurado)}` +
    `${KINDS.length > 1 ? `, sejam elas ${OF_ANY_KIND}` : ""}.`
  );
}

/** The least time for a collection under its limit, once all its requests are known. */
export function least(collection) {
  const { isCollecting, progress } = collection;
  if (isCollecting || progress.limites.requisicoes_configurado === 0) return "";
  const { requests, atOnce, waves, each, all } = leastTime(collection);
  if (requests === 0) return "";
  const kind = fixedPlan(collection) ? "" : ` de ${levels.at(-1).plural}`;
  const rounds = waves === 1 ? "cabem em uma só leva" : `são ${plural(waves, "leva", "levas")}`;
  const time = waves === 1 ? "" : `, ${duration(all)}`;
  return (
    `O limite dita o tempo mínimo: ${countedRequests(requests)}${kind}, ` +
    `${unbroken(formatted(atOnce), "por", "vez")}, ${rounds}; a ${duration(each)} cada uma${time}.`
  );
}

/** How long the requests were on the wire, once the collection has ended. */
export function spread(collection) {
  if (collection.isCollecting || collection.size === 0) return "";
  const [fast, half, slowest] = wireTimes(collection, [0.1, 0.5, 1]).map(duration);
  return `Aqui, as 10% mais rápidas duram até ${fast}; metade, até ${half}; a mais longa, ${slowest}.`;
}
