// The parts that views are made of.

import { element } from "./elements.js";
import { plural } from "./numbers.js";
import { countedCities } from "./places.js";
import { placeHash } from "./route.js";
import { comparable } from "./search.js";
import { gridArea, STATES } from "./states.js";

const WORTH_FILTERING = 12;

/** A part of a view below a heading of its own. */
export function section(title, ...children) {
  return element("section", {}, element("h3", { textContent: title }), ...children);
}

/** Places as a list of rows. */
export function list(rows, className = "") {
  return element("ul", { className: `places ${className}` }, ...rows);
}

/** A place in a list: its name, where it is or what it has, its JSON, and its code to be copied. */
export function placeRow(place, { more, hash, badge, json = "" } = {}) {
  const name = element(hash ? "a" : "span", { className: "name" }, place.nome);
  if (hash) name.href = hash;
  if (badge) name.prepend(badge, " ");
  if (more) name.append(" ", element("span", { className: "quiet", textContent: more }));
  return element("li", {}, name, json, copyButton(place.id, place.nome));
}

/** A state in a list, with its sigla in the colour of its region. */
export function stateRow(state) {
  const badge = element("span", {
    className: "badge",
    textContent: state.sigla,
    dataset: { region: state.regiao },
  });
  return placeRow(state, { hash: placeHash(state.sigla), badge });
}

/** The code of a place, which a click copies (copying.js). */
export function copyButton(code, name) {
  return element("button", {
    type: "button",
    className: "copy code",
    textContent: code,
    ariaLabel: `Copiar código ${code} de ${name}`,
    dataset: { copy: code, kind: "Código" },
  });
}

/** An address of the API as a whole, to be opened or copied (copying.js). */
export function address(link) {
  const button = element("button", {
    type: "button",
    className: "copy",
    textContent: "Copiar",
    ariaLabel: "Copiar o endereço",
    dataset: { copy: link.href, kind: "Endereço" },
  });
  link.textContent = link.href;
  link.after(" ", button);
}

/** The way to a place's own JSON. */
export function jsonLink(path, name) {
  return element("a", {
    href: `api/v1/${path}`,
    className: "json",
    textContent: "JSON",
    ariaLabel: `JSON de ${name}`,
  });
}

/** The states as equal tiles, each where it lies; `current` is marked. */
export function map(current) {
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
  // For eyes and pointers only: the same links stand in the list, or in the path above.
  return element("div", { className: "map", ariaHidden: "true" }, ...tiles);
}

/** The way from the country down to here. */
export function path(steps) {
  const items = steps.map(([name, hash]) =>
    element("li", {}, hash ? element("a", { href: hash, textContent: name }) : name),
  );
  const way = element("ol", {}, ...items);
  return element("nav", { className: "path", ariaLabel: "Você está em" }, way);
}

/** A place's own heading with its code, and its JSON at this path of the API. */
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
  return element("div", { className: "heading" }, text, map(state));
}

/** A field that hides the rows of all places but those whose name or code has what is typed. */
export function filter(places, rows) {
  if (places.length < WORTH_FILTERING) return "";
  const keys = places.map(({ id, nome }) => comparable(nome) + id);
  const count = element("span", { className: "quiet", role: "status" });
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
    count.textContent = wanted ? plural(left, "encontrada", "encontradas") : "";
  });
  return element("div", { className: "filter" }, field, count);
}
