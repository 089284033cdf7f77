// The button that starts a collection, and the reason if it may not.

import { getJson } from "./api.js";
import { address, upstream } from "./collected.js";
import { duration, inSeconds } from "./numbers.js";
import { write } from "./writing.js";

const NEEDS_TOKEN = "Para pedir uma coleta, informe o token do serviço (REFRESH_TOKEN).";
const RESTING = `Entre duas coletas pedidas, o serviço deixa ${upstream} descansar.`;

export class RefreshButton {
  #button;
  #reason;
  #tokenField;
  #token;
  #onStart;
  #onNone;
  #isRunning = false;
  #isStarting = false;
  #startedId = null; // the collection that was started here, until its first event
  #questions = 0; // the number of the last question, to ignore answers to earlier ones
  #availability = { permitido: false, precisa_de_token: false };
  #message = "";
  #secondsLeft = 0; // until a collection may be started
  #timer = 0;

  // `onStart` is called after a collection was started, `onNone` if the service knows of none.
  constructor(form, { onStart, onNone }) {
    this.#button = form.querySelector("button");
    this.#reason = form.querySelector("[role=status]");
    this.#tokenField = form.querySelector(".token");
    this.#token = form.querySelector("input");
    [this.#onStart, this.#onNone] = [onStart, onNone];
    this.#token.addEventListener("input", () => this.#show());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#button.getAttribute("aria-disabled") === "false") this.#start();
    });
  }

  // Follows the progress of a collection; when it ends, checks whether another may be started.
  follow({ id, situacao }) {
    // Ids rise: a later collection means that the one started here is over.
    if (this.#startedId !== null && id < this.#startedId) return;
    this.#startedId = null;
    const isRunning = situacao === "em_andamento";
    if (isRunning === this.#isRunning) return;
    this.#isRunning = isRunning;
    if (isRunning) this.#show();
    else this.checkAvailability();
  }

  // Asks the service whether a collection may be started.
  async checkAvailability() {
    const question = ++this.#questions;
    try {
      const { data } = await getJson(address, { cache: "no-store" });
      if (question !== this.#questions) return; // a later answer counts
      this.#availability = data;
      this.#message = reasonOf(data);
      this.#countDown(isEverAllowed(data) ? data.espera_s : 0);
      if (data.atualizacoes.length === 0) this.#onNone();
    } catch {
      if (question !== this.#questions) return;
      this.#availability = { ...this.#availability, permitido: false };
      this.#message = "Não foi possível saber se uma coleta pode ser pedida agora.";
      this.#show();
    }
  }

  async #start() {
    this.#questions += 1;
    [this.#isStarting, this.#message] = [true, ""];
    this.#show();
    const token = this.#token.value;
    const headers = token === "" ? {} : { Authorization: `Bearer ${token}` };
    try {
      await this.#take(await fetch(address, { method: "POST", headers }));
    } catch {
      this.#message = "O serviço não respondeu; tente de novo.";
    }
    this.#isStarting = false;
    this.#show();
  }

  // Takes the response to a start.
  async #take(response) {
    if (response.ok) {
      this.#startedId = (await response.json()).id;
      this.#isRunning = true;
      this.#onStart();
      return;
    }
    const problem = await response.json().catch(() => ({}));
    this.#message = problem.detail ?? `O serviço respondeu ${response.status}.`;
    this.#countDown(Number(response.headers.get("Retry-After")) || 0);
  }

  // Counts the seconds down until a collection may be started.
  #countDown(seconds) {
    clearTimeout(this.#timer);
    this.#secondsLeft = seconds;
    this.#show();
    if (seconds <= 0) return;
    const next = () => (seconds > 1 ? this.#countDown(seconds - 1) : this.checkAvailability());
    this.#timer = setTimeout(next, 1000);
  }

  #show() {
    const { permitido, precisa_de_token } = this.#availability;
    this.#tokenField.hidden = !precisa_de_token || this.#isRunning;
    write(this.#reason, this.#isRunning ? "" : this.#message);
    write(this.#button, this.#caption);
    const isAllowed = permitido || (precisa_de_token && this.#token.value !== "");
    const isFree = !this.#isRunning && !this.#isStarting && this.#secondsLeft === 0;
    // `disabled` would take the focus from a button that was just pressed.
    this.#button.setAttribute("aria-disabled", !(isAllowed && isFree));
  }

  get #caption() {
    if (this.#isRunning) return "Coleta em andamento…";
    if (this.#secondsLeft === 0) return "Atualizar agora";
    const ms = this.#secondsLeft * 1000;
    return `Aguarde ${this.#secondsLeft < 60 ? inSeconds(ms) : duration(ms)}`;
  }
}

// Whether this visitor may start a collection, now or later.
function isEverAllowed({ permitido, precisa_de_token }) {
  return permitido || precisa_de_token;
}

function reasonOf(availability) {
  if (!isEverAllowed(availability)) return availability.motivo ?? "";
  if (availability.espera_s > 0) return RESTING;
  return availability.precisa_de_token ? NEEDS_TOKEN : "";
}
