// A tile for each root, which fills as the root is collected: in order, or where its feature puts it.

import { cellOf } from "./collected.js";
import { requestCount } from "./collection.js";
import { element } from "./elements.js";
import { formatted, unbroken } from "./numbers.js";
import { progressSentence, rootSentence } from "./sentences.js";
import { write } from "./writing.js";

const MARKS = { completo: "✓", incompleto: "!" };

export class Tiles {
  #place;
  #onChoose;
  #tiles = new Map(); // by the id of a root

  constructor(place, onChoose) {
    [this.#place, this.#onChoose] = [place, onChoose];
  }

  // Makes a tile for each of these roots.
  setRoots(roots) {
    this.#tiles = new Map(roots.map((root) => [root.id, this.#make(root)]));
    this.#place.replaceChildren(...[...this.#tiles.values()].map(({ tile }) => tile));
  }

  draw(progresses, chosen) {
    const known = new Map(progresses.map((root) => [root.id, root]));
    for (const [id, { tile, progress, root }] of this.#tiles) {
      tile.setAttribute("aria-pressed", id === chosen);
      fill(tile, progress, known.get(id) ?? waiting(root));
    }
  }

  #make(root) {
    const progress = element("span");
    const label = root.shortName || root.nome; // CSS shortens a long one
    const tile = element(
      "button",
      { className: "tile", dataset: { root: label } },
      element("b", {}, label),
      " ",
      progress,
    );
    tile.style.gridArea = cellOf(root.id);
    tile.addEventListener("click", () => this.#onChoose(root.id));
    return { tile, progress, root };
  }
}

function fill(tile, progress, root) {
  const all = requestCount(root);
  const done = root.concluidas + root.falhas;
  tile.dataset.situation = root.situacao;
  tile.style.setProperty("--done", `${all === 0 ? 0 : Math.round((100 * done) / all)}%`);
  const mark = MARKS[root.situacao];
  const isOver = mark !== undefined;
  const text = isOver ? unbroken(mark, formatted(all)) : all === 0 ? "–" : `${done}/${all}`;
  write(progress, text);
  tile.title = rootSentence(root);
  // It begins with the visible text, because people who speak to their browser say that.
  const { shortName, nome } = root;
  const name = shortName === "" ? `${nome} ${text},` : `${shortName} ${text}, ${nome}:`;
  tile.setAttribute("aria-label", `${name} ${progressSentence(root)}`);
}

// A root before any event.
function waiting(root) {
  return { ...root, situacao: "na_fila", na_fila: 0, em_voo: 0, concluidas: 0, falhas: 0 };
}
