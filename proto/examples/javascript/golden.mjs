// Reads every golden message in a folder, and compares it with what it says: node golden.mjs FOLDER

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";

import { read } from "./resit-events.mjs";

function message(raw) {
  const end = raw.indexOf("\r\n\r\n");
  const lines = raw.subarray(0, end).toString().split("\r\n").slice(1);
  return [lines.map((line) => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)]), raw.subarray(end + 4)];
}

const folder = process.argv[2];
const files = (await readdir(folder)).filter((name) => name.endsWith(".msg"));
for (const file of files) {
  const meant = JSON.parse(await readFile(path.join(folder, `${file.split(".")[0]}.json`)));
  const [attributes, data] = read(...message(await readFile(path.join(folder, file))));
  assert.equal(attributes.specversion, "1.0", file);
  for (const [name, value] of Object.entries(meant)) {
    const said = name === "data" ? data : (attributes[name] ?? null);
    assert.deepEqual(said, value, `${file}: ${name}`);
  }
}
console.log(`${files.length} messages say what they should`);
