// What search can do more with a script: hits by keys.

import { bind } from "./madang.js";
import { tr } from "./words.js";

const hits = () => [...document.querySelectorAll("[data-hit]")];

function step(by) {
  const all = hits();
  const here = all.indexOf(document.activeElement);
  const next = all[here < 0 ? 0 : Math.min(all.length - 1, Math.max(0, here + by))];
  next?.focus({ preventScroll: true });
  next?.closest("li").scrollIntoView({ block: "nearest" });
}

function open() {
  const link = document.activeElement?.closest?.("a[href]") ?? hits()[0];
  link?.click();
}

bind("j", tr("Next hit"), () => step(1));
bind("k", tr("Hit before"), () => step(-1));
bind("Enter", tr("Open the hit"), open);
