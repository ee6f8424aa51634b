// Prints the licence of every package that is in the bundle, in the order of their names.

import { readFileSync, readdirSync } from "node:fs";

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
const shipped = Object.entries(lock.packages)
  .filter(([path, told]) => path && !told.dev && !told.optional)
  .sort(([one], [two]) => (one < two ? -1 : 1));

for (const [path, { version, license }] of shipped) {
  const file = readdirSync(path).find((name) => /^licen[cs]e/i.test(name));
  const text = file ? readFileSync(`${path}/${file}`, "utf8").trim() : `License: ${license}`;
  console.log(`${path.replace(/^.*node_modules\//, "")} ${version}\n\n${text}\n\n${"-".repeat(72)}\n`);
}
