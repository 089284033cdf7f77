// Portuguese sentences about places and the age of their data.

import { plural, unbroken } from "./numbers.js";
import { countedCities, countedDistricts, countedStates } from "./places.js";

const AGO = new Intl.RelativeTimeFormat("pt-BR", { numeric: "auto" });
const MOMENT = new Intl.DateTimeFormat("pt-BR", { dateStyle: "long", timeStyle: "short" });
const DAY = new Intl.DateTimeFormat("pt-BR", { dateStyle: "long", timeZone: "UTC" });
const LIST = new Intl.ListFormat("pt-BR");
const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60]];

/** "1 estado, 12 cidades e 40 distritos", without the kinds that have none. */
export function countedPlaces(states, cities, districts) {
  const counts = [[states, countedStates], [cities, countedCities], [districts, countedDistricts]];
  const some = counts.filter(([number]) => number > 0);
  return LIST.format(some.map(([number, counted]) => counted(number)));
}

/** How many districts a city has, if that is known. */
export function districtsOf({ distritos }) {
  return distritos === null ? "distritos ainda desconhecidos" : countedDistricts(distritos.length);
}

/** The source of the data and how old they are. */
export function sourceSentence({ isLive, collectedAt, answeredAt, missing, filled }) {
  if (!isLive) {
    return `Cópia de ${DAY.format(collectedAt)} que acompanha o serviço: ` +
      "o IBGE ainda não pôde ser consultado.";
  }
  const sentences = [
    `Dados do IBGE, coletados ${ago(answeredAt - collectedAt)} (${MOMENT.format(collectedAt)}).`,
  ];
  if (filled > 0) {
    const places = plural(filled, "lugar", "lugares");
    sentences.push(`Em ${places}, as cidades ou os distritos são de uma coleta anterior.`);
  }
  if (missing > 0) {
    const places = plural(missing, "lugar", "lugares");
    sentences.push(`Em ${places}, cidades ou distritos ainda são desconhecidos.`);
  }
  return sentences.join(" ");
}

function ago(milliseconds) {
  const seconds = Math.max(0, milliseconds / 1000);
  const [unit, length] = UNITS.find(([, each]) => seconds >= each) ?? ["second", 1];
  return unbroken(...AGO.format(-Math.floor(seconds / length), unit).split(" "));
}
