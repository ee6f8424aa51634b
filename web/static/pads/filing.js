// Stories and tasks in a pad: how far those are that its text mentions, and making one of the lines at hand.

import { Annotation, Decoration, ViewPlugin, WidgetType } from "../vendor/editor@1/editor.js";
import { say } from "../madang.js";
import { tr } from "../words.js";

const learned = Annotation.define();
const SOON_MS = 800;
const LOOKS_LIKE = /\p{L}+[ \t:#]{0,3}\d+/gu; // what may be a mention; the hub knows

class Standing extends WidgetType {
  constructor(told) {
    super();
    this.told = told;
  }

  eq(other) {
    return other.told.words === this.told.words && other.told.url === this.told.url;
  }

  toDOM() {
    const link = document.createElement("a");
    link.className = "pad-standing";
    link.href = this.told.url;
    link.title = this.told.title;
    link.textContent = this.told.words;
    return link;
  }

  ignoreEvent() {
    return true;
  }
}

/**
 * Shows in the editor how far the things are that the text mentions, as the hub tells it at `address`.
 * `extension` is for the editor; `ask` asks anew.
 */
export function standing(address) {
  let view = null;
  let told = new Map(); // what stands in the text: how far that is
  const asked = new Set();
  let timer = null;

  const draw = (editor) => {
    const found = [];
    for (const { from, to } of editor.visibleRanges) {
      const text = editor.state.sliceDoc(from, to);
      for (const [words, how] of told) {
        for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length)) {
          const end = at + words.length;
          if (/[\w-]/.test(text[end] ?? "") || /[\w-]/.test(text[at - 1] ?? "")) continue;
          const mark = { class: how.done ? "pad-thing pad-done" : "pad-thing", attributes: { title: how.title } };
          found.push(Decoration.mark(mark).range(from + at, from + end));
          found.push(Decoration.widget({ widget: new Standing(how), side: 1 }).range(from + end));
        }
      }
    }
    return Decoration.set(found, true);
  };

  async function ask() {
    const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || !view) return; // what stood there stays
    const { mentions } = await answer.json();
    told = new Map(mentions.map((one) => [one.text, one]));
    view.dispatch({ annotations: learned.of(true) });
  }

  /** Ask when something stands in the text that may be a mention and was not asked for yet. */
  function look() {
    const now = view?.state.doc.toString().match(LOOKS_LIKE) ?? [];
    const isNew = now.some((words) => !asked.has(words));
    for (const words of now) asked.add(words);
    if (isNew) ask();
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(look, SOON_MS);
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && told.size) ask();
  });

  const extension = ViewPlugin.fromClass(
    class {
      constructor(editor) {
        view = editor;
        this.decorations = Decoration.none;
        soon();
      }

      update(update) {
        if (update.docChanged) soon();
        const isTold = update.transactions.some((one) => one.annotation(learned));
        if (!update.docChanged && !update.viewportChanged && !isTold) return;
        // Around a syllable that is being composed nothing may change but the text itself.
        if (update.view.composing) this.decorations = this.decorations.map(update.changes);
        else this.decorations = draw(update.view);
      }
    },
    { decorations: (one) => one.decorations },
  );
  return { extension, ask };
}

/** Make a story of the lines of the selection, or of the caret's; the hub writes its number into the first. */
export async function fileLines(view, { address, form }) {
  const { doc, selection } = view.state;
  const { from, to, empty } = selection.main;
  const first = doc.lineAt(from);
  const body = new URLSearchParams(new FormData(form));
  body.set("line", first.number);
  body.set("text", doc.sliceString(first.from, doc.lineAt(to).to));
  const chosen = doc.sliceString(from, Math.min(to, first.to)).trim();
  if (!empty && from > first.from && chosen) body.set("title", chosen);
  const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer) {
    say(tr("The hub can't be reached. Nothing was filed."));
    return;
  }
  const told = await answer.json().catch(() => ({}));
  say(answer.ok ? tr("Filed: %(title)s", { title: told.title || told.ref }) : told.error ?? tr("That did not work."));
}
