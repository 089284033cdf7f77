// Plays a finished collection again, slowly, and stops at any of its moments.

import { duration, inSeconds } from "./numbers.js";
import { Moments } from "./moments.js";
import { write } from "./writing.js";

const PARTS = 200; // of the whole time, for each a step of the slider
const SPEEDS = [1, 1 / 2, 1 / 5, 1 / 10, 1 / 20];
const LONG_ENOUGH_MS = 12_000; // to follow a replay with the eyes
const LONGEST_STEP_MS = 100; // between two frames; a page in the background has none

const CAPTIONS = { whole: "Rever devagar", playing: "Pausar", paused: "Continuar" };
const ENDED = "Fim da reprise; este é o resultado.";
const LEFT = "Este é o resultado.";
export const OVERTAKEN = "Começou uma nova coleta: a página voltou ao vivo.";

export class Replay {
  #bar;
  #play;
  #speed;
  #slider;
  #time;
  #back;
  #said;
  #onChange;
  #whole = null; // the collection that can be played
  #name = ""; // what it is
  #moments = null;
  #mode = "whole"; // "playing", "paused", or the whole is shown
  #ms = 0; // the moment shown
  #frame = 0; // the one awaited
  #frameAt = 0; // when the one before was

  // `onChange` is called whenever another moment is to be drawn.
  constructor(bar, onChange) {
    this.#bar = bar;
    [this.#play, this.#back] = bar.querySelectorAll("button");
    this.#speed = bar.querySelector("select");
    this.#slider = bar.querySelector("input");
    this.#time = bar.querySelector(".time");
    this.#said = bar.querySelector("[role=status]");
    this.#onChange = onChange;
    this.#slider.max = PARTS;
    this.#play.addEventListener("click", () => this.#toggle());
    this.#back.addEventListener("click", () => this.leave(LEFT));
    this.#slider.addEventListener("input", () => {
      this.pauseAt((this.#slider.value / PARTS) * this.#whole.collectedMs);
    });
    this.#show();
  }

  // Whether a moment is shown, and not the whole.
  get isOn() {
    return this.#mode !== "whole";
  }

  // The collection as of the moment shown.
  get collection() {
    return this.#isAtEnd ? this.#whole : this.#moments.at(this.#ms);
  }

  // The end of the whole, in milliseconds.
  get endMs() {
    return this.#whole.collectedMs;
  }

  // Lets this collection be played from now on, or none; `name` says what it is.
  offer(whole, name) {
    if (whole === this.#whole) return;
    [this.#whole, this.#name] = [whole, name];
    this.#moments = whole === null ? null : new Moments(whole);
    this.#mode = "whole";
    if (whole !== null) this.#speed.value = String(SPEEDS.indexOf(speedFor(whole.collectedMs)));
    this.#show();
  }

  // Plays on from the moment this many milliseconds after the start.
  playFrom(ms) {
    [this.#ms, this.#mode, this.#frameAt] = [ms, "playing", performance.now()];
    this.#say(`Reprise da ${this.#name}.`);
    this.#awaitFrame();
  }

  // Shows the moment this many milliseconds after the start.
  pauseAt(ms) {
    this.#ms = Math.min(ms, this.#whole.collectedMs);
    this.#mode = "paused";
    this.#show();
    this.#onChange();
  }

  // Shows the whole again, if it does not yet; `sentence` says why.
  leave(sentence) {
    this.#say(sentence);
    if (!this.isOn) return;
    // What has the focus may be hidden now.
    if ([this.#slider, this.#back].includes(document.activeElement)) this.#play.focus();
    this.#mode = "whole";
    this.#show();
    this.#onChange();
  }

  get #isAtEnd() {
    return this.#ms >= this.#whole.collectedMs;
  }

  #toggle() {
    if (this.#whole === null) return;
    if (this.#mode === "playing") {
      this.pauseAt(this.#ms);
      return;
    }
    this.playFrom(this.isOn && !this.#isAtEnd ? this.#ms : 0);
  }

  #advance(now) {
    if (this.#mode !== "playing") return;
    const step = Math.min(Math.max(now - this.#frameAt, 0), LONGEST_STEP_MS);
    this.#frameAt = now;
    this.#ms += step * SPEEDS[this.#speed.value];
    if (this.#isAtEnd) {
      this.leave(ENDED);
      return;
    }
    this.#show();
    this.#onChange();
    this.#awaitFrame();
  }

  #awaitFrame() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame((now) => this.#advance(now));
  }

  #say(sentence) {
    write(this.#said, sentence);
    if (sentence !== "") this.#bar.dataset.used = "";
  }

  #show() {
    this.#bar.dataset.mode = this.#mode;
    this.#play.setAttribute("aria-disabled", this.#whole === null);
    write(this.#play, CAPTIONS[this.#mode]);
    if (!this.isOn) return;
    this.#slider.value = Math.round((this.#ms / this.#whole.collectedMs) * PARTS);
    const time = `${momentText(this.#ms)} de ${duration(this.#whole.collectedMs)}`;
    this.#slider.setAttribute("aria-valuetext", time);
    write(this.#time, time);
  }
}

// The speed at which the eyes can follow a collection of this length.
function speedFor(ms) {
  return SPEEDS.find((speed) => ms / speed >= LONG_ENOUGH_MS) ?? SPEEDS.at(-1);
}

// A moment in tenths of a second, or in milliseconds if it is an early one.
function momentText(ms) {
  return ms < 1000 ? duration(ms) : inSeconds(Math.round(ms / 100) * 100);
}
