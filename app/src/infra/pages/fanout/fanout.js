// The page /fanout: hears of a collection and has it drawn, while something changes.

import { roundEnd } from "./analysis.js";
import { answer } from "./headline.js";
import { followTheme } from "./canvas.js";
import { BANDS, Collection } from "./collection.js";
import { byId } from "./elements.js";
import { listen } from "./events.js";
import * as explanations from "./explanations.js";
import { Figures } from "./gauges.js";
import { InFlightChart } from "./in_flight_chart.js";
import { learnNames, nameOf } from "./city_names.js";
import { sortedByName } from "./places.js";
import { RefreshButton } from "./refresh_button.js";
import { Rows } from "./request_rows.js";
import * as sentences from "./sentences.js";
import { STATES } from "./states.js";
import { fillTable } from "./states_table.js";
import { mark, write } from "./writing.js";
import { TileMap } from "./tile_map.js";
import { Waterfall } from "./waterfall.js";

const SAID_EVERY_MS = 5000;
const SLICE_MS = 10;
const BURST_MS = 50; // less than lies between two events of a collection that runs
const SILENCE_MS = 1000; // after which there has been no collection yet
const EXPLANATIONS = [
  ["gain", explanations.gain],
  ["states-in-work", explanations.statesInWork],
  ["limits", explanations.limits],
  ["least", explanations.least],
];

let collection = null;
let chosen = null; // the state whose requests are shown alone
let detail = () => sentences.HINT; // of what is pointed at
let isChanged = false;
let saidAt = 0;
let burst; // of events
const heard = []; // events that were not taken in yet

const refresh = new RefreshButton(byId("refresh"), changed);
const figures = new Figures({ onSize: changed });
const tiles = new TileMap(byId("map"), (id) => {
  toggle(id);
  if (chosen !== null) goToTimeline();
});
const chart = new InFlightChart(byId("in-flight"), { onSize: changed, onPoint: point });
const waterfall = new Waterfall(byId("waterfall"), {
  onSize: changed,
  onBand: pointAtBand,
  onChoose: toggle,
});
const rows = new Rows(byId("rows"), {
  onSize: changed,
  describe,
  onLook: (request) => point(() => describe(request)),
});

start();

function start() {
  byId("choice").append(...sortedByName(STATES).map(({ id, nome }) => new Option(nome, id)));
  byId("choice").addEventListener("change", ({ target }) => choose(stateOf(Number(target.value))));
  byId("back").addEventListener("click", () => {
    choose(null);
    byId("choice").focus();
  });
  byId("numbers").addEventListener("toggle", changed);
  followTheme(() => {
    waterfall.forget();
    changed();
  });
  listen(hear, (isHeard) => {
    write(byId("connection"), isHeard ? "" : sentences.NO_CONNECTION);
    if (!isHeard) return;
    refresh.ask();
    setTimeout(sayThatThereWasNone, SILENCE_MS);
  });
  changed();
}

// The events of a collection that has ended come in a burst, and are drawn together.
function hear(event) {
  heard.push(event);
  clearTimeout(burst);
  burst = setTimeout(changed, BURST_MS);
}

// Takes the events in that were heard, for no longer at a time than a frame may take.
async function takeEvents() {
  let until = performance.now() + SLICE_MS;
  while (heard.length > 0) {
    take(JSON.parse(heard.shift()));
    if (performance.now() < until) continue;
    await frame();
    until = performance.now() + SLICE_MS;
  }
}

// An event of another collection begins a new picture.
function take(progress) {
  if (collection?.id !== progress.id) {
    collection = new Collection(progress.id);
    pointAtNothing();
  }
  collection.take(progress);
}

function sayThatThereWasNone() {
  if (collection !== null || heard.length > 0) return;
  mark(byId("answer"), sentences.NO_COLLECTION);
  write(byId("outcome"), "");
  byId("timeline").hidden = true;
}

// Has all drawn anew, whatever changed and how often. Each step has a frame of its own, so that
// none takes long enough to hold up the page; how it ended is said last, beside finished pictures.
async function changed() {
  isChanged = true;
  const { dataset } = byId("timeline");
  if (dataset.pictures === "drawing") return;
  dataset.pictures = "drawing";
  try {
    while (isChanged) {
      isChanged = false;
      await draw();
    }
  } finally {
    dataset.pictures = "drawn";
  }
}

async function draw() {
  await frame();
  await takeEvents();
  drawMap();
  if (collection === null) return;
  await frame();
  drawFigures();
  await frame();
  drawChart();
  do await frame();
  while (!drawRequests());
  writeOutcome();
}

function frame() {
  return new Promise(requestAnimationFrame);
}

function drawMap() {
  write(byId("detail"), detail());
  tiles.draw(collection?.progress.estados ?? [], chosen?.id);
}

function drawFigures() {
  mark(byId("answer"), answer(collection));
  figures.draw(collection);
  for (const [id, explain] of EXPLANATIONS) write(byId(id), explain(collection));
}

function drawChart() {
  byId("timeline").hidden = !collection.isRunning && collection.progress.mais_em_voo === 0;
  byId("all").classList.toggle("short", !collection.isRunning && collection.requests === 1);
  chart.draw(collection, endMs());
}

// Tells whether all of them are drawn.
function drawRequests() {
  if (chosen === null) return waterfall.draw(collection, endMs());
  rows.draw(collection, bandOf(chosen), endMs());
  return true;
}

// Where the time axis ends.
function endMs() {
  const { isCollecting, collectedMs } = collection;
  return isCollecting ? roundEnd(collectedMs) : Math.max(collectedMs, 1);
}

function writeOutcome() {
  const { progress } = collection;
  write(byId("outcome"), sentences.outcome(collection));
  byId("outcome").dataset.situation = progress.situacao;
  write(byId("asked"), sentences.askedBy(progress));
  write(byId("in-flight-said"), sentences.curve(collection));
  say();
  const table = byId("numbers");
  if (table.open) fillTable(table.querySelector("tbody"), progress.estados);
  refresh.follow(progress);
}

// Says to screen readers how it goes on, but not ten times a second.
function say() {
  const now = performance.now();
  if (collection.isCollecting && now - saidAt < SAID_EVERY_MS) return;
  saidAt = now;
  const sentence = collection.isCollecting ? sentences.howFar : sentences.outcome;
  write(byId("said"), sentence(collection));
}

// Shows the requests of a state alone, or of all again.
function toggle(id) {
  choose(id === chosen?.id ? null : stateOf(id));
}

function choose(state) {
  chosen = state;
  byId("choice").value = state?.id ?? "";
  byId("all").hidden = state !== null;
  byId("rows").hidden = state === null;
  byId("back").hidden = state === null;
  write(byId("waterfall-title"), sentences.rowsTitle(state));
  waterfall.forget();
  mark(byId("map-hint"), sentences.choiceHint(state));
  if (state !== null) learnNames(state.sigla, changed);
  pointAtNothing();
}

// A tile lies far above the rows that it brings.
function goToTimeline() {
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  byId("waterfall-title").focus({ preventScroll: true });
  byId("timeline").scrollIntoView({ behavior: isCalm ? "auto" : "smooth" });
}

function pointAtNothing() {
  rows.restart();
  point(chosen === null ? () => sentences.HINT : introduction);
}

// What a state's rows begin with: how far it is, and what failed.
function introduction() {
  const known = collection?.progress.estados.find(({ id }) => id === chosen.id);
  if (known === undefined) return sentences.ROWS_HINT;
  return sentences.introduction(known, collection.failuresOf(bandOf(chosen)).map(placeName));
}

function pointAtBand(band) {
  const place = waterfall.placeOf(band);
  byId("band").hidden = place === undefined;
  if (place === undefined) return;
  byId("band").style.top = `${place.top - 1}px`;
  byId("band").style.height = `${place.height + 2}px`;
  point(() => {
    const state = collection.progress.estados.find(({ id }) => id === BANDS[band].id);
    return state === undefined ? BANDS[band].nome : `${sentences.stateSentence(state)}.`;
  });
}

function point(describing) {
  detail = describing;
  changed();
}

function describe(request) {
  const [attempt] = collection.attemptsOf(request);
  return sentences.requestSentence(collection, request, placeName(collection.place[attempt]));
}

function placeName(id) {
  return stateOf(id)?.nome ?? nameOf(id);
}

function stateOf(id) {
  return STATES.find((state) => state.id === id) ?? null;
}

function bandOf(state) {
  return BANDS.findIndex(({ id }) => id === state.id);
}
