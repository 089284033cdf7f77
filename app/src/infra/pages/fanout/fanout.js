// The page /fanout: receives the events of a collection and draws it as it changes.

import { roundEnd } from "./analysis.js";
import { followTheme } from "./canvas.js";
import { fetchNames, hasExperiments, ROOTS } from "./collected.js";
import { Collection } from "./collection.js";
import { byId } from "./elements.js";
import { listen } from "./events.js";
import * as explanations from "./explanations.js";
import { Figures } from "./figures.js";
import { headline } from "./headline.js";
import { InFlightChart } from "./in_flight_chart.js";
import { sortedByName } from "./names.js";
import { duration } from "./numbers.js";
import { RecordingPanel } from "./recording_panel.js";
import { RefreshButton } from "./refresh_button.js";
import { OVERTAKEN, Replay } from "./replay.js";
import { RequestRows } from "./request_rows.js";
import { fillTable } from "./roots_table.js";
import * as sentences from "./sentences.js";
import { Tiles } from "./tiles.js";
import { Waterfall } from "./waterfall.js";
import { write, writeMarked } from "./writing.js";

const ANNOUNCE_EVERY_MS = 5000;
const SLICE_MS = 10;
const BURST_MS = 50; // shorter than the pause between two events of a running collection
const EXPLANATIONS = [
  ["gain", explanations.gain],
  ["roots-in-work", explanations.rootsInWork],
  ["limits", explanations.limits],
  ["least", explanations.least],
  ["spread", explanations.spread],
];

let live = null; // the collection that the service reports
let collection = null; // the one that is shown: live, recorded, or as of a moment
let roots = []; // those that can be chosen
let chosen = null; // the root that is shown alone
let detail = () => sentences.HINT; // describes what the pointer is on
let hadNone = false; // whether there was no collection when the page was connected
let isStale = false;
let announcedAt = 0;
let burst; // the timer that waits for the end of a burst of events
const received = []; // events not yet added to the collection

const refresh = new RefreshButton(byId("refresh"), {
  onStart: redraw,
  onNone: showThatThereIsNone,
});
const recorded = new RecordingPanel(byId("recording"), {
  onChange: showAnother,
  onChapter: (ms) => replay.playFrom(ms),
});
const replay = new Replay(byId("replay"), redraw);
const figures = new Figures({ redraw });
const tiles = new Tiles(byId("tiles"), (id) => {
  toggle(id);
  if (chosen !== null) goToTimeline();
});
const chart = new InFlightChart(byId("in-flight"), { redraw, onPoint: showDetail });
const waterfall = new Waterfall(byId("waterfall"), {
  redraw,
  onBand: pointAtBand,
  onChoose: toggle,
});
const rows = new RequestRows(byId("rows"), {
  redraw,
  describe,
  onLook: (request) => showDetail(() => describe(request)),
});

const experiment = hasExperiments
  ? new (await import("./experiment.js")).Experiment(redraw)
  : null;

start();

function start() {
  showRoots(ROOTS);
  byId("choice").addEventListener("change", ({ target: { value } }) => {
    choose(value === "" ? null : rootOf(Number(value)));
  });
  byId("back").addEventListener("click", () => {
    choose(null);
    byId("choice").focus();
  });
  byId("numbers").addEventListener("toggle", redraw);
  followTheme(() => {
    waterfall.forget();
    redraw();
  });
  listen(receive, (isConnected) => {
    write(byId("connection"), isConnected ? "" : sentences.NO_CONNECTION);
    if (isConnected) refresh.checkAvailability();
  });
  redraw();
}

// The events of a past collection come in a burst and are drawn together.
function receive(event) {
  received.push(event);
  clearTimeout(burst);
  burst = setTimeout(redraw, BURST_MS);
}

// Adds the received events, for no longer at a time than a frame may take.
async function addEvents() {
  let until = performance.now() + SLICE_MS;
  while (received.length > 0) {
    addEvent(JSON.parse(received.shift()));
    if (performance.now() < until) continue;
    await nextFrame();
    until = performance.now() + SLICE_MS;
  }
}

// Adds an event; one of another collection starts new pictures, whatever is shown.
function addEvent(progress) {
  const isFirst = live === null;
  const isAnother = live?.id !== progress.id;
  if (isAnother) live = new Collection(progress.id);
  live.addEvent(progress);
  if (!isAnother) return;
  const isElsewhere = replay.isOn || recorded.collection !== null;
  // A recording may be looked at before the events of a past collection come.
  if (isFirst && !hadNone && isElsewhere) return;
  recorded.close();
  replay.leave(isElsewhere ? OVERTAKEN : "");
  pointAtNothing();
}

// A recording is shown, or no longer.
function showAnother() {
  if (recorded.collection === null && live === null) {
    location.reload(); // there is nothing to show instead, as when the page was opened
    return;
  }
  replay.leave("");
  chooseCollection(); // a chapter may be played before the next draw
  pointAtNothing();
}

// Chooses what is shown, and lets it be played if it is over.
function chooseCollection() {
  const whole = recorded.collection ?? live;
  const isOver = whole !== null && !whole.isRunning && whole.size > 0;
  replay.offer(isOver ? whole : null, recorded.collection === null ? "coleta" : "gravação");
  collection = replay.isOn ? replay.collection : whole;
  if (collection !== null) showRoots(collection.roots);
}

// Offers these roots to choose from, unless they are the same as before; none are not known yet.
function showRoots(known) {
  const isSame = known.length === roots.length && known.every(({ id }, at) => id === roots[at].id);
  if (known.length === 0 || isSame) return;
  roots = [...known];
  tiles.setRoots(roots);
  const [all] = byId("choice").options;
  byId("choice").replaceChildren(
    all,
    ...sortedByName(roots).map(({ id, nome }) => new Option(nome, id)),
  );
  if (chosen !== null) choose(rootOf(chosen.id));
}

function showThatThereIsNone() {
  if (live !== null || received.length > 0) return;
  hadNone = true;
  if (recorded.collection !== null) return;
  writeMarked(byId("answer"), sentences.NO_COLLECTION);
  write(byId("outcome"), "");
  byId("timeline").hidden = true;
}

// Draws everything again, once for all changes in the meantime. Each step has its own frame and so
// does not block the page; the outcome comes last, when the pictures are finished.
async function redraw() {
  isStale = true;
  const { dataset } = byId("timeline");
  if (dataset.pictures === "drawing") return;
  dataset.pictures = "drawing";
  try {
    while (isStale) {
      isStale = false;
      await draw();
    }
  } finally {
    dataset.pictures = "drawn";
  }
}

async function draw() {
  await nextFrame();
  await addEvents();
  chooseCollection();
  drawTiles();
  if (collection === null) return;
  await nextFrame();
  drawFigures();
  await nextFrame();
  drawChart();
  do await nextFrame();
  while (!drawRequests());
  writeOutcome();
}

function nextFrame() {
  return new Promise(requestAnimationFrame);
}

function drawTiles() {
  write(byId("detail"), detail());
  tiles.draw(collection?.progress.roots ?? [], chosen?.id);
}

function drawFigures() {
  writeMarked(byId("answer"), headline(collection));
  figures.draw(collection);
  for (const [id, explain] of EXPLANATIONS) write(byId(id), explain(collection));
}

function drawChart() {
  byId("timeline").hidden = !collection.isRunning && collection.progress.mais_em_voo === 0;
  // What is recorded is compared with nothing.
  const earlier = recorded.collection === null ? experiment?.earlier : null;
  chart.draw(collection, endMs(), earlier);
}

// Returns whether all requests are drawn.
function drawRequests() {
  if (chosen === null) return waterfall.draw(collection, endMs(), { isReplay: replay.isOn });
  rows.draw(collection, collection.bandOf(chosen.id), endMs());
  return true;
}

// The end of the time axis.
function endMs() {
  const { isCollecting, collectedMs } = collection;
  const known = replay.isOn ? replay.endMs : collectedMs;
  const own = isCollecting && !replay.isOn ? roundEnd(known) : Math.max(known, 1);
  if (recorded.collection !== null) return own;
  return experiment?.end(own) ?? own;
}

function writeOutcome() {
  const { progress } = collection;
  write(byId("outcome"), outcome());
  byId("outcome").dataset.situation = progress.situacao;
  write(byId("asked"), sentences.startSentence(progress));
  write(byId("in-flight-said"), sentences.curveSentence(collection));
  if (!replay.isOn) announce();
  const table = byId("numbers");
  if (table.open) fillTable(table.querySelector("tbody"), progress.roots);
  if (live === null) return;
  refresh.follow(live.progress);
  experiment?.follow(live, endMs());
}

function outcome() {
  const isPast = replay.isOn && collection.isRunning;
  if (isPast) return `Reprise: a coleta aos ${duration(collection.ms)}.`;
  const sentence = sentences.outcomeSentence(collection);
  return recorded.collection === null ? sentence : `Gravação. ${sentence}`;
}

// Announces the progress to screen readers, but not ten times a second.
function announce() {
  const now = performance.now();
  if (collection.isCollecting && now - announcedAt < ANNOUNCE_EVERY_MS) return;
  announcedAt = now;
  const sentence = collection.isCollecting ? sentences.runningSentence : sentences.outcomeSentence;
  write(byId("said"), sentence(collection));
}

// Chooses a root, or all again if it is chosen already.
function toggle(id) {
  choose(id === chosen?.id ? null : rootOf(id));
}

function choose(root) {
  chosen = root;
  byId("choice").value = root?.id ?? "";
  byId("all").hidden = root !== null;
  byId("rows").hidden = root === null;
  byId("back").hidden = root === null;
  write(byId("waterfall-title"), sentences.rowsTitle(root));
  waterfall.forget();
  byId("tiles-hint").replaceChildren(...sentences.choiceHint(root));
  if (root !== null) fetchNames(root, redraw);
  pointAtNothing();
}

// Scrolls down from the tiles, which are far above the rows of the chosen root.
function goToTimeline() {
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  byId("waterfall-title").focus({ preventScroll: true });
  byId("timeline").scrollIntoView({ behavior: isCalm ? "auto" : "smooth" });
}

function pointAtNothing() {
  rows.restart();
  showDetail(chosen === null ? () => sentences.HINT : introduction);
}

// The detail of a chosen root: how far it is, and what failed.
function introduction() {
  const root = collection?.progressOf(chosen.id);
  if (root === undefined) return sentences.ROWS_HINT;
  const failures = collection.failuresOf(collection.bandOf(chosen.id));
  return sentences.introduction(
    root,
    failures.map((attempt) => sentences.askedName(collection, attempt)),
  );
}

function pointAtBand(band) {
  const extent = waterfall.extentOf(band);
  byId("band").hidden = extent === undefined;
  if (extent === undefined) return;
  byId("band").style.top = `${extent.top - 1}px`;
  byId("band").style.height = `${extent.height + 2}px`;
  showDetail(() => {
    const root = collection.rootOf(band);
    if (root === undefined) return sentences.THE_LIST;
    const progress = collection.progressOf(root.id);
    return progress === undefined ? root.nome : `${sentences.rootSentence(progress)}.`;
  });
}

function showDetail(describing) {
  detail = describing;
  redraw();
}

function describe(request) {
  // At an earlier moment it has not been made yet.
  if (collection.attemptsOf(request) === undefined) return sentences.ROWS_HINT;
  return sentences.requestSentence(collection, request);
}

function rootOf(id) {
  return roots.find((root) => root.id === id) ?? null;
}
