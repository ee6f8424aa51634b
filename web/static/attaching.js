// Files for a story: dropped on its page or pasted, they are sent with the form that is there.

const form = document.querySelector("form.attach");
const place = form?.closest("[data-drop]");
const input = form?.querySelector("input[type=file]");

/** Put files into the form and send it. */
function send(files) {
  if (!files.length) return;
  const all = new DataTransfer();
  for (const file of files) all.items.add(file);
  input.files = all.files;
  form.requestSubmit();
}

if (form) {
  const brings = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  addEventListener("dragover", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    place.classList.add("over");
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) place.classList.remove("over");
  });
  addEventListener("drop", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    place.classList.remove("over");
    send([...event.dataTransfer.files]);
  });
  addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    // A picture that stands beside copied text is left to the field that takes the text.
    if (!files.length || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    send(files);
  });
}
