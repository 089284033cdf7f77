// Saves the places as CSV: all of them, or those of one state.

import { getCsv } from "./api.js";
import { element } from "./elements.js";
import { tell } from "./notice.js";

const BYTE_ORDER_MARK = "\ufeff"; // without it, spreadsheets take UTF-8 for something else

/** Lets every button with `data-csv` save a file: with a sigla in it, of that state only. */
export function downloadOnClick() {
  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("button[data-csv]");
    if (!button || button.ariaBusy) return;
    button.ariaBusy = "true";
    tell("Preparando o arquivo…");
    try {
      await download(button.dataset.csv);
      tell("Arquivo CSV baixado.");
    } catch (error) {
      tell(error.message);
    } finally {
      button.ariaBusy = null;
    }
  });
}

async function download(sigla) {
  const all = await getCsv();
  if (sigla) {
    save(new Blob([BYTE_ORDER_MARK, linesOf(sigla, await all.text())]), `-${sigla}`);
  } else {
    save(all, "");
  }
}

// The second column is the sigla.
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
