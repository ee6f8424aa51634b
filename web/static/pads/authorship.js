// Who wrote what: Yjs names the client and clock of each letter, the hub tells whose those are.

/** Whose each letter is, by the hub's table of [client, first clock, author's number]. */
export class Authorship {
  #byClient = new Map();
  authors = {};

  constructor({ authors, writers }) {
    this.authors = authors;
    for (const [client, clock, author] of writers) {
      if (!this.#byClient.has(client)) this.#byClient.set(client, []);
      this.#byClient.get(client).push([clock, author]);
    }
  }

  knows(client) {
    return this.#byClient.has(client);
  }

  /** The pieces of an item as [length, author's number or null]. */
  *pieces(client, clock, length) {
    const known = this.#byClient.get(client) ?? [];
    const end = clock + length;
    let at = clock;
    while (at < end) {
      let author = null;
      let upto = end;
      for (const [from, whose] of known) {
        if (from <= at) author = whose;
        else if (from < upto) upto = from;
      }
      yield [upto - at, author];
      at = upto;
    }
  }
}

/** The text as stretches [text, author's number or null], neighbours of one author together. */
export function stretches(text, authorship) {
  const found = [];
  for (let item = text._start; item; item = item.right) {
    if (item.deleted || typeof item.content.str !== "string") continue;
    let at = 0;
    for (const [length, author] of authorship.pieces(item.id.client, item.id.clock, item.length)) {
      const piece = item.content.str.slice(at, at + length);
      at += length;
      const last = found[found.length - 1];
      if (last && last[1] === author) last[0] += piece;
      else found.push([piece, author]);
    }
  }
  return found;
}
