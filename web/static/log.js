// What a page with a log can do more with a script: keys, permalinks, folds, where you stopped reading.

import { bind, say } from "./madang.js";
import { follow } from "./live.js";
import { tr } from "./words.js";

const logs = [...document.querySelectorAll(".log[data-channel]")];
const channel = logs[0]?.dataset.channel ?? location.pathname.replace(/[^/]*$/, "");
const STORE = `read:${channel}`;

const shown = (line) => line.getClientRects().length > 0;
const lines = () => logs.flatMap((log) => [...log.querySelectorAll("li[id]")]).filter(shown);
const linkOf = (line) => line.querySelector(":scope > a");

/** The line that the reader is at: focused, pointed at by the address, or the first one on screen. */
function current(all) {
  const focused = document.activeElement?.closest?.(".log li[id]");
  if (focused) return focused;
  const pointed = document.querySelector(".log li:target");
  if (pointed) return pointed;
  return all.find((line) => line.getBoundingClientRect().top > 60) ?? all.at(-1);
}

function step(by) {
  const all = lines();
  const here = current(all);
  const started = document.activeElement?.closest?.(".log li[id]") || document.querySelector(".log li:target");
  goTo(all[all.indexOf(here) + (started ? by : 0)] ?? here);
}

function goTo(line) {
  if (!line) return;
  linkOf(line)?.focus({ preventScroll: true });
  line.scrollIntoView({ block: "nearest" });
}

async function copyLink(line) {
  if (!line) return;
  const address = linkOf(line).href;
  try {
    await navigator.clipboard.writeText(address);
    say(tr("Link copied"));
  } catch {
    location.hash = line.id; // no clipboard here: at least the address bar has it
    say(tr("The link is in the address bar"));
  }
}

function openFold() {
  const line = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const fold = line?.closest?.(".fold")?.querySelector("details");
  if (fold) fold.open = true;
}

function showAll(event) {
  const link = document.querySelector("[data-all]");
  if (!link) return;
  event?.preventDefault();
  const here = current(lines());
  const all = logs.map((log) => log.classList.toggle("all")).at(-1);
  link.textContent = all ? tr("Only conversation") : tr("Show all");
  link.setAttribute("href", all ? "?" : "?show=all");
  history.replaceState(null, "", location.pathname + (all ? "?show=all" : "") + location.hash);
  if (here && shown(here)) here.scrollIntoView({ block: "center" });
}

function addCopyButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = tr("Copy link");
  button.addEventListener("click", () => copyLink(button.closest("li[id]")));
  const place = (event) => {
    const line = event.target.closest?.(".log[data-channel] li[id]");
    if (line && button.parentNode !== line && linkOf(line)) line.append(button);
  };
  for (const log of logs) {
    log.addEventListener("pointerover", place);
    log.addEventListener("focusin", place);
  }
  const pointed = document.querySelector(".log li:target");
  if (pointed) pointed.append(button);
}

/** Remember the lowest line that was on screen, if it is newer than what is remembered. */
function remember() {
  const last = lines().findLast((line) => line.getBoundingClientRect().top < innerHeight);
  const stamp = last?.id.slice(1, 20);
  try {
    if (stamp && stamp > (localStorage.getItem(STORE) ?? "")) localStorage.setItem(STORE, stamp);
  } catch {
    // storage is switched off: then nothing is remembered
  }
}

function offerLastRead() {
  let stamp = null;
  try {
    stamp = localStorage.getItem(STORE);
  } catch {
    return;
  }
  if (!stamp || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(stamp)) return;
  const address = `${channel}since?at=${stamp}`;
  for (const link of document.querySelectorAll("a[data-since]")) link.href = address;
  for (const place of document.querySelectorAll("[data-last-read]")) {
    place.hidden = false;
    place.querySelector("a").href = address;
  }
}

/** Go to a neighbouring day, or say that there is none. */
const turns = (selector, none) => () => {
  const link = document.querySelector(selector);
  if (link) link.click();
  else say(none);
};

offerLastRead();
openFold();
addEventListener("hashchange", openFold);
document.querySelector("[data-all]")?.addEventListener("click", showAll);
if (logs.length) {
  addCopyButton();
  bind("j", tr("Next line"), () => step(1));
  bind("k", tr("Line before"), () => step(-1));
  bind("g g", tr("First line"), () => goTo(lines()[0]));
  bind("G", tr("Last line"), () => goTo(lines().at(-1)));
  if (document.querySelector("[data-days]")) {
    bind("n", tr("Next day"), turns("a[data-after]", tr("This is the newest day")));
    bind("p", tr("Day before"), turns("a[data-before]", tr("This is the first day")));
  }
  bind("a", tr("Show all, or only conversation"), showAll);
  bind("c", tr("Copy the link of this line"), () => copyLink(current(lines())));
  document.addEventListener("visibilitychange", () => document.hidden && remember());
  addEventListener("pagehide", remember);
}
const live = logs.find((log) => log.dataset.live);
if (live) follow(live, document.getElementById("state"));
