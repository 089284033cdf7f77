// What the pictures show, in words.

import { extremes } from "./analysis.js";
import { CITIES, FAILED, GOOD, requestCount, STATES_LIST } from "./collection.js";
import { duration, formatted, outOf, plural, unbroken } from "./numbers.js";
import { countedCities, countedDistricts, countedStates } from "./places.js";

const DATE = new Intl.DateTimeFormat("pt-BR", { dateStyle: "short", timeStyle: "medium" });
const MOST_NAMED = 8;

export const NO_COLLECTION =
  "Ainda não houve coleta desde que o serviço foi iniciado. Assim que houver uma, ela aparece aqui.";
export const NO_CONNECTION = "Sem conexão com o serviço; tentando de novo…";
export const HINT = "Aponte para a figura ou escolha um estado para ver cada requisição dele.";
export const ROWS_HINT = "Aponte para uma linha ou use as setas do teclado.";

export const SITUATIONS = {
  na_fila: "na fila",
  em_andamento: "em andamento",
  completo: "completo",
  incompleto: "incompleto",
};

export const countedRequests = (number) => plural(number, "requisição", "requisições");
const countedFailures = (number) => plural(number, "falha", "falhas");

/** What became of the collection. */
export function outcomeSentence(collection) {
  const { situacao, resultado, motivo } = collection.progress;
  const time = duration(collection.ms);
  switch (situacao) {
    case "em_andamento":
      return collection.isCollecting ? "Coleta em andamento." : "Guardando o resultado…";
    case "concluida":
      return `Coleta concluída em ${time}: ${inventory(resultado)}.`;
    case "incompleta":
      return `Coleta incompleta, em ${time}: ${inventory(resultado)}. ${gaps(collection.progress)}`;
    case "falhou":
      return `A coleta falhou após ${time}. ${motivo ?? ""}`.trim();
    default:
      return `A coleta foi interrompida após ${time}. ${motivo ?? ""}`.trim();
  }
}

function inventory({ estados, cidades, distritos }) {
  return [countedStates(estados), countedCities(cidades), countedDistricts(distritos)].join(", ");
}

// Where the collection failed, and what was kept from an earlier one.
function gaps({ estados, requisicoes, resultado }) {
  const failing = estados.filter((state) => state.falhas > 0);
  const where =
    failing.length > MOST_NAMED
      ? `${countedStates(failing.length)} (${countedFailures(requisicoes.falhas)})`
      : failing.map((state) => `${state.sigla} (${countedFailures(state.falhas)})`).join(", ");
  const kept = plural(resultado.mantidos, "lugar ficou", "lugares ficaram");
  const before = resultado.mantidos > 0 ? ` ${kept} como na coleta anterior.` : "";
  return `Houve falhas em ${where}.${before}`;
}

/** Why and when the collection started. */
export function startSentence({ pedida, inicio }) {
  const start = pedida === "por_pessoa" ? "Pedida por uma pessoa" : "Iniciada pelo próprio serviço";
  return `${start} em ${DATE.format(new Date(inicio))}.`;
}

/** How far a running collection is. */
export function runningSentence(collection) {
  const { concluidas } = collection.progress.requisicoes;
  const all = collection.requestCount;
  return `Coleta em andamento: ${unbroken(outOf(concluidas, all), "requisições")}.`;
}

/** What the curve of the requests in flight shows. */
export function curveSentence(collection) {
  const { mais_em_voo, limites } = collection.progress;
  const { waiting } = extremes(collection);
  return (
    `No pico, ${countedRequests(mais_em_voo)} em andamento, com um limite de ` +
    `${formatted(limites.requisicoes_configurado)}. Na fila, até ${formatted(waiting)}.`
  );
}

/** A state's name and how far it is. */
export function stateSentence(state) {
  return `${state.sigla} ${state.nome}: ${progressSentence(state)}`;
}

/** How far a state is. */
export function progressSentence(state) {
  const done = state.concluidas + state.falhas;
  const answered = unbroken(outOf(done, requestCount(state)), "requisições");
  const failed = state.falhas > 0 ? `, ${countedFailures(state.falhas)}` : "";
  return `${answered}, ${SITUATIONS[state.situacao]}${failed}`;
}

export function choiceHint(state) {
  return state === null
    ? "Escolha um estado para ver só as requisições dele na cascata."
    : `A cascata mostra só *${state.nome}*. Escolha o mesmo estado para ver todos de novo.`;
}

/** The title above the rows: all requests, or those of one state. */
export function rowsTitle(state) {
  return state === null ? "Cada requisição" : `${state.nome}: cada requisição`;
}

/** The sentences about a chosen state; `names` are those of its failed places. */
export function introduction(state, names) {
  const more = names.length > MOST_NAMED ? ` e mais ${formatted(names.length - MOST_NAMED)}` : "";
  const listed = names.slice(0, MOST_NAMED).join(", ");
  const failed = names.length > 0 ? ` Falharam: ${listed}${more}.` : "";
  return `${stateSentence(state)}.${failed} ${ROWS_HINT}`;
}

/** What a request spent its time on, attempt by attempt; `name` is its city's or state's. */
export function requestSentence(collection, request, name) {
  const attempts = collection.attemptsOf(request);
  const kind = collection.kind[attempts[0]];
  const subject = { [STATES_LIST]: "Lista dos estados", [CITIES]: `${name}, cidades` }[kind];
  const parts = attempts.map((attempt) => attemptSentence(collection, attempt));
  return `${subject ?? `${name}, distritos`}: ${parts.join("; ")}.`;
}

function attemptSentence({ number, queued, sent, answered, ended, outcome }, index) {
  const pause = number[index] > 1 ? "pausa e fila de" : "espera de";
  const waited = `${number[index]}ª tentativa: ${pause} ${duration(sent[index] - queued[index])}`;
  const wire = duration(answered[index] - sent[index]);
  if (outcome[index] === GOOD) {
    return `${waited}, ${wire} na rede, ${duration(ended[index] - answered[index])} de leitura`;
  }
  return `${waited}, falhou após ${wire}${outcome[index] === FAILED ? ", de vez" : ""}`;
}
