// The talk beside a pad: what was said comes over the pad's own connection, what one says goes to the hub as a form.

import { say as announce } from "../madang.js";
import { tr, trn } from "../words.js";
import { nameOf } from "./people.js";

const KEPT = "pad-talk:";
const DAY = 86400000;
const MANY = 99;

/** What was said, as a row of the list. */
function row({ number, at, name, colour, guest, text }) {
  const item = document.createElement("li");
  item.dataset.number = number;
  const who = document.createElement("bdi");
  who.className = `author-${Number(colour) || 0}`;
  who.textContent = nameOf({ name });
  item.append(who);
  if (guest && name) item.append(" ", tr("(guest)"));
  const when = document.createElement("time");
  const moment = new Date(at);
  when.dateTime = moment.toISOString();
  const style = Date.now() - at < DAY ? { timeStyle: "short" } : { dateStyle: "short", timeStyle: "short" };
  when.textContent = moment.toLocaleString(document.documentElement.lang, style);
  const words = document.createElement("p");
  words.dir = "auto";
  words.append(...withLinks(text));
  item.append(" ", when, words);
  return item;
}

function* withLinks(text) {
  for (const piece of text.split(/(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]])/)) {
    if (!/^https?:\/\//.test(piece)) {
      yield piece;
      continue;
    }
    const link = document.createElement("a");
    link.href = piece;
    link.rel = "noopener nofollow ugc";
    link.textContent = piece;
    yield link;
  }
}

/**
 * Shows the talk in `place`. `name()` is what a guest goes by.
 * Returns { turn(on), hear(messages), catchUp(), badge(button) }.
 */
export function talk(place, { pad, address, sayAt, form, name }) {
  const log = place.querySelector(".pad-talk-log");
  const list = log.firstElementChild;
  const earlier = place.querySelector("[data-earlier]");
  const trouble = place.querySelector(".pad-talk-trouble");
  const field = place.querySelector("textarea");
  let isOn = false;
  let button = null;
  let head = -1;
  let first = Infinity;
  let seen = Number(localStorage.getItem(KEPT + pad) ?? -1);

  function mark() {
    if (isOn && !document.hidden && head > seen) {
      seen = head;
      localStorage.setItem(KEPT + pad, seen);
    }
    if (!button) return;
    const unread = Math.max(0, head - seen);
    button.querySelector(".pad-unread")?.remove();
    if (!unread) return;
    const badge = document.createElement("span");
    badge.className = "pad-unread";
    badge.textContent = unread > MANY ? `${MANY}+` : unread;
    badge.setAttribute("aria-label", trn("%(number)s new message", "%(number)s new messages", unread));
    badge.setAttribute("role", "img");
    button.append(" ", badge);
  }

  function add(messages, atTop = false) {
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    const fresh = messages.filter(({ number }) => !list.querySelector(`[data-number="${Number(number)}"]`));
    const before = log.scrollHeight;
    if (atTop) list.prepend(...fresh.map(row));
    else list.append(...fresh.map(row));
    for (const { number } of fresh) {
      head = Math.max(head, number);
      first = Math.min(first, number);
    }
    earlier.hidden = !(first > 0 && first < Infinity);
    if (atTop) log.scrollTop += log.scrollHeight - before;
    else if (isAtEnd) log.scrollTop = log.scrollHeight;
    mark();
  }

  async function get(query) {
    const answer = await fetch(`${address}?${query}`).catch(() => null);
    return answer?.ok ? (await answer.json()).messages : null; // the next connection asks again
  }

  /** What was said before or while there was no connection. */
  async function catchUp() {
    for (;;) {
      const messages = await get(head < 0 ? "" : `after=${head}`);
      if (!messages?.length) break;
      const isFirst = head < 0;
      add(messages);
      if (isFirst) break;
    }
    mark();
  }

  async function send() {
    const text = field.value;
    if (!text.trim() || field.readOnly) return;
    field.readOnly = true;
    try {
      const body = new URLSearchParams(new FormData(form));
      body.set("text", text);
      body.set("name", name());
      const answer = await fetch(sayAt, { method: "POST", body, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      field.value = "";
      trouble.textContent = "";
      add([await answer.json()]);
      log.scrollTop = log.scrollHeight;
    } catch (error) {
      trouble.textContent = error.message === "429"
        ? tr("You say much at once. Wait a moment.")
        : tr("That was not said: the hub did not take it. Try again.");
    } finally {
      field.readOnly = false;
      field.focus();
    }
  }

  // The Enter that ends a syllable belongs to the input method; some browsers tell so by the code 229 only.
  field?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    send();
  });
  place.querySelector("form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  earlier.addEventListener("click", async () => {
    const messages = await get(`before=${first}`);
    if (messages) add(messages, true);
    else announce(tr("The hub can't be reached."));
  });
  document.addEventListener("visibilitychange", mark);

  return {
    hear: (messages) => add(messages),
    catchUp,
    /** Tell the switch that shows the number of new messages. */
    badge(its) {
      button = its;
      mark();
    },
    turn(on) {
      isOn = on;
      place.hidden = !on;
      if (on) log.scrollTop = log.scrollHeight;
      mark();
    },
  };
}
