// The line that says that a pad is frozen, since when and why.

import { tr } from "../words.js";

/** Follows what the hub tells; `onChange` hears when a pad was frozen or thawed. */
export class FrozenLine {
  onChange = () => {};

  constructor(place) {
    this.place = place;
    this.isOn = !place.hidden;
  }

  /** Take in { at, why }, or null for a pad that is not frozen. */
  tell(frozen) {
    const isChanged = Boolean(frozen) !== this.isOn;
    this.isOn = Boolean(frozen);
    this.place.hidden = !frozen;
    if (isChanged && frozen) this.place.textContent = words(frozen);
    if (isChanged) this.onChange();
  }
}

function words({ at, why }) {
  const since = `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return why
    ? tr("This pad is frozen since %(since)s (%(why)s): it is only read.", { since, why })
    : tr("This pad is frozen since %(since)s: it is only read.", { since });
}
