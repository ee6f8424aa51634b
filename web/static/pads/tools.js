// The toolbar: each button writes the marks of Markdown around or before what is selected.

import { EditorSelection, openSearchPanel } from "../vendor/editor@1/editor.js";
import { tr } from "../words.js";

/** Put marks around each selection, or take them away. */
function around(mark) {
  return (view) => {
    view.dispatch(view.state.changeByRange((range) => {
      const text = view.state.sliceDoc(range.from, range.to);
      const outside = view.state.sliceDoc(range.from - mark.length, range.from) === mark
        && view.state.sliceDoc(range.to, range.to + mark.length) === mark;
      if (outside) {
        return {
          changes: [
            { from: range.from - mark.length, to: range.from },
            { from: range.to, to: range.to + mark.length },
          ],
          range: EditorSelection.range(range.from - mark.length, range.to - mark.length),
        };
      }
      return {
        changes: { from: range.from, to: range.to, insert: mark + text + mark },
        range: EditorSelection.range(range.from + mark.length, range.to + mark.length),
      };
    }));
  };
}

/** Put marks before each line of the selection, or take them away when all have them. */
function before(mark) {
  return (view) => {
    const { state } = view;
    const lines = new Map();
    for (const range of state.selection.ranges) {
      for (let at = range.from; ;) {
        const line = state.doc.lineAt(at);
        lines.set(line.number, line);
        if (line.to >= range.to) break;
        at = line.to + 1;
      }
    }
    const all = [...lines.values()];
    const gone = all.every((line) => line.text.startsWith(mark));
    view.dispatch({
      changes: all.map((line) => gone
        ? { from: line.from, to: line.from + mark.length }
        : { from: line.from, insert: mark }),
    });
  };
}

/** The keys of the toolbar. */
export const toolKeys = [["Mod-b", around("**")], ["Mod-i", around("_")]].map(([key, act]) => ({
  key,
  preventDefault: true,
  run(view) {
    act(view);
    return true;
  },
}));

/** For who only reads: a button that opens the bar in which one finds. */
export function openFind(row, view) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = tr("Find");
  button.addEventListener("click", () => openSearchPanel(view));
  row.append(button);
}

/** Fill the toolbar; `undo` manages what one did oneself. `more` are tools that only some have. */
export function fillTools(bar, view, undo, more = []) {
  const tools = [
    ["B", tr("Bold"), around("**")],
    ["I", tr("Italic"), around("_")],
    ["H", tr("Heading"), before("## ")],
    ["•", tr("List"), before("- ")],
    ["1.", tr("Numbered list"), before("1. ")],
    ["☐", tr("Task"), before("- [ ] ")],
    ["❝", tr("Quote"), before("> ")],
    ["<>", tr("Code"), around("`")],
    ["↶", tr("Undo what you did"), () => undo.undo()],
    ["↷", tr("Redo"), () => undo.redo()],
    ["⌕", tr("Find"), openSearchPanel],
    ...more,
  ];
  for (const [sign, label, act] of tools) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.title = label;
    button.setAttribute("aria-label", label);
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => {
      act(view);
      if (act !== openSearchPanel) view.focus();
    });
    bar.append(button);
  }
  bar.hidden = false;
}
