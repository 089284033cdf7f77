// The parts that views are made of.

import { element } from "./elements.js";
import { plural } from "./numbers.js";
import { countedCities } from "./places.js";
import { placeHash } from "./route.js";
import { comparable } from "./search.js";
import { gridArea, STATES } from "./states.js";

const WORTH_FILTERING = 12;

/** A section of a view with its heading. */
export function section(title, ...children) {
  return element("section", {}, element("h3", { textContent: title }), ...children);
}

/** A list of places, one row each. */
export function placeList(rows, className = "") {
  return element("ul", { className: `places ${className}` }, ...rows);
}

/** A place in a list: its name, `more` about it, its JSON, and its code, which a click copies. */
export function placeRow(place, { more, hash, badge, json = "" } = {}) {
  const name = element(hash ? "a" : "span", { className: "name" }, place.nome);
  if (hash) name.href = hash;
  if (badge) name.prepend(badge, " ");
  if (more) name.append(" ", element("span", { className: "quiet", textContent: more }));
  return element("li", {}, name, json, copyButton(place.id, place.nome));
}

/** A state in a list; its sigla has the colour of its region. */
export function stateRow(state) {
  const badge = element("span", {
    className: "badge",
    textContent: state.sigla,
    dataset: { region: state.regiao },
  });
  return placeRow(state, { hash: placeHash(state.sigla), badge });
}

/** The code of a place as a button; a click copies it (copying.js). */
export function copyButton(code, name) {
  return element("button", {
    className: "copy code",
    textContent: code,
    ariaLabel: `Copiar código ${code} de ${name}`,
    dataset: { copy: code, kind: "Código" },
  });
}

/** Makes a link show its whole address, beside a button that copies it (copying.js). */
export function showAddress(link) {
  const button = element("button", {
    className: "copy",
    textContent: "Copiar",
    ariaLabel: "Copiar o endereço",
    dataset: { copy: link.href, kind: "Endereço" },
  });
  link.textContent = link.href;
  link.after(" ", button);
}

/** A link to the JSON of a place. */
export function jsonLink(path, name) {
  return element("a", {
    href: `api/v1/${path}`,
    className: "json",
    textContent: "JSON",
    ariaLabel: `JSON de ${name}`,
  });
}

/** The map of the states as equal tiles; `current` is marked. */
export function stateMap(current) {
  const tiles = STATES.map((state) => {
    const tile = element("a", {
      href: placeHash(state.sigla),
      textContent: state.sigla,
      title: state.nome,
      tabIndex: -1,
      dataset: { region: state.regiao },
    });
    tile.classList.toggle("current", state === current);
    tile.style.gridArea = gridArea(state);
    return tile;
  });
  // Only for eyes and pointers: the list or the breadcrumbs have the same links.
  return element("div", { className: "map", ariaHidden: "true" }, ...tiles);
}

/** The path from the country down to the place of the view. */
export function breadcrumbs(steps) {
  const items = steps.map(([name, hash]) =>
    element("li", {}, hash ? element("a", { href: hash, textContent: name }) : name),
  );
  const list = element("ol", {}, ...items);
  return element("nav", { className: "breadcrumbs", ariaLabel: "Você está em" }, list);
}

/** The heading of a place with its code and its JSON, at `path` in the API. */
export function placeHeading(place, { kind, state, path }, ...more) {
  const code = element("p", {}, "Código do IBGE: ", copyButton(place.id, place.nome));
  code.append(" ", jsonLink(path, place.nome));
  const text = element(
    "div",
    {},
    element("h2", { textContent: place.nome, tabIndex: -1 }),
    element("p", { className: "quiet", textContent: kind }),
    code,
    ...more,
  );
  return element("div", { className: "heading" }, text, stateMap(state));
}

/** A line with a region and the wider one around it, each with its kind, its name and its code. */
export function regionLine(...regions) {
  const line = element("p", {});
  for (const { kind, id, nome } of regions) {
    if (line.hasChildNodes()) line.append(" · ");
    line.append(`${kind}: ${nome} `, copyButton(id, `${nome}, ${kind.toLowerCase()}`));
  }
  return line;
}

/** A field that hides the rows of places without the typed text in their name or code. */
export function filterField(places, rows) {
  if (places.length < WORTH_FILTERING) return "";
  const keys = places.map(({ id, nome }) => comparable(nome) + id);
  const result = element("span", { className: "quiet", role: "status" });
  const field = element("input", {
    type: "search",
    placeholder: "Filtrar por nome ou código",
    ariaLabel: `Filtrar ${countedCities(places.length)}`,
    autocomplete: "off",
  });
  field.addEventListener("input", () => {
    const wanted = comparable(field.value);
    rows.forEach((row, at) => (row.hidden = !keys[at].includes(wanted)));
    const left = rows.filter((row) => !row.hidden).length;
    result.textContent = wanted ? plural(left, "encontrada", "encontradas") : "";
  });
  return element("div", { className: "filter" }, field, result);
}
