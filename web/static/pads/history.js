// Plays a pad's past: edits come from the hub by the thousand and are applied here one after the other.

import { Doc, applyUpdate } from "../vendor/editor@1/editor.js";
import { tr } from "../words.js";
import { Authorship, stretches } from "./authorship.js";

const SPEEDS = [1, 2, 5, 20];
const PAUSE_MS = 400; // between two edits at the first speed

const player = document.querySelector(".pad-player");
const { history: source } = player.dataset;
const head = Number(player.dataset.head);
let shown = Number(player.dataset.revision);
let part = null; // what the hub sent: { first, state, edits, authors, writers }
let doc = null;
let at = 0; // the revision that doc stands at
let timer = null;
let wanted = shown;
let busy = false;

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

async function partOf(revision) {
  const first = Math.max(0, Math.floor((revision - 1) / 1000) * 1000);
  if (part?.first === first) return;
  const answer = await fetch(`${source}?from=${first}`);
  if (!answer.ok) throw new Error(String(answer.status));
  part = await answer.json();
  doc = null;
}

async function stand(revision) {
  await partOf(revision);
  if (!doc || at > revision) {
    doc = new Doc();
    doc.getText("content");
    if (part.state) applyUpdate(doc, bytes(part.state));
    at = part.first;
  }
  for (const [seq, , , update] of part.edits) {
    if (seq <= at) continue;
    if (seq > revision) break;
    if (update) applyUpdate(doc, bytes(update));
    at = seq;
  }
}

function line(stretch, authors) {
  const row = document.createElement("li");
  const place = document.createElement("span");
  place.dir = "auto";
  for (const [text, author] of stretch) {
    const known = authors[author];
    if (!known) {
      place.append(text);
      continue;
    }
    const piece = document.createElement("span");
    piece.className = `pad-by author-${known.colour}`;
    piece.title = known.name || tr("Guest");
    piece.textContent = text;
    place.append(piece);
  }
  row.append(place);
  return row;
}

function draw() {
  const whose = new Authorship(part);
  const rows = [[]];
  for (const [text, author] of stretches(doc.getText("content"), whose)) {
    text.split("\n").forEach((piece, i) => {
      if (i) rows.push([]);
      if (piece) rows[rows.length - 1].push([piece, author]);
    });
  }
  if (rows.length > 1 && !rows[rows.length - 1].length) rows.pop();
  const list = document.createElement("ol");
  list.className = "pad-text";
  list.replaceChildren(...rows.map((row) => line(row, part.authors)));
  [...list.children].forEach((row, i) => { row.id = `L${i + 1}`; });
  document.querySelector(".pad-past > section").replaceChildren(list);
}

function tell(revision) {
  slider.value = revision;
  const edit = part.edits.find(([seq]) => seq === revision);
  const author = edit && part.authors[edit[2]];
  const when = edit ? new Date(edit[1]).toLocaleString(document.documentElement.lang) : "";
  said.replaceChildren();
  if (author) {
    const who = document.createElement("span");
    who.className = `author-${author.colour}`;
    who.textContent = author.name || tr("Guest");
    said.append(who, ` ${when}`);
  }
  slider.setAttribute("aria-valuetext", tr("revision %(revision)s", { revision }) + (author ? `, ${author.name}, ${when}` : ""));
  for (const field of document.querySelectorAll("[data-revision-field], #rev")) field.value = revision;
  const text = document.querySelector("[data-export]");
  text.href = text.href.replace(/\/\d+\/export\//, `/${revision}/export/`);
  const back = document.querySelector("[data-back]");
  if (back) back.hidden = revision === head;
  history.replaceState(null, "", `?rev=${revision}`);
}

async function go(revision) {
  wanted = Math.min(head, Math.max(0, revision));
  if (busy) return;
  busy = true;
  try {
    while (shown !== wanted || !doc) {
      const next = wanted;
      await stand(next);
      shown = next;
      draw();
      tell(next);
      player.dataset.at = next;
    }
  } catch {
    stop();
    said.textContent = tr("The hub can't be reached.");
  } finally {
    busy = false;
  }
}

function stop() {
  clearTimeout(timer);
  timer = null;
  play.textContent = tr("Play");
}

async function tick() {
  await go(shown + 1);
  if (timer === null) return;
  if (shown >= head) stop();
  else timer = setTimeout(tick, PAUSE_MS / Number(speed.value));
}

function start() {
  play.textContent = tr("Pause");
  timer = setTimeout(tick, 0);
  if (shown >= head) go(0);
}

function button(label, does) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", does);
  return made;
}

const play = button(tr("Play"), () => (timer === null ? start() : stop()));
const before = button("‹", () => { stop(); go(wanted - 1); });
before.setAttribute("aria-label", tr("One edit back"));
const after = button("›", () => { stop(); go(wanted + 1); });
after.setAttribute("aria-label", tr("One edit on"));
const slider = Object.assign(document.createElement("input"), { type: "range", min: 0, max: head, value: shown });
slider.setAttribute("aria-label", tr("Revision"));
slider.addEventListener("input", () => { stop(); go(Number(slider.value)); });
const speed = document.createElement("select");
speed.setAttribute("aria-label", tr("Speed"));
speed.append(...SPEEDS.map((times) => new Option(`${times}×`, times)));
const said = document.createElement("p");
said.className = "pad-said";
if (head > 0) {
  player.append(play, before, slider, after, speed, said);
  player.hidden = false;
  if (!("compares" in player.dataset)) go(shown);
}
