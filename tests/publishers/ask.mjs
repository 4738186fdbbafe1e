// Sends one request of the API over NATS, and prints the answer: SUBJECT HEADERS BODY, HEADERS being JSON.

import { connect, headers as noHeaders } from "@nats-io/transport-node";

const [subject, named, body] = process.argv.slice(1);
const connection = await connect({ servers: process.env.RESIT_NATS.split(",") });
const headers = noHeaders();
for (const [name, text] of Object.entries(JSON.parse(named))) headers.set(name, text);
const reply = await connection.request(subject, body, { headers, timeout: 30_000 });
const heard = Object.fromEntries([...reply.headers].map(([name, texts]) => [name, texts.at(-1)]));
console.log(JSON.stringify({ headers: heard, body: reply.json() }));
await connection.close();
