// A pad: the text that was sent with the page becomes an editor that all who are here share.

import {
  Compartment, Doc, EditorState, EditorView, GFM, HighlightStyle, Language, UndoManager, WebsocketProvider,
  defaultKeymap, defineLanguageFacet, drawSelection, highlightActiveLine, highlightActiveLineGutter,
  keymap, lineNumbers, markdownParser, placeholder, search, searchKeymap, syntaxHighlighting, tags,
  yCollab, yUndoManagerKeymap,
} from "../vendor/editor@1/editor.js";
import { bind, say } from "../madang.js";
import { tr } from "../words.js";
import { Authorship } from "./authorship.js";
import { carets } from "./carets.js";
import { caretAuthor, colours, listAuthors } from "./colours.js";
import { fileLines, standing } from "./filing.js";
import { showPeople } from "./people.js";
import { forgetLetter, goToLine, linkToLine } from "./places.js";
import { preview } from "./preview.js";
import { FrozenLine } from "./frozen.js";
import { CountedSocket, readText, watchSaving } from "./saving.js";
import { addSwitch } from "./switches.js";
import { talk } from "./talk.js";
import { fillTools, openFind, toolKeys } from "./tools.js";

const root = document.querySelector(".pad");
const { pad: name, epoch, nonce, who } = root.dataset;
const mayWrite = "write" in root.dataset;
const isGuest = "guest" in root.dataset;
const mayFile = "files" in root.dataset && !isGuest;
const part = (selector) => root.querySelector(selector);

const doc = new Doc();
const text = doc.getText("content");
// y-codemirror.next marks what comes from this editor with its own configuration as the origin: only that is undone.
const undo = new UndoManager(text, { captureTimeout: 500 });
const socket = location.origin.replace(/^http/, "ws") + "/ws/pads";
const provider = new WebsocketProvider(socket, encodeURIComponent(name), doc, {
  params: epoch ? { ack: "1", epoch } : { ack: "1" },
  WebSocketPolyfill: CountedSocket,
  disableBc: true, // what another window shows shall be what the hub has
});
provider.messageHandlers[101] = (_encoder, decoder) => {
  provider.params.epoch = readText(decoder);
};

const authorship = new Authorship();
const paint = colours(text, authorship);
function learnAuthors(told) {
  authorship.learn(told);
  listAuthors(part(".pad-authors ul"), authorship);
  paint.redraw();
}
provider.messageHandlers[102] = (_encoder, decoder) => learnAuthors(JSON.parse(readText(decoder)));

async function fetchAuthors() {
  const answer = await fetch(`${location.pathname}/authors`).catch(() => null);
  // Without an answer the next connection asks again. A pad that is just begun has no authors to tell of.
  if (answer?.ok) learnAuthors(await answer.json());
}

const looks = HighlightStyle.define([
  { tag: tags.heading, fontWeight: "700" },
  { tag: tags.strong, fontWeight: "700" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.strikethrough, textDecoration: "line-through" },
  { tag: [tags.link, tags.url], color: "var(--accent)" },
  { tag: [tags.processingInstruction, tags.quote, tags.monospace], color: "var(--quiet)" },
]);
const theme = EditorView.theme({
  ".cm-gutters": { background: "transparent", color: "var(--quiet)", border: "0" },
  ".cm-lineNumbers .cm-gutterElement": { cursor: "pointer", minWidth: "3rem" },
  ".cm-content": { padding: "0.6rem 0", caretColor: "var(--ink)", minHeight: "12rem" },
  ".cm-activeLine, .cm-activeLineGutter": { background: "color-mix(in oklab, var(--raised) 60%, transparent)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "color-mix(in oklab, var(--accent) 22%, transparent)",
  },
  ".cm-panels": { background: "var(--raised)", color: "var(--ink)", borderColor: "var(--rule)" },
  ".cm-placeholder": { color: "var(--quiet)" },
});

function markdown() {
  const data = defineLanguageFacet({ commentTokens: { block: { open: "<!--", close: "-->" } } });
  return new Language(data, markdownParser.configure(GFM), [], "markdown");
}

/** The link to the caret's line goes where one can paste it from. */
async function copyLink() {
  const link = linkToLine(view, text, view.state.selection.main.head);
  const isCopied = await navigator.clipboard?.writeText(link).then(() => true, () => false);
  say(isCopied ? tr("The link to this line is copied.") : tr("The link to this line stands in the address bar."));
}

const stands = standing(`${location.pathname}/standing`);
const fileIt = () => fileLines(view, { address: `${location.pathname}/file`, form: part(".pad-own") });

const isMac = /Mac|iP(hone|ad)/.test(navigator.platform);
function showKeys() {
  document.querySelector("[data-help]").click();
  return true;
}
const ownKeys = [
  { key: "F1", run: showKeys, preventDefault: true },
  { key: "Mod-/", run: showKeys, preventDefault: true },
  { key: "Alt-l", run: () => { copyLink(); return true; }, preventDefault: true },
  ...(mayFile ? [{ key: "Alt-s", run: () => { fileIt(); return true; }, preventDefault: true }] : []),
];

// While the pad is frozen the editor only shows it; when it is thawed one writes on in the same window.
const writing = new Compartment();
const reading = [EditorState.readOnly.of(true), EditorView.editable.of(false), EditorView.contentAttributes.of({ tabindex: "0" })];
const frozen = new FrozenLine(part(".pad-frozen"));
let isBarred = false;
const writesNow = () => mayWrite && !frozen.isOn && !isBarred;
const inHand = () => (writesNow() ? [] : reading);
provider.messageHandlers[104] = (_encoder, decoder) => {
  const told = JSON.parse(readText(decoder));
  frozen.tell(told.frozen);
  isBarred = mayWrite && !told.write && !told.frozen;
  // Who reads only has nothing to lose here: the page comes again with what writing needs.
  if (told.write && !mayWrite) location.reload();
  part(".pad-tools")?.classList.toggle("pad-rests", !writesNow());
  view?.dispatch({ effects: writing.reconfigure(inHand()) });
  if (last) showState(last);
};

function makeEditor() {
  const editing = mayWrite
    ? [keymap.of(yUndoManagerKeymap), placeholder(tr("Write here: all who are here see it at once."))]
    : [];
  return new EditorView({
    parent: part(".pad-editor"),
    state: EditorState.create({
      doc: text.toString(),
      extensions: [
        EditorView.cspNonce.of(nonce),
        editing,
        writing.of(inHand()),
        lineNumbers({ domEventHandlers: { click: (editor, { from }) => Boolean(linkToLine(editor, text, from)) } }),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        drawSelection(),
        EditorView.lineWrapping,
        EditorView.perLineTextDirection.of(true),
        markdown(),
        syntaxHighlighting(looks),
        search({ top: true }),
        keymap.of([...ownKeys, ...(mayWrite ? toolKeys : []), ...searchKeymap, ...defaultKeymap]),
        yCollab(text, null, { undoManager: undo }),
        paint.extension,
        caretAuthor(part(".pad-at-caret"), paint),
        carets(text, provider.awareness),
        stands.extension,
        theme,
        EditorView.contentAttributes.of({
          "aria-label": tr("Text of the pad"), spellcheck: "true", autocorrect: "on", autocapitalize: "sentences",
        }),
        EditorState.phrases.of({
          Find: tr("Find"), Replace: tr("Replace"), next: tr("next"), previous: tr("previous"), all: tr("all"),
          "match case": tr("match case"), regexp: tr("pattern"), "by word": tr("by word"),
          "current match": tr("this one"), "replaced $ matches": tr("$ places replaced"),
          replace: tr("replace"), "replace all": tr("replace all"), close: tr("close"),
        }),
      ],
    }),
  });
}

const SAID = {
  connecting: () => tr("Connecting …"),
  saved: () => (writesNow() ? tr("Saved") : tr("Up to date")),
  unsaved: () => (writesNow() ? tr("Saving …") : tr("Up to date")),
  slow: () => (writesNow() ? tr("Not saved") : tr("Up to date")),
  offline: () => tr("Offline"),
  ended: () => tr("Ended"),
};

function trouble({ name: state, code }) {
  if (state === "offline") {
    return mayWrite
      ? tr("The hub can't be reached. What you write now is in this window only, until the connection is back: don't close it.")
      : tr("The hub can't be reached. You see the text as it was.");
  }
  if (isBarred) return tr("You may no longer write in this pad. What you see is your copy.");
  if (frozen.isOn && dirty) return tr("Your last change came after the pad was frozen: it is in this window only. Keep a copy.");
  if (state === "slow" && writesNow()) return tr("The hub does not confirm that your text is stored. Keep this window open, or keep a copy.");
  if (state !== "ended") return "";
  return {
    4403: tr("You may no longer open this pad. What you see is your copy."),
    4409: tr("This pad was begun anew, so your window holds an older text. Keep a copy if you need it, and load the page again."),
    4423: tr("This pad was frozen while you wrote. Keep a copy of your text."),
    4413: tr("The pad is full: your last change is too long to be kept. Keep a copy, and load the page again."),
  }[code] ?? tr("The hub ended the connection. Keep a copy, and load the page again.");
}

let last = null;
let dirty = false;
function showState(state) {
  const place = part(".pad-state");
  place.hidden = false;
  place.dataset.state = state.name;
  place.textContent = SAID[state.name]();
  last = state;
  const banner = part(".pad-banner");
  const words = trouble(state);
  banner.hidden = !words;
  if (banner.firstElementChild.textContent !== words) banner.firstElementChild.textContent = words;
}

function download() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text.toString()], { type: "text/plain;charset=utf-8" }));
  link.download = `${name}.txt`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

const shown = preview(part(".pad-preview"), {
  address: `${location.pathname}/preview`, form: part(".pad-own"), getView: () => view, mayWrite,
});
doc.on("update", shown.changed);

// Who came by the address for reading hears no talk.
const talking = part(".pad-talk") && talk(part(".pad-talk"), {
  pad: `${epoch || name}`, address: `${location.pathname}/talk`, sayAt: `${location.pathname}/say`, form: part(".pad-own"),
  name: () => provider.awareness.getLocalState()?.user?.name ?? "",
});
provider.messageHandlers[103] = (_encoder, decoder) => talking?.hear(JSON.parse(readText(decoder)));

function showColours(on) {
  paint.show(on);
  part(".pad-authors").hidden = !on;
}

let view = null;
provider.on("sync", (isSynced) => {
  if (isSynced) {
    fetchAuthors();
    talking?.catchUp();
  }
  if (!isSynced || view) return;
  for (const plain of document.querySelectorAll("[data-plain]")) plain.remove();
  part(".pad-editor").hidden = false;
  view = makeEditor();
  if (mayWrite) fillTools(part(".pad-tools"), view, undo, mayFile ? [["⚑", tr("Make it a story"), fileIt]] : []);
  else openFind(part(".pad-switches"), view);
  addSwitch(part(".pad-switches"), { name: "colours", label: tr("Author colours"), isOn: true, change: showColours });
  addSwitch(part(".pad-switches"), { name: "preview", label: tr("Preview"), isOn: false, change: shown.turn });
  if (talking) {
    talking.badge(addSwitch(part(".pad-switches"), { name: "talk", label: tr("Talk"), isOn: false, change: talking.turn }).button);
  }
  goToLine(view, text);
  root.dataset.ready = "";
});

// More than half gone at once: the way back is offered to all who are here.
let before = 0;
let lost = 0;
doc.on("update", () => {
  const notice = root.querySelector(".pad-wiped");
  if (view && notice) {
    if (before > 1000 && text.length * 2 < before) lost = before;
    if (lost) notice.hidden = text.length * 2 >= lost;
  }
  before = text.length;
});

doc.on("update", (_update, origin) => {
  if (origin !== provider) dirty = true;
});
const isSafe = watchSaving(provider, (state) => {
  if (state.name === "saved") dirty = false;
  if (state.name === "saved" && text.length > 0) document.querySelector(".pad-more").hidden = false;
  showState(state);
});
addEventListener("beforeunload", (event) => {
  if (mayWrite && dirty && !isSafe()) event.preventDefault();
});
addEventListener("hashchange", () => {
  forgetLetter();
  if (view) goToLine(view, text);
});
part("[data-copy]").addEventListener("click", download);
for (const button of document.querySelectorAll("[data-mine]")) {
  button.parentElement.hidden = false;
  button.addEventListener("click", download);
}
showPeople(part(".pad-people"), provider.awareness, { isGuest, who });
bind("w", tr("Write"), () => view?.focus());
const mod = isMac ? "⌘" : "Ctrl+";
const told = () => view?.focus(); // these are the editor's own: in the help they only stand
if (mayWrite) {
  bind(`${mod}B`, tr("Bold"), told);
  bind(`${mod}I`, tr("Italic"), told);
  bind(`${mod}Z`, tr("Undo what you did"), told);
  bind(isMac ? "⇧⌘Z" : "Ctrl+Y", tr("Redo"), told);
}
bind(`${mod}F`, tr("Find"), told);
bind("Alt+L", tr("Copy the link to this line"), told);
if (mayFile) bind("Alt+S", tr("Make it a story"), told);
bind(`F1 ${mod}/`, tr("These keys, while you write"), told);
