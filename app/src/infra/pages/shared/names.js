// How the pages put names in order.

const { compare } = new Intl.Collator("pt-BR", { numeric: true });

/** Named things, in the order of a Portuguese dictionary. */
export function sortedByName(items) {
  return items.toSorted((one, other) => compare(one.nome, other.nome));
}
