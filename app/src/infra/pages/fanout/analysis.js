// Calculates numbers from the attempts of a collection, without the page.

import { levels, planOf } from "./collected.js";
import { GOOD, isOver, requestCount } from "./collection.js";

/** How many requests were in flight in each millisecond: sent and not yet read. */
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

/** Where one of several equal parts of a list begins and ends; no part is empty. */
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

/** The value below which this share of the values lies; 0 if there are no values. */
function percentile(values, share) {
  if (values.length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/**
 * The time that the same attempts would take one after another, at the very least. Each counts like
 * the fastest tenth, because attempts alone would not slow each other down.
 */
export function oneAfterAnother({ size, sent, ended, outcome }) {
  const times = [];
  for (let index = 0; index < size; index += 1) {
    const time = ended[index] - sent[index];
    // An attempt that failed in no time was never sent: the circuit was open.
    if (outcome[index] === GOOD || time > 0) times.push(time);
  }
  const each = percentile(times, 0.1);
  return { attempts: times.length, each, all: each * times.length };
}

/**
 * The plan by which each root has a fixed number of requests, if there is one. A tree of two levels
 * has it without a script if each finished root took one; lists in pages take more.
 */
export function fixedPlan({ progress: { plano, roots } }) {
  const counts = roots.filter(isOver).map(requestCount);
  const isOneEach = levels.length === 2 && counts.length > 0 && counts.every((each) => each === 1);
  return planOf(plano) ?? (isOneEach ? { requestsPerRoot: 1, reason: "" } : null);
}

/**
 * The time that a collection needs because of its limit alone: its requests for the lowest
 * level, `atOnce` at a time, in waves that each take as long as the fastest tenth of all requests. By
 * a fixed plan all requests count but that for the roots, and a root's are made at the same time.
 */
export function leastTime(collection) {
  const { limites } = collection.progress;
  const fixed = fixedPlan(collection);
  const limit = limites.requisicoes_configurado;
  const atOnce = fixed ? Math.min(limit, fixed.requestsPerRoot * limites.roots) : limit;
  const requests = requestsFor(collection, fixed ? 1 : levels.length - 1);
  const waves = Math.ceil(requests / atOnce);
  const { each } = oneAfterAnother(collection);
  return { requests, atOnce, waves, each, all: waves * each };
}

// How many requests were for this kind or one further down.
function requestsFor({ kind, number }, top) {
  return kind.filter((each, index) => each >= top && number[index] === 1).length;
}

/** The times on the wire below which these shares of the good attempts lie. */
export function wireTimes({ size, sent, answered, outcome }, shares) {
  const times = [];
  for (let each = 0; each < size; each += 1) {
    if (outcome[each] === GOOD) times.push(answered[each] - sent[each]);
  }
  return shares.map((share) => percentile(times, share));
}

/** The times that all attempts together waited, were on the wire and were read. */
export function timeSpent({ size, queued, sent, answered, ended }) {
  const spent = { waiting: 0, wire: 0, reading: 0 };
  for (let each = 0; each < size; each += 1) {
    spent.waiting += sent[each] - queued[each];
    spent.wire += answered[each] - sent[each];
    spent.reading += ended[each] - answered[each];
  }
  return spent;
}

/** The highest values that the events report, and how the limit changed. */
export function extremes({ samples }) {
  // Until the first attempt ends, the limit may still be one that was lowered long ago.
  const limits = samples.filter((sample) => sample.ended > 0).map((sample) => sample.limit);
  return {
    roots: Math.max(...samples.map((sample) => sample.roots)),
    waiting: Math.max(...samples.map((sample) => sample.waiting)),
    waitingRoots: Math.max(...samples.map((sample) => sample.waitingRoots)),
    limit: { first: limits[0] ?? 0, lowest: Math.min(...limits), highest: Math.max(0, ...limits) },
    wasOpen: samples.some((sample) => sample.isOpen),
  };
}

/** A round end for the time axis, so that a running waterfall seldom starts again. */
export function roundEnd(ms) {
  let end = 2000;
  while (end < ms) end *= 1.5;
  return end;
}

/** The moments of the ticks on a time axis, with at most `most` steps between them. */
export function ticks(endMs, most) {
  const steps = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000];
  const step = steps.find((each) => endMs / each <= most) ?? 600_000;
  return Array.from({ length: Math.floor(endMs / step) + 1 }, (_, index) => index * step);
}
