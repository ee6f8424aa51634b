// What stands beside the text or on it, switched on and off; each browser remembers what its reader chose.

const KEPT = "pad-view";

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? {};
  } catch {
    return {}; // what stands there is not ours, or nothing may be kept
  }
}

/**
 * Put a switch into `row`; `change(on)` is called at once and whenever it is switched.
 * Returns { button, turn(on), isOn() }.
 */
export function addSwitch(row, { name, label, isOn, change }) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  let on = kept()[name] ?? isOn;
  const show = () => {
    button.setAttribute("aria-pressed", String(on));
    change(on);
  };
  const turn = (wanted) => {
    on = wanted;
    try {
      localStorage.setItem(KEPT, JSON.stringify({ ...kept(), [name]: on }));
    } catch {
      // It holds for this window, then.
    }
    show();
  };
  button.addEventListener("click", () => turn(!on));
  row.append(button);
  row.hidden = false;
  show();
  return { button, turn, isOn: () => on };
}
