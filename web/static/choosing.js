// Choosing many: all at once without leaving the page, and a row of them with Shift.

const form = document.querySelector("form.choosing");
const boxes = [...(form?.querySelectorAll("input[name=story]") ?? [])];
let last = -1;

form?.querySelector("[data-all]")?.addEventListener("click", (event) => {
  event.preventDefault();
  const on = boxes.some((box) => !box.checked);
  for (const box of boxes) box.checked = on;
});

form?.addEventListener("click", (event) => {
  const at = boxes.indexOf(event.target);
  if (at < 0) return;
  if (event.shiftKey && last >= 0) {
    for (const box of boxes.slice(Math.min(at, last), Math.max(at, last) + 1)) box.checked = boxes[at].checked;
  }
  last = at;
});
