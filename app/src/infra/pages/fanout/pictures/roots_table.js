// The numbers behind the pictures, root by root.

import { requestCount } from "./collection.js";
import { element } from "./elements.js";
import { formatted } from "./numbers.js";
import { rootName, SITUATIONS } from "./sentences.js";
import { write } from "./writing.js";

/** Writes a row for each root into the table's body. */
export function fillTable(body, roots) {
  while (body.rows.length > roots.length) body.deleteRow(-1);
  roots.forEach((root, index) => {
    const row = body.rows[index] ?? newRow(body);
    const cells = [
      rootName(root),
      SITUATIONS[root.situacao],
      formatted(requestCount(root)),
      formatted(root.concluidas),
      formatted(root.repetidas),
      formatted(root.falhas),
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
