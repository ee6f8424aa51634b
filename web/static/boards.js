// Moves cards of boards and worklists: by mouse and finger, and by keys. Without it each card has its own form.

import { say } from "./madang.js";
import { tr } from "./words.js";

const STARTS = 6; // pixels that a mouse may move before it is no click
const EDGE = 40; // pixels from a board's edge where it begins to scroll
const board = document.querySelector("[data-board]");
const told = document.querySelector("[data-told]");
let drag = null;
let held = null;

const cardsIn = (list) => [...list.querySelectorAll(":scope > [data-card]")];
const titleOf = (card) => card.querySelector(".name").textContent;
const laneOf = (list) => list.closest(".lane").querySelector("h2 bdi")?.textContent ?? document.querySelector("h1").textContent;
const placeOf = (card) => ({ list: card.parentElement, next: card.nextElementSibling });

function announce(words) {
  told.textContent = words;
}

function where(card) {
  const list = card.parentElement;
  const values = { lane: laneOf(list), place: cardsIn(list).indexOf(card) + 1, all: cardsIn(list).length };
  return tr("%(lane)s, place %(place)s of %(all)s", values);
}

function putBack(card, place) {
  place.list.insertBefore(card, place.next?.parentElement === place.list ? place.next : null);
}

function count() {
  for (const lane of board.querySelectorAll(".lane")) {
    lane.querySelector("[data-count]").textContent = lane.querySelectorAll(".cards > .card").length;
  }
  for (const card of board.querySelectorAll("[data-card]")) {
    const choice = card.querySelector('select[name="list"]');
    if (choice) choice.value = card.parentElement.dataset.list;
    card.querySelector('input[name="position"]').value = cardsIn(card.parentElement).indexOf(card) + 1;
  }
}

/** Tell the hub where a card lies now; what it refuses goes back to where it was. */
async function keep(card, before) {
  const now = placeOf(card);
  count();
  if (now.list === before.list && now.next === before.next) return;
  const fields = new URLSearchParams({
    csrf: card.querySelector('[name="csrf"]')?.value ?? "",
    do: "move",
    card: card.dataset.card,
    list: now.list.dataset.list,
    position: cardsIn(now.list).indexOf(card) + 1,
  });
  let problem = tr("The hub can't be reached. The card is back where it was.");
  try {
    const headers = { Accept: "application/json" };
    const answer = await fetch(board.dataset.board, { method: "POST", body: fields, headers });
    if (answer.ok) {
      announce(tr("Put down: %(where)s", { where: where(card) }));
      return;
    }
    problem = (await answer.json()).problem ?? problem;
  } catch {
    // told below, like a refusal
  }
  putBack(card, before);
  count();
  announce(problem);
  say(problem);
}

/** The card before which something would fall that is let go at a height. */
function cardBelow(list, y, moved) {
  return cardsIn(list).find((card) => {
    if (card === moved) return false;
    const box = card.getBoundingClientRect();
    return y < box.top + box.height / 2;
  });
}

function follow(event) {
  const lane = document.elementFromPoint(event.clientX, event.clientY)?.closest?.(".lane");
  const list = lane?.querySelector("[data-list]");
  if (list && board.contains(list)) {
    const next = cardBelow(list, event.clientY, drag.card) ?? null;
    if (drag.card.parentElement !== list || drag.card.nextElementSibling !== next) list.insertBefore(drag.card, next);
  }
  const box = board.getBoundingClientRect();
  if (event.clientX > box.right - EDGE) board.scrollBy(14, 0);
  if (event.clientX < box.left + EDGE) board.scrollBy(-14, 0);
}

function press(event) {
  const card = event.target.closest("[data-card]");
  if (!card || event.button !== 0 || held) return;
  const grip = event.target.closest("[data-grip]");
  // A finger moves cards by their handle; elsewhere it scrolls.
  if (!grip && (event.pointerType !== "mouse" || event.target.closest("a, button, input, select, summary, form"))) return;
  drag = { card, before: placeOf(card), x: event.clientX, y: event.clientY, begun: false, pointer: event.pointerId };
}

function pull(event) {
  if (!drag || event.pointerId !== drag.pointer) return;
  if (!drag.begun) {
    if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < STARTS) return;
    drag.begun = true;
    drag.card.classList.add("dragged");
    document.body.classList.add("dragging");
  }
  event.preventDefault();
  follow(event);
}

function letGo(event) {
  if (!drag || event.pointerId !== drag.pointer) return;
  const { card, before, begun } = drag;
  drag = null;
  card.classList.remove("dragged");
  document.body.classList.remove("dragging");
  if (!begun) return;
  if (event.type === "pointercancel") putBack(card, before);
  else keep(card, before);
}

function take(card) {
  held = { card, before: placeOf(card) };
  card.classList.add("held");
  announce(tr("Taken: %(title)s. %(where)s", { title: titleOf(card), where: where(card) }));
}

function putDown(isKept) {
  const { card, before } = held;
  held = null;
  card.classList.remove("held");
  if (isKept) keep(card, before);
  else {
    putBack(card, before);
    count();
    announce(tr("Left where it was: %(title)s", { title: titleOf(card) }));
  }
  card.querySelector("[data-grip]").focus();
}

function step(key) {
  const { card } = held;
  const lists = [...board.querySelectorAll("[data-list]")];
  const list = card.parentElement;
  if (key === "ArrowUp") card.previousElementSibling?.before(card);
  else if (key === "ArrowDown") card.nextElementSibling?.after(card);
  else {
    const to = lists[lists.indexOf(list) + (key === "ArrowRight" ? 1 : -1)];
    const at = cardsIn(list).indexOf(card);
    to?.insertBefore(card, cardsIn(to)[at] ?? null);
  }
  card.querySelector("[data-grip]").focus();
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  announce(where(card));
}

function key(event) {
  const grip = event.target.closest("[data-grip]");
  if (!grip) return;
  if (event.key === " " || event.key === "Enter") {
    event.preventDefault();
    if (held) putDown(true);
    else take(grip.closest("[data-card]"));
  } else if (held && event.key === "Escape") {
    event.preventDefault();
    putDown(false);
  } else if (held && event.key.startsWith("Arrow")) {
    event.preventDefault();
    step(event.key);
  }
}

if (board) {
  for (const grip of board.querySelectorAll("[data-grip]")) grip.hidden = false;
  board.addEventListener("pointerdown", press);
  addEventListener("pointermove", pull, { passive: false });
  addEventListener("pointerup", letGo);
  addEventListener("pointercancel", letGo);
  board.addEventListener("keydown", key);
  board.addEventListener("focusout", (event) => {
    // A card that moves loses the focus for a moment; only who really goes elsewhere lets it be.
    if (held && event.relatedTarget && !held.card.contains(event.relatedTarget)) putDown(false);
  });
  board.addEventListener("dragstart", (event) => event.preventDefault());
}
