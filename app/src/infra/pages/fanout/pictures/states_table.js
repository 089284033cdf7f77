// The numbers behind the pictures, state by state.

import { requestCount } from "./collection.js";
import { element } from "./elements.js";
import { formatted } from "./numbers.js";
import { SITUATIONS } from "./sentences.js";
import { write } from "./writing.js";

/** Writes a row for each state into the table's body. */
export function fillTable(body, states) {
  while (body.rows.length > states.length) body.deleteRow(-1);
  states.forEach((state, index) => {
    const row = body.rows[index] ?? newRow(body);
    const cells = [
      `${state.sigla} ${state.nome}`,
      SITUATIONS[state.situacao],
      formatted(requestCount(state)),
      formatted(state.concluidas),
      formatted(state.repetidas),
      formatted(state.falhas),
    ];
    cells.forEach((text, column) => write(row.cells[column], text));
  });
}

function newRow(body) {
  const row = body.insertRow();
  row.append(element("th", { scope: "row" }));
  for (let column = 1; column < 6; column += 1) row.insertCell();
  return row;
}
