// Who is here, and the name that a guest goes by.

import { tr } from "../words.js";

const KEPT = "pad-name";

/** What a person is called: guests who gave no name are guests. */
export function nameOf(user) {
  return user?.name || tr("Guest");
}

/** Show the people of a pad in `list`; a guest may choose a name there. */
export function showPeople(list, awareness, { isGuest, who }) {
  const own = { name: who };
  if (isGuest) own.name = localStorage.getItem(KEPT) ?? "";
  awareness.setLocalStateField("user", own);

  const draw = () => {
    const seen = new Map();
    for (const [client, { user }] of awareness.getStates()) {
      if (client === awareness.clientID || !user) continue;
      const key = `${user.colour}\n${user.name}`;
      seen.set(key, user);
    }
    const items = [...seen.values()].sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
    list.replaceChildren(ownItem(), ...items.map(item));
    list.hidden = false;
  };
  const ownItem = () => {
    const li = document.createElement("li");
    const name = awareness.getLocalState()?.user?.name;
    if (!isGuest) {
      li.textContent = tr("You: %(name)s", { name });
      return li;
    }
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name ? tr("You: %(name)s", { name }) : tr("Give your name");
    button.addEventListener("click", () => ask(list, name, (chosen) => {
      localStorage.setItem(KEPT, chosen);
      awareness.setLocalStateField("user", { name: chosen });
      draw();
      list.querySelector("button").focus();
    }));
    li.append(button);
    return li;
  };
  awareness.on("change", draw);
  draw();
}

function item(user) {
  const li = document.createElement("li");
  const name = document.createElement("bdi");
  name.className = `author-${Number(user.colour) || 0}`;
  name.textContent = nameOf(user);
  li.append(name);
  if (user.guest && user.name) li.title = tr("A guest: the name was not checked");
  return li;
}

function ask(list, name, chosen) {
  const form = document.createElement("form");
  form.method = "dialog";
  const label = document.createElement("label");
  label.textContent = tr("Your name in pads");
  const input = document.createElement("input");
  input.maxLength = 40;
  input.value = name ?? "";
  input.autocomplete = "nickname";
  const button = document.createElement("button");
  button.textContent = tr("Use this name");
  label.append(input);
  form.append(label, button);
  const dialog = document.createElement("dialog");
  dialog.className = "pad-name";
  dialog.append(form);
  form.addEventListener("submit", () => chosen(input.value.trim()));
  dialog.addEventListener("close", () => dialog.remove());
  list.after(dialog);
  dialog.showModal();
}
