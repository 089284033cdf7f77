// Portuguese sentences about numbers, times and names.

import { plural, unbroken } from "./numbers.js";

const AGO = new Intl.RelativeTimeFormat("pt-BR", { numeric: "auto" });
const MOMENT = new Intl.DateTimeFormat("pt-BR", { dateStyle: "long", timeStyle: "short" });
const DAY = new Intl.DateTimeFormat("pt-BR", { dateStyle: "long", timeZone: "UTC" });
const LIST = new Intl.ListFormat("pt-BR");
const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60]];

export const byName = new Intl.Collator("pt-BR").compare;

/** "1 estado, 12 cidades e 40 distritos"; what there is none of is left out. */
export function countedPlaces(states, cities, districts) {
  const counts = [
    [states, "estado", "estados"],
    [cities, "cidade", "cidades"],
    [districts, "distrito", "distritos"],
  ];
  return LIST.format(counts.filter(([count]) => count > 0).map((each) => plural(...each)));
}

/** How many districts a city has; nothing may be known of them. */
export function countedDistricts(districts) {
  if (districts === null) return "distritos ainda desconhecidos";
  return plural(districts.length, "distrito", "distritos");
}

/** The name as it is compared: accents, case, blanks and punctuation do not count. */
export function comparable(name) {
  return name.normalize("NFD").toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** Where the data are from and how old they are. */
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
