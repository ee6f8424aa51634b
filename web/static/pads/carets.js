// The carets and selections of the others, and telling them of one's own.

import {
  Annotation, Decoration, ViewPlugin, WidgetType, createAbsolutePositionFromRelativePosition,
  createRelativePositionFromTypeIndex,
} from "../vendor/editor@1/editor.js";
import { nameOf } from "./people.js";

const moved = Annotation.define();

class Caret extends WidgetType {
  constructor(name, colour, at) {
    super();
    this.name = name;
    this.colour = colour;
    this.at = at;
  }

  // One that moved is drawn anew, and so shows its name again for a while.
  eq(other) {
    return other.name === this.name && other.colour === this.colour && other.at === this.at;
  }

  toDOM() {
    const caret = document.createElement("span");
    caret.className = `pad-caret author-${this.colour}`;
    caret.setAttribute("aria-hidden", "true");
    const name = document.createElement("span");
    name.className = "pad-caret-name";
    name.textContent = this.name;
    // Word joiners keep the line from breaking at the caret.
    caret.append("\u2060", name);
    return caret;
  }

  get estimatedHeight() {
    return -1;
  }

  ignoreEvent() {
    return true;
  }
}

/** The extension for a Y.Text and the awareness that is shared with it. */
export function carets(text, awareness) {
  return ViewPlugin.fromClass(
    class {
      constructor(view) {
        this.view = view;
        this.decorations = Decoration.none;
        this.hear = ({ added, updated, removed }) => {
          const others = [...added, ...updated, ...removed].some((id) => id !== text.doc.clientID);
          if (others) queueMicrotask(() => view.dispatch({ annotations: moved.of(true) }));
        };
        awareness.on("change", this.hear);
      }

      destroy() {
        awareness.off("change", this.hear);
      }

      update(update) {
        this.tell(update);
        // Around a syllable that is being composed nothing may change but the text itself.
        if (update.view.composing) this.decorations = this.decorations.map(update.changes);
        else this.decorations = this.draw(update.state.doc.length);
      }

      tell(update) {
        if (!update.selectionSet && !update.focusChanged && !update.docChanged) return;
        const known = awareness.getLocalState()?.cursor ?? null;
        if (!update.view.hasFocus) {
          if (known && update.focusChanged) awareness.setLocalStateField("cursor", null);
          return;
        }
        const { anchor, head } = update.state.selection.main;
        const place = (index) => JSON.parse(JSON.stringify(createRelativePositionFromTypeIndex(text, index)));
        const cursor = { anchor: place(anchor), head: place(head) };
        if (JSON.stringify(cursor) !== JSON.stringify(known)) awareness.setLocalStateField("cursor", cursor);
      }

      draw(length) {
        const found = [];
        for (const [client, { user, cursor }] of awareness.getStates()) {
          if (client === text.doc.clientID || !cursor?.anchor || !cursor.head) continue;
          const place = (at) => createAbsolutePositionFromRelativePosition(at, text.doc);
          const [anchor, head] = [place(cursor.anchor), place(cursor.head)];
          if (anchor?.type !== text || head?.type !== text) continue;
          const [from, to] = [anchor.index, head.index].map((i) => Math.min(i, length)).sort((a, b) => a - b);
          const colour = Number(user?.colour) || 0;
          const selected = { class: `pad-selected author-${colour}` };
          if (from < to) found.push(Decoration.mark(selected).range(from, to));
          const widget = new Caret(nameOf(user), colour, JSON.stringify(cursor.head));
          found.push(Decoration.widget({ widget, side: head.index > anchor.index ? -1 : 1 }).range(Math.min(head.index, length)));
        }
        return Decoration.set(found, true);
      }
    },
    { decorations: (plugin) => plugin.decorations },
  );
}
