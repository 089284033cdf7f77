// The panel for experiments: chooses the conditions, runs and stops, and tells what callers get.

import { getJson } from "./api.js";
import { Callers } from "./callers.js";
import { address } from "./collected.js";
import { commonEnd, prepareComparison, writeComparison } from "./comparison.js";
import { estimate, FAULTS } from "./conditions.js";
import { byId } from "./elements.js";
import { FinishedRuns } from "./finished_runs.js";
import { duration, formatted } from "./numbers.js";
import { write, writeMarked } from "./writing.js";

const PATH = `${address}/experiment`;

const OPTIONS = {
  limite: formatted,
  latencia_ms: duration,
  falha: (fault) => FAULTS[fault].name,
};

export class Experiment {
  #form = byId("conditions");
  #callers = new Callers(() => writeMarked(byId("callers"), this.#callers.sentence));
  #runs = new FinishedRuns();
  #redraw;
  #id = null; // of the collection that is shown
  #conditions = null; // its conditions, once they are known
  #isLearning = false;
  #isRunning = false;
  #isAsking = false;

  // `redraw` draws the pictures again.
  constructor(redraw) {
    this.#redraw = redraw;
    prepareComparison();
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.#isRunning) this.#asking(() => this.#run());
    });
    this.#form.addEventListener("change", () => this.#show());
    this.#stop.addEventListener("click", () => {
      if (this.#isRunning) this.#asking(() => this.#break());
    });
    this.#asking(() => this.#offer());
  }

  // The earlier run, to be drawn behind the one that is shown; null if there is none.
  get earlier() {
    return this.#conditions === null ? null : this.#runs.otherThan(this.#conditions);
  }

  // The end of the time axis, given that of the run alone.
  end(endMs) {
    return commonEnd(endMs, this.earlier);
  }

  // Follows the collection that is shown.
  follow(collection, endMs) {
    if (collection.id !== this.#id) [this.#id, this.#conditions] = [collection.id, null];
    this.#isRunning = collection.isRunning;
    if (this.#isRunning) this.#callers.start();
    else this.#callers.stop();
    // Before its first request, the conditions told would be those of the collection before.
    const hasBegun = collection.requestCount > 0 || !this.#isRunning;
    if (this.#conditions === null && hasBegun) this.#learn(collection.id);
    if (this.#conditions !== null && !this.#isRunning) this.#runs.add(collection, this.#conditions);
    writeComparison(this.#conditions, this.earlier, endMs);
    this.#show();
  }

  async #learn(id) {
    if (this.#isLearning) return;
    this.#isLearning = true;
    try {
      const { data } = await getJson(PATH, { cache: "no-store" });
      if (id === this.#id) this.#conditions = data.na_ultima_coleta;
    } catch {
      // It is asked for again with the next event.
    }
    this.#isLearning = false;
    this.#redraw();
  }

  get #stop() {
    return this.#form.querySelector("[type=button]");
  }

  get #chosen() {
    const { limite, latencia_ms, falha } = this.#form.elements;
    return { limite: +limite.value, latencia_ms: +latencia_ms.value, falha: falha.value };
  }

  async #offer() {
    const { data } = await getJson(PATH, { cache: "no-store" });
    for (const [name, text] of Object.entries(OPTIONS)) {
      const options = data.opcoes[name].map((each) => new Option(text(each), each));
      this.#form.elements[name].replaceChildren(...options);
    }
    this.#choose(data.escolha);
  }

  #choose(conditions) {
    for (const name of Object.keys(OPTIONS)) this.#form.elements[name].value = conditions[name];
  }

  async #run() {
    await this.#request(PATH, "PUT", JSON.stringify(this.#chosen));
    await this.#request(address, "POST");
    this.#redraw();
  }

  async #break() {
    const { data } = await this.#request(PATH, "DELETE");
    this.#choose(data.escolha);
  }

  // With the token, if the page has one.
  #request(path, method, body) {
    const token = document.querySelector("#refresh input").value;
    const headers = token === "" ? {} : { Authorization: `Bearer ${token}` };
    return getJson(path, { method, headers, body });
  }

  // Asks the service for something, and says why if it refuses.
  async #asking(ask) {
    if (this.#isAsking) return;
    this.#isAsking = true;
    write(byId("refused"), "");
    this.#show();
    try {
      await ask();
    } catch (trouble) {
      write(byId("refused"), trouble.message);
    }
    this.#isAsking = false;
    this.#show();
  }

  #show() {
    const run = this.#form.querySelector("button");
    // `disabled` would take the focus from a button that was just pressed.
    run.setAttribute("aria-disabled", this.#isRunning || this.#isAsking);
    this.#stop.setAttribute("aria-disabled", !this.#isRunning || this.#isAsking);
    write(run, this.#isRunning ? "Rodando…" : "Rodar");
    const chosen = this.#chosen;
    if (chosen.falha === "") return; // nothing is offered yet
    write(byId("fault"), FAULTS[chosen.falha].does);
    writeMarked(byId("estimate"), estimate(chosen, this.#runs.mostRequests));
  }
}
