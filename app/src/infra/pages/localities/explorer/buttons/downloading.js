// Saves places as CSV.

import { getCsv } from "./places_api.js";
import { whileBusy } from "./busy_button.js";
import { element } from "./elements.js";
import { showNotice } from "./notice.js";

const BYTE_ORDER_MARK = "\ufeff"; // without it, spreadsheets guess another coding than UTF-8

/** Makes buttons with `data-csv` save all places, or those of the state that it names. */
export function downloadOnClick() {
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-csv]");
    if (button) whileBusy(button, () => download(button.dataset.csv));
  });
}

async function download(sigla) {
  showNotice("Preparando o arquivo…");
  const all = await getCsv();
  if (sigla) {
    save(new Blob([BYTE_ORDER_MARK, linesOf(sigla, await all.text())]), `-${sigla}`);
  } else {
    save(all, "");
  }
  showNotice("Arquivo CSV baixado.");
}

// The header and the lines of one state; the second column is the sigla.
function linesOf(sigla, csv) {
  const [header, ...lines] = csv.split("\r\n");
  return [header, ...lines.filter((line) => line.split(",", 2)[1] === sigla), ""].join("\r\n");
}

function save(blob, ending) {
  const href = URL.createObjectURL(blob);
  const link = element("a", { href, download: `estados-e-cidades${ending}.csv` });
  link.click();
  URL.revokeObjectURL(href);
}
