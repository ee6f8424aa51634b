// Lets the page of a running meeting follow it: changed parts are replaced, what the reader is at stays.

import { tr } from "./words.js";

const holder = document.querySelector("#minutes[data-live]");
const state = document.querySelector("#state");
const words = document.querySelector("#live-words");

function tell(kind, name, text) {
  state.className = `live ${kind}`;
  if (state.textContent !== name) state.textContent = name;
  words.textContent = text;
}

/** Make `old` like `fresh`, keeping every element that says the same. */
function become(old, fresh) {
  const wanted = [...fresh.children];
  for (const [index, next] of wanted.entries()) {
    const here = old.children[index];
    if (!here) old.append(mark(next));
    else if (here.isEqualNode(next)) continue;
    else if (here.tagName === next.tagName && here.id === next.id && here.children.length && next.children.length && hasOnlyElements(here) && hasOnlyElements(next)) {
      here.className = next.className;
      become(here, next);
    } else here.replaceWith(mark(next));
  }
  while (old.children.length > wanted.length) old.lastElementChild.remove();
}

const hasOnlyElements = (element) => [...element.childNodes].every((node) => node.nodeType !== Node.TEXT_NODE || !node.data.trim());

function mark(element) {
  element.classList.add("fresh");
  return element;
}

function unmark(element) {
  for (const marked of element.querySelectorAll(".fresh")) {
    marked.classList.remove("fresh");
    if (!marked.className) marked.removeAttribute("class");
  }
}

function take(told) {
  const fresh = document.createElement("template");
  fresh.innerHTML = told.html; // escaped by the server, as the page itself is
  unmark(holder);
  become(holder, fresh.content);
  document.querySelector("#heading").textContent = told.title;
}

function connect(after) {
  const source = new EventSource(`${holder.dataset.live}?after=${after}`);
  let known = after;
  source.onopen = () => tell("on", tr("running"), tr("What is noted appears here by itself."));
  source.onmessage = (event) => {
    known = event.lastEventId;
    take(JSON.parse(event.data));
  };
  source.addEventListener("ended", (event) => {
    source.close();
    const told = JSON.parse(event.data);
    take(told);
    if (told.url !== location.pathname) history.replaceState(null, "", told.url + location.hash);
    tell("", tr("over"), tr("The meeting has ended. These are its minutes."));
    document.title = document.title.replace(` (${tr("running")})`, "");
  });
  source.addEventListener("gone", () => {
    source.close();
    tell("off", tr("gone"), tr("There is nothing more to read here. Reload the page to see why."));
  });
  source.onerror = () => {
    tell("off", tr("running"), tr("Reconnecting."));
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(() => connect(known), 10000 + Math.random() * 10000);
    }
  };
  addEventListener("pagehide", () => source.close(), { once: true });
}

if (holder) connect(holder.dataset.number);
