// What is collected, as the service writes it into the page, and what its feature adds to that.

import { byId } from "./elements.js";

export const {
  address,
  data, // the address of what is collected
  forms,
  levels,
  part,
  recording,
  rootsAreRequested,
  settings,
  shortName,
  upstream,
  script,
  hasExperiments, // whether the upstream is a stand-in that one may experiment with
} = JSON.parse(byId("content").dataset.collected);

/** The noun for what is at the top of the tree. */
export const rootNoun = levels[0];

// A feature may have a script that exports some of these; without one, the page does without them.
const NOTHING = {
  ROOTS: [], // the roots that are known before a collection: { id, shortName, nome }
  cellOf: () => "", // the place of a root's tile, as CSS has it in grid-area, by the root's id
  fetchNames: () => {}, // fetches the names below a root; calls its second argument afterwards
  nameOf: () => undefined, // the name of a part below the roots, by its id, if that is known
  // A plan in which each root has a fixed number of requests: { requestsPerRoot, reason }.
  planOf: () => null,
};
const added = script === "" ? {} : await import(`./${script}`);

export const { ROOTS, cellOf, fetchNames, nameOf, planOf } = { ...NOTHING, ...added };
