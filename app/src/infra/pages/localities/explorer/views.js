// The views below the search: all states, search results, one state, one city, or trouble.
// Each view is { title, status, nodes }.

import { whileBusy } from "./busy_button.js";
import { element } from "./elements.js";
import { sortedByName } from "./names.js";
import { plural, unbroken } from "./numbers.js";
import * as parts from "./parts.js";
import { countedPlaces, districtsOf } from "./place_sentences.js";
import { countedCities, countedStates } from "./places.js";
import { populationLine } from "./population.js";
import { HOME, placeHash } from "./route.js";
import { findMore } from "./search.js";
import { STATES } from "./states.js";

const SITE = "Estados e cidades do Brasil";
// In this order they fill three columns of about the same height.
const REGIONS = ["Norte", "Sul", "Nordeste", "Centro-Oeste", "Sudeste"];

/** The home view: the 27 states, on a map and by region. */
export function homeView() {
  const regions = REGIONS.map((region) => {
    const states = STATES.filter((state) => state.regiao === region);
    return parts.section(region, parts.placeList(sortedByName(states).map(parts.stateRow)));
  });
  const nodes = [
    unseenHeading(unbroken("Os", countedStates(STATES.length))),
    element(
      "div",
      { className: "home" },
      parts.stateMap(),
      element("div", { className: "regions" }, ...regions),
    ),
  ];
  return { title: SITE, status: "", nodes };
}

/** The places found for a text; if there are none, the home view with a sentence about it. */
export function foundView(text, { states, cities, districts, hint }) {
  const title = `${text} · ${SITE}`;
  const count = countedPlaces(states.length, cities.total, districts.total);
  if (!count) {
    const advice = "Confira a grafia, digite só o começo do nome ou escolha um estado.";
    const status = hint ?? `Nada encontrado para “${text}”. ${advice}`;
    return { ...homeView(), title, status };
  }
  const stateRows = states.map(parts.stateRow);
  const groups = [
    states.length > 0 && parts.section("Estados", parts.placeList(stateRows, "columns")),
    cities.total > 0 && group("Cidades", "cities", text, cities, cityRow),
    districts.total > 0 && group("Distritos", "districts", text, districts, districtRow),
  ];
  const found = element("div", { className: "found" }, ...groups.filter(Boolean));
  const nodes = [unseenHeading("Resultado da busca"), found];
  return { title, status: `Resultado: ${count}.`, nodes };
}

/** One state and its cities. */
export function stateView(state, cities) {
  const inOrder = sortedByName(cities);
  const rows = inOrder.map((city) => {
    const more = city.distritos?.length === 1 ? "" : districtsOf(city);
    return parts.placeRow(city, { more, hash: placeHash(city.id) });
  });
  const csv = element("button", {
    className: "plain",
    textContent: `Baixar ${state.sigla} em CSV`,
    dataset: { csv: state.sigla },
  });
  const nodes = [
    parts.breadcrumbs([["Brasil", HOME], [state.nome]]),
    parts.placeHeading(state, {
      kind: `Estado (${state.sigla}) · ${state.regiao}`,
      state,
      path: `states/${state.sigla}`,
    }),
    parts.section(
      countedCities(cities.length),
      element("div", { className: "tools" }, parts.filterField(inOrder, rows), csv),
      parts.placeList(rows, "columns"),
    ),
  ];
  return { title: `${state.nome} · ${SITE}`, status: "", nodes };
}

/** One city and its districts; one of them may be marked. */
export function cityView(city, state, markedId) {
  const rows = sortedByName(city.distritos ?? []).map((district) => {
    const json = parts.jsonLink(`districts/${district.id}`, district.nome);
    const row = parts.placeRow(district, { json });
    if (String(district.id) === markedId) row.ariaCurrent = "true";
    return row;
  });
  const path = `cities/${city.id}`;
  const shortCode = String(city.id).slice(0, 6);
  const shortened = element("p", {}, "Sem o dígito verificador: ");
  shortened.append(parts.copyButton(shortCode, `${city.nome}, sem o dígito verificador`));
  const nodes = [
    parts.breadcrumbs([["Brasil", HOME], [state.nome, placeHash(state.sigla)], [city.nome]]),
    parts.placeHeading(
      city,
      { kind: `${city.capital ? "Capital" : "Cidade"} · ${state.nome}`, state, path },
      shortened,
      ...regionLines(city),
      populationLine(city),
    ),
    parts.section(districtsOf(city), parts.placeList(rows, "columns")),
  ];
  return { title: `${city.nome}, ${state.sigla} · ${SITE}`, status: "", nodes };
}

/** The view for an address without a place: a sentence about it, a link back, and the states. */
export function unknownView(status) {
  const back = element("a", { href: HOME, textContent: "Voltar ao início" });
  const home = homeView();
  return {
    title: `Não encontrado · ${SITE}`,
    status,
    nodes: [element("p", { className: "back" }, back), ...home.nodes],
  };
}

/** The view for a failure, with a button to try again if that may help. */
export function troubleView(error, retry) {
  if (error.status === 404) return unknownView(error.message);
  const button = element("button", { textContent: "Tentar de novo" });
  button.addEventListener("click", retry);
  return { title: SITE, status: error.message, nodes: [button] };
}

function unseenHeading(text) {
  return element("h2", { className: "unseen", textContent: text, tabIndex: -1 });
}

// The regions that a city lies in, as far as they are known.
function regionLines({ microrregiao: micro, regiao_imediata: immediate }) {
  return [
    micro && parts.regionLine(
      { kind: "Microrregião", ...micro },
      { kind: "Mesorregião", ...micro.mesorregiao },
    ),
    immediate && parts.regionLine(
      { kind: "Região imediata", ...immediate },
      { kind: "Região intermediária", ...immediate.regiao_intermediaria },
    ),
  ].filter(Boolean);
}

function cityRow(city) {
  return parts.placeRow(city, { more: city.uf, hash: placeHash(city.id) });
}

function districtRow(district) {
  const more = `de ${district.cidade.nome}, ${district.uf}`;
  return parts.placeRow(district, { more, hash: placeHash(district.id) });
}

// The places of one kind, with a button for more while there are more.
function group(title, kind, text, { places, total }, row) {
  const list = parts.placeList(places.map(row));
  const button = element("button", { className: "plain" });
  const label = () => {
    const left = total - list.children.length;
    button.textContent = `Mostrar mais (${plural(left, "resta", "restam")})`;
    button.ariaLabel = `${button.textContent} de ${title.toLowerCase()}`;
    button.hidden = left <= 0;
  };
  const showMore = async () => {
    const next = await findMore(kind, text, list.children.length);
    const rows = next.places.map(row);
    list.append(...rows);
    label();
    rows[0]?.querySelector("a").focus();
  };
  button.addEventListener("click", () => whileBusy(button, showMore));
  label();
  return parts.section(title, list, button);
}
