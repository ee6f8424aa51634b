// Filing a story: what may be the same is shown while its title is typed, and a project's template is filled in.

const WAIT_MS = 250;

const title = document.querySelector("input[data-similar]");
const alike = document.querySelector("#similar");
const project = document.querySelector("input[data-template]");
const telling = document.querySelector("textarea[name=description]");
let timer, asking, filled = telling?.value ?? "";

/** Ask for text; empty when there is none, or when a later question overtook this one. */
async function text(address, signal) {
  try {
    const answer = await fetch(address, { signal });
    return answer.ok ? await answer.text() : "";
  } catch {
    return ""; // filing goes on without
  }
}

async function look() {
  asking?.abort();
  const mine = (asking = new AbortController());
  const found = await text(`/stories/similar?title=${encodeURIComponent(title.value)}`, mine.signal);
  if (!mine.signal.aborted && found.trim() !== alike.innerHTML.trim()) alike.innerHTML = found; // our own server's HTML
}

async function fill() {
  if (telling.value.trim() && telling.value !== filled) return; // somebody's words stay
  const told = await text(`/stories/template?project=${encodeURIComponent(project.value)}`);
  if (telling.value.trim() && telling.value !== filled) return;
  telling.value = filled = told;
}

title?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(look, WAIT_MS);
});
project?.addEventListener("change", fill);
if (title?.value) look();
