// Shows a run over the last one under other conditions: a legend for the chart, and its figures.

import { conditionsName } from "./conditions.js";
import { byId, element } from "./elements.js";
import { duration, formatted } from "./numbers.js";
import { write } from "./writing.js";

// How much longer than the run itself the time axis may be for the sake of the earlier one.
const MOST_TIMES = 4;

const FIGURES = {
  requests: ({ requests }) => formatted(requests),
  retries: ({ retries }) => formatted(retries),
  failures: ({ failures }) => formatted(failures),
  time: ({ ms }) => duration(ms),
};

/** Makes room for the legend and the figures. */
export function prepareComparison() {
  const legend = element("ul", { id: "compared", className: "legend" });
  legend.append(element("li", { dataset: { phase: "wire" } }), element("li", { className: "before" }));
  for (const item of legend.children) item.hidden = true;
  byId("in-flight").before(legend);
  for (const id of Object.keys(FIGURES)) {
    byId(id).after(element("dd", { id: `${id}-before`, className: "before" }));
  }
}

/** Writes what this run and the earlier one were, if there is one to compare with. */
export function writeComparison(conditions, earlier, endMs) {
  const [now, before] = byId("compared").children;
  now.hidden = conditions === null;
  before.hidden = earlier === null;
  if (conditions !== null) write(now, `esta coleta: ${conditionsName(conditions)}`);
  if (earlier !== null) {
    const more = earlier.collectedMs > endMs ? "; a linha continua além da figura" : "";
    const name = conditionsName(earlier.conditions);
    write(before, `antes: ${name}, em ${duration(earlier.ms)}${more}`);
  }
  for (const [id, figure] of Object.entries(FIGURES)) {
    write(byId(`${id}-before`), earlier === null ? "" : `antes: ${figure(earlier)}`);
  }
}

/** The end of a time axis that has room for both, if they are not too far apart. */
export function commonEnd(endMs, earlier) {
  if (earlier === null) return endMs;
  return Math.max(endMs, Math.min(earlier.collectedMs, MOST_TIMES * endMs));
}
