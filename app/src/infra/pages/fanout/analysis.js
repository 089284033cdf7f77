// What can be calculated from the attempts of a collection; nothing here knows the page.

import { CITIES, DISTRICTS, GOOD } from "./collection.js";

/** How many requests were in flight in each millisecond: sent, and not yet read. */
export function inFlightByMs({ size, sent, ended }, ms) {
  const counts = new Int32Array(Math.ceil(ms) + 2);
  const latest = counts.length - 1;
  for (let each = 0; each < size; each += 1) {
    counts[Math.min(sent[each], latest)] += 1;
    counts[Math.min(ended[each], latest)] -= 1;
  }
  for (let each = 1; each < counts.length; each += 1) counts[each] += counts[each - 1];
  return counts;
}

/** Where one of several equal parts of a list begins and ends; it has at least one item. */
export function bounds(length, parts, part) {
  const from = Math.floor((part * length) / parts);
  return [from, Math.max(from + 1, Math.floor(((part + 1) * length) / parts))];
}

/** The highest value of each of several equal parts, so that a chart hides no peak. */
export function peaks(values, parts) {
  return Array.from({ length: parts }, (_, part) => {
    const some = values.subarray(...bounds(values.length, parts, part));
    return some.reduce((most, value) => Math.max(most, value), 0);
  });
}

/** The value below which this share of them lies; 0 where there is none. */
export function percentile(values, share) {
  if (values.length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/**
 * What the same attempts would take one after another, at the very least: each as long as one of
 * the fastest tenth, since alone they would not hold each other up.
 */
export function oneAfterAnother({ size, sent, ended, outcome }) {
  const times = [];
  for (let each = 0; each < size; each += 1) {
    // What failed in no time was not sent at all: the circuit was open.
    if (outcome[each] === GOOD || ended[each] > sent[each]) times.push(ended[each] - sent[each]);
  }
  const each = percentile(times, 0.1);
  return { attempts: times.length, each, all: each * times.length };
}

/**
 * What the limit alone makes a collection take: its requests for districts, so many at once, in so
 * many waves, each as long as one of the fastest tenth of all requests. By the plan for states, each
 * state has one request for its cities and one for its districts, both at once.
 */
export function leastTime(collection) {
  const { plano, limites } = collection.progress;
  const isByState = plano === "state";
  const limit = limites.requisicoes_configurado;
  const atOnce = isByState ? Math.min(limit, 2 * limites.estados) : limit;
  const asked = askedFor(collection, isByState ? CITIES : DISTRICTS);
  const waves = Math.ceil(asked / atOnce);
  const { each } = oneAfterAnother(collection);
  return { asked, atOnce, waves, each, all: waves * each };
}

// How many requests were for something of this kind, or further down.
function askedFor({ size, kind, number }, highest) {
  let requests = 0;
  for (let each = 0; each < size; each += 1) {
    if (kind[each] >= highest && number[each] === 1) requests += 1;
  }
  return requests;
}

/** How long all attempts together waited, were on the wire and were read. */
export function timeSpent({ size, queued, sent, answered, ended }) {
  const spent = { waiting: 0, wire: 0, reading: 0 };
  for (let each = 0; each < size; each += 1) {
    spent.waiting += sent[each] - queued[each];
    spent.wire += answered[each] - sent[each];
    spent.reading += ended[each] - answered[each];
  }
  return spent;
}

/** What the events say of the whole: the highest of what they tell, and how the limit went. */
export function extremes({ samples }) {
  // What a limit was lowered to long ago is forgotten with the first answer.
  const limits = samples.filter((sample) => sample.ended > 0).map((sample) => sample.limit);
  return {
    states: Math.max(...samples.map((sample) => sample.states)),
    waiting: Math.max(...samples.map((sample) => sample.waiting)),
    waitingStates: Math.max(...samples.map((sample) => sample.waitingStates)),
    limit: { first: limits[0] ?? 0, lowest: Math.min(...limits), highest: Math.max(0, ...limits) },
    wasOpen: samples.some((sample) => sample.isOpen),
  };
}

/** A round end of the time axis, so that a running picture is seldom drawn anew. */
export function roundEnd(ms) {
  let end = 2000;
  while (end < ms) end *= 1.5;
  return end;
}

/** Where the marks of a time axis stand, at most so many. */
export function marks(endMs, most) {
  const steps = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000];
  const step = steps.find((each) => endMs / each <= most) ?? 600_000;
  return Array.from({ length: Math.floor(endMs / step) + 1 }, (_, index) => index * step);
}
