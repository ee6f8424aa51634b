// Says the scripts' texts in the page's language; what the page brings none for is said in English.

const block = document.getElementById("words");
const texts = block ? JSON.parse(block.textContent) : {};
const rules = new Intl.PluralRules(document.documentElement.lang || "en");

/** A text in the page's language, with its values in it: `tr("%(nick)s came", { nick })`. */
export function tr(text, values = {}) {
  return fill(texts[text] ?? text, values);
}

/** The text for that number of things; `%(number)s` in it is the number. */
export function trn(one, many, number, values = {}) {
  const said = texts[one] ?? { one, other: many };
  return fill(said[rules.select(number)] ?? said.other, { number, ...values });
}

function fill(text, values) {
  return text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
}
