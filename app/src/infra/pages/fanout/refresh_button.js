// The button that starts a collection, where that is allowed, and the reason where it is not.

import { getJson } from "./api.js";
import { duration, seconds } from "./numbers.js";
import { write } from "./writing.js";

const URL = "api/v1/refreshes";
const NEEDS_TOKEN = "Para pedir uma coleta, informe o token do serviço (REFRESH_TOKEN).";
const REST = "Entre duas coletas pedidas, o serviço deixa o IBGE descansar.";

export class RefreshButton {
  #button;
  #reason;
  #tokenField;
  #token;
  #onAsked;
  #isRunning = false;
  #isAsking = false;
  #awaited = null; // the collection that was started here, until it is heard of
  #may = { permitido: false, precisa_de_token: false };
  #message = "";
  #seconds = 0; // until a collection may be started
  #timer = 0;

  // `onAsked` is called when a collection was started.
  constructor(form, onAsked) {
    this.#button = form.querySelector("button");
    this.#reason = form.querySelector("[role=status]");
    this.#tokenField = form.querySelector(".token");
    this.#token = form.querySelector("input");
    this.#onAsked = onAsked;
    this.#token.addEventListener("input", () => this.#show());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#button.getAttribute("aria-disabled") === "false") this.#start();
    });
  }

  // Hears of a collection; when it ends, whether another may be started is asked again.
  follow({ id, situacao }) {
    if (this.#awaited !== null && id !== this.#awaited) return;
    this.#awaited = null;
    const isRunning = situacao === "em_andamento";
    if (isRunning === this.#isRunning) return;
    this.#isRunning = isRunning;
    if (isRunning) this.#show();
    else this.ask();
  }

  // Asks the service whether a collection may be started.
  async ask() {
    try {
      const { data } = await getJson(URL, { cache: "no-store" });
      this.#may = data;
      this.#message = reasonOf(this.#may);
      this.#wait(mayEver(this.#may) ? this.#may.espera_s : 0);
    } catch {
      this.#may = { ...this.#may, permitido: false };
      this.#message = "Não foi possível saber se uma coleta pode ser pedida agora.";
      this.#show();
    }
  }

  async #start() {
    [this.#isAsking, this.#message] = [true, ""];
    this.#show();
    const token = this.#token.value;
    const headers = token === "" ? {} : { Authorization: `Bearer ${token}` };
    try {
      await this.#started(await fetch(URL, { method: "POST", headers }));
    } catch {
      this.#message = "O serviço não respondeu; tente de novo.";
    }
    this.#isAsking = false;
    this.#show();
  }

  async #started(answer) {
    if (answer.ok) {
      this.#awaited = (await answer.json()).id;
      this.#isRunning = true;
      this.#onAsked();
      return;
    }
    const problem = await answer.json().catch(() => ({}));
    this.#message = problem.detail ?? `O serviço respondeu ${answer.status}.`;
    this.#wait(Number(answer.headers.get("Retry-After")) || 0);
  }

  // Counts the seconds down until a collection may be started.
  #wait(seconds) {
    clearTimeout(this.#timer);
    this.#seconds = seconds;
    this.#show();
    if (seconds <= 0) return;
    this.#timer = setTimeout(() => (seconds > 1 ? this.#wait(seconds - 1) : this.ask()), 1000);
  }

  #show() {
    const { permitido, precisa_de_token } = this.#may;
    this.#tokenField.hidden = !precisa_de_token || this.#isRunning;
    write(this.#reason, this.#isRunning ? "" : this.#message);
    write(this.#button, this.#caption);
    const isAllowed = permitido || (precisa_de_token && this.#token.value !== "");
    const isFree = !this.#isRunning && !this.#isAsking && this.#seconds === 0;
    // Not with `disabled`: who has just pressed the button keeps the focus.
    this.#button.setAttribute("aria-disabled", !(isAllowed && isFree));
  }

  get #caption() {
    if (this.#isRunning) return "Coleta em andamento…";
    if (this.#seconds === 0) return "Atualizar agora";
    const ms = this.#seconds * 1000;
    return `Aguarde ${this.#seconds < 60 ? seconds(ms) : duration(ms)}`;
  }
}

// Whether who looks at the page may start a collection, now or later.
function mayEver({ permitido, precisa_de_token }) {
  return permitido || precisa_de_token;
}

function reasonOf(may) {
  if (!mayEver(may)) return may.motivo ?? "";
  if (may.espera_s > 0) return REST;
  return may.precisa_de_token ? NEEDS_TOKEN : "";
}
