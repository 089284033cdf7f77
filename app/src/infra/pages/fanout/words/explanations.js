// The explanations beside the pictures that have numbers, all from the collection shown. What holds
// for every collection is in the page's HTML.

import { leastTime } from "./analysis.js";
import { duration, formatted, outOf, plural, unbroken } from "./numbers.js";
import { countedStates } from "./places.js";
import { countedRequests } from "./sentences.js";

/** How many requests waited for their answers at the same time. */
export function gain({ progress }) {
  const most = progress.mais_em_voo;
  return most > 1 ? `Aqui, no pico, foram ${formatted(most)} ao mesmo tempo.` : "";
}

/** How many of the states may be in work at once. */
export function statesInWork({ progress }) {
  const all = progress.estados.length;
  const { estados: limit } = progress.limites;
  if (all === 0 || limit === 0) return "";
  if (all <= limit) return `Aqui o limite é ${formatted(limit)}, e nenhum precisa esperar.`;
  return `Aqui são ${outOf(limit, all)}: ${plural(all - limit, "fica", "ficam")} para depois.`;
}

/** The two limits, and which requests count. */
export function limits({ progress }) {
  const { estados, requisicoes_configurado } = progress.limites;
  if (requisicoes_configurado === 0) return "";
  return (
    `Aqui são ${countedStates(estados)} e ${countedRequests(requisicoes_configurado)}, ` +
    "sejam elas da lista, de cidades ou de distritos."
  );
}

/** The least time for a collection under its limit, once all its requests are known. */
export function least(collection) {
  const { isCollecting, progress } = collection;
  if (isCollecting || progress.limites.requisicoes_configurado === 0) return "";
  const { requests, atOnce, waves, each, all } = leastTime(collection);
  if (requests === 0) return "";
  const kind = progress.plano === "state" ? "" : " de distritos";
  const rounds = waves === 1 ? "cabem em uma só leva" : `são ${plural(waves, "leva", "levas")}`;
  const time = waves === 1 ? "" : `, ${duration(all)}`;
  return (
    `O limite dita o tempo mínimo: ${countedRequests(requests)}${kind}, ` +
    `${unbroken(formatted(atOnce), "por", "vez")}, ${rounds}; a ${duration(each)} cada uma${time}.`
  );
}
