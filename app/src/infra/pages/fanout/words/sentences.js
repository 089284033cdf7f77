// What the pictures show, in words.

import { extremes } from "./analysis.js";
import { levels, nameOf, part, rootNoun } from "./collected.js";
import { FAILED, GOOD, LIST, requestCount } from "./collection.js";
import { element } from "./elements.js";
import { agreeing, counted, countedRoots, numbered } from "./nouns.js";
import { duration, formatted, outOf, plural, unbroken } from "./numbers.js";

const DATE = new Intl.DateTimeFormat("pt-BR", { dateStyle: "short", timeStyle: "medium" });
const MOST_NAMED = 8;

export const NO_COLLECTION =
  "Ainda não houve coleta desde que o serviço foi iniciado. Assim que houver uma, ela aparece aqui.";
export const NO_CONNECTION = "Sem conexão com o serviço; tentando de novo…";
const CHOOSE = `${agreeing("um")} ${rootNoun.singular} para ver`;
export const HINT = `Aponte para a figura ou escolha ${CHOOSE} cada requisição ${agreeing("dele")}.`;
export const THE_LIST = `Lista d${agreeing("os")} ${rootNoun.plural}`;
export const ROWS_HINT = "Aponte para uma linha ou use as setas do teclado.";

export const SITUATIONS = {
  na_fila: "na fila",
  em_andamento: "em andamento",
  completo: agreeing("completo"),
  incompleto: agreeing("incompleto"),
};

export const countedRequests = (number) => plural(number, "requisição", "requisições");
const countedFailures = (number) => plural(number, "falha", "falhas");
const partsStayed = (number) => plural(number, `${part.singular} ficou`, `${part.plural} ficaram`);

/** What became of the collection. */
export function outcomeSentence(collection) {
  const { situacao, counts, motivo } = collection.progress;
  const time = duration(collection.ms);
  switch (situacao) {
    case "em_andamento":
      return collection.isCollecting ? "Coleta em andamento." : "Guardando o resultado…";
    case "concluida":
      return `Coleta concluída em ${time}: ${inventory(counts)}.`;
    case "incompleta":
      return [
        `Coleta incompleta, em ${time}: ${inventory(counts)}.`,
        ...gaps(collection.progress),
      ].join(" ");
    case "falhou":
      return `A coleta falhou após ${time}. ${motivo ?? ""}`.trim();
    default:
      return `A coleta foi interrompida após ${time}. ${motivo ?? ""}`.trim();
  }
}

function inventory(counts) {
  return counts.map((count, depth) => counted(count, levels[depth])).join(", ");
}

// Where the collection failed, what has no data, and what was kept from an earlier collection. Data
// may also be missing without a failed request, for example if a list has the same id twice.
function gaps({ roots, requisicoes, resultado: { sem_dados, mantidos } }) {
  const failing = roots.filter((root) => root.falhas > 0);
  return [
    failing.length > 0 && `Houve falhas em ${listed(failing, requisicoes)}.`,
    sem_dados > 0 && `${partsStayed(sem_dados)} sem dados.`,
    mantidos > 0 && `${partsStayed(mantidos)} como na coleta anterior.`,
  ].filter(Boolean);
}

function listed(failing, requisicoes) {
  if (failing.length > MOST_NAMED) {
    return `${countedRoots(failing.length)} (${countedFailures(requisicoes.falhas)})`;
  }
  return failing
    .map((root) => `${root.shortName || root.nome} (${countedFailures(root.falhas)})`)
    .join(", ");
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
  const limit = limites.requisicoes_configurado;
  const limited = limit === 0 ? "" : `, com um limite de ${formatted(limit)}`;
  const most = `No pico, ${countedRequests(mais_em_voo)} em andamento${limited}.`;
  return `${most} Na fila, até ${formatted(waiting)}.`;
}

/** A root's names. */
export function rootName({ shortName, nome }) {
  return shortName === "" ? nome : `${shortName} ${nome}`;
}

/** A root's name and how far it is. */
export function rootSentence(root) {
  return `${rootName(root)}: ${progressSentence(root)}`;
}

/** How far a root is. */
export function progressSentence(root) {
  const done = root.concluidas + root.falhas;
  const answered = unbroken(outOf(done, requestCount(root)), "requisições");
  const failed = root.falhas > 0 ? `, ${countedFailures(root.falhas)}` : "";
  return `${answered}, ${SITUATIONS[root.situacao]}${failed}`;
}

/** What a choice does, or undoes: text and elements, because a name may have any signs. */
export function choiceHint(root) {
  if (root === null) return [`Escolha ${CHOOSE} só as requisições ${agreeing("dele")} na cascata.`];
  const same = `${agreeing("o")} ${agreeing("mesmo")} ${rootNoun.singular}`;
  return [
    "A cascata mostra só ",
    element("strong", {}, root.nome),
    `. Escolha ${same} para ver ${agreeing("todos")} de novo.`,
  ];
}

/** The title above the rows: all requests, or those of one root. */
export function rowsTitle(root) {
  return root === null ? "Cada requisição" : `${root.nome}: cada requisição`;
}

/** What an attempt asks for the parts of, by name. */
export function askedName(collection, attempt) {
  const [depth, id] = [collection.kind[attempt] - 1, collection.place[attempt]];
  const name = depth === 0 ? collection.roots.find((root) => root.id === id)?.nome : nameOf(id);
  return name ?? numbered(levels[depth], id);
}

/** The sentences about a chosen root; `names` are those of what failed below it. */
export function introduction(root, names) {
  const more = names.length > MOST_NAMED ? ` e mais ${formatted(names.length - MOST_NAMED)}` : "";
  const listed = names.slice(0, MOST_NAMED).join(", ");
  const failed = names.length > 0 ? ` Falharam: ${listed}${more}.` : "";
  return `${rootSentence(root)}.${failed} ${ROWS_HINT}`;
}

/** What a request spent its time on, attempt by attempt. */
export function requestSentence(collection, request) {
  const attempts = collection.attemptsOf(request);
  const kind = collection.kind[attempts[0]];
  const subject =
    kind === LIST
      ? THE_LIST
      : `${askedName(collection, attempts[0])}, ${levels[kind].plural}`;
  const parts = attempts.map((attempt) => attemptSentence(collection, attempt));
  return `${subject}: ${parts.join("; ")}.`;
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
