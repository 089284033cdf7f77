// The recording of a bad collection, clearly marked as such, with its chapters.

import { recording, upstream } from "./collected.js";
import { element } from "./elements.js";
import { inSeconds } from "./numbers.js";
import { fetchRecording } from "./recording.js";
import { write } from "./writing.js";

const DATE = new Intl.DateTimeFormat("pt-BR", { dateStyle: "long" });

export class RecordingPanel {
  #panel;
  #title;
  #buttons = document.querySelectorAll(".recorded button");
  #recorded = null; // once it is fetched
  #isShown = false;
  #onChange;
  #onChapter;

  // `onChange` is called when the recording is shown, or no longer; `onChapter` gets the moment of
  // a chapter that is chosen.
  constructor(panel, { onChange, onChapter }) {
    this.#panel = panel;
    this.#title = panel.querySelector("h2");
    [this.#onChange, this.#onChapter] = [onChange, onChapter];
    for (const button of this.#buttons) {
      button.addEventListener("click", () => this.#open(button));
      button.disabled = false; // a click before now would have been lost
    }
    panel.querySelector(".back").addEventListener("click", () => {
      this.close();
      this.#onChange();
    });
  }

  // The recorded collection, while it is shown.
  get collection() {
    return this.#isShown ? this.#recorded.collection : null;
  }

  // Shows it no longer.
  close() {
    const hadFocus = this.#panel.contains(document.activeElement);
    this.#isShown = false;
    this.#show();
    if (hadFocus) this.#buttons[0].focus();
  }

  async #open(button) {
    try {
      this.#recorded ??= await fetchRecording(recording);
    } catch (error) {
      write(button, error.message);
      return;
    }
    this.#isShown = true;
    this.#fill();
    this.#show();
    this.#title.focus({ preventScroll: true });
    this.#panel.scrollIntoView();
    this.#onChange();
  }

  #show() {
    this.#panel.hidden = !this.#isShown;
    this.#buttons[0].parentElement.hidden = this.#isShown;
  }

  #fill() {
    const { collection, chapters, note } = this.#recorded;
    const date = DATE.format(new Date(collection.progress.inicio));
    write(
      this.#title,
      `Gravação de ${date}: uma coleta ruim, com um servidor simulado no lugar d${upstream}`,
    );
    write(this.#panel.querySelector("p"), note);
    this.#panel.querySelector("ol").replaceChildren(
      ...chapters.map(({ ms, texto }) => {
        const start = inSeconds(Math.round(ms / 100) * 100);
        const moment = element("button", { className: "plain", type: "button" }, start);
        moment.addEventListener("click", () => this.#onChapter(ms));
        return element("li", {}, moment, ` ${texto}`);
      }),
    );
  }
}
