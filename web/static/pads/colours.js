// The colours of who wrote what, in the part of the text that is to be seen, and who wrote where the caret stands.

import { Annotation, Decoration, EditorView, ViewPlugin } from "../vendor/editor@1/editor.js";
import { tr } from "../words.js";
import { ranges } from "./authorship.js";

const redraw = Annotation.define();

/** What an author is called. */
const called = (author) => author.name || tr("Guest");

/**
 * Colours for a text by its authorship. `extension` is for the editor; `redraw` is to be called when more is
 * known of the authors, `show` switches the colours on and off, `authorAt` tells who wrote a letter.
 */
export function colours(text, authorship) {
  let view = null;
  let isOn = true;

  const marks = new Map();
  const mark = (author) => {
    const key = `${author.colour}\n${author.name}`;
    if (!marks.has(key)) {
      const looks = { class: `pad-wrote author-${Number(author.colour) || 0}`, attributes: { title: called(author) } };
      marks.set(key, Decoration.mark(looks));
    }
    return marks.get(key);
  };

  const draw = (editor) => {
    if (!isOn) return Decoration.none;
    const found = [];
    for (const { from, to } of editor.visibleRanges) {
      for (const [start, end, number] of ranges(text, authorship, from, to)) {
        const author = authorship.authors[number];
        if (author) found.push(mark(author).range(start, end));
      }
    }
    return Decoration.set(found, true);
  };

  const plugin = ViewPlugin.fromClass(
    class {
      constructor(editor) {
        view = editor;
        this.decorations = draw(editor);
      }

      update(update) {
        const isAsked = update.transactions.some((one) => one.annotation(redraw));
        if (!update.docChanged && !update.viewportChanged && !isAsked) return;
        // Around a syllable that is being composed nothing may change but the text itself.
        if (update.view.composing || update.state.doc.length !== text.length) {
          this.decorations = this.decorations.map(update.changes);
        } else this.decorations = draw(update.view);
      }
    },
    { decorations: (one) => one.decorations },
  );

  const again = () => view?.dispatch({ annotations: redraw.of(true) });
  const composed = EditorView.domEventHandlers({
    // What came while a syllable was composed gets its colours once the editor has taken the syllable in.
    compositionend: () => { setTimeout(again, 50); },
  });
  return {
    extension: [plugin, composed],
    redraw: again,
    show(on) {
      isOn = on;
      again();
    },
    authorAt(place) {
      const [found] = ranges(text, authorship, place, place + 1);
      return found ? authorship.authors[found[2]] : undefined;
    },
  };
}

/** Tell in `place` who wrote the letter at the caret: not by colour alone, and without a mouse. */
export function caretAuthor(place, paint) {
  return EditorView.updateListener.of((update) => {
    if (!update.selectionSet && !update.docChanged && !update.focusChanged && !update.transactions.length) return;
    const { head } = update.state.selection.main;
    const author = paint.authorAt(Math.max(0, head - 1)) ?? paint.authorAt(head);
    const words = author ? tr("Written here by %(name)s", { name: called(author) }) : "";
    if (place.textContent !== words) place.textContent = words;
  });
}

/** List the authors in `list`, each in their colour. */
export function listAuthors(list, authorship) {
  const seen = new Map();
  for (const author of Object.values(authorship.authors)) seen.set(`${author.colour}\n${called(author)}`, author);
  const known = [...seen.values()].sort((a, b) => called(a).localeCompare(called(b)));
  list.replaceChildren(...known.map((author) => {
    const item = document.createElement("li");
    const name = document.createElement("bdi");
    name.className = `author-${Number(author.colour) || 0}`;
    name.textContent = called(author);
    item.append(name);
    return item;
  }));
}
