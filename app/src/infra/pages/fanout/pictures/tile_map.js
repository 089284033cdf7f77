// The country as a map of equal tiles; each fills as its state is collected.

import { requestCount } from "./collection.js";
import { element } from "./elements.js";
import { formatted, unbroken } from "./numbers.js";
import { progressSentence, stateSentence } from "./sentences.js";
import { gridArea, STATES } from "./states.js";
import { write } from "./writing.js";

const MARKS = { completo: "✓", incompleto: "!" };

export class TileMap {
  #tiles = new Map();

  constructor(root, onChoose) {
    for (const state of STATES) {
      const progress = element("span");
      const tile = element(
        "button",
        { className: "tile", dataset: { state: state.sigla } },
        element("b", {}, state.sigla),
        " ",
        progress,
      );
      tile.style.gridArea = gridArea(state);
      tile.addEventListener("click", () => onChoose(state.id));
      root.append(tile);
      this.#tiles.set(state.id, { tile, progress, state });
    }
  }

  draw(states, chosen) {
    const known = new Map(states.map((state) => [state.id, state]));
    for (const [id, { tile, progress, state }] of this.#tiles) {
      tile.setAttribute("aria-pressed", id === chosen);
      this.#fill(tile, progress, known.get(id) ?? waiting(state));
    }
  }

  #fill(tile, progress, state) {
    const all = requestCount(state);
    const done = state.concluidas + state.falhas;
    tile.dataset.situation = state.situacao;
    tile.style.setProperty("--done", `${all === 0 ? 0 : Math.round((100 * done) / all)}%`);
    const mark = MARKS[state.situacao];
    const isOver = mark !== undefined;
    const text = isOver ? unbroken(mark, formatted(all)) : all === 0 ? "–" : `${done}/${all}`;
    write(progress, text);
    tile.title = stateSentence(state);
    // It begins with the visible text, because people who speak to their browser say that.
    const name = `${state.sigla} ${text}, ${state.nome}: ${progressSentence(state)}`;
    tile.setAttribute("aria-label", name);
  }
}

// A state before any event.
function waiting(state) {
  return { ...state, situacao: "na_fila", na_fila: 0, em_voo: 0, concluidas: 0, falhas: 0 };
}
