// The explorer: shows what the address asks for, and searches as one types.

import { getJson, getSource } from "./api.js";
import { copyOnClick } from "./copying.js";
import { downloadOnClick } from "./downloading.js";
import { byId } from "./elements.js";
import * as parts from "./parts.js";
import { sourceSentence } from "./place_sentences.js";
import { HOME, routeOf, searchHash } from "./route.js";
import { find } from "./search.js";
import { STATES } from "./states.js";
import { cityView, foundView, homeView, stateView, troubleView, unknownView } from "./views.js";

const PAUSE_IN_TYPING_MS = 150;
const SLOW_AFTER_MS = 400;
const SOURCE_EVERY_MS = 60_000;

const content = byId("content");
const form = byId("search");
const query = byId("query");
const source = byId("source");
const status = byId("status");
const view = byId("view");
const welcome = byId("welcome");

let shown = ""; // the address of what stands there
let work = new AbortController(); // fetches what is to stand there next
let pause; // in typing

/** Shows what the address asks for; tells whether it stands there now. */
async function show() {
  work.abort(); // an earlier answer must not come over a later one
  work = new AbortController();
  const { signal } = work;
  const { hash } = location;
  const slow = setTimeout(() => (status.textContent = "Buscando…"), SLOW_AFTER_MS);
  const next = await viewOf(routeOf(hash), signal).catch((error) => troubleView(error, go));
  clearTimeout(slow);
  if (signal.aborted) return false;
  shown = hash;
  document.title = next.title;
  status.textContent = next.status;
  view.replaceChildren(...next.nodes);
  return true;
}

async function viewOf({ text, sigla, cityId, districtId, unknown }, signal) {
  if (text) return foundView(text, await find(text, signal));
  if (cityId) {
    const { data: city } = await getJson(`api/v1/cities/${cityId}`, { signal });
    return cityView(city, stateOf(city.estado.sigla), districtId);
  }
  if (unknown) return unknownView("Não há lugar neste endereço.");
  if (!sigla) return homeView();
  const state = stateOf(sigla);
  if (!state) return unknownView(`Não há estado com a sigla ${sigla}.`);
  const { data: cities } = await getJson(`api/v1/states/${sigla}/cities`, { signal });
  return stateView(state, cities);
}

function stateOf(sigla) {
  return STATES.find((state) => state.sigla === sigla);
}

/** Searches what is typed. Back leads to a place that was left so, not to each text on the way. */
function search() {
  clearTimeout(pause);
  const text = query.value.trim();
  const hash = text ? searchHash(text) : HOME;
  if (isPlace(routeOf(location.hash))) history.pushState(null, "", hash);
  else history.replaceState(null, "", hash);
  return show();
}

/** Goes where a link or Back leads, and puts the focus on what was left, or on the new heading. */
async function go() {
  const { hash } = location;
  if (hash && !hash.startsWith(HOME)) return; // a part of this page
  clearTimeout(pause); // what was typed last is left, too
  const left = shown;
  arrange();
  if (!(await show())) return;
  const row = view.querySelector(`a.name[href="${CSS.escape(left)}"]`);
  (row ?? view.querySelector("h2") ?? content).focus({ preventScroll: true });
  scrollTo(0, 0);
  reveal(row ?? view.querySelector("[aria-current]"));
}

function reveal(row) {
  row?.scrollIntoView({ block: "nearest" });
}

/** The search fits the address; at a place the welcome makes room, though not while one types. */
function arrange() {
  const route = routeOf(location.hash);
  query.value = route.text ?? "";
  if (!route.text) welcome.classList.toggle("unseen", isPlace(route));
}

function isPlace({ sigla, cityId }) {
  return Boolean(sigla ?? cityId);
}

async function showSource() {
  try {
    source.textContent = sourceSentence(await getSource());
  } catch {
    source.textContent = "Não foi possível saber agora de quando são os dados.";
  }
}

query.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(search, PAUSE_IN_TYPING_MS);
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (await search()) view.querySelector("a.name")?.focus();
});
addEventListener("hashchange", go);
parts.address(document.querySelector("#address a"));
copyOnClick();
downloadOnClick();
setInterval(() => document.hidden || showSource(), SOURCE_EVERY_MS);
showSource();
// The welcome stays at first, wherever the address leads: nothing below it moves.
query.value = routeOf(location.hash).text ?? "";
// Who comes for no place in particular comes to type; on a phone that would open the keyboard.
if (!location.hash && matchMedia("(pointer: fine)").matches) query.focus();
if (await show()) reveal(view.querySelector("[aria-current]"));
