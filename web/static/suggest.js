// Suggestions while something to look for is typed. Loaded when somebody comes to such a field.

import { tr } from "./words.js";

const WAIT_MS = 120;
const SHORTEST = 2;

/** Suggestions for one input. Source: the combobox pattern of ARIA's Authoring Practices. */
export class Suggestions {
  constructor(input) {
    this.input = input;
    this.rows = [];
    this.at = -1;
    this.list = document.createElement("ul");
    this.list.className = "suggest";
    this.list.id = `suggest-${input.dataset.suggest ?? ""}`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", tr("Suggestions"));
    this.list.hidden = true;
    input.closest("form").append(this.list);
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id,
    })) input.setAttribute(name, value);
    input.addEventListener("input", () => this.later());
    input.addEventListener("keydown", (event) => this.key(event), { capture: true }); // before the page's own keys
    input.addEventListener("blur", () => setTimeout(() => this.close(), 150)); // a click on a row comes first
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT_MS);
  }

  async ask() {
    const typed = this.input.value;
    this.asking?.abort();
    this.asking = new AbortController();
    if (typed.trim().length < SHORTEST) return this.close();
    try {
      const answer = await fetch(`/search/suggest?q=${encodeURIComponent(typed)}`, { signal: this.asking.signal });
      const rows = answer.ok ? await answer.json() : [];
      if (document.activeElement === this.input) this.show(rows);
    } catch (error) {
      if (error.name !== "AbortError") this.close(); // typing goes on without suggestions
    }
  }

  show(rows) {
    this.rows = rows;
    this.at = -1;
    this.list.replaceChildren(...rows.map((row, i) => this.option(row, i)));
    this.list.hidden = rows.length === 0;
    this.input.setAttribute("aria-expanded", String(rows.length > 0));
    this.input.removeAttribute("aria-activedescendant");
  }

  option(row, i) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${i}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dir = "auto";
    option.textContent = row.label;
    if (row.note) {
      const note = document.createElement("small");
      note.textContent = row.note;
      option.append(" ", note);
    }
    option.addEventListener("mousedown", (event) => event.preventDefault());
    option.addEventListener("click", () => location.assign(row.url));
    return option;
  }

  key(event) {
    if (event.isComposing || this.list.hidden) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopImmediatePropagation(); // the first one closes the list only
      this.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.choose(this.at + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && this.at >= 0) {
      event.preventDefault();
      location.assign(this.rows[this.at].url);
    }
  }

  choose(at) {
    const count = this.rows.length;
    this.at = at < -1 ? count - 1 : at >= count ? -1 : at;
    [...this.list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === this.at)));
    if (this.at < 0) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", this.list.children[this.at].id);
  }

  close() {
    if (!this.list.hidden) this.show([]);
  }
}
