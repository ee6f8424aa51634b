// Addresses of lines. `#L12` is the twelfth line; `?at=CLIENT-CLOCK#L12` is the line of that letter, wherever it is
// by now, and without a script the twelfth one still, where it was when the link was made.

import {
  EditorView, createAbsolutePositionFromRelativePosition, createRelativePositionFromTypeIndex,
} from "../vendor/editor@1/editor.js";

const LETTER = /^(\d{1,16})-(\d{1,10})$/;

/** Where the line that begins at `from` is to be found for good. */
function addressOf(view, text, from) {
  const number = view.state.doc.lineAt(from).number;
  const { item } = createRelativePositionFromTypeIndex(text, from);
  const query = item ? `?at=${item.client}-${item.clock}` : "";
  return `${location.pathname}${query}#L${number}`;
}

/** Put the address of a line into the address bar and go there; returns it. */
export function linkToLine(view, text, from) {
  const address = addressOf(view, text, from);
  history.replaceState(null, "", address);
  goThere(view, view.state.doc.lineAt(from).from);
  return new URL(address, location.href).href;
}

/** Go to the line that the address bar names, if it does. */
export function goToLine(view, text) {
  const { doc } = view.state;
  const moved = whereLetterIs(text);
  if (moved !== null) {
    const line = doc.lineAt(Math.min(moved, doc.length));
    history.replaceState(null, "", `${location.search}#L${line.number}`);
    goThere(view, line.from);
    return;
  }
  const number = Number(/^#L(\d+)$/.exec(location.hash)?.[1] ?? 0);
  if (number >= 1) goThere(view, doc.line(Math.min(number, doc.lines)).from);
}

/** Who asks for a line by its number means that one: what letter it had does not count any more. */
export function forgetLetter() {
  if (LETTER.test(new URLSearchParams(location.search).get("at") ?? "")) {
    history.replaceState(null, "", location.pathname + location.hash);
  }
}

function whereLetterIs(text) {
  const known = LETTER.exec(new URLSearchParams(location.search).get("at") ?? "");
  if (!known) return null;
  const item = { client: Number(known[1]), clock: Number(known[2]) };
  const found = createAbsolutePositionFromRelativePosition({ item, type: null, tname: null, assoc: 0 }, text.doc);
  return found?.type === text ? found.index : null;
}

function goThere(view, from) {
  view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
}
