// The explanations beside the pictures, as far as numbers come into them: each number is that of the
// collection shown. What holds for every collection stands in the page.

import { leastTime } from "./analysis.js";
import { count, duration, outOf, plural, unbroken } from "./numbers.js";
import { countedStates } from "./places.js";
import { countedRequests } from "./sentences.js";

/** How many requests waited for their answers at once. */
export function gain({ progress }) {
  const most = progress.mais_em_voo;
  return most > 1 ? `Aqui, no pico, foram ${count(most)} ao mesmo tempo.` : "";
}

/** How many of the states were in work at once. */
export function statesInWork({ progress }) {
  const all = progress.estados.length;
  const { estados: limit } = progress.limites;
  if (all === 0 || limit === 0) return "";
  if (all <= limit) return `Aqui o limite é ${count(limit)}, e nenhum precisa esperar.`;
  return `Aqui são ${outOf(limit, all)}: ${plural(all - limit, "fica", "ficam")} para depois.`;
}

/** The two limits, and what the one for requests counts. */
export function limits({ progress }) {
  const { estados, requisicoes_configurado } = progress.limites;
  if (requisicoes_configurado === 0) return "";
  return (
    `Aqui são ${countedStates(estados)} e ${countedRequests(requisicoes_configurado)}, ` +
    "sejam elas da lista, de cidades ou de distritos."
  );
}

/** The time below which a collection cannot come under its limit; not before all is known. */
export function least(collection) {
  const { isCollecting, progress } = collection;
  if (isCollecting || progress.limites.requisicoes_configurado === 0) return "";
  const { asked, atOnce, waves, each, all } = leastTime(collection);
  if (asked === 0) return "";
  const kind = progress.plano === "state" ? "" : " de distritos";
  const rounds = waves === 1 ? "cabem em uma só leva" : `são ${plural(waves, "leva", "levas")}`;
  const time = waves === 1 ? "" : `, ${duration(all)}`;
  return (
    `O limite dita o tempo mínimo: ${countedRequests(asked)}${kind}, ` +
    `${unbroken(count(atOnce), "por", "vez")}, ${rounds}; a ${duration(each)} cada uma${time}.`
  );
}
