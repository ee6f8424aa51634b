// Keeps the yard's list of talks as it is now.

const RETRY_MS = 30000;

const place = document.getElementById("talks");

function take(html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html; // escaped by the server, as the page itself is
  if (fresh.innerHTML.trim() === place.innerHTML.trim()) return;
  const focused = place.contains(document.activeElement) && document.activeElement.getAttribute("href");
  place.replaceChildren(fresh.content);
  if (focused) [...place.querySelectorAll("a")].find((a) => a.getAttribute("href") === focused)?.focus({ preventScroll: true });
}

function follow() {
  const source = new EventSource(place.dataset.live);
  source.addEventListener("talks", (event) => take(JSON.parse(event.data).html));
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, RETRY_MS);
  };
  addEventListener("pagehide", () => source.close(), { once: true });
}

follow();
