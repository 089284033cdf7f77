// Finds and makes elements. Names from the data are only ever set as text.

export const byId = (id) => document.getElementById(id);

/** Makes an element with these properties and children. */
export function element(tag, { dataset = {}, ...properties } = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  Object.assign(made.dataset, dataset);
  made.append(...children);
  return made;
}
