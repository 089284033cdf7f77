// The conditions of a collection, in words, and the time that it takes under them at least.

import { levels, upstream } from "./collected.js";
import { duration, formatted, inSeconds, plural, unbroken } from "./numbers.js";

const RATE = 500; // requests a second, above which the stand-in refuses

// What this service computes for each request, at the very least, on a fast machine.
const COMPUTED_MS = 0.2;

// The circuit breaker's pauses before it gives up: 1, 2 and 4 s.
const GIVING_UP_MS = 7000;

// A collection is ended after a minute and so much for each request, however little was answered.
const LONGEST_MS = 60_000;
const LONGEST_EACH_MS = 250;

/** How each fault is called, and what the stand-in does then. */
export const FAULTS = {
  nenhuma: { name: "nenhuma", does: "O servidor simulado responde a tudo." },
  erros: {
    name: "2% de erros",
    does: "De cada 100 respostas, 2 são um erro 500, ao acaso: a requisição é refeita.",
  },
  limite_de_taxa: {
    name: "429 acima de 500 por segundo",
    does: `Acima de ${RATE} requisições em um segundo, o servidor responde 429 (pedidos demais), e o serviço passa a pedir menos.`,
  },
  fora_do_ar: {
    name: "cai no meio",
    does: "Com metade das requisições respondida, o servidor cai: toda conexão é derrubada, até a coleta acabar. O serviço insiste por alguns segundos e desiste.",
  },
};

/** "limite de 500, 100 ms por resposta". */
export function conditionsName({ limite, latencia_ms, falha }) {
  const fault = falha === "nenhuma" ? "" : `, ${FAULTS[falha].name}`;
  const limit = unbroken("limite", "de", formatted(limite));
  return `${limit}, ${duration(latencia_ms)} por resposta${fault}`;
}

/** Whether two collections were made under the same conditions. */
export function isSame(one, other) {
  return keyOf(one) === keyOf(other);
}

/** Tells conditions apart. */
export function keyOf({ limite, latencia_ms, falha }) {
  return `${limite} ${latencia_ms} ${falha}`;
}

/** How long so many requests take at least, and why, with marks. */
export function estimate(conditions, requests) {
  if (requests === 0) return "Quantas requisições são, só se sabe depois da primeira coleta.";
  const { limite, latencia_ms, falha } = conditions;
  if (falha === "fora_do_ar") {
    const least = waiting(conditions, requests / 2) + GIVING_UP_MS;
    return `Deve levar pelo menos *${inWholeSeconds(least)}*, quase tudo em pausas antes de desistir d${upstream}.`;
  }
  const all = plural(requests, "requisição", "requisições");
  const refused = falha === "limite_de_taxa" ? (requests / RATE - 1) * 1000 : 0;
  const [waited, computed] = [waiting(conditions, requests), requests * COMPUTED_MS];
  const least = Math.max(waited, computed, refused);
  const why =
    least === refused
      ? `${all}, ${formatted(RATE)} por segundo`
      : least === waited
        ? `${all}, ${unbroken(formatted(limite), "por", "vez")}, a ${duration(latencia_ms)} cada uma`
        : `aqui a espera já não conta, e sim o que uma só thread calcula para ${all}`;
  const longest = LONGEST_MS + LONGEST_EACH_MS * requests;
  if (least < longest) return `Deve levar pelo menos *${duration(least)}*: ${why}.`;
  return (
    `Levaria pelo menos *${duration(least)}*: ${why}. O serviço encerra antes, ` +
    `após *${duration(longest)}*, uma coleta que demora demais.`
  );
}

// In waves; and each level of the tree is only known from the one above.
function waiting({ limite, latencia_ms }, requests) {
  return Math.max(Math.ceil(requests / limite), levels.length) * latencia_ms;
}

function inWholeSeconds(ms) {
  return ms < 60_000 ? inSeconds(Math.round(ms / 1000) * 1000) : duration(ms);
}
