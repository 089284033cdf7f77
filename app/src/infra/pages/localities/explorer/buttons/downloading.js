// Saves places as CSV.

import { getCsv } from "./places_api.js";
import { whileBusy } from "./busy_button.js";
import { element } from "./elements.js";
import { showNotice } from "./notice.js";

/** Makes buttons with `data-csv` save all places, or those of the state that it names. */
export function downloadOnClick() {
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-csv]");
    if (button) whileBusy(button, () => download(button.dataset.csv));
  });
}

async function download(sigla) {
  showNotice("Preparando o arquivo…");
  const href = URL.createObjectURL(await getCsv(sigla));
  const name = ["estados-e-cidades", sigla].filter(Boolean).join("-");
  element("a", { href, download: `${name}.csv` }).click();
  URL.revokeObjectURL(href);
  showNotice("Arquivo CSV baixado.");
}
