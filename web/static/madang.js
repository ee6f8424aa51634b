// What every page can do more with a script: the theme at once, the reader's own time, keys with a help.

import { tr } from "./words.js";

const YEAR = 31536000;
const bindings = new Map();

/** Give a key a meaning; it stands in the help that `?` opens. */
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

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, dialog, [contenteditable]")) return;
  const binding = bindings.get(event.key);
  if (!binding) return;
  event.preventDefault();
  binding.action(event);
}

bind("?", tr("These keys"), showHelp);
document.addEventListener("keydown", onKey);
document.addEventListener("pointerover", showOwnTime);
document.addEventListener("focusin", showOwnTime);
document.querySelector("form.theme")?.addEventListener("submit", chooseTheme);
for (const button of document.querySelectorAll("[data-help]")) {
  button.hidden = false;
  button.addEventListener("click", showHelp);
}
