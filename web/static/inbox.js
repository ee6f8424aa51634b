// Keys of the inbox: `e` marks the thing at hand read or not, `o` opens it. `j` and `k` go up and down everywhere.

import { bind } from "./madang.js";
import { tr } from "./words.js";

function press(...names) {
  const item = document.activeElement?.closest(".notices > li");
  for (const name of names) {
    const button = item?.querySelector(`button[value="${name}"]`);
    if (button) {
      button.click();
      return;
    }
  }
}

bind("e", tr("Read it, or not"), () => press("read", "unread"));
bind("o", tr("Open it"), () => press("open"));
bind("m", tr("Hear no more of it, or again"), () => press("mute", "unmute"));
