// Lets a day's page grow while people talk, without taking it out of the reader's hands.

import { tr, trn } from "./words.js";

const FOLDED = ["join", "part", "quit", "nick", "mode"];
const NEAR_END = 160; // pixels from the end within which the page goes along
const NAMED = 3;
const PAUSE = 15 * 60; // seconds after which a nick is shown again, as archive/render.py has it

/** Follow a log's stream; `state` is where it is told whether the page is live. */
export function follow(log, state) {
  const live = new LivePage(log, state);
  live.connect();
  return live;
}

class LivePage {
  constructor(log, state) {
    this.log = log;
    this.state = state;
    this.cursor = log.dataset.cursor;
    this.day = log.dataset.day;
    this.unseen = [];
    this.title = document.title;
    state.hidden = false;
    addEventListener("scroll", () => this.atEnd() && this.seen(), { passive: true });
    document.addEventListener("visibilitychange", () => this.tellTitle());
  }

  connect() {
    const source = new EventSource(`${this.log.dataset.live}?after=${this.cursor}&standing=1`);
    source.onopen = () => this.tell("on", tr("Live: what is said appears here by itself"));
    source.onmessage = (event) => this.take(JSON.parse(event.data), event.lastEventId);
    source.addEventListener("redacted", (event) => this.replace(JSON.parse(event.data)));
    source.addEventListener("standing", (event) => stand(JSON.parse(event.data).states));
    source.addEventListener("stale", () => {
      source.close();
      this.tell("off", tr("Much was said in the meantime. Reload the page to read it"));
    });
    source.onerror = () => {
      this.tell("off", tr("Reconnecting"));
      if (source.readyState === EventSource.CLOSED) {
        setTimeout(() => this.connect(), 10000 + Math.random() * 10000);
      }
    };
    addEventListener("pagehide", () => source.close(), { once: true });
  }

  tell(state, words) {
    this.state.className = `live ${state}`;
    if (this.state.textContent !== words) this.state.textContent = words;
  }

  take(told, id) {
    this.cursor = id;
    const holder = document.createElement("template");
    holder.innerHTML = told.html; // escaped by the server, as the page itself is
    const line = holder.content.firstElementChild;
    if (!line || document.getElementById(line.id)) return;
    document.getElementById("empty")?.remove();
    const goesAlong = this.atEnd();
    if (told.day > this.day) this.turnTo(told);
    this.place(line);
    this.dress(line);
    line.classList.add("fresh");
    if (goesAlong && !document.hidden) scrollTo({ top: document.documentElement.scrollHeight });
    else if (line.getClientRects().length) this.unseen.push(line);
    this.tellUnseen();
  }

  /** Let a line that was redacted forget its words on the open page too. */
  replace(told) {
    const holder = document.createElement("template");
    holder.innerHTML = told.html; // escaped by the server, as the page itself is
    const line = holder.content.firstElementChild;
    const old = line && document.getElementById(line.id);
    if (!old) return;
    line.className = [...new Set([...old.classList, ...line.classList])].join(" ");
    old.replaceWith(line);
    this.dress(line);
  }

  /** Begin a new day below the one that is over. */
  turnTo(told) {
    this.day = told.day;
    const turn = document.createElement("li");
    turn.className = "daybreak";
    const link = document.createElement("a");
    link.href = told.url;
    link.textContent = told.day;
    turn.append(link);
    this.log.append(turn);
  }

  /** Put a line where its time belongs; what comes late from a server's history is not the last. */
  place(line) {
    const all = [...this.log.querySelectorAll("li[id]")];
    const before = all.findLast((other) => order(other.id) <= order(line.id));
    const fold = before?.closest(".fold");
    if (FOLDED.includes(line.className)) {
      if (fold) before.after(line);
      else this.fold(line, before);
      summarise(line.closest(".fold"));
      return;
    }
    const neighbour = fold ?? before;
    if (!neighbour) this.log.prepend(line);
    else if (this.isAfterTurn(line)) this.log.append(line);
    else neighbour.after(line);
  }

  isAfterTurn(line) {
    const last = this.log.lastElementChild;
    return last?.className === "daybreak" && line.id.slice(1, 11) === this.day;
  }

  fold(line, before) {
    const fold = document.createElement("li");
    fold.className = "fold";
    const details = document.createElement("details");
    details.append(document.createElement("summary"));
    const list = document.createElement("ol");
    list.append(line);
    fold.append(details, list);
    if (this.isAfterTurn(line)) this.log.append(fold);
    else if (before) before.after(fold);
    else this.log.prepend(fold);
  }

  /** Show what only the page knows: that the same person goes on, and who is spoken to. */
  dress(line) {
    const nick = line.querySelector(":scope > bdi");
    const previous = line.previousElementSibling;
    if (!line.className && previous?.matches("li[id]:not([class]), li.same")) {
      const same = previous.querySelector(":scope > bdi")?.textContent === nick.textContent && secondOf(line) - secondOf(previous) < PAUSE;
      line.classList.toggle("same", same);
    }
    const text = line.querySelector(":scope > span")?.firstChild;
    const addressed = text?.nodeType === Node.TEXT_NODE && /^([^\s:,<>&]{1,32})(?=[:,](\s|$))/.exec(text.data);
    if (!addressed) return;
    const wanted = addressed[1].toLowerCase();
    const known = [...this.log.querySelectorAll("li > bdi")].findLast((b) => b.textContent.toLowerCase() === wanted);
    if (!known) return;
    const name = document.createElement("b");
    name.className = `to ${known.className}`;
    name.textContent = addressed[1];
    text.data = text.data.slice(addressed[1].length);
    text.before(name);
  }

  atEnd() {
    return innerHeight + scrollY >= document.documentElement.scrollHeight - NEAR_END;
  }

  seen() {
    this.unseen = [];
    this.tellUnseen();
  }

  tellUnseen() {
    this.tellTitle();
    const count = this.unseen.length;
    if (!count) {
      this.button?.remove();
      return;
    }
    this.button ??= this.makeButton();
    this.button.textContent = trn("%(number)s new line ↓", "%(number)s new lines ↓", count);
    if (!this.button.isConnected) document.body.append(this.button);
  }

  tellTitle() {
    const count = this.unseen.length;
    document.title = count ? `(${count}) ${this.title}` : this.title;
  }

  makeButton() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "newer";
    button.addEventListener("click", () => {
      this.unseen[0]?.scrollIntoView({ block: "center" });
      this.seen();
    });
    return button;
  }
}

/** Say when nobody listens any more, and when somebody does again; at first there is nothing to say. */
function stand(states) {
  const place = document.getElementById("standing");
  if (!place || (!place.childElementCount && states.every(({ look }) => look === "on"))) return;
  place.replaceChildren(
    ...states.map(({ look, words }) => {
      const told = document.createElement("p");
      told.className = `state ${look}`;
      told.textContent = words;
      return told;
    }),
  );
}

/** A line's place in time: its second, then its number within it. */
function order(id) {
  return id.slice(0, 20) + id.slice(21).padStart(7, "0");
}

const DEEDS = { join: "came", part: "left", quit: "left", nick: "renamed", mode: "modes" };
const TOLD = {
  came: (who) => tr("%(who)s came", { who }),
  left: (who) => tr("%(who)s left", { who }),
  renamed: (who) => tr("%(who)s changed nicks", { who }),
  modes: (who) => tr("%(who)s set modes", { who }),
};

/** Say who came and went, as archive/folds.py does. */
function summarise(fold) {
  const groups = new Map();
  for (const line of fold.querySelectorAll("li[id]")) {
    const deed = DEEDS[line.classList[0]];
    const nick = line.querySelector(":scope > bdi").textContent;
    if (!groups.has(deed)) groups.set(deed, new Set());
    groups.get(deed).add(nick);
  }
  const words = [...groups].map(([deed, nicks]) => TOLD[deed](listed([...nicks])));
  fold.querySelector("summary").textContent = words.join(", ");
}

function listed(names) {
  // Translators: so many people, as in "4 came"
  if (names.length > NAMED) return tr("%(number)s", { number: names.length });
  if (names.length === 1) return names[0];
  return tr("%(names)s and %(last)s", { names: names.slice(0, -1).join(", "), last: names.at(-1) });
}

/** The second since 1970 that a line's id tells: `t2021-05-12T21:00:30-2`. */
const secondOf = (line) => Date.parse(`${line.id.slice(1, 20)}Z`) / 1000;
