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

const QUOTED = 1500; // so much text is taken along: addresses have an end

/** Open the form of a story that quotes the selected lines, else the one that the reader is at. */
function fileStory(here) {
  const chosen = getSelection().isCollapsed ? [] : lines().filter((line) => getSelection().containsNode(line, true));
  const quoted = (chosen.length ? chosen : [here ?? current(lines())]).filter((line) => line && linkOf(line));
  if (!quoted.length) return;
  const told = quoted.map((line) => [...line.querySelectorAll(":scope > a, :scope > bdi, :scope > span")].map((part) => part.textContent).join(" "));
  const words = quoted[0].querySelector(":scope > span")?.textContent ?? "";
  const asked = new URLSearchParams({
    title: words.slice(0, 200),
    description: `~~~\n${told.join("\n").slice(0, QUOTED)}\n~~~\n\n${linkOf(quoted[0]).href}\n`,
  });
  location.assign(`${logs[0].dataset.files}?${asked}`);
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

function storyButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = tr("Make a story");
  button.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
  button.addEventListener("click", () => fileStory(button.closest("li[id]")));
  return button;
}

function addCopyButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = tr("Copy link");
  button.addEventListener("click", () => copyLink(button.closest("li[id]")));
  const buttons = document.createElement("span");
  buttons.className = "tools";
  buttons.append(button);
  if (logs[0].dataset.files) buttons.append(storyButton());
  const place = (event) => {
    const line = event.target.closest?.(".log[data-channel] li[id]");
    if (line && buttons.parentNode !== line && linkOf(line)) line.append(buttons);
  };
  for (const log of logs) {
    log.addEventListener("pointerover", place);
    log.addEventListener("focusin", place);
  }
  const pointed = document.querySelector(".log li:target");
  if (pointed) pointed.append(buttons);
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
  if (logs[0].dataset.files) bind("m", tr("Make a story of this line, or of the selected ones"), () => fileStory());
  bind("c", tr("Copy the link of this line"), () => copyLink(current(lines())));
  document.addEventListener("visibilitychange", () => document.hidden && remember());
  addEventListener("pagehide", remember);
}
const live = logs.find((log) => log.dataset.live);
if (live) follow(live, document.getElementById("state"));
