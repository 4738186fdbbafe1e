// Asks the AsyncAPI parser whether a document is one: node check.mjs FILE

import { readFile } from "node:fs/promises";

import { Parser } from "@asyncapi/parser";

const [file] = process.argv.slice(2);
const { document, diagnostics } = await new Parser().parse(await readFile(file, "utf8"), { source: file });
const wrong = diagnostics.filter(({ severity }) => severity <= 1);
for (const { message, path, severity } of wrong) console.error(severity, path.join("/"), message);
if (document === undefined || wrong.length > 0) process.exit(1);
const counted = `${document.channels().all().length} channels, ${document.messages().all().length} messages`;
console.log(`${counted}, ${diagnostics.length} remarks`);
