// What every page can do more with a script: the theme at once, the reader's own time, keys with a help.

import { tr } from "./words.js";

const YEAR = 31536000;
const bindings = new Map();

/** Give a key, or two one after the other (`g m`), a meaning; it stands in the help that `?` opens. */
export function bind(key, label, action) {
  bindings.set(key, { label, action });
}

/** Tell screen readers and eyes that something was done. */
export function say(words) {
  let place = document.querySelector(".toast");
  if (!place) {
    place = document.createElement("p");
    place.className = "toast";
    place.setAttribute("role", "status");
    document.body.append(place);
  }
  place.textContent = words;
  place.classList.add("shown");
  clearTimeout(say.timer);
  say.timer = setTimeout(() => place.classList.remove("shown"), 1800);
}

function chooseTheme(event) {
  const chosen = event.submitter?.value;
  if (!chosen) return;
  event.preventDefault();
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${chosen}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
  document.documentElement.dataset.theme = chosen;
  for (const button of event.target.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.value === chosen));
  }
}

/** The moment that a <time> shows; within a log its line's anchor has the date. */
function momentOf(time) {
  const given = time.getAttribute("datetime");
  if (given) return given.includes("T") ? new Date(given) : null;
  const anchor = time.closest("li[id]")?.id;
  return anchor ? new Date(`${anchor.slice(1, 20)}Z`) : null;
}

function showOwnTime(event) {
  const time = event.target.closest?.("time") ?? event.target.querySelector?.(":scope > time");
  const moment = time && !time.title ? momentOf(time) : null;
  if (!moment || Number.isNaN(moment.getTime())) return;
  const language = document.documentElement.lang;
  const habit = navigator.languages.find((tag) => tag.startsWith(language)) ?? language;
  const own = new Intl.DateTimeFormat(habit, { dateStyle: "medium", timeStyle: "long" });
  time.title = own.format(moment);
}

function showHelp() {
  let dialog = document.querySelector("dialog.help");
  if (!dialog) {
    dialog = document.createElement("dialog");
    dialog.className = "help";
    dialog.setAttribute("aria-labelledby", "help-title");
    const title = document.createElement("h2");
    title.id = "help-title";
    title.textContent = tr("Keys");
    const list = document.createElement("dl");
    for (const [key, { label }] of bindings) {
      const name = document.createElement("dt");
      const cap = document.createElement("kbd");
      cap.textContent = key;
      name.append(cap);
      const meaning = document.createElement("dd");
      meaning.textContent = label;
      list.append(name, meaning);
    }
    const form = document.createElement("form");
    form.method = "dialog";
    const close = document.createElement("button");
    close.textContent = tr("Close");
    form.append(close);
    dialog.append(title, list, form);
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    document.body.append(dialog);
  }
  dialog.showModal();
}

const SECOND_KEY_MS = 1500;
let first = "";
let firstAt = 0;

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.key === "Shift") return;
  if (event.target.closest("input, textarea, select, dialog[open], [contenteditable]")) return;
  const both = first && event.timeStamp - firstAt < SECOND_KEY_MS ? `${first} ${event.key}` : "";
  const binding = bindings.get(both) ?? bindings.get(event.key);
  first = bindings.has(both) ? "" : event.key;
  firstAt = event.timeStamp;
  if (!binding) return;
  event.preventDefault();
  binding.action(event);
}

const LISTED = "main :is(.items, .channels, .meetings, .actions, .versions, .runs, .talks, .mentions, .story-rows, [data-items]) > li";

/** Go to the next or the previous thing that the page lists. */
function step(by) {
  const links = [...document.querySelectorAll(LISTED)].map((item) => item.querySelector("a[href]")).filter((link) => link?.checkVisibility());
  const here = links.findIndex((link) => link.closest("li").contains(document.activeElement));
  const start = here < 0 ? (by > 0 ? -1 : links.length) : here;
  const next = links[Math.min(Math.max(start + by, 0), links.length - 1)];
  next?.focus({ preventScroll: true });
  next?.closest("li").scrollIntoView({ block: "nearest" });
}

/** Suggest, while it is typed, what may be meant; the script for it comes with the first visit to the field. */
function suggestIn(input) {
  const load = async () => {
    const before = input.value;
    const { Suggestions } = await import("./suggest.js");
    const suggestions = new Suggestions(input);
    if (input.value !== before) suggestions.later();
  };
  if (document.activeElement === input) load();
  else input.addEventListener("focus", load, { once: true });
}

function bindEverywhere() {
  const box = document.querySelector("[data-search]");
  if (box) {
    bind("/", tr("Search"), () => box.select());
    box.addEventListener("keydown", (event) => event.key === "Escape" && box.blur());
  }
  if (document.querySelector(LISTED)) {
    bind("j", tr("Next one"), () => step(1));
    bind("k", tr("One before"), () => step(-1));
  }
  const up = [...document.querySelectorAll(".crumbs a")].at(-1);
  if (up) bind("u", tr("Up to %(name)s", { name: up.textContent }), () => up.click());
  for (const link of document.querySelectorAll(".top [data-key]")) {
    bind(`g ${link.dataset.key}`, link.dataset.label ?? link.textContent.trim(), () => link.click());
  }
}

bind("?", tr("These keys"), showHelp);
bindEverywhere();
document.addEventListener("keydown", onKey);
document.addEventListener("pointerover", showOwnTime);
document.addEventListener("focusin", showOwnTime);
for (const input of document.querySelectorAll("[data-suggest]")) suggestIn(input);
document.querySelector("form.theme")?.addEventListener("submit", chooseTheme);
for (const button of document.querySelectorAll("[data-help]")) {
  button.hidden = false;
  button.addEventListener("click", showHelp);
}
