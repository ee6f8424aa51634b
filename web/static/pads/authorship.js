// Who wrote what: Yjs names the client and clock of each letter, the hub tells whose those are.

/** Whose each letter is, by the hub's table of [client, first clock, author's number]. */
export class Authorship {
  #byClient = new Map();
  authors = {};

  constructor(told = { authors: {}, writers: [] }) {
    this.learn(told);
  }

  /** Take in what the hub told besides; what is known already may come again. */
  learn({ authors, writers }) {
    Object.assign(this.authors, authors);
    for (const [client, clock, author] of writers) {
      const known = this.#byClient.get(client) ?? [];
      const others = known.filter(([from]) => from !== clock);
      this.#byClient.set(client, [...others, [clock, author]].sort((a, b) => a[0] - b[0]));
    }
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
  for (const [from, to, author] of ranges(text, authorship, 0, Infinity)) found.push([from, to, author]);
  const whole = text.toString();
  return found.map(([from, to, author]) => [whole.slice(from, to), author]);
}

/** The part of the text from `start` to `end` as ranges [from, to, author's number or null], in their order. */
export function ranges(text, authorship, start, end) {
  const found = [];
  let [item, at] = nearest(text, start);
  for (; item && at < end; item = item.right) {
    if (item.deleted || !item.countable) continue;
    if (at + item.length > start) {
      let from = at;
      for (const [length, author] of authorship.pieces(item.id.client, item.id.clock, item.length)) {
        const last = found[found.length - 1];
        if (last && last[2] === author) last[1] = from + length;
        else found.push([from, from + length, author]);
        from += length;
      }
    }
    at += item.length;
  }
  return found
    .map(([from, to, author]) => [Math.max(from, start), Math.min(to, end), author])
    .filter(([from, to]) => from < to);
}

// An item at or before a place in the text, and where it begins. Yjs remembers some for its own searches, so that
// nobody has to walk from the beginning of a pad of 260 thousand edits.
function nearest(text, start) {
  let best = { p: text._start, index: 0 };
  for (const marker of text._searchMarker ?? []) {
    if (marker.index <= start && marker.index > best.index && !marker.p.deleted && marker.p.countable) best = marker;
  }
  return [best.p, best.index];
}
