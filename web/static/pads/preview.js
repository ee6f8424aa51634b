// The text as it will be read, drawn by the hub a moment after it was written, beside the editor.

import { tr } from "../words.js";

const LONGEST = 100000; // as in web/markdown.py
const SOON_MS = 250;

/** The lines of a text in Markdown that are headings or tasks, code left out: [number, "heading" or "task"]. */
export function marked(doc) {
  const found = [];
  let fence = "";
  let isFront = /^---\s*$/.test(doc.line(1).text);
  for (let number = 1; number <= doc.lines; number += 1) {
    const { text } = doc.line(number);
    if (isFront) {
      if (number > 1 && /^(---|\.\.\.)\s*$/.test(text)) isFront = false;
      continue;
    }
    const mark = /^\s{0,3}(```+|~~~+)/.exec(text)?.[1];
    if (fence ? mark?.startsWith(fence) : mark) fence = fence ? "" : mark;
    else if (fence) continue;
    else if (/^ {0,3}#{1,6}(\s|$)/.test(text)) found.push([number, "heading"]);
    else if (/^\s*([-*+]|\d+[.)])\s+\[[ xX]\]\s/.test(text)) found.push([number, "task"]);
  }
  return found;
}

/**
 * Draws into `place` what the editor of `getView()` says. `form` holds the token of who is logged in.
 * Returns { turn(on), changed() }.
 */
export function preview(place, { address, form, getView, mayWrite }) {
  const page = place.querySelector(".prose");
  let isOn = false;
  let drawn = null;
  let timer = null;
  let took = 0;
  let waits = 0;
  let anchors = []; // [line's number, element], in order

  async function draw() {
    const { doc } = getView().state;
    const text = doc.toString();
    if (text === drawn) return;
    if (text.length > LONGEST) {
      page.textContent = tr("This text is too long for a preview.");
      return;
    }
    const began = performance.now();
    const body = new URLSearchParams(new FormData(form));
    body.set("text", text);
    const answer = await fetch(address, { method: "POST", body });
    if (!answer.ok) throw new Error(String(answer.status));
    const wasOpen = page.querySelector(".pad-front")?.open;
    page.innerHTML = await answer.text(); // made from an allow-list by the hub
    drawn = text;
    waits = 0;
    took = performance.now() - began;
    place.classList.remove("stale");
    const front = page.querySelector(".pad-front");
    if (front && wasOpen) front.open = true;
    join(doc);
    follow();
  }

  /** Find out which line each heading and task comes from; when they don't come out even, none does. */
  function join(doc) {
    const lines = marked(doc);
    const of = (kind) => lines.filter(([, what]) => what === kind).map(([number]) => number);
    const headings = [...page.querySelectorAll("h2, h3, h4, h5, h6")];
    const boxes = [...page.querySelectorAll("li.task input")];
    const [titles, tasks] = [of("heading"), of("task")];
    anchors = titles.length === headings.length ? titles.map((number, i) => [number, headings[i]]) : [];
    if (!mayWrite || tasks.length !== boxes.length) return;
    boxes.forEach((box, i) => {
      box.disabled = false;
      box.setAttribute("aria-label", box.closest("li").textContent.trim().slice(0, 200));
      box.addEventListener("change", () => tick(tasks[i], doc.line(tasks[i]).text));
    });
  }

  /** Make a task done, or not: in the text, as a key would. */
  function tick(number, was) {
    const view = getView();
    const line = number <= view.state.doc.lines ? view.state.doc.line(number) : null;
    const at = line?.text === was ? /\[[ xX]\]/.exec(was)?.index : undefined;
    if (at === undefined) {
      drawn = null; // somebody was faster, and the line is elsewhere: what stands there now is drawn
      changed();
      return;
    }
    const insert = was[at + 1] === " " ? "x" : " ";
    view.dispatch({ changes: { from: line.from + at + 1, to: line.from + at + 2, insert } });
  }

  /** Bring to the middle what belongs to the line of the editor that is in the middle of the window. */
  function follow() {
    const view = getView();
    if (!isOn || !view || page.scrollHeight <= page.clientHeight) return;
    const height = Math.max(0, innerHeight / 2 - view.documentTop);
    const block = view.lineBlockAtHeight(height);
    const line = view.state.doc.lineAt(block.from).number + (height - block.top) / Math.max(1, block.height);
    const headings = anchors.map(([number, heading]) => [number, heading.offsetTop]);
    const points = [[1, 0], ...headings, [view.state.doc.lines + 1, page.scrollHeight]];
    const after = points.findIndex(([number]) => number > line);
    const [[from, top], [to, bottom]] = after < 1 ? points.slice(-2) : [points[after - 1], points[after]];
    page.scrollTop = top + ((bottom - top) * (line - from)) / (to - from) - page.clientHeight / 2;
  }

  function changed() {
    if (!isOn || timer !== null) return;
    place.classList.add("stale");
    // The longer one takes, the rarer they are.
    timer = setTimeout(async () => {
      try {
        if (isOn && getView()) await draw();
      } catch {
        waits = Math.min(8, waits + 1); // what stood there stays until the hub can be reached again
      } finally {
        timer = null;
        if (isOn && getView() && !isDrawn()) setTimeout(changed, waits * 500);
      }
    }, Math.max(SOON_MS, 3 * took));
  }

  function isDrawn() {
    const { doc } = getView().state;
    return doc.length > LONGEST || doc.toString() === drawn;
  }

  addEventListener("scroll", follow, { passive: true });
  return {
    changed,
    turn(on) {
      isOn = on;
      place.hidden = !on;
      if (on) changed();
    },
  };
}
