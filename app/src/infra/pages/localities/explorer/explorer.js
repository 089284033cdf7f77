// The page /: shows what the address asks for, and searches while one types.

import { copyOnClick } from "./copying.js";
import { downloadOnClick } from "./downloading.js";
import { byId } from "./elements.js";
import { showAddress } from "./parts.js";
import { sourceSentence } from "./place_sentences.js";
import { getPlaces, getSource } from "./places_api.js";
import { HOME, routeOf, searchHash } from "./route.js";
import { findPlaces } from "./search.js";
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

let shownHash = ""; // the address of the current view
let fetching = new AbortController(); // aborts the requests for the next view
let typingPause; // the timer that waits for the end of typing

/** Shows the view for the address; returns false if a later call replaced it. */
async function show() {
  fetching.abort(); // an earlier response must not replace a later one
  fetching = new AbortController();
  const { signal } = fetching;
  const { hash } = location;
  const slow = setTimeout(() => (status.textContent = "Buscando…"), SLOW_AFTER_MS);
  const next = await viewOf(routeOf(hash), signal).catch((error) => troubleView(error, followLink));
  clearTimeout(slow);
  if (signal.aborted) return false;
  shownHash = hash;
  document.title = next.title;
  status.textContent = next.status;
  view.replaceChildren(...next.nodes);
  return true;
}

async function viewOf({ text, sigla, cityId, districtId, unknown }, signal) {
  if (text) return foundView(text, await findPlaces(text, signal));
  if (cityId) {
    const { data: city } = await getPlaces(`api/v1/cities/${cityId}`, { signal });
    return cityView(city, stateOf(city.estado.sigla), districtId);
  }
  if (unknown) return unknownView("Não há lugar neste endereço.");
  if (!sigla) return homeView();
  const state = stateOf(sigla);
  if (!state) return unknownView(`Não há estado com a sigla ${sigla}.`);
  const { data: cities } = await getPlaces(`api/v1/states/${sigla}/cities`, { signal });
  return stateView(state, cities);
}

function stateOf(sigla) {
  return STATES.find((state) => state.sigla === sigla);
}

/** Searches for the typed text. Back returns to the place that was left, not to earlier texts. */
function search() {
  clearTimeout(typingPause);
  const text = query.value.trim();
  const hash = text ? searchHash(text) : HOME;
  if (isPlace(routeOf(location.hash))) history.pushState(null, "", hash);
  else history.replaceState(null, "", hash);
  return show();
}

/** Follows a link or Back; focuses the row of the place that was left, or the new heading. */
async function followLink() {
  const { hash } = location;
  if (hash && !hash.startsWith(HOME)) return; // a link within this page
  clearTimeout(typingPause); // no search for the text typed last
  const left = shownHash;
  fitSearchToAddress();
  if (!(await show())) return;
  const row = view.querySelector(`a.name[href="${CSS.escape(left)}"]`);
  (row ?? view.querySelector("h2") ?? content).focus({ preventScroll: true });
  scrollTo(0, 0);
  reveal(row ?? view.querySelector("[aria-current]"));
}

function reveal(row) {
  row?.scrollIntoView({ block: "nearest" });
}

/** Shows the address's text in the search field. A place hides the welcome, a search leaves it. */
function fitSearchToAddress() {
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
  clearTimeout(typingPause);
  fetching.abort(); // a late response would take the focus away while somebody types
  typingPause = setTimeout(search, PAUSE_IN_TYPING_MS);
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (await search()) view.querySelector("a.name")?.focus();
});
addEventListener("hashchange", followLink);
showAddress(document.querySelector("#address a"));
copyOnClick();
downloadOnClick();
setInterval(() => document.hidden || showSource(), SOURCE_EVERY_MS);
showSource();
// The welcome stays at first, for every address, so that nothing below it moves.
const { text: asked } = routeOf(location.hash);
if (asked) query.value = asked;
// Visitors without an address want to type; on a phone, the focus would open the keyboard.
if (!location.hash && matchMedia("(pointer: fine)").matches) query.focus();
// The visitor may have typed before this script was loaded.
const isTyped = !asked && query.value.trim() !== "";
if (await (isTyped ? search() : show())) reveal(view.querySelector("[aria-current]"));
