// Keeps the yard as it is now.

const RETRY_MS = 30000;

const place = document.getElementById("now");
const panelsIn = (parent) => [...parent.querySelectorAll(".panel")];

/** Put panels that changed in the place of the old ones; who is at a link stays at it. */
function take(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html; // escaped by the server, as the page itself is
  const fresh = panelsIn(holder.content);
  const here = panelsIn(place);
  const focused = place.contains(document.activeElement) && document.activeElement.getAttribute("href");
  if (fresh.length === here.length && fresh.every((panel, i) => panel.id === here[i].id)) {
    fresh.forEach((panel, i) => here[i].isEqualNode(panel) || here[i].replaceWith(panel));
  } else place.replaceChildren(holder.content);
  if (focused) [...place.querySelectorAll("a")].find((a) => a.getAttribute("href") === focused)?.focus({ preventScroll: true });
}

function follow() {
  const source = new EventSource(place.dataset.live);
  source.addEventListener("now", (event) => take(JSON.parse(event.data).html));
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, RETRY_MS);
  };
  addEventListener("pagehide", () => source.close(), { once: true });
}

/** StoryBoard's addresses stood after a hash: what they named has a page of its own here. */
function leadOn() {
  const [, kind, number] = location.hash.match(/^#!\/(story|task|board|worklist)\/(\d{1,9})(?:[/?].*)?$/) ?? [];
  if (kind) location.replace(`/${kind}/${number}`);
}

leadOn();
addEventListener("hashchange", leadOn);
follow();
